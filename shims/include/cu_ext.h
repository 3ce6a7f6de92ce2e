/*
** External tables for C code that is linked into the module: tables whose
** contents live in the host. docs/EXTENDING.md has a library that uses it.
**
** Lua holds a proxy in place of each, for which type() and lua_type() say
** "table". The functions of lua.h that respect metamethods (lua_gettable,
** lua_setfield, lua_geti, luaL_len, ...) work on it as on any table. Those that
** do not (lua_rawget, lua_rawset, lua_rawlen, lua_next) see the proxy itself,
** which is empty: in their place are the functions below. None of them runs
** a metamethod; a getter of the host's may run, and may call Lua.
**
** The comment of a function says [-o, +p, x], as Lua's manual does: it pops o
** values, pushes p, and raises (-) no errors, (m) those of memory, or (e) any.
** Where the value at 'idx' is not an external table, an (e) function raises one.
** Every error unwinds through C as lua_error does: nothing has to be done for it.
** A message of the host's has no position here, as errors of lua.h have none.
*/
#ifndef cu_ext_h
#define cu_ext_h

#include "lua.h"

/* Kinds of a new table. */
#define CU_EXT_TABLE  0  /* keeps Lua's types, like the tables of _home */
#define CU_EXT_ARRAY  1  /* an array of the host's, even when empty */

/* [-0, +0, -] Whether the value at 'idx' is an external table. */
int cu_ext_is (lua_State *L, int idx) __asm__("__cu_ext_is");

/* [-0, +1, e] Pushes a new external table. */
void cu_ext_new (lua_State *L, int kind) __asm__("__cu_ext_new");

/* [-1, +1, e] Pops a key, pushes t[key]; returns the type of the value. */
int cu_ext_get (lua_State *L, int idx) __asm__("__cu_ext_get");

/* [-0, +1, e] The same for t[n]. */
int cu_ext_geti (lua_State *L, int idx, lua_Integer n) __asm__("__cu_ext_geti");

/* [-0, +1, e] The same for t[name]. */
int cu_ext_getfield (lua_State *L, int idx, const char *name)
  __asm__("__cu_ext_getfield");

/*
** [-2, +0, e] t[key] = value, the value at the top of the stack and the key
** below it; pops both. A plain table is adopted: it becomes a proxy itself.
*/
void cu_ext_set (lua_State *L, int idx) __asm__("__cu_ext_set");

/* [-1, +0, e] The same for t[n]. */
void cu_ext_seti (lua_State *L, int idx, lua_Integer n) __asm__("__cu_ext_seti");

/* [-1, +0, e] The same for t[name]. */
void cu_ext_setfield (lua_State *L, int idx, const char *name)
  __asm__("__cu_ext_setfield");

/* [-0, +0, e] The length: what # gives without a metamethod. */
lua_Integer cu_ext_len (lua_State *L, int idx) __asm__("__cu_ext_len");

/*
** [-1, +(2|0), e] Pops a key, nil to begin with, and pushes the next key with
** its value; pushes nothing and returns 0 when there is none. An entry may be
** changed or removed meanwhile, not added.
*/
int cu_ext_next (lua_State *L, int idx) __asm__("__cu_ext_next");

/* [-0, +1, -] Pushes ext.null, the host's null where it is told from nil. */
void cu_ext_pushnull (lua_State *L) __asm__("__cu_ext_pushnull");

/* [-0, +0, -] Whether the value at 'idx' is ext.null. */
int cu_ext_isnull (lua_State *L, int idx) __asm__("__cu_ext_isnull");


/*
** Numbers without a detour: the module's own imports, one call of the host
** each and nothing on Lua's stack. docs/ABI.md, section 4, is their contract;
** from C use the integer keys of 32 bits, and these tags.
**
**   int tag = js_ext_table_get(cu_ext_handle(L, 1), CU_TAG_INT, i);
**   if (tag == CU_TAG_INT || tag == CU_TAG_FLOAT) sum += cu_ext_cell()->number;
**   else cu_ext_result(L, tag);
**
**   cu_ext_cell()->number = x;
**   cu_ext_status(L, js_ext_table_set(cu_ext_handle(L, 1), CU_TAG_INT, i,
**                                     CU_TAG_FLOAT, 0));
**
** No attribute says here that the host has them: that stands in one place,
** src/host/wasm.rs, and the linker brings the two together. So C code cannot
** make the module import anything else.
*/
#define CU_TAG_NIL  0
#define CU_TAG_FALSE  1
#define CU_TAG_TRUE  2
#define CU_TAG_INT  3
#define CU_TAG_FLOAT  5

int js_ext_table_get (int handle, int ktag, int k);
int js_ext_table_set (int handle, int ktag, int k, int vtag, int v);

/* Where a number crosses. It holds until the next call of anything here. */
typedef struct cu_Cell {
  double number;
  int integer;
} cu_Cell;

cu_Cell *cu_ext_cell (void) __asm__("__cu_ext_cell");

/*
** [-0, +0, e] The number that the host knows the table by, for the very next
** crossing: ask anew for each, for it also tells the module which coroutine
** crosses. It is nothing to keep.
*/
int cu_ext_handle (lua_State *L, int idx) __asm__("__cu_ext_handle");

/*
** [-0, +1, e] Pushes what js_ext_table_get answered, whatever it is; raises
** the error if it failed. Every answer but nil, a boolean or a number has to
** be given to it at once: other values wait in the buffer.
*/
void cu_ext_result (lua_State *L, int tag) __asm__("__cu_ext_result");

/* [-0, +0, e] Takes what js_ext_table_set answered; raises if it failed. */
void cu_ext_status (lua_State *L, int status) __asm__("__cu_ext_status");

#endif
