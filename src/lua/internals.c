/* The few steps that need Lua's own structures. Each uses Lua's functions, in a state in which they cannot fail. */

#define LUA_CORE
#include "lprefix.h"

#include "internals.h"

#include "lapi.h"
#include "ldo.h"
#include "lgc.h"
#include "lmem.h"
#include "lobject.h"
#include "lstate.h"
#include "lstring.h"
#include "ltable.h"

void cu_gc_pause(lua_State *L, cu_Pause *pause) {
  global_State *g = G(L);
  pause->stopped = g->gcstp;
  pause->debt = g->GCdebt;
  pause->total = gettotalbytes(g);
  g->gcstp |= GCSTPUSR;
  pause->hooks = cu_hooks_allow(L, 0);
}

/* A step of a stopped collector forgives all debt (luaC_step): a loop that allocates in pauses would never be collected. */
void cu_gc_resume(lua_State *L, const cu_Pause *pause) {
  global_State *g = G(L);
  g->gcstp = (lu_byte)pause->stopped;
  cu_hooks_allow(L, pause->hooks);
  luaE_setdebt(g, pause->debt + (l_mem)(gettotalbytes(g) - pause->total));
}

/* Every entry is emptied first: a resize re-inserts what it finds, and that could need memory. */
static void empty(lua_State *L, Table *t) {
  unsigned int i, size = luaH_realasize(t);
  for (i = 0; i < size; i++)
    setempty(&t->array[i]);
  for (i = 0; i < (unsigned int)sizenode(t) && !isdummy(t); i++)
    setempty(gval(gnode(t, i)));
  luaH_resize(L, t, 0, 0);
}

void cu_table_empty(lua_State *L, int idx) {
  empty(L, hvalue(s2v(L->ci->func.p + idx)));
}

void cu_table_reserve(lua_State *L, int idx, unsigned int n) {
  Table *t = hvalue(s2v(L->ci->func.p + idx));
  if (luaH_realasize(t) < n)
    luaH_resizearray(L, t, n);
}

int cu_hooks_allow(lua_State *L, int allow) {
  int before = L->allowhook;
  L->allowhook = (lu_byte)allow;
  return before;
}

void cu_gc_full(lua_State *L) {
  luaC_fullgc(L, 1);
}

/* `__index` and `__newindex` of proxies, in Rust. */
int __cu_index(lua_State *L);
int __cu_newindex(lua_State *L);

/* Calls the module's own metamethod `f` as a C function with `n` arguments, which are on the top with it below them: it raises, but neither
   yields nor needs hooks, so that nothing is to be looked at but that there is room, and that the count of C calls stays within its limit.
   Says whether it did; then what `f` pushed is on the top. */
static int call_own(lua_State *L, lua_CFunction f, int n) {
  CallInfo *ci = L->ci->next;
  if (ci == NULL || L->hookmask || L->stack_last.p - L->top.p <= LUA_MINSTACK || getCcalls(L) + 1 >= LUAI_MAXCCALLS)
    return 0;
  ci->func.p = L->top.p - n - 1;
  ci->top.p = L->top.p + LUA_MINSTACK;
  ci->callstatus = CIST_C;
  ci->nresults = 1;
  L->nCcalls++;
  L->ci = ci;
  f(L);
  L->ci = ci->previous;
  L->nCcalls--;
  return 1;
}

LUAI_FUNC void cu_metamethod_get(lua_State *L, const TValue *f, const TValue *p1, const TValue *p2, StkId res) {
  if (ttislcf(f) && fvalue(f) == __cu_index) {
    ptrdiff_t result = savestack(L, res);
    ptrdiff_t func = savestack(L, L->top.p);
    setobj2s(L, L->top.p, f);
    setobj2s(L, L->top.p + 1, p1);
    setobj2s(L, L->top.p + 2, p2);
    L->top.p += 3;
    if (call_own(L, __cu_index, 2)) {
      setobjs2s(L, restorestack(L, result), L->top.p - 1);
      L->top.p = restorestack(L, func);
      return;
    }
    L->top.p -= 3;
  }
  luaT_callTMres(L, f, p1, p2, res);
}

