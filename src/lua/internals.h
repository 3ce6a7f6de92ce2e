/* What Rust sees of Lua: the official API, and the few steps of Cu that need Lua's own structures (internals.c). */

#include <stddef.h>

#include "lua.h"
#include "lauxlib.h"
#include "lualib.h"

enum {
  CU_REGISTRYINDEX = LUA_REGISTRYINDEX,
  CU_MAXSTACK = LUAI_MAXSTACK
};

/* What `cu_gc_resume` needs to know. */
typedef struct cu_Pause {
  int stopped;
  int hooks;
  ptrdiff_t debt;
  size_t total;
} cu_Pause;

/* Stops the collector, its finalizers included, and hooks: no Lua code runs on its own. Emergency collections still happen. */
void cu_gc_pause(lua_State *L, cu_Pause *pause);

/* Undoes `cu_gc_pause`; what was allocated meanwhile counts as debt. Runs nothing: the next allocation takes its step. */
void cu_gc_resume(lua_State *L, const cu_Pause *pause);

/* Empties the plain table at the absolute index `idx` and gives its memory back. Cannot fail. */
void cu_table_empty(lua_State *L, int idx);

/* Gives the table at the absolute index `idx` an array part of at least `n`. May raise a memory error. */
void cu_table_reserve(lua_State *L, int idx, unsigned int n);

/* Everything whose metatable is a key of the table at the absolute index `idx`, with a table as value, gets that for its metatable. Cannot
   fail. */
void cu_metatables_replace(lua_State *L, int idx);

/* Keeps hooks from running, or lets them again; returns what was before. */
int cu_hooks_allow(lua_State *L, int allow);

/* A full collection that runs no finalizers. */
void cu_gc_full(lua_State *L);

/* What an access to a proxy is about: the proxy at index 1 and the key at index 2. */
typedef struct cu_Operands {
  const void *proxy;  /* NULL: no table, since Lua code came by the function through a hook and calls it with anything */
  const char *string; /* CU_KEY_STRING: the bytes, which tell short strings apart */
  int integer;        /* CU_KEY_INTEGER */
} cu_Operands;

#define CU_KEY_OTHER 0
#define CU_KEY_INTEGER 1
#define CU_KEY_STRING 2

/* Reads both at once, as the hot path needs them; returns the kind of the key: an integer of 32 bits, a short string, another. */
int cu_operands_get(lua_State *L, cu_Operands *o);

/* The block of the full userdata at the positive index `idx` if `metatable` (as `lua_topointer` gives it) is its metatable, else NULL. */
void *cu_userdata_of(lua_State *L, int idx, const void *metatable);

/* Pushes a new full userdata of `bytes` bytes with that metatable, which has no `__gc`, and returns its block. It takes no step of the
   collector, so that no finalizer runs before the block is filled: `cu_gc_step` has to follow. May raise a memory error. */
void *cu_userdata_new(lua_State *L, size_t bytes, const void *metatable);

/* The collector's step that every allocation owes. Finalizers may run. */
void cu_gc_step(lua_State *L);

/* What Lua does when an allocation failed, where that is possible: a full collection without finalizers. */
int cu_gc_emergency(lua_State *L);

/* Raises Lua's memory error. */
int cu_memory_error(lua_State *L);

/* A function of the host begins, which may call in again: it needs more of the engine's stack than one of C, and counts as one call
   more. May raise the error of too many. */
void cu_host_enter(lua_State *L);

/* It has ended. An error does the same. */
void cu_host_leave(lua_State *L);

/* The module's own places (registry.rs): the array part of a table that the registry anchors, so that none has to be looked for.
   Returns the address of the table. May raise a memory error. */
void *cu_slots_new(lua_State *L, unsigned int n);

/* The whole of `next (table, index)` for a plain table without a metatable: the number of results, which are on the top. For anything else
   -1, and nothing has happened. May raise an error: the index is no key of the table. */
int cu_table_next(lua_State *L);

/* Pushes what is in a place. */
void cu_slot_push(lua_State *L, void *slots, int slot);

/* Pops a value into a place. */
void cu_slot_set(lua_State *L, void *slots, int slot);

/* Puts the value at the index `idx` into a place; whether it is the one there. No pseudo-index. */
void cu_slot_copy(lua_State *L, int idx, void *slots, int slot);
int cu_slot_equals(lua_State *L, int idx, void *slots, int slot);

/* Empties the table in a place. Cannot fail. */
void cu_slot_empty(lua_State *L, void *slots, int slot);

/* Pushes the element `i` of the table in a place and returns its type. */
int cu_element_push(lua_State *L, void *slots, int slot, lua_Integer i);

