/* The few steps that need Lua's own structures. Each uses Lua's functions, in a state in which they cannot fail. */

#define LUA_CORE
#include "lprefix.h"

#include <limits.h>
#include <string.h>

#include "internals.h"

#include "lapi.h"
#include "ldebug.h"
#include "ldo.h"
#include "lfunc.h"
#include "lgc.h"
#include "llex.h"
#include "lmem.h"
#include "lobject.h"
#include "lopcodes.h"
#include "lstate.h"
#include "lstring.h"
#include "ltable.h"
#include "lvm.h"

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

/* The metatable of a dead object may be gone: it is compared, not looked at. */
static Table *stand_in(Table *stand_ins, Table *metatable) {
  TValue key;
  const TValue *value;
  if (metatable == NULL)
    return NULL;
  val_(&key).gc = obj2gco(metatable);
  settt_(&key, ctb(LUA_VTABLE));
  value = luaH_get(stand_ins, &key);
  return ttistable(value) ? hvalue(value) : NULL;
}

static void replace_metatables(lua_State *L, Table *stand_ins, GCObject *o) {
  for (; o != NULL; o = o->next) {
    Table **place = o->tt == LUA_VTABLE ? &gco2t(o)->metatable : o->tt == LUA_VUSERDATA ? &gco2u(o)->metatable : NULL;
    Table *other = place != NULL ? stand_in(stand_ins, *place) : NULL;
    if (other != NULL) {
      *place = other;
      luaC_objbarrier(L, o, other);
    }
  }
}

/* Finalizers are found by the object's mark, not by its metatable, so that objects stay in their lists. */
void cu_metatables_replace(lua_State *L, int idx) {
  global_State *g = G(L);
  Table *stand_ins = hvalue(s2v(L->ci->func.p + idx));
  int type;
  replace_metatables(L, stand_ins, g->allgc);
  replace_metatables(L, stand_ins, g->finobj);
  replace_metatables(L, stand_ins, g->tobefnz);
  for (type = 0; type < LUA_NUMTYPES; type++) {
    Table *other = stand_in(stand_ins, g->mt[type]);
    if (other != NULL)
      g->mt[type] = other;
  }
}

int cu_hooks_allow(lua_State *L, int allow) {
  int before = L->allowhook;
  L->allowhook = (lu_byte)allow;
  return before;
}

void cu_gc_full(lua_State *L) {
  luaC_fullgc(L, 1);
}

/* src/ext: `__index` and `__newindex` of proxies, and `__index` of `_home`'s, a closure with the table of what is known as its upvalue. */
int __cu_index(lua_State *L);
int __cu_newindex(lua_State *L);
int __cu_home_index(lua_State *L);

#if defined(__wasm__)

/* src/steps.rs, src/lua/limits.rs */
extern struct {
  int left;
  lua_State *thread;
} __cu_steps;
void __cu_steps_spent(lua_State *L);

/* What the post-link tool adds to Lua's own calls. */
static void count_call(lua_State *L) {
  __cu_steps.thread = L;
  if (--__cu_steps.left < 0)
    __cu_steps_spent(L);
}

#else
#define count_call(L)  ((void)0)
#endif

/* The module's own metamethods raise, but neither yield nor need hooks: to call one, nothing is to be looked at but that there is room, and
   that the count of C calls stays within its limit. */
static int can_call_own(lua_State *L) {
  int has_room = L->ci->next != NULL && L->stack_last.p - L->top.p > LUA_MINSTACK + EXTRA_STACK;
  return has_room && !L->hookmask && getCcalls(L) + 1 < LUAI_MAXCCALLS;
}

/* Calls the C function `f` with `n` arguments, which are on the top with it below them. What it pushed is on the top then. */
static void call_own(lua_State *L, lua_CFunction f, int n) {
  CallInfo *ci = L->ci->next;
  ci->func.p = L->top.p - n - 1;
  ci->top.p = L->top.p + LUA_MINSTACK;
  ci->callstatus = CIST_C;
  ci->nresults = 1;
  L->nCcalls++;
  L->ci = ci;
  f(L);
  L->ci = ci->previous;
  L->nCcalls--;
}

/* The module's own function behind an `__index`, or NULL. `known` is what it would find without asking, if anything. */
static lua_CFunction own_index(const TValue *f, const TValue *key, const TValue **known) {
  if (ttislcf(f))
    return fvalue(f) == __cu_index ? __cu_index : NULL;
  if (!ttisCclosure(f) || clCvalue(f)->f != __cu_home_index)
    return NULL;
  if (ttisstring(key))
    *known = luaH_getstr(hvalue(&clCvalue(f)->upvalue[0]), tsvalue(key));
  return __cu_home_index;
}

