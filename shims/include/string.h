/*
** Functions with a label are in string.c. The others come with Rust's
** compiler-builtins: LLVM itself makes calls of them, so that a second version
** under another name would only be a second version.
*/
#ifndef cu_string_h
#define cu_string_h

#include <stddef.h>

int memcmp (const void *a, const void *b, size_t n);
void *memcpy (void *restrict to, const void *restrict from, size_t n);
size_t strlen (const char *s);

void *memchr (const void *s, int byte, size_t n) __asm__("__cu_memchr");
char *strchr (const char *s, int c) __asm__("__cu_strchr");
int strcmp (const char *a, const char *b) __asm__("__cu_strcmp");
char *strcpy (char *restrict to, const char *restrict from) __asm__("__cu_strcpy");
int strncmp (const char *a, const char *b, size_t n) __asm__("__cu_strncmp");
char *strpbrk (const char *s, const char *accepted) __asm__("__cu_strpbrk");
size_t strspn (const char *s, const char *accepted) __asm__("__cu_strspn");
char *strstr (const char *s, const char *part) __asm__("__cu_strstr");

/* Without locales the order of strings is that of their bytes. */
static inline int strcoll (const char *a, const char *b) { return strcmp(a, b); }

/* Only luaL_fileresult and luaL_loadfilex ask, and errno is never set. */
static inline char *strerror (int error) { (void)error; return "no files"; }

#endif
