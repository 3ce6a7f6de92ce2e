//! `<math.h>` for what is not a wasm instruction: the crate `libm` under C's
//! calling convention, so that every host computes the same bits. `errno` and
//! floating-point exceptions do not exist here.

use core::ffi::c_int;

/// Exports functions of `libm` with the same arguments under a `__cu_` name.
macro_rules! export {
    ($($symbol:ident = $function:ident($($argument:ident: $type:ty),+);)+) => {$(
        #[doc = concat!("C's `", stringify!($function), "`.")]
        #[unsafe(no_mangle)]
        pub extern "C" fn $symbol($($argument: $type),+) -> f64 {
            libm::$function($($argument),+)
        }
    )+};
}

export! {
    __cu_acos = acos(x: f64);
    __cu_asin = asin(x: f64);
    __cu_atan2 = atan2(y: f64, x: f64);
    __cu_cos = cos(x: f64);
    __cu_exp = exp(x: f64);
    __cu_fmod = fmod(x: f64, y: f64);
    __cu_ldexp = ldexp(x: f64, exponent: c_int);
    __cu_log = log(x: f64);
    __cu_log10 = log10(x: f64);
    __cu_log2 = log2(x: f64);
    __cu_pow = pow(x: f64, y: f64);
    __cu_sin = sin(x: f64);
    __cu_tan = tan(x: f64);
}

/// C's `frexp`: a fraction in ±[0.5, 1) and the exponent of 2 that gives `x`.
///
/// # Safety
/// `exponent` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn __cu_frexp(x: f64, exponent: *mut c_int) -> f64 {
    let (fraction, power) = libm::frexp(x);
    // SAFETY: the caller's promise.
    unsafe { exponent.write(power) };
    fraction
}
