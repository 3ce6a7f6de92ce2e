/*
** A library for sequences of numbers in external tables, as someone who knows
** Lua's C API would write it. It is linked into a module of its own for the
** tests beside it, and uses every function of cu_ext.h.
*/

#include "lua.h"
#include "lauxlib.h"

#include "cu_ext.h"

/* sum(t): the sum of the elements 1..#t; another element is an error. */
static int sum (lua_State *L) {
  lua_Integer n = cu_ext_len(L, 1);
  lua_Number total = 0;
  for (int i = 1; i <= n; i++) {
    int tag = js_ext_table_get(cu_ext_handle(L, 1), CU_TAG_INT, i);
    if (tag != CU_TAG_INT && tag != CU_TAG_FLOAT) {
      cu_ext_result(L, tag);
      return luaL_error(L, "element %d is a %s", i, luaL_typename(L, -1));
    }
    total += cu_ext_cell()->number;
  }
  lua_pushnumber(L, total);
  return 1;
}

/* scale(t, x): multiplies the elements 1..#t by x, in place. */
static int scale (lua_State *L) {
  lua_Integer n = cu_ext_len(L, 1);
  lua_Number x = luaL_checknumber(L, 2);
  for (int i = 1; i <= n; i++) {
    cu_ext_geti(L, 1, i);
    cu_ext_cell()->number = luaL_checknumber(L, -1) * x;
    lua_pop(L, 1);
    cu_ext_status(L, js_ext_table_set(cu_ext_handle(L, 1), CU_TAG_INT, i, CU_TAG_FLOAT, 0));
  }
  return 0;
}

/* fill(kind, n, f): a new external table with f(1), ..., f(n). */
static int fill (lua_State *L) {
  static const char *const kinds[] = {"table", "array", NULL};
  int kind = luaL_checkoption(L, 1, NULL, kinds) ? CU_EXT_ARRAY : CU_EXT_TABLE;
  lua_Integer n = luaL_checkinteger(L, 2);
  cu_ext_new(L, kind);
  for (lua_Integer i = 1; i <= n; i++) {
    lua_pushvalue(L, 3);
    lua_pushinteger(L, i);
    lua_call(L, 1, 1);
    cu_ext_seti(L, -2, i);
  }
  return 1;
}

/* entries(t): how many there are, and a plain table with them. */
static int entries (lua_State *L) {
  lua_Integer n = 0;
  lua_newtable(L);
  lua_pushnil(L);
  while (cu_ext_next(L, 1)) {
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -4);
    n++;
  }
  lua_pushinteger(L, n);
  lua_insert(L, -2);
  return 2;
}

/* get(t, k) and set(t, k, v) run no metamethod. */
static int get (lua_State *L) {
  lua_settop(L, 2);
  lua_pushstring(L, lua_typename(L, cu_ext_get(L, 1)));
  return 2;
}

static int set (lua_State *L) {
  lua_settop(L, 3);
  cu_ext_set(L, 1);
  lua_pushinteger(L, lua_gettop(L));
  return 1;
}

/* gettable(t, k) runs metamethods, as Lua code does. */
static int gettable (lua_State *L) {
  lua_settop(L, 2);
  lua_gettable(L, 1);
  return 1;
}

/* rename(t): moves the field "old" to "new"; null where there is none. */
static int rename_field (lua_State *L) {
  if (cu_ext_getfield(L, 1, "old") == LUA_TNIL) {
    lua_pop(L, 1);
    cu_ext_pushnull(L);
  }
  cu_ext_setfield(L, 1, "new");
  lua_pushnil(L);
  cu_ext_setfield(L, 1, "old");
  return 0;
}

/* kind(v): what cu_ext.h says of a value. */
static int kind (lua_State *L) {
  lua_pushboolean(L, cu_ext_is(L, 1));
  lua_pushboolean(L, cu_ext_isnull(L, 1));
  return 2;
}

/* new(kind): any kind, also none. */
static int new_table (lua_State *L) {
  cu_ext_new(L, (int)luaL_checkinteger(L, 1));
  return 1;
}

/* try(f, ...): false and the error, or true and how many results. */
static int try (lua_State *L) {
  char below[1024];  /* on the stack that an error has to give back */
  int status;
  below[0] = (char)lua_gettop(L);
  status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
  if (status != LUA_OK) {
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
  }
  lua_pushboolean(L, 1);
  lua_pushinteger(L, lua_gettop(L) - 1);
  return below[0] > 0 ? 2 : 0;
}

static const luaL_Reg functions[] = {
  {"sum", sum}, {"scale", scale}, {"fill", fill}, {"entries", entries},
  {"get", get}, {"set", set}, {"gettable", gettable}, {"rename", rename_field},
  {"kind", kind}, {"new", new_table}, {"try", try},
  {NULL, NULL}
};

int luaopen_series (lua_State *L) {
  luaL_newlib(L, functions);
  return 1;
}
