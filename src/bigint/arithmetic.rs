//! The operations with the signs: how large a result can be, which sign it has, and who computes its magnitude.

use core::cmp::Ordering;
use core::ffi::c_int;
use core::mem::ManuallyDrop;

use num_bigint::BigUint;
use num_traits::Zero;

use super::arguments::Integer;
use super::comparison::compare_digits;
use super::linear::{self, Combine};
use super::userdata::{self, DIGIT_BITS, DIGITS_MAX, Place};
use super::{natural, scope};
use crate::lua::ffi::*;

/// How a quotient is rounded, which decides the sign of the remainder.
#[derive(Clone, Copy, PartialEq)]
pub enum Rounding {
    Floor,
    Truncate,
}

/// Pushes `a` + `b`, or `a` − `b`.
///
/// # Safety
/// A plain frame: raises a memory error. Two stack slots are free.
pub unsafe fn push_sum(L: *mut lua_State, a: &Integer, b: &Integer, subtract: bool) -> c_int {
    let b_is_negative = b.negative != subtract;
    // SAFETY: a plain frame; the operands stay on the stack.
    unsafe {
        let place = userdata::push(L, a.length().max(b.length()) + 1);
        let is_difference = a.negative != b_is_negative;
        if compare_digits(a.digits(), b.digits()) == Ordering::Less {
            linear::add(place, b_is_negative, b.digits(), a.digits(), is_difference);
        } else {
            linear::add(place, a.negative, a.digits(), b.digits(), is_difference);
        }
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}

/// Pushes the bits of both numbers, combined.
///
/// # Safety
/// As for `push_sum`.
pub unsafe fn push_combination(L: *mut lua_State, a: &Integer, b: &Integer, combine: Combine) -> c_int {
    // SAFETY: a plain frame; the operands stay on the stack.
    unsafe {
        let place = userdata::push(L, a.length().max(b.length()) + 1);
        linear::combine(place, (a.digits(), a.negative), (b.digits(), b.negative), combine);
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}

/// Pushes `a` · 2^`places`, rounded down.
///
/// # Safety
/// As for `push_sum`.
pub unsafe fn push_shifted(L: *mut lua_State, a: &Integer, places: i64) -> c_int {
    let distance = places.unsigned_abs();
    let digits = distance / DIGIT_BITS;
    // SAFETY: a plain frame; the operand stays on the stack.
    unsafe {
        if a.is_zero() {
            return push_small(L, 0);
        }
        if places < 0 && digits >= a.length() {
            return push_small(L, if a.negative { -1 } else { 0 });
        }
        let place;
        if places < 0 {
            place = userdata::push(L, a.length() - digits + 1);
            linear::shift_right(place, a.negative, a.digits(), distance);
        } else {
            // More digits than the heap has room for are an error of their own.
            place = userdata::push(L, a.length() + digits.min(DIGITS_MAX) + 1);
            linear::shift_left(place, a.negative, a.digits(), distance);
        }
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}

/// Pushes `a` · `b`.
///
/// # Safety
/// As for `push_sum`.
pub unsafe fn push_product(L: *mut lua_State, a: &Integer, b: &Integer) -> c_int {
    // SAFETY: a plain frame; the operands stay on the stack.
    unsafe {
        let place = userdata::push(L, a.length() + b.length());
        scope::run(L, &mut || place.store(a.negative != b.negative, natural::multiply(&a.big(), &b.big())));
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}

/// Pushes the quotient.
///
/// # Safety
/// As for `push_sum`; `b` is not zero.
pub unsafe fn push_quotient(L: *mut lua_State, a: &Integer, b: &Integer, rounding: Rounding) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let place = userdata::push(L, quotient_bound(a, b));
        scope::run(L, &mut || divide(a, b, rounding, Some(place), None));
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}

/// Pushes the remainder.
///
/// # Safety
/// As for `push_quotient`.
pub unsafe fn push_remainder(L: *mut lua_State, a: &Integer, b: &Integer, rounding: Rounding) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let place = userdata::push(L, b.length());
        scope::run(L, &mut || divide(a, b, rounding, None, Some(place)));
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}

/// Pushes quotient and remainder.
///
/// # Safety
/// As for `push_quotient`, with three stack slots.
pub unsafe fn push_division(L: *mut lua_State, a: &Integer, b: &Integer, rounding: Rounding) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let quotient = userdata::push(L, quotient_bound(a, b));
        let remainder = userdata::push(L, b.length());
        scope::run(L, &mut || divide(a, b, rounding, Some(quotient), Some(remainder)));
        let top = lua_gettop(L);
        userdata::finish(L, quotient, top - 1);
        userdata::finish(L, remainder, top);
    }
    2
}

/// Digits of a quotient, which may be rounded away from zero.
fn quotient_bound(a: &Integer, b: &Integer) -> u64 {
    (a.length() + 2).saturating_sub(b.length()).max(1)
}

fn divide(a: &Integer, b: &Integer, rounding: Rounding, quotient_place: Option<Place>, remainder_place: Option<Place>) {
    let divisor = b.big();
    let (mut quotient, mut remainder) = natural::divide(&a.big(), &divisor);
    let mut is_remainder_negative = a.negative;
    if rounding == Rounding::Floor {
        is_remainder_negative = b.negative;
        if a.negative != b.negative && !remainder.is_zero() {
            quotient = natural::add(quotient, &BigUint::ONE);
            remainder = natural::subtract(ManuallyDrop::into_inner(divisor), &remainder);
        }
    }
    if let Some(place) = quotient_place {
        place.store(a.negative != b.negative, quotient);
    }
    if let Some(place) = remainder_place {
        place.store(is_remainder_negative, remainder);
    }
}

/// # Safety
/// A plain frame: raises an error if it is zero.
pub unsafe fn check_divisor(L: *mut lua_State, b: &Integer) {
    if b.is_zero() {
        // SAFETY: a plain frame.
        unsafe { raise!(L, c"attempt to divide by zero") };
    }
}

/// Pushes the magnitude of `a` with a sign.
///
/// # Safety
/// As for `push_sum`.
pub unsafe fn push_signed(L: *mut lua_State, a: &Integer, negative: bool) -> c_int {
    // SAFETY: a plain frame; the operand stays on the stack.
    unsafe {
        let place = userdata::push(L, a.length());
        place.copy(negative, a.digits());
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}

/// Pushes a small number as a bigint.
///
/// # Safety
/// As for `push_sum`.
pub unsafe fn push_small(L: *mut lua_State, value: i64) -> c_int {
    let value = Integer::from_i64(value);
    // SAFETY: a plain frame.
    unsafe { push_signed(L, &value, value.negative) }
}