LUAI_FUNC void cu_metamethod_set(lua_State *L, const TValue *f, const TValue *p1, const TValue *p2, const TValue *p3) {
  if (ttislcf(f) && fvalue(f) == __cu_newindex) {
    ptrdiff_t func = savestack(L, L->top.p);
    setobj2s(L, L->top.p, f);
    setobj2s(L, L->top.p + 1, p1);
    setobj2s(L, L->top.p + 2, p2);
    setobj2s(L, L->top.p + 3, p3);
    L->top.p += 4;
    if (call_own(L, __cu_newindex, 3)) {
      L->top.p = restorestack(L, func);
      return;
    }
    L->top.p -= 4;
  }
  luaT_callTM(L, f, p1, p2, p3);
}

int cu_operands_get(lua_State *L, cu_Operands *o) {
  StkId base = L->ci->func.p + 1;
  const TValue *key = s2v(base + 1);
  o->proxy = hvalue(s2v(base));
  if (ttisinteger(key)) {
    o->integer = (int)ivalue(key);
    return ivalue(key) == o->integer ? CU_KEY_INTEGER : CU_KEY_OTHER;
  }
  if (ttisshrstring(key)) {
    o->string = getshrstr(tsvalue(key));
    return CU_KEY_STRING;
  }
  return CU_KEY_OTHER;
}

void *cu_userdata_of(lua_State *L, int idx, const void *metatable) {
  StkId place = L->ci->func.p + idx;
  const TValue *value = s2v(place);
  if (place >= L->top.p || !ttisfulluserdata(value) || uvalue(value)->metatable != metatable)
    return NULL;
  return getudatamem(uvalue(value));
}

/* No barrier: the userdata is white. */
void *cu_userdata_new(lua_State *L, size_t bytes, const void *metatable) {
  Udata *u = luaS_newudata(L, bytes, 0);
  u->metatable = (Table *)metatable;
  setuvalue(L, s2v(L->top.p), u);
  api_incr_top(L);
  return getudatamem(u);
}

void cu_gc_step(lua_State *L) {
  luaC_checkGC(L);
}

/* The conditions are those of `tryagain` in lmem.c. */
int cu_gc_emergency(lua_State *L) {
  global_State *g = G(L);
  int possible = completestate(g) && !g->gcstopem;
  if (possible)
    luaC_fullgc(L, 1);
  return possible;
}

int cu_memory_error(lua_State *L) {
  luaM_error(L);
  return 0;
}

void *cu_slots_new(lua_State *L, unsigned int n) {
  Table *slots;
  lua_createtable(L, (int)n, 0);
  slots = hvalue(s2v(L->top.p - 1));
  lua_rawsetp(L, LUA_REGISTRYINDEX, slots);
  return slots;
}

static void push(lua_State *L, const TValue *value) {
  if (isempty(value))
    setnilvalue(s2v(L->top.p));
  else
    setobj2s(L, L->top.p, value);
  api_incr_top(L);
}

static Table *table_in(void *slots, int slot) {
  return hvalue(luaH_getint(slots, slot));
}

void cu_slot_push(lua_State *L, void *slots, int slot) {
  push(L, luaH_getint(slots, slot));
}

/* The array part has room: nothing is allocated. */
void cu_slot_set(lua_State *L, void *slots, int slot) {
  TValue *value = s2v(L->top.p - 1);
  luaH_setint(L, slots, slot, value);
  luaC_barrierback(L, obj2gco((Table *)slots), value);
  L->top.p--;
}

void cu_slot_empty(lua_State *L, void *slots, int slot) {
  empty(L, table_in(slots, slot));
}

int cu_element_push(lua_State *L, void *slots, int slot, lua_Integer i) {
  push(L, luaH_getint(table_in(slots, slot), i));
  return ttype(s2v(L->top.p - 1));
}

void cu_element_set(lua_State *L, void *slots, int slot, lua_Integer i) {
  Table *t = table_in(slots, slot);
  TValue *value = s2v(L->top.p - 1);
  luaH_setint(L, t, i, value);
  luaC_barrierback(L, obj2gco(t), value);
}

