/*
** Given with -include to lvm.c: a field is mostly at the first place where it
** can be, and is read there without a call. lvm.c names the functions that look
** for it as arguments of a macro (luaV_fastget).
*/
#ifndef cu_fields_h
#define cu_fields_h

#define LUA_CORE
#include "lobject.h"
#include "lstate.h"
#include "lstring.h"
#include "ltable.h"

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

#define luaH_getshortstr  cu_field_short
#define luaH_getstr  cu_field_string
#define luaH_get  cu_field

#endif