LUAI_FUNC void cu_metamethod_get(lua_State *L, const TValue *f, const TValue *p1, const TValue *p2, StkId res) {
  const TValue *known = NULL;
  lua_CFunction own = own_index(f, p2, &known);
  if (own == NULL || !can_call_own(L)) {
    luaT_callTMres(L, f, p1, p2, res);
    return;
  }
  count_call(L);
  if (known != NULL && !isempty(known)) {
    setobj2s(L, res, known);
  } else {
    ptrdiff_t result = savestack(L, res);
    ptrdiff_t func = savestack(L, L->top.p);
    setobj2s(L, L->top.p, f);
    setobj2s(L, L->top.p + 1, p1);
    setobj2s(L, L->top.p + 2, p2);
    L->top.p += 3;
    call_own(L, own, 2);
    setobjs2s(L, restorestack(L, result), L->top.p - 1);
    L->top.p = restorestack(L, func);
  }
}

LUAI_FUNC void cu_metamethod_set(lua_State *L, const TValue *f, const TValue *p1, const TValue *p2, const TValue *p3) {
  ptrdiff_t func;
  if (!ttislcf(f) || fvalue(f) != __cu_newindex || !can_call_own(L)) {
    luaT_callTM(L, f, p1, p2, p3);
    return;
  }
  count_call(L);
  func = savestack(L, L->top.p);
  setobj2s(L, L->top.p, f);
  setobj2s(L, L->top.p + 1, p1);
  setobj2s(L, L->top.p + 2, p2);
  setobj2s(L, L->top.p + 3, p3);
  L->top.p += 4;
  call_own(L, __cu_newindex, 3);
  L->top.p = restorestack(L, func);
}

