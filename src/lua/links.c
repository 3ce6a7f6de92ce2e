/* Which of Lua's objects lead to which, outside of what the roots lead to (src/ext/links.rs). Nothing here allocates. */

#define LUA_CORE
#include "lprefix.h"

#include <limits.h>

#include "internals.h"

#include "lgc.h"
#include "lobject.h"
#include "lstate.h"
#include "ltable.h"

/* One size for all that `meet_values` is given. */
typedef char SameSizes[sizeof(StackValue) == sizeof(TValue) && sizeof(UValue) == sizeof(TValue) ? 1 : -1];

/* A walk through the heap. The collector has just ended a cycle and rests, so that `gclist` and the bit of black objects are free. */
typedef struct Walk {
  GCObject *ahead; /* what was met and not looked into yet, linked by `gclist` */
  int mark;        /* the bit of `marked` for what was met */
  int from;        /* the number of what is looked into; 0: nobody wants to know */
} Walk;

/* What the roots lead to has TESTBIT, which only Lua's own tests use (lgc.h). */
#define ROOTED  TESTBIT
#define LED_TO  BLACKBIT

/* ext/links.rs */
void __cu_link_tell(int from, int to);

/* The host knows an object by its address; where that has more bits, two with the same number are one to it. */
static int number_of(const GCObject *o) {
  return (int)((size_t)o & INT_MAX);
}

static GCObject **list_of(GCObject *o) {
  switch (o->tt) {
    case LUA_VTABLE: return &gco2t(o)->gclist;
    case LUA_VLCL: return &gco2lcl(o)->gclist;
    case LUA_VCCL: return &gco2ccl(o)->gclist;
    case LUA_VTHREAD: return &gco2th(o)->gclist;
    case LUA_VUSERDATA: return &gco2u(o)->gclist;
    default: return NULL; /* strings, and what is looked at with its closure */
  }
}

/* A userdata without user values has no `gclist`: its metatable stands for it. */
static void meet(Walk *w, GCObject *o) {
  GCObject **list;
  if (o != NULL && o->tt == LUA_VUSERDATA && gco2u(o)->nuvalue == 0)
    o = (GCObject *)gco2u(o)->metatable;
  list = o != NULL ? list_of(o) : NULL;
  if (list == NULL || testbit(o->marked, ROOTED))
    return;
  if (w->from != 0)
    __cu_link_tell(w->from, number_of(o));
  if (testbit(o->marked, w->mark))
    return;
  l_setbit(o->marked, w->mark);
  *list = w->ahead;
  w->ahead = o;
}

static void meet_value(Walk *w, const TValue *value) {
  if (iscollectable(value))
    meet(w, gcvalue(value));
}

/* Of a stack, of a table's array, or among user values, a value has the same size. */
static void meet_values(Walk *w, const void *values, size_t n) {
  const TValue *value = values;
  for (; n > 0; n--)
    meet_value(w, value++);
}

/* Weak tables hold as others do: who has one can get at what is in it. The key of an empty entry may be dead. */
static void look_into_table(Walk *w, Table *t) {
  Node *n = gnode(t, 0);
  meet(w, (GCObject *)t->metatable);
  meet_values(w, t->array, luaH_realasize(t));
  for (; n < gnode(t, sizenode(t)); n++) {
    if (!isempty(gval(n))) {
      meet(w, gckeyN(n));
      meet_value(w, gval(n));
    }
  }
}

static void look_into_closure(Walk *w, LClosure *cl) {
  int i;
  for (i = 0; i < cl->nupvalues; i++) {
    if (cl->upvals[i] != NULL)
      meet_value(w, cl->upvals[i]->v.p);
  }
}

