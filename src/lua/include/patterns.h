/*
** Given with -include to lstrlib.c: what loops over a subject or a pattern
** stays a function of its own, whatever is hot, and so can count steps
** (scripts/postlink/steps.txt). The loops around a pattern's match need not,
** since the match itself does. What looks at one place of the pattern becomes
** part of who asks, its loop as well.
*/
#ifndef cu_patterns_h
#define cu_patterns_h

#include <stddef.h>

__attribute__((noinline))
static const char *lmemfind (const char *s1, size_t l1,
                             const char *s2, size_t l2);

struct MatchState;

__attribute__((always_inline))
static inline const char *classend (struct MatchState *ms, const char *p);

__attribute__((noinline))
static int matchbracketclass (int c, const char *p, const char *ec);

__attribute__((noinline))
static const char *matchbalance (struct MatchState *ms, const char *s,
                                 const char *p);

__attribute__((noinline))
static const char *max_expand (struct MatchState *ms, const char *s,
                               const char *p, const char *ep);

__attribute__((noinline))
static const char *min_expand (struct MatchState *ms, const char *s,
                               const char *p, const char *ep);

__attribute__((always_inline))
static inline int singlematch (struct MatchState *ms, const char *s,
                               const char *p, const char *ep);

struct Header;

__attribute__((noinline))
static int getnumlimit (struct Header *h, const char **fmt, int df);

#endif
