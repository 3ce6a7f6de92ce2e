/*
** Given with -include to lcorolib.c: what runs another coroutine notes which
** one goes on afterwards; those that wait for the host, and those that stand
** in for the main one, look as they should (src/lua/tasks.rs).
*/
#ifndef cu_coroutines_h
#define cu_coroutines_h

#define LUA_LIB
#include "lua.h"

int __cu_thread_resume (lua_State *L, lua_State *from, int narg, int *nres);
int __cu_thread_close (lua_State *L, lua_State *from);
int __cu_thread_status (lua_State *L);
int __cu_thread_is_yieldable (lua_State *L);
int __cu_thread_push (lua_State *L);
int __cu_thread_yield (lua_State *L, int nresults, lua_KContext ctx,
                       lua_KFunction k);

#define lua_resume  __cu_thread_resume
#define lua_closethread  __cu_thread_close
#define lua_status  __cu_thread_status
#define lua_isyieldable  __cu_thread_is_yieldable
#define lua_pushthread  __cu_thread_push
#define lua_yieldk  __cu_thread_yield

#endif
