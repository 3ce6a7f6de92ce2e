/*
** Given with -include to lcorolib.c: what runs another coroutine notes which
** one goes on afterwards (src/lua/limits.rs).
*/
#ifndef cu_coroutines_h
#define cu_coroutines_h

#define LUA_LIB
#include "lua.h"

int __cu_thread_resume (lua_State *L, lua_State *from, int narg, int *nres);
int __cu_thread_close (lua_State *L, lua_State *from);

#define lua_resume  __cu_thread_resume
#define lua_closethread  __cu_thread_close

#endif