int cu_element_exists(void *slots, int slot, lua_Integer i) {
  return !isempty(luaH_getint(table_in(slots, slot), i));
}

/* No barrier: the table is white. */
void cu_table_new(lua_State *L, void *slots, int slot) {
  Table *t = luaH_new(L);
  t->metatable = table_in(slots, slot);
  sethvalue2s(L, L->top.p, t);
  api_incr_top(L);
}

static const TValue *value_at(lua_State *L, int idx) {
  StkId place = idx > 0 ? L->ci->func.p + idx : L->top.p + idx;
  return place < L->top.p ? s2v(place) : &G(L)->nilvalue;
}

int cu_metatable_compare(lua_State *L, int idx, void *slots, int slot) {
  const TValue *value = value_at(L, idx);
  if (!ttistable(value) || hvalue(value)->metatable == NULL)
    return CU_METATABLE_NONE;
  return hvalue(value)->metatable == table_in(slots, slot) ? CU_METATABLE_SAME : CU_METATABLE_OTHER;
}

char *cu_string_new(lua_State *L, size_t n) {
  TString *s = luaS_createlngstrobj(L, n);
  setsvalue2s(L, L->top.p, s);
  api_incr_top(L);
  return getlngstr(s);
}

#define SAFE_INTEGER_MAX ((lua_Integer)9007199254740991)

int cu_value_get(lua_State *L, int idx, double *number) {
  const TValue *value = value_at(L, idx);
  switch (ttypetag(value)) {
    case LUA_VNUMINT:
      *number = (double)ivalue(value);
      return -SAFE_INTEGER_MAX <= ivalue(value) && ivalue(value) <= SAFE_INTEGER_MAX ? CU_VALUE_INTEGER : CU_VALUE_OTHER;
    case LUA_VNUMFLT:
      *number = fltvalue(value);
      return CU_VALUE_FLOAT;
    case LUA_VNIL: return CU_VALUE_NIL;
    case LUA_VFALSE: return CU_VALUE_FALSE;
    case LUA_VTRUE: return CU_VALUE_TRUE;
    default: return CU_VALUE_OTHER;
  }
}

/* Whether a number is an integer in the range in which doubles are exact, -0 not counted. */
static int to_integer(double number, lua_Integer *integer) {
  if (!(-(double)SAFE_INTEGER_MAX <= number && number <= (double)SAFE_INTEGER_MAX))
    return 0;
  *integer = (lua_Integer)number;
  return (double)*integer == number && (*integer != 0 || 1 / number > 0);
}

unsigned int cu_numbers_set(lua_State *L, int idx, lua_Integer at, unsigned int n, const double *numbers, int form) {
  Table *t = hvalue(s2v(L->ci->func.p + idx));
  unsigned int i;
  for (i = 0; i < n; i++) {
    TValue value;
    lua_Integer integer;
    if (form != CU_NUMBERS_FLOATS && to_integer(numbers[i], &integer)) {
      setivalue(&value, integer);
    } else {
      if (form == CU_NUMBERS_INTEGERS)
        break;
      setfltvalue(&value, numbers[i]);
    }
    luaH_setint(L, t, at + i, &value);
  }
  return i;
}

unsigned int cu_numbers_get(lua_State *L, int idx, lua_Integer from, unsigned int n, double *numbers, int *floats) {
  Table *t = hvalue(s2v(L->ci->func.p + idx));
  unsigned int i;
  for (i = 0; i < n; i++) {
    const TValue *value = luaH_getint(t, from + i);
    if (i == 0)
      *floats = ttisfloat(value);
    if (*floats ? !ttisfloat(value) : !ttisinteger(value))
      break;
    if (*floats)
      numbers[i] = fltvalue(value);
    else if (-SAFE_INTEGER_MAX <= ivalue(value) && ivalue(value) <= SAFE_INTEGER_MAX)
      numbers[i] = (double)ivalue(value);
    else
      break;
  }
  return i;
}
