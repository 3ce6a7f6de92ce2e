/*
** Given with -include to lstrlib.c: the search for a plain string stays a
** function of its own, whose loop counts steps (scripts/postlink/steps.txt).
** The loops around a pattern's match need not, since the match itself does.
*/
#ifndef cu_patterns_h
#define cu_patterns_h

#include <stddef.h>

__attribute__((noinline))
static const char *lmemfind (const char *s1, size_t l1,
                             const char *s2, size_t l2);

struct MatchState;

__attribute__((noinline))
static const char *classend (struct MatchState *ms, const char *p);

__attribute__((noinline))
static int matchbracketclass (int c, const char *p, const char *ec);

struct Header;

__attribute__((noinline))
static int getnumlimit (struct Header *h, const char **fmt, int df);

#endif
