/* Nothing in Cu sets errno; lauxlib.c clears and reads it. */
#ifndef cu_errno_h
#define cu_errno_h

static int errno;

#endif