static void look_into(Walk *w, GCObject *o) {
  switch (o->tt) {
    case LUA_VTABLE:
      look_into_table(w, gco2t(o));
      break;
    case LUA_VLCL:
      look_into_closure(w, gco2lcl(o));
      break;
    case LUA_VCCL:
      meet_values(w, gco2ccl(o)->upvalue, gco2ccl(o)->nupvalues);
      break;
    case LUA_VTHREAD:
      if (gco2th(o)->stack.p != NULL)
        meet_values(w, gco2th(o)->stack.p, gco2th(o)->top.p - gco2th(o)->stack.p);
      break;
    default:
      meet(w, (GCObject *)gco2u(o)->metatable);
      meet_values(w, gco2u(o)->uv, gco2u(o)->nuvalue);
  }
}

static void walk(Walk *w) {
  while (w->ahead != NULL) {
    GCObject *o = w->ahead;
    w->ahead = *list_of(o);
    if (w->from != 0)
      w->from = number_of(o);
    look_into(w, o);
  }
}

/* Finalizers may bring back what they are for. */
static void meet_all(Walk *w, GCObject *o) {
  for (; o != NULL; o = o->next)
    meet(w, o);
}

static void meet_roots(lua_State *L, Walk *w) {
  global_State *g = G(L);
  int type;
  meet(w, obj2gco(g->mainthread));
  meet(w, obj2gco(L));
  meet_value(w, &g->l_registry);
  for (type = 0; type < LUA_NUMTYPES; type++)
    meet(w, (GCObject *)g->mt[type]);
  meet_all(w, g->finobj);
  meet_all(w, g->tobefnz);
}

/* Goes on from a reference if the host's collector decides about it (its number of uses is below zero) and those are `left`, or neither. */
static void follow(Walk *w, Table *values, lua_Integer number, const TValue *uses, int left) {
  if (!ttisinteger(uses) || (ivalue(uses) < 0) != left)
    return;
  w->from = left ? -(int)number : 0;
  meet_value(w, luaH_getint(values, number));
  walk(w);
}

/* All of those, or all others. */
static void follow_all(Walk *w, Table *values, Table *uses, int left) {
  unsigned int i, size = luaH_realasize(uses);
  for (i = 0; i < size; i++)
    follow(w, values, i + 1, &uses->array[i], left);
  for (i = 0; i < (unsigned int)sizenode(uses); i++) {
    Node *n = gnode(uses, i);
    if (keyisinteger(n))
      follow(w, values, keyival(n), gval(n), left);
  }
}

/* Which objects stand for which handles. All of those are in the array part. */
static void tell_handles(const Table *proxies) {
  unsigned int i, size = luaH_realasize(proxies);
  for (i = 0; i < size; i++) {
    const TValue *proxy = &proxies->array[i];
    if (iscollectable(proxy) && testbit(gcvalue(proxy)->marked, LED_TO))
      __cu_link_tell(number_of(gcvalue(proxy)), -(int)i - 1);
  }
}

static void forget_walks(GCObject *o) {
  for (; o != NULL; o = o->next)
    resetbits(o->marked, bit2mask(ROOTED, LED_TO));
}

void cu_links_tell(lua_State *L, int idx) {
  global_State *g = G(L);
  StkId tables = L->ci->func.p + idx;
  Table *proxies = hvalue(s2v(tables)), *ids = hvalue(s2v(tables + 1));
  Table *values = hvalue(s2v(tables + 2)), *uses = hvalue(s2v(tables + 3));
  int mode = g->gckind;
  Walk w = { NULL, ROOTED, 0 };
  luaC_changemode(L, KGC_INC);
  /* By these no Lua code gets at what is in them. */
  l_setbit(proxies->marked, ROOTED);
  l_setbit(ids->marked, ROOTED);
  l_setbit(values->marked, ROOTED);
  meet_roots(L, &w);
  walk(&w);
  follow_all(&w, values, uses, 0);
  w.mark = LED_TO;
  follow_all(&w, values, uses, 1);
  tell_handles(proxies);
  forget_walks(g->allgc);
  forget_walks(g->finobj);
  forget_walks(g->tobefnz);
  luaC_changemode(L, mode);
}
