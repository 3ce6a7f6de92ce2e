/*
** Given with `-include` to every C file of the module: how Lua throws,
** catches, prints and seeds itself in Cu. What native builds share with the
** module is in cu_user.h instead.
*/
#ifndef cu_config_h
#define cu_config_h

struct lua_State;

#include "../user/cu_services.h"

/* Replaces the first "%s" of 'format' and writes the result to stderr. */
void __cu_output_error (const char *format, const char *text);

#define lua_writestringerror(s,p)  __cu_output_error((s), (p))

/* There are no locales. */
#define lua_getlocaledecpoint()  '.'

/* Wasm has no computed goto: a table of labels is compiled to a slower switch. */
#define LUA_USE_JUMPTABLE  0

/*
** Errors unwind by return: the post-link tool gives both functions their code.
** A native build that uses this header defines the three macros itself.
*/
#if !defined(LUAI_THROW)

__attribute__((import_module("env"), import_name("cu_throw")))
void cu_throw (void *catcher);
__attribute__((import_module("env"), import_name("cu_protect")))
void cu_protect (void (*f) (struct lua_State *, void *), struct lua_State *L,
                 void *ud, void *catcher);

/* 'cu_throw' returns, unwinding; its caller, luaD_throw, must not go on. */
#define LUAI_THROW(L,c)  (cu_throw(c), __builtin_unreachable())
/* 'f', 'L' and 'ud' are in scope where ldo.c uses this. */
#define LUAI_TRY(L,c,a)  cu_protect(f, L, ud, (c));
#define luai_jmpbuf  int  /* nothing to remember */

_Static_assert(sizeof(void *) == 4, "the module is wasm32");
_Static_assert(sizeof(long long) == 8, "lua_Integer has 64 bits");

#endif

#endif
