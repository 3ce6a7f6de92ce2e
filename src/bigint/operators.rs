//! The metatable of bigints: the operators. Lua calls them with a bigint on at least one side.

use core::cmp::Ordering;
use core::ffi::{CStr, c_int};
use core::ptr;

use super::arguments::{self, Integer, Number, operands};
use super::arithmetic::{self, Rounding};
use super::comparison::{compare, compare_operands};
use super::{power, text, userdata};
use crate::lua::ffi::*;
use crate::lua::libs;
use crate::lua::registry::{self, Slot};

const OPERATORS: [(&CStr, CFunction); 20] = [
    (c"__add", add),
    (c"__sub", subtract),
    (c"__mul", multiply),
    (c"__div", divide),
    (c"__idiv", floor_divide),
    (c"__mod", modulo),
    (c"__pow", pow),
    (c"__unm", negate),
    (c"__band", and),
    (c"__bor", or),
    (c"__bxor", xor),
    (c"__bnot", not),
    (c"__shl", shift_left),
    (c"__shr", shift_right),
    (c"__eq", equal),
    (c"__lt", less),
    (c"__le", less_or_equal),
    (c"__concat", concat),
    (c"__len", len),
    (c"__tostring", tostring),
];

/// Makes the metatable.
///
/// # Safety
/// A plain frame: raises a memory error. Three stack slots are free.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a plain frame; the registry keeps the table.
    unsafe {
        lua_createtable(L, 0, OPERATORS.len() as c_int + 2);
        for &(name, function) in &OPERATORS {
            set_function(L, -1, name, function);
        }
        push_str(L, "bigint");
        lua_setfield(L, -2, c"__name".as_ptr());
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, c"__metatable".as_ptr());
        libs::hide_metatable(L, -1);
        userdata::set_metatable(L);
        registry::set(L, Slot::BigintMetatable);
    }
}

unsafe extern "C-unwind" fn add(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b) = operands(L);
        arithmetic::push_sum(L, &a, &b, false)
    }
}

unsafe extern "C-unwind" fn subtract(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b) = operands(L);
        arithmetic::push_sum(L, &a, &b, true)
    }
}

unsafe extern "C-unwind" fn and(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b) = operands(L);
        arithmetic::push_combination(L, &a, &b, |a, b| a & b)
    }
}

unsafe extern "C-unwind" fn or(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b) = operands(L);
        arithmetic::push_combination(L, &a, &b, |a, b| a | b)
    }
}

unsafe extern "C-unwind" fn xor(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b) = operands(L);
        arithmetic::push_combination(L, &a, &b, |a, b| a ^ b)
    }
}

unsafe extern "C-unwind" fn multiply(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b) = operands(L);
        arithmetic::push_product(L, &a, &b)
    }
}

unsafe extern "C-unwind" fn divide(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b) = operands(L);
        arithmetic::check_divisor(L, &b);
        arithmetic::push_quotient(L, &a, &b, Rounding::Truncate)
    }
}

unsafe extern "C-unwind" fn floor_divide(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b) = operands(L);
        arithmetic::check_divisor(L, &b);
        arithmetic::push_quotient(L, &a, &b, Rounding::Floor)
    }
}

unsafe extern "C-unwind" fn modulo(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b) = operands(L);
        arithmetic::check_divisor(L, &b);
        arithmetic::push_remainder(L, &a, &b, Rounding::Floor)
    }
}

unsafe extern "C-unwind" fn pow(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b) = operands(L);
        if b.negative {
            return raise!(L, c"attempt to raise a bigint to a negative power");
        }
        power::push_pow(L, &a, &b)
    }
}

unsafe extern "C-unwind" fn negate(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, _) = operands(L);
        arithmetic::push_signed(L, &a, !a.negative)
    }
}

unsafe extern "C-unwind" fn not(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame; both operands are the same.
    unsafe {
        let (a, _) = operands(L);
        arithmetic::push_combination(L, &a, &a, |a, _| !a)
    }
}

unsafe extern "C-unwind" fn shift_left(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b) = operands(L);
        arithmetic::push_shifted(L, &a, places(&b))
    }
}

unsafe extern "C-unwind" fn shift_right(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b) = operands(L);
        arithmetic::push_shifted(L, &a, -places(&b))
    }
}

/// A number of places beyond ±(2^63 − 1) is as good as that.
fn places(b: &Integer) -> i64 {
    b.to_i64().unwrap_or(if b.negative { -i64::MAX } else { i64::MAX }).max(-i64::MAX)
}

/// Lua asks only for two userdata.
unsafe extern "C-unwind" fn equal(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame. Other userdata are equal to themselves alone.
    unsafe {
        let order = match (Number::get(L, 1), Number::get(L, 2)) {
            (Some(a), Some(b)) => compare(&a, &b),
            _ => None,
        };
        lua_pushboolean(L, (order == Some(Ordering::Equal)).into());
    }
    1
}

unsafe extern "C-unwind" fn less(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let order = compare_operands(L);
        lua_pushboolean(L, (order == Some(Ordering::Less)).into());
    }
    1
}

unsafe extern "C-unwind" fn less_or_equal(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let order = compare_operands(L);
        lua_pushboolean(L, matches!(order, Some(Ordering::Less | Ordering::Equal)).into());
    }
    1
}

unsafe extern "C-unwind" fn concat(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame; four slots.
    unsafe {
        for &idx in &[1, 2] {
            if lua_isstring(L, idx) == 0 && Integer::get(L, idx).is_none() {
                return raise!(L, c"attempt to concatenate a %s value", arguments::type_name(L, idx));
            }
            luaL_tolstring(L, idx, ptr::null_mut());
        }
        lua_concat(L, 2);
    }
    1
}

unsafe extern "C-unwind" fn len(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, _) = operands(L);
        let count = text::count_decimal_digits(L, &a);
        lua_pushinteger(L, count as i64);
    }
    1
}

unsafe extern "C-unwind" fn tostring(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        // A hidden metatable, but `debug` could have handed out the function.
        let a = arguments::check(L, 1, c"tostring");
        text::push_text(L, &a, 10);
    }
    1
}
