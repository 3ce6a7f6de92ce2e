/*
** What the module adds to Lua's code, as far as it has a profile, and what a
** native interpreter can do without: it neither has external tables nor limits.
*/
#define LUA_CORE
#include "lprefix.h"

#include "ldebug.h"
#include "lstate.h"
#include "ltm.h"
#include "lua.h"

#undef luaT_callTMres
#undef luaT_callTM

extern struct { int left; } __cu_steps;

int __real_main (int argc, char **argv);

/*
** Lua finds strings again by the addresses that C gives them from. Those on the
** stack lie below the environment and the program's path, so that they, and
** with them the counts, would differ from machine to machine.
*/
#define STACK_ALIGNMENT (1 << 20)

int __wrap_main (int argc, char **argv) {
  size_t used = (size_t)__builtin_frame_address(0) % STACK_ALIGNMENT;
  volatile char *skipped = __builtin_alloca(used);
  int status = __real_main(argc, argv);
  skipped[0] = 0;  /* so that the call is not made from the frame before */
  return status;
}

void cu_metamethod_get (lua_State *L, const TValue *f, const TValue *p1,
                        const TValue *p2, StkId res) {
  luaT_callTMres(L, f, p1, p2, res);
}

void cu_metamethod_set (lua_State *L, const TValue *f, const TValue *p1,
                        const TValue *p2, const TValue *p3) {
  luaT_callTM(L, f, p1, p2, p3);
}

int cu_trace_exec (lua_State *L, const Instruction *pc) {
  if (__cu_steps.left < 0)
    __cu_steps.left = 1 << 30;
  return luaG_traceexec(L, pc);
}

void __cu_thread_free (lua_State *thread) { (void)thread; }

int __cu_thread_resume (lua_State *L, lua_State *from, int narg, int *nres) {
  return lua_resume(L, from, narg, nres);
}

int __cu_thread_close (lua_State *L, lua_State *from) {
  return lua_closethread(L, from);
}

int __cu_thread_status (lua_State *L) { return lua_status(L); }

int __cu_thread_is_yieldable (lua_State *L) { return lua_isyieldable(L); }

int __cu_thread_push (lua_State *L) { return lua_pushthread(L); }

int __cu_thread_yield (lua_State *L, int nresults, lua_KContext ctx,
                       lua_KFunction k) {
  return lua_yieldk(L, nresults, ctx, k);
}