/* Sets the element `i` of the table in a place to the value on the top, which stays there. May raise a memory error if there is no
   such element yet, and none beyond the table's array part. */
void cu_element_set(lua_State *L, void *slots, int slot, lua_Integer i);

/* Whether the table in a place has an element `i`. */
int cu_element_exists(void *slots, int slot, lua_Integer i);

/* Pushes a new empty table with the metatable in a place, which has no `__gc`. It takes no step of the collector: `cu_gc_step` has to
   follow. May raise a memory error. */
void cu_table_new(lua_State *L, void *slots, int slot);

/* Pushes a C function with an integer as its upvalue. It takes no step of the collector: `cu_gc_step` has to follow. May raise a memory
   error. */
void cu_function_new(lua_State *L, lua_CFunction f, lua_Integer upvalue);

#define CU_METATABLE_NONE 0
#define CU_METATABLE_OTHER 1
#define CU_METATABLE_SAME 2

/* Whether the value at the index `idx` is a table with a metatable, and whether with the one in a place. No pseudo-index. */
int cu_metatable_compare(lua_State *L, int idx, void *slots, int slot);

/* Pushes a new string of `n` bytes, more than a short one has, for the caller to write. It takes no step of the collector. May raise a
   memory error. */
char *cu_string_new(lua_State *L, size_t n);

/* lua_pushlstring without a step of the collector: cu_gc_step has to follow. */
void cu_string_push(lua_State *L, const char *s, size_t n);

#define CU_VALUE_OTHER 0
#define CU_VALUE_NIL 1
#define CU_VALUE_FALSE 2
#define CU_VALUE_TRUE 3
#define CU_VALUE_INTEGER 4 /* of at most 2^53 - 1 either way */
#define CU_VALUE_FLOAT 5

/* What the value at the index `idx` is, and the number if it is one. No pseudo-index. */
int cu_value_get(lua_State *L, int idx, double *number);

#define CU_NUMBERS_FLOATS 1
#define CU_NUMBERS_INTEGERS 2
#define CU_NUMBERS_MIXED 3 /* integers where they are integral, at most 2^53 - 1 either way and not -0 */

/* Writes numbers to the plain table at the absolute index `idx`, from `at` on. Returns how many: one that is no integer, but should be,
   ends it. May raise a memory error. */
unsigned int cu_numbers_set(lua_State *L, int idx, lua_Integer at, unsigned int n, const double *numbers, int form);
/* Says for each of the `n` functions of Lua in the plain table at the absolute index `idx` whether one of its upvalues is in use elsewhere:
   it is open, or a closure that is not in the table has it, too. `busy` gets a byte for each; 1 also for what is no Lua function. Looks at
   all objects, which should be those that survived a full collection. Allocates nothing. An upvalue that is the environment of a function,
   and holds the globals, does not count. */
void cu_closures_survey(lua_State *L, int idx, unsigned int n, unsigned char *busy);

#define CU_UPVALUE_APART 0
#define CU_UPVALUE_FIRST 1
#define CU_UPVALUE_AGAIN 2

/* What the upvalue `n` of the Lua function at the absolute index `idx` is: one that does not count for the survey, or else one that this
   is asked for the first time, or again. `cu_upvalues_restore` forgets all that. */
int cu_upvalue_visit(lua_State *L, int idx, int n);

/* Gives every upvalue that holds a table with the metatable at the absolute index `idx` the value that this table has at 0. */
void cu_upvalues_restore(lua_State *L, int idx);

/* Tells what leads to what outside of what the roots lead to (`__cu_link_tell`, ext/links.rs), beginning at the references whose number of
   uses is below zero. From the absolute index `idx` on are the tables of the handles' proxies, and of the references' numbers, values and
   uses. The collector has just ended a cycle, and is stopped. Allocates nothing. */
void cu_links_tell(lua_State *L, int idx);

/* Ends a computation: raises an error with a status above LUA_ERRERR, which no message handler sees. */
void cu_limit_throw(lua_State *L);

/* Reads numbers of one type from the plain table at the absolute index `idx`, from `from` on, at most `n`: floats, or integers of at most
   2^53 - 1 either way. Returns how many; `floats` tells which. */
unsigned int cu_numbers_get(lua_State *L, int idx, lua_Integer from, unsigned int n, double *numbers, int *floats);

/* Where the C function goes on in which the coroutine `L` has yielded, or NULL. */
lua_KFunction cu_continuation_get(lua_State *L);

/* The C function that is running. */
lua_CFunction cu_function_running(lua_State *L);
