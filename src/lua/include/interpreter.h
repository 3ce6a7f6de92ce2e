/*
** Given with -include to lvm.c: the interpreter counts a step at each jump
** backward. Calls are counted in ldo.c, by the post-link tool. Here the macros
** that lvm.c takes a jump's distance with are replaced.
*/
#ifndef cu_interpreter_h
#define cu_interpreter_h

#define LUA_CORE
#include "lstate.h"
#include "lopcodes.h"

/* src/steps.rs */
extern struct { int left; } __cu_steps;

/* Saves what an error needs and looks at the limits: internals.c. */
void cu_step_spent (lua_State *L, CallInfo *ci, const Instruction *pc);

#define cu_step(is_step)  \
  ((is_step) && l_unlikely(--__cu_steps.left < 0) ? cu_step_spent(L, ci, pc) : (void)0)

static inline int cu_jump_distance (Instruction i) { return GETARG_sJ(i); }
static inline int cu_loop_distance (Instruction i) { return GETARG_Bx(i); }

#undef GETARG_sJ
#define GETARG_sJ(i)  (cu_step(cu_jump_distance(i) < 0), cu_jump_distance(i))

/* A generic loop calls its iterator each time: it needs no step of its own. */
#undef GETARG_Bx
#define GETARG_Bx(i)  (cu_step(GET_OPCODE(i) == OP_FORLOOP), cu_loop_distance(i))

#endif
