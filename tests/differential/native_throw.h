/*
** How the oracle with the shims throws and catches: by the system's setjmp, for
** which the shims have no header. Given with -include, before cu_config.h.
*/
#ifndef native_throw_h
#define native_throw_h

/* At least as large and as aligned as any system's jmp_buf. */
typedef struct { _Alignas(16) unsigned char bytes[512]; } native_jmpbuf;

int _setjmp (native_jmpbuf *b) __attribute__((returns_twice));
_Noreturn void _longjmp (native_jmpbuf *b, int value);

#define luai_jmpbuf  native_jmpbuf
#define LUAI_THROW(L,c)  _longjmp(&(c)->b, 1)
#define LUAI_TRY(L,c,a)  if (_setjmp(&(c)->b) == 0) { a }

#endif
