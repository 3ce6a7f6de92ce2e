/* Which of Lua's objects lead to which, outside of what the roots lead to (src/ext/links.rs). Nothing here allocates. */

#define LUA_CORE
#include "lprefix.h"

#include <limits.h>

#include "internals.h"

#include "lgc.h"
#include "lobject.h"
#include "lstate.h"
#include "ltable.h"

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
int __cu_link_handle(lua_State *L, const void *object);

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

/* Weak tables hold as others do: who has one can get at what is in it. The key of an empty entry may be dead. */
static void look_into_table(Walk *w, Table *t) {
  unsigned int i, size = luaH_realasize(t);
  meet(w, (GCObject *)t->metatable);
  for (i = 0; i < size; i++)
    meet_value(w, &t->array[i]);
  for (i = 0; i < (unsigned int)sizenode(t); i++) {
    Node *n = gnode(t, i);
    if (isempty(gval(n)))
      continue;
    meet(w, gckeyN(n));
    meet_value(w, gval(n));
  }
}

static void look_into(Walk *w, GCObject *o) {
  int i;
  StkId place;
  switch (o->tt) {
    case LUA_VTABLE:
      look_into_table(w, gco2t(o));
      break;
    case LUA_VLCL:
      for (i = 0; i < gco2lcl(o)->nupvalues; i++) {
        if (gco2lcl(o)->upvals[i] != NULL)
          meet_value(w, gco2lcl(o)->upvals[i]->v.p);
      }
      break;
    case LUA_VCCL:
      for (i = 0; i < gco2ccl(o)->nupvalues; i++)
        meet_value(w, &gco2ccl(o)->upvalue[i]);
      break;
    case LUA_VTHREAD:
      for (place = gco2th(o)->stack.p; place != NULL && place < gco2th(o)->top.p; place++)
        meet_value(w, s2v(place));
      break;
    default:
      meet(w, (GCObject *)gco2u(o)->metatable);
      for (i = 0; i < gco2u(o)->nuvalue; i++)
        meet_value(w, &gco2u(o)->uv[i].uv);
  }
}

static void walk(lua_State *L, Walk *w) {
  while (w->ahead != NULL) {
    GCObject *o = w->ahead;
    w->ahead = *list_of(o);
    if (w->from != 0) {
      int handle = __cu_link_handle(L, o);
      w->from = number_of(o);
      if (handle != 0)
        __cu_link_tell(w->from, -handle);
    }
    look_into(w, o);
  }
}

/* Finalizers may bring back what they are for. */
static void meet_all(Walk *w, GCObject *o) {
  for (; o != NULL; o = o->next)
    meet(w, o);
}

int cu_links_begin(lua_State *L, int idx, int n) {
  global_State *g = G(L);
  int type, mode = g->gckind;
  Walk w = { NULL, ROOTED, 0 };
  luaC_changemode(L, KGC_INC);
  while (n-- > 0)
    l_setbit(hvalue(s2v(L->ci->func.p + idx + n))->marked, ROOTED);
  meet(&w, obj2gco(g->mainthread));
  meet(&w, obj2gco(L));
  meet_value(&w, &g->l_registry);
  for (type = 0; type < LUA_NUMTYPES; type++)
    meet(&w, (GCObject *)g->mt[type]);
  meet_all(&w, g->finobj);
  meet_all(&w, g->tobefnz);
  walk(L, &w);
  return mode;
}

void cu_links_follow(lua_State *L, int number) {
  Walk w = { NULL, number == 0 ? ROOTED : LED_TO, -number };
  meet_value(&w, s2v(L->top.p - 1));
  walk(L, &w);
}

static void forget_walks(GCObject *o) {
  for (; o != NULL; o = o->next)
    resetbits(o->marked, bit2mask(ROOTED, LED_TO));
}

void cu_links_end(lua_State *L, int mode) {
  global_State *g = G(L);
  forget_walks(g->allgc);
  forget_walks(g->finobj);
  forget_walks(g->tobefnz);
  luaC_changemode(L, mode);
}
