//! Order among bigints, integers and floats: always exact, and false with NaN.

use core::cmp::Ordering;
use core::ffi::c_int;

use super::arguments::{Integer, Number};
use super::float::Parts;
use crate::lua::ffi::*;

/// The order of two numbers; none with NaN.
pub fn compare(a: &Number, b: &Number) -> Option<Ordering> {
    match (a, b) {
        (Number::Integer(a), Number::Integer(b)) => Some(compare_integers(a, b)),
        (Number::Integer(a), Number::Float(b)) => compare_with_float(a, *b),
        (Number::Float(a), Number::Integer(b)) => compare_with_float(b, *a).map(Ordering::reverse),
        (Number::Float(a), Number::Float(b)) => a.partial_cmp(b),
    }
}

pub fn compare_integers(a: &Integer, b: &Integer) -> Ordering {
    match (a.negative, b.negative) {
        (false, false) => compare_digits(a.digits(), b.digits()),
        (true, true) => compare_digits(b.digits(), a.digits()),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    }
}

fn compare_with_float(a: &Integer, b: f64) -> Option<Ordering> {
    if b.is_nan() {
        return None;
    }
    let b_is_negative = b < 0.0;
    if a.negative != b_is_negative {
        return Some(if a.negative { Ordering::Less } else { Ordering::Greater });
    }
    let magnitudes = if b.is_infinite() {
        Ordering::Less
    } else {
        let parts = Parts::of(b);
        compare_digits(a.digits(), parts.digits()).then(if parts.has_fraction { Ordering::Less } else { Ordering::Equal })
    };
    Some(if a.negative { magnitudes.reverse() } else { magnitudes })
}

pub fn compare_digits(a: &[u32], b: &[u32]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// The order of the operands of a comparison operator.
///
/// # Safety
/// A plain frame: raises Lua's own error for operands that are no numbers.
pub unsafe fn compare_operands(L: *mut lua_State) -> Option<Ordering> {
    // SAFETY: a plain frame.
    unsafe {
        match (Number::get(L, 1), Number::get(L, 2)) {
            (Some(a), Some(b)) => compare(&a, &b),
            _ => {
                let (a, b) = (operand_name(L, 1), operand_name(L, 2));
                raise!(L, c"attempt to compare %s with %s", a, b);
                None
            }
        }
    }
}

unsafe fn operand_name(L: *mut lua_State, idx: c_int) -> *const core::ffi::c_char {
    // SAFETY: reading a type.
    unsafe {
        if Integer::get(L, idx).is_some() && lua_isinteger(L, idx) == 0 {
            return c"bigint".as_ptr();
        }
        lua_typename(L, lua_type(L, idx))
    }
}
