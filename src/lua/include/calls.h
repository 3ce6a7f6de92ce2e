/*
** Given with -include to ldo.c: the functions that every call goes through stay
** functions of their own, which count a step (scripts/postlink/steps.txt).
*/
#ifndef cu_calls_h
#define cu_calls_h

#define LUA_CORE
#include "lstate.h"

__attribute__((noinline))
CallInfo *luaD_precall (lua_State *L, StkId func, int nresults);

__attribute__((noinline))
int luaD_pretailcall (lua_State *L, CallInfo *ci, StkId func, int narg1,
                      int delta);

__attribute__((noinline))
static StkId tryfuncTM (lua_State *L, StkId func);

#endif
