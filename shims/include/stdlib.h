/* The heap's functions belong to the module (src/heap); strtod is in src/strtod.rs. */
#ifndef cu_stdlib_h
#define cu_stdlib_h

#include <stddef.h>

void *malloc (size_t size);
void *realloc (void *block, size_t size);
void free (void *block);

double strtod (const char *text, char **end) __asm__("__cu_strtod");

/* Lua aborts only where no handler is left: the instance is dead, so it traps. */
static inline _Noreturn void abort (void) { __builtin_trap(); }

static inline int abs (int n) { return n < 0 ? -n : n; }

#endif
