/*
** Given with -include to lstrlib.c, whose functions are short: an argument that
** has the type asked for is read where it is. Everything else goes to Lua's own
** function, which converts it or raises the error.
*/
#ifndef cu_arguments_h
#define cu_arguments_h

#define LUA_LIB
#include "lobject.h"
#include "lstate.h"
#include "lstring.h"
#include "lua.h"
#include "lauxlib.h"

static inline int cu_is_given (lua_State *L, int arg) {
  return L->ci->func.p + arg < L->top.p;
}

static inline const TValue *cu_argument (lua_State *L, int arg) {
  return s2v(L->ci->func.p + arg);
}

static inline lua_Integer cu_check_integer (lua_State *L, int arg) {
  if (cu_is_given(L, arg) && ttisinteger(cu_argument(L, arg)))
    return ivalue(cu_argument(L, arg));
  return luaL_checkinteger(L, arg);
}

static inline lua_Integer cu_opt_integer (lua_State *L, int arg,
                                          lua_Integer def) {
  if (!cu_is_given(L, arg) || ttisnil(cu_argument(L, arg)))
    return def;
  return cu_check_integer(L, arg);
}

/* Asked for in too many places to be a part of each. */
__attribute__((noinline))
static const char *cu_check_lstring (lua_State *L, int arg, size_t *length) {
  if (cu_is_given(L, arg) && ttisstring(cu_argument(L, arg))) {
    TString *s = tsvalue(cu_argument(L, arg));
    if (length != NULL)
      *length = tsslen(s);
    return getstr(s);
  }
  return luaL_checklstring(L, arg, length);
}

/* A function has some room from the beginning. */
#define luaL_checkstack(L,n,msg)  \
  (L->ci->top.p - L->top.p < (n) ? luaL_checkstack(L, n, msg) : (void)0)

#define luaL_checkinteger  cu_check_integer
#define luaL_optinteger  cu_opt_integer
#define luaL_checklstring  cu_check_lstring

#endif
