//! Powers, roots, and what belongs to divisibility. Loops that num-bigint runs without allocating are written out here, so that they tick.

use core::ffi::c_int;

use num_bigint::BigUint;
use num_traits::{One, Zero};

use super::arguments::Integer;
use super::arithmetic;
use super::scope::{self, tick};
use super::userdata::{self, DIGIT_BITS, DIGITS_MAX};
use crate::lua::ffi::*;

/// Pushes `a` to the power `b`, which is not negative.
///
/// # Safety
/// A plain frame: raises a memory error. Two stack slots are free.
pub unsafe fn push_pow(L: *mut lua_State, a: &Integer, b: &Integer) -> c_int {
    // SAFETY: a plain frame; the operands stay on the stack.
    unsafe {
        let Some(lowest) = b.digits().first() else { return arithmetic::push_small(L, 1) };
        let negative = a.negative && lowest & 1 == 1;
        if matches!(a.digits(), [] | [1]) {
            return arithmetic::push_signed(L, a, negative);
        }
        // Every other number doubles at least with each step of the exponent.
        let exponent = b.to_i64().unwrap_or(i64::MAX);
        let bits = a.bits().saturating_mul(exponent as u64);
        let place = userdata::push(L, (bits / DIGIT_BITS + 1).min(DIGITS_MAX));
        scope::run(L, || place.store(negative, &a.big().pow(exponent as u32)));
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}

/// Pushes `a` to the power `b`, which is not negative, modulo `m`, which is not zero; the result has the sign of `m`, as with `%`.
///
/// # Safety
/// As for `push_pow`.
pub unsafe fn push_modpow(L: *mut lua_State, a: &Integer, b: &Integer, m: &Integer) -> c_int {
    // SAFETY: a plain frame; the operands stay on the stack.
    unsafe {
        let place = userdata::push(L, m.length());
        scope::run(L, || {
            let (exponent, modulus) = (b.big(), m.big());
            let mut base = a.big() % &modulus;
            if a.negative && !base.is_zero() {
                base = &modulus - base;
            }
            let mut power = modpow(base, &exponent, &modulus);
            if m.negative && !power.is_zero() {
                power = modulus - power;
            }
            place.store(m.negative, &power);
        });
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}

/// By squaring. Every product and remainder allocates, and so ticks.
fn modpow(base: BigUint, exponent: &BigUint, modulus: &BigUint) -> BigUint {
    let mut power = BigUint::one() % modulus;
    for i in (0..exponent.bits()).rev() {
        power = &power * &power % modulus;
        if exponent.bit(i) {
            power = power * &base % modulus;
        }
    }
    power
}

/// Pushes the greatest common divisor.
///
/// # Safety
/// As for `push_pow`.
pub unsafe fn push_gcd(L: *mut lua_State, a: &Integer, b: &Integer) -> c_int {
    // SAFETY: a plain frame; the operands stay on the stack.
    unsafe {
        let place = userdata::push(L, a.length().max(b.length()));
        scope::run(L, || place.store(false, &gcd(L, a.big(), b.big())));
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}

/// Pushes the least common multiple.
///
/// # Safety
/// As for `push_pow`.
pub unsafe fn push_lcm(L: *mut lua_State, a: &Integer, b: &Integer) -> c_int {
    // SAFETY: a plain frame; the operands stay on the stack.
    unsafe {
        if a.is_zero() || b.is_zero() {
            return arithmetic::push_small(L, 0);
        }
        let place = userdata::push(L, a.length() + b.length());
        scope::run(L, || {
            let divisor = gcd(L, a.big(), b.big());
            place.store(false, &(a.big() / divisor * b.big()));
        });
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}

/// Stein's algorithm (Knuth, TAOCP vol. 2, 4.5.2 B), as num-bigint has it, with ticks.
fn gcd(L: *mut lua_State, mut a: BigUint, mut b: BigUint) -> BigUint {
    let (Some(twos_a), Some(twos_b)) = (a.trailing_zeros(), b.trailing_zeros()) else {
        return if a.is_zero() { b } else { a };
    };
    b >>= twos_b;
    while let Some(twos) = a.trailing_zeros() {
        tick(L);
        a >>= twos;
        if a < b {
            core::mem::swap(&mut a, &mut b);
        }
        a -= &b;
    }
    b << twos_a.min(twos_b)
}

/// Pushes the square root, rounded down, of a number that is not negative.
///
/// # Safety
/// As for `push_pow`.
pub unsafe fn push_sqrt(L: *mut lua_State, a: &Integer) -> c_int {
    // SAFETY: a plain frame; the operand stays on the stack.
    unsafe {
        let place = userdata::push(L, a.length().div_ceil(2) + 1);
        scope::run(L, || place.store(false, &sqrt(&a.big())));
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}

/// Newton's method from above (Brent & Zimmermann, Modern Computer Arithmetic, 1.13).
fn sqrt(a: &BigUint) -> BigUint {
    let mut root = BigUint::one() << a.bits().div_ceil(2);
    loop {
        let next = (&root + a / &root) >> 1u32;
        if next >= root {
            return root;
        }
        root = next;
    }
}
