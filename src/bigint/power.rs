//! Powers, roots, and what belongs to divisibility: how large a result can be, and which sign it has.

use core::ffi::c_int;
use core::mem::ManuallyDrop;

use num_traits::Zero;

use super::arguments::Integer;
use super::userdata::{self, DIGIT_BITS, DIGITS_MAX};
use super::{arithmetic, natural, scope};
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
        scope::run(L, &mut || place.store(negative, natural::power(L, &a.big(), exponent as u32)));
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
        scope::run(L, &mut || {
            let (exponent, modulus) = (b.big(), m.big());
            let base = natural::remainder(&a.big(), &modulus);
            let mut power = natural::power_modulo(L, &base, &exponent, &modulus);
            // An odd power of a negative number is negative, and a result has the sign of the modulus.
            if (a.negative && exponent.bit(0)) != m.negative && !power.is_zero() {
                power = natural::subtract(ManuallyDrop::into_inner(modulus), &power);
            }
            place.store(m.negative, power);
        });
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}

/// Pushes the greatest common divisor.
///
/// # Safety
/// As for `push_pow`.
pub unsafe fn push_gcd(L: *mut lua_State, a: &Integer, b: &Integer) -> c_int {
    // SAFETY: a plain frame; the operands stay on the stack.
    unsafe {
        let place = userdata::push(L, a.length().max(b.length()));
        scope::run(L, &mut || place.store(false, natural::gcd(L, ManuallyDrop::into_inner(a.big()), ManuallyDrop::into_inner(b.big()))));
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
        scope::run(L, &mut || {
            let divisor = natural::gcd(L, ManuallyDrop::into_inner(a.big()), ManuallyDrop::into_inner(b.big()));
            place.store(false, natural::multiply(&natural::divide(&a.big(), &divisor).0, &b.big()));
        });
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}

/// Pushes the square root, rounded down, of a number that is not negative.
///
/// # Safety
/// As for `push_pow`.
pub unsafe fn push_sqrt(L: *mut lua_State, a: &Integer) -> c_int {
    // SAFETY: a plain frame; the operand stays on the stack.
    unsafe {
        let place = userdata::push(L, a.length().div_ceil(2));
        scope::run(L, &mut || place.store(false, natural::square_root(L, &a.big())));
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}
