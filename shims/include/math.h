/*
** Functions with a label are in src/math.rs, from the crate `libm`. The others
** are wasm instructions, which clang knows by these names.
*/
#ifndef cu_math_h
#define cu_math_h

#define HUGE_VAL  __builtin_huge_val()
#define HUGE_VALF  __builtin_huge_valf()

double ceil (double x);
double fabs (double x);
double floor (double x);
double sqrt (double x);

double acos (double x) __asm__("__cu_acos");
double asin (double x) __asm__("__cu_asin");
double atan2 (double y, double x) __asm__("__cu_atan2");
double cos (double x) __asm__("__cu_cos");
double exp (double x) __asm__("__cu_exp");
double fmod (double x, double y) __asm__("__cu_fmod");
double frexp (double x, int *exponent) __asm__("__cu_frexp");
double ldexp (double x, int exponent) __asm__("__cu_ldexp");
double log (double x) __asm__("__cu_log");
double log10 (double x) __asm__("__cu_log10");
double log2 (double x) __asm__("__cu_log2");
double pow (double x, double y) __asm__("__cu_pow");
double sin (double x) __asm__("__cu_sin");
double tan (double x) __asm__("__cu_tan");

#endif
