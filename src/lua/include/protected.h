/*
** Given with -include to lbaselib.c: the function through which 'pcall' and
** 'xpcall' return stays one of its own. The post-link tool lets it count a
** step, so that neither returns in a computation that has to end. So does the
** one through which 'tonumber' reads a numeral of any length.
*/
#ifndef cu_protected_h
#define cu_protected_h

#define LUA_LIB
#include "lua.h"

__attribute__((noinline))
static int finishpcall (lua_State *L, int status, lua_KContext extra);

__attribute__((noinline))
static const char *b_str2int (const char *s, int base, lua_Integer *pn);

#endif
