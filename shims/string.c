/*
** <string.h>: what Lua uses of it, one byte at a time.
*/
#include <string.h>

/* Long work counts as steps, one for each 64 bytes (src/steps.rs). */
extern struct { int left; } __cu_steps;
#define count_bytes(n)  (__cu_steps.left -= (int)((n) >> 6))

void *memchr (const void *s, int byte, size_t n) {
  const unsigned char *p = s;
  while (n > 0 && *p != (unsigned char)byte) { n--; p++; }
  count_bytes(p - (const unsigned char *)s);
  return n > 0 ? (void *)p : NULL;
}


/* 'c' may be the terminator itself: lstrlib.c looks for it so. */
char *strchr (const char *s, int c) {
  for (; *s != (char)c; s++) {
    if (*s == '\0') return NULL;
  }
  return (char *)s;
}


int strcmp (const char *a, const char *b) {
  const char *start = a;
  while (*a != '\0' && *a == *b) { a++; b++; }
  count_bytes(a - start);
  return (unsigned char)*a - (unsigned char)*b;
}


char *strcpy (char *restrict to, const char *restrict from) {
  return memcpy(to, from, strlen(from) + 1), to;
}


int strncmp (const char *a, const char *b, size_t n) {
  for (; n > 0 && *a != '\0' && *a == *b; n--) { a++; b++; }
  return n == 0 ? 0 : (unsigned char)*a - (unsigned char)*b;
}


/* strchr also finds the terminator, so it has to be excluded first. */
static int isin (char c, const char *set) {
  return c != '\0' && strchr(set, c) != NULL;
}


char *strpbrk (const char *s, const char *accepted) {
  for (; *s != '\0'; s++) {
    if (isin(*s, accepted)) return (char *)s;
  }
  return NULL;
}


size_t strspn (const char *s, const char *accepted) {
  const char *p = s;
  while (isin(*p, accepted)) p++;
  return (size_t)(p - s);
}


char *strstr (const char *s, const char *part) {
  size_t n = strlen(part);
  for (; strncmp(s, part, n) != 0; s++) {
    if (*s == '\0') return NULL;
  }
  return (char *)s;
}
