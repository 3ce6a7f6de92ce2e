/* The few steps that need Lua's own structures. Each uses Lua's functions, in a state in which they cannot fail. */

#define LUA_CORE
#include "lprefix.h"

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
void cu_table_empty(lua_State *L, int idx) {
  Table *t = hvalue(s2v(L->ci->func.p + idx));
  unsigned int i, size = luaH_realasize(t);
  for (i = 0; i < size; i++)
    setempty(&t->array[i]);
  for (i = 0; i < (unsigned int)sizenode(t) && !isdummy(t); i++)
    setempty(gval(gnode(t, i)));
  luaH_resize(L, t, 0, 0);
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

/* Above the statuses of Lua's own; Lua keeps three bits of it (CIST_RECST). */
#define STATUS_LIMIT  7

/* Every error has a value. There is room for it, as for the arguments of a metamethod (EXTRA_STACK). */
void cu_limit_throw(lua_State *L) {
  setnilvalue(s2v(L->top.p));
  L->top.p++;
  luaD_throw(L, STATUS_LIMIT);
}

#if defined(__wasm__)

/* src/lua/limits.rs */
void __cu_steps_spent(lua_State *L);

/* The interpreter, at a jump backward (interpreter.h): what it keeps in variables has to be known where an error is raised. */
void cu_step_spent(lua_State *L, CallInfo *ci, const Instruction *pc) {
  ci->u.l.savedpc = pc;
  L->top.p = ci->top.p;
  __cu_steps_spent(L);
}

#endif

#define SAFE_INTEGER_MAX ((lua_Integer)9007199254740991)

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