int cu_operands_get(lua_State *L, cu_Operands *o) {
  StkId base = L->ci->func.p + 1;
  const TValue *key = s2v(base + 1);
  o->proxy = NULL;
  if (l_unlikely(L->top.p < base + 2 || !ttistable(s2v(base))))
    return CU_KEY_OTHER;
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

void cu_host_enter(lua_State *L) {
  L->nCcalls++;
  if (getCcalls(L) >= LUAI_MAXCCALLS)
    luaE_checkcstack(L);
}

void cu_host_leave(lua_State *L) {
  L->nCcalls--;
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

static const TValue *value_at(lua_State *L, int idx) {
  StkId place = idx > 0 ? L->ci->func.p + idx : L->top.p + idx;
  return place < L->top.p ? s2v(place) : &G(L)->nilvalue;
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

void cu_slot_copy(lua_State *L, int idx, void *slots, int slot) {
  const TValue *value = value_at(L, idx);
  luaH_setint(L, slots, slot, (TValue *)value);
  luaC_barrierback(L, obj2gco((Table *)slots), value);
}

int cu_slot_equals(lua_State *L, int idx, void *slots, int slot) {
  return luaV_rawequalobj(value_at(L, idx), luaH_getint(slots, slot));
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

void cu_function_new(lua_State *L, lua_CFunction f, lua_Integer upvalue) {
  CClosure *cl = luaF_newCclosure(L, 1);
  cl->f = f;
  setivalue(&cl->upvalue[0], upvalue);
  setclCvalue(L, s2v(L->top.p), cl);
  api_incr_top(L);
}

int cu_metatable_compare(lua_State *L, int idx, void *slots, int slot) {
  const TValue *value = value_at(L, idx);
  if (!ttistable(value) || hvalue(value)->metatable == NULL)
    return CU_METATABLE_NONE;
  return hvalue(value)->metatable == table_in(slots, slot) ? CU_METATABLE_SAME : CU_METATABLE_OTHER;
}

int cu_table_next(lua_State *L) {
  StkId arguments = L->ci->func.p + 1;
  Table *t;
  if (L->top.p - arguments != 2 || !ttistable(s2v(arguments)))
    return -1;
  t = hvalue(s2v(arguments));
  if (t->metatable != NULL)
    return -1;
  if (luaH_next(L, t, arguments + 1)) {
    L->top.p++;
    return 2;
  }
  setnilvalue(s2v(arguments + 1));
  return 1;
}

/* lua_pushlstring without a step of the collector. */
void cu_string_push(lua_State *L, const char *s, size_t n) {
  TString *ts = luaS_newlstr(L, s, n);
  setsvalue2s(L, L->top.p, ts);
  api_incr_top(L);
}

char *cu_string_new(lua_State *L, size_t n) {
  TString *s = luaS_createlngstrobj(L, n);
  setsvalue2s(L, L->top.p, s);
  api_incr_top(L);
  return getlngstr(s);
}
/* Above the statuses of Lua's own; Lua keeps three bits of it (CIST_RECST). */
#define STATUS_LIMIT  7

/* Every error has a value. There is room for it, as for the arguments of a metamethod (EXTRA_STACK). */
void cu_limit_throw(lua_State *L) {
  setnilvalue(s2v(L->top.p));
  L->top.p++;
  luaD_throw(L, STATUS_LIMIT);
}

#if defined(__wasm__)

/* The interpreter's trap, which a jump backward may have set (interpreter.h), or a stack that moved. What the interpreter keeps in
   variables has to be known where an error is raised; the top is, where the next instruction takes values up to it. */
int cu_trace_exec(lua_State *L, const Instruction *pc) {
  if (__cu_steps.left < 0) {
    CallInfo *ci = L->ci;
    ci->u.l.savedpc = pc + 1;
    if (!isIT(*pc))
      L->top.p = ci->top.p;
    __cu_steps_spent(L);
  }
  return luaG_traceexec(L, pc);
}

#endif

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

/* The environment of nearly every function is the same upvalue, its chunk's, with the globals in it. */
static int is_globals(lua_State *L, const LClosure *cl, int i) {
  const TString *name = cl->p->upvalues[i].name;
  const TValue *value = cl->upvals[i]->v.p;
  const TValue *globals = luaH_getint(hvalue(&G(L)->l_registry), LUA_RIDX_GLOBALS);
  return name != NULL && strcmp(getstr(name), LUA_ENV) == 0 && ttistable(value) && ttistable(globals) && hvalue(value) == hvalue(globals);
}

/* A closure that is still being made has upvalues that are not there. */
static int is_busy(lua_State *L, const LClosure *cl) {
  int i;
  for (i = 0; i < cl->nupvalues; i++) {
    const UpVal *uv = cl->upvals[i];
    if (uv == NULL)
      return 1;
    if (!is_globals(L, cl, i) && (upisopen(uv) || testbit(uv->marked, TESTBIT)))
      return 1;
  }
  return 0;
}

static void forget_marks(lua_State *L) {
  GCObject *o;
  for (o = G(L)->allgc; o != NULL; o = o->next)
    resetbit(o->marked, TESTBIT);
}

/* The mark is a bit that the collector keeps and, but for Lua's own tests, does not use (lgc.h). On a closure: it is in the table. On an
   upvalue: another closure has it. */
void cu_closures_survey(lua_State *L, int idx, unsigned int n, unsigned char *busy) {
  Table *t = hvalue(s2v(L->ci->func.p + idx));
  GCObject *o;
  unsigned int at;
  int i;
  for (at = 0; at < n; at++) {
    const TValue *value = luaH_getint(t, at + 1);
    if (ttisLclosure(value))
      l_setbit(clLvalue(value)->marked, TESTBIT);
  }
  for (o = G(L)->allgc; o != NULL; o = o->next) {
    if (o->tt != LUA_VLCL || testbit(o->marked, TESTBIT))
      continue;
    for (i = 0; i < gco2lcl(o)->nupvalues; i++) {
      if (gco2lcl(o)->upvals[i] != NULL)
        l_setbit(gco2lcl(o)->upvals[i]->marked, TESTBIT);
    }
  }
  for (at = 0; at < n; at++) {
    const TValue *value = luaH_getint(t, at + 1);
    busy[at] = (unsigned char)(!ttisLclosure(value) || is_busy(L, clLvalue(value)));
  }
  forget_marks(L);
}

int cu_upvalue_visit(lua_State *L, int idx, int n) {
  LClosure *cl = clLvalue(s2v(L->ci->func.p + idx));
  UpVal *uv = cl->upvals[n - 1];
  int known;
  if (uv == NULL || upisopen(uv) || is_globals(L, cl, n - 1))
    return CU_UPVALUE_APART;
  known = testbit(uv->marked, TESTBIT);
  l_setbit(uv->marked, TESTBIT);
  return known ? CU_UPVALUE_AGAIN : CU_UPVALUE_FIRST;
}

void cu_upvalues_restore(lua_State *L, int idx) {
  const Table *metatable = hvalue(s2v(L->ci->func.p + idx));
  GCObject *o;
  for (o = G(L)->allgc; o != NULL; o = o->next) {
    UpVal *uv = (o->tt == LUA_VUPVAL) ? gco2upv(o) : NULL;
    if (uv != NULL && !upisopen(uv) && ttistable(uv->v.p) && hvalue(uv->v.p)->metatable == metatable) {
      const TValue *value = luaH_getint(hvalue(uv->v.p), 0);
      if (isempty(value))
        setnilvalue(uv->v.p);
      else
        setobj(L, uv->v.p, value);
      luaC_barrier(L, uv, uv->v.p);
    }
  }
  forget_marks(L);
}

lua_KFunction cu_continuation_get(lua_State *L) {
  return L->status == LUA_YIELD && !isLua(L->ci) ? L->ci->u.c.k : NULL;
}

lua_CFunction cu_function_running(lua_State *L) {
  const TValue *f = s2v(L->ci->func.p);
  return ttislcf(f) ? fvalue(f) : clCvalue(f)->f;
}
