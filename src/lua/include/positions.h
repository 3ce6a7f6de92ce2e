/*
** Given with -include to lstrlib.c: positions beyond 2^31. Lua casts a position
** to size_t, which has 32 bits here: 2^32 would become 0, and
** ("x"):sub(1 << 32) would read the byte before the string. No string is that
** long, so the largest int does what Lua does elsewhere. What is optional in
** lstrlib.c is a position or a number of replacements; what is not optional is
** one in string.sub alone.
*/
#ifndef cu_positions_h
#define cu_positions_h

#include <limits.h>
#include <string.h>

#include "arguments.h"

static inline lua_Integer cu_position (lua_Integer position) {
  return position > INT_MAX ? INT_MAX : position;
}

#undef luaL_optinteger
#define luaL_optinteger(L,arg,def)  cu_position(cu_opt_integer(L, arg, def))

#undef luaL_checkinteger
#define luaL_checkinteger(L,arg)  \
  (strcmp(__func__, "str_sub") == 0 ? cu_position(cu_check_integer(L, arg))  \
                                    : cu_check_integer(L, arg))

#endif
