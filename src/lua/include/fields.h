/*
** Given with -include to lvm.c: a field is mostly at the first place where it
** can be, and is read there without a call. lvm.c names the functions that look
** for it as arguments of a macro (luaV_fastget). By their names that macro tells
** a method of a string, which is found as a field is.
*/
#ifndef cu_fields_h
#define cu_fields_h

#define LUA_CORE
#include "lobject.h"
#include "lstate.h"
#include "lstring.h"
#include "ltable.h"
#include "ltm.h"
#include "lvm.h"

static inline const TValue *cu_field_short (Table *t, TString *key) {
  const Node *n = gnode(t, lmod(key->hash, sizenode(t)));
  if (l_likely(keyisshrstr(n) && keystrval(n) == key))
    return gval(n);
  return luaH_getshortstr(t, key);
}

static inline const TValue *cu_field_string (Table *t, TString *key) {
  return key->tt == LUA_VSHRSTR ? cu_field_short(t, key) : luaH_getstr(t, key);
}

static inline const TValue *cu_field (Table *t, const TValue *key) {
  return ttisshrstring(key) ? cu_field_short(t, tsvalue(key)) : luaH_get(t, key);
}

/* For OP_SELF with what is no table: the method, or NULL if Lua has to look. */
__attribute__((noinline))
static const TValue *cu_other_luaH_getstr (lua_State *L, const TValue *o,
                                           TString *key) {
  const TValue *methods, *method;
  Table *mt = ttisstring(o) ? G(L)->mt[LUA_TSTRING] : NULL;
  if (mt == NULL)
    return NULL;
  methods = cu_field_short(mt, G(L)->tmname[TM_INDEX]);
  if (!ttistable(methods))
    return NULL;
  method = cu_field_string(hvalue(methods), key);
  return isempty(method) ? NULL : method;
}

#define cu_other_luaH_getshortstr(L,o,key)  NULL
#define cu_other_luaH_get(L,o,key)  NULL

#undef luaV_fastget
#define luaV_fastget(L,t,k,slot,f)  \
  (!ttistable(t) ? (slot = cu_other_##f(L, t, k), slot != NULL)  \
                 : (slot = f(hvalue(t), k), !isempty(slot)))

#define luaH_getshortstr  cu_field_short
#define luaH_getstr  cu_field_string
#define luaH_get  cu_field

#endif
