/*
** Lua includes this (LUA_USER_H) at the end of lua.h, in the module and in
** every native build that the module is compared with. It holds what must be
** the same on both sides.
*/
#ifndef cu_user_h
#define cu_user_h

/* Deep recursion has to end as "stack overflow" within a heap of 1.5 MiB. */
#undef LUAI_MAXSTACK
#if defined(CU_SHORT_STACK)  /* in a build for fuzzing, which has to meet it soon */
#define LUAI_MAXSTACK  2000
#else
#define LUAI_MAXSTACK  20000
#endif

/* 'table.sort' must not depend on the clock; ltablib.c names ~0 as good. */
#define l_randomizePivot()  (~0u)

#endif
