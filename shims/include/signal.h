/* Wasm has no signals; a hook flag is an ordinary int. */
#ifndef cu_signal_h
#define cu_signal_h

typedef int sig_atomic_t;

#endif
