/*
** Given with -include to lvm.c: the interpreter counts a step at each jump
** backward. Calls are counted in ldo.c, by the post-link tool. Here the macros
** that lvm.c takes a jump's distance with are replaced.
*/
#ifndef cu_interpreter_h
#define cu_interpreter_h

#define LUA_CORE
#include "ldebug.h"
#include "lopcodes.h"
#include "lstate.h"

/* src/steps.rs */
extern struct { int left; } __cu_steps;

/* Looks at the limits before it does what luaG_traceexec does: internals.c. */
int cu_trace_exec (lua_State *L, const Instruction *pc);

#define luaG_traceexec  cu_trace_exec

/*
** A spent count only sets the trap, which the interpreter looks at behind each
** jump backward. A call here, of which there would be one at every jump, would
** cost all of them: the engine keeps registers free for it.
*/
#define cu_step(is_step)  \
  ((is_step) && l_unlikely(--__cu_steps.left < 0) ? (void)(ci->u.l.trap = 1)  \
                                                  : (void)0)

static inline int cu_jump_distance (Instruction i) { return GETARG_sJ(i); }
static inline int cu_loop_distance (Instruction i) { return GETARG_Bx(i); }

#undef GETARG_sJ
#define GETARG_sJ(i)  (cu_step(cu_jump_distance(i) < 0), cu_jump_distance(i))

/* A generic loop calls its iterator each time: it needs no step of its own. */
#undef GETARG_Bx
#define GETARG_Bx(i)  (cu_step(GET_OPCODE(i) == OP_FORLOOP), cu_loop_distance(i))

#endif
