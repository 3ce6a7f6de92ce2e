//! The functions of the library, docs/BIGINT.md. Each reads its arguments and leaves the work to the others.

use core::cmp::Ordering;
use core::ffi::{CStr, c_int};
use core::ptr;

use super::arguments::{self, Integer, Number, check};
use super::arithmetic::{self, Rounding};
use super::comparison::compare;
use super::float::{self, Parts};
use super::{bytes, power, text, userdata};
use crate::lua::ffi::*;

const FUNCTIONS: [(&CStr, CFunction); 17] = [
    (c"new", new),
    (c"eq", eq),
    (c"divmod", divmod),
    (c"quotrem", quotrem),
    (c"pow", pow),
    (c"modpow", modpow),
    (c"gcd", gcd),
    (c"lcm", lcm),
    (c"sqrt", sqrt),
    (c"abs", abs),
    (c"sign", sign),
    (c"bits", bits),
    (c"tointeger", tointeger),
    (c"tonumber", tonumber),
    (c"tostring", tostring),
    (c"tobytes", tobytes),
    (c"frombytes", frombytes),
];

/// Pushes the table of the library.
///
/// # Safety
/// A plain frame: raises a memory error. Two stack slots are free.
pub unsafe fn push_library(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        lua_createtable(L, 0, FUNCTIONS.len() as c_int);
        for &(name, function) in &FUNCTIONS {
            set_function(L, -1, name, function);
        }
    }
}

/// `bigint.new (v [, base])`
unsafe extern "C-unwind" fn new(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let has_base = lua_type(L, 2) > LUA_TNIL;
        if lua_type(L, 1) == LUA_TSTRING {
            let base = if has_base { Some(arguments::base(L, 2, c"new")) } else { None };
            return text::push_number(L, base, c"new");
        }
        match Number::get(L, 1) {
            None => {
                let given = arguments::type_name(L, 1);
                raise!(L, c"bigint.new: argument 1 is a %s, not a number, a string or a bigint", given)
            }
            Some(_) if has_base => raise!(L, c"bigint.new: a base goes with a string only"),
            Some(Number::Integer(integer)) => arithmetic::push_signed(L, &integer, integer.negative),
            Some(Number::Float(value)) => new_from_float(L, value),
        }
    }
}

unsafe fn new_from_float(L: *mut lua_State, value: f64) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        if !value.is_finite() {
            return raise!(L, c"bigint.new: %s is not an integer", luaL_tolstring(L, 1, ptr::null_mut()));
        }
        let parts = Parts::of(value);
        if parts.has_fraction {
            return raise!(L, c"bigint.new: %s has a fraction", luaL_tolstring(L, 1, ptr::null_mut()));
        }
        let digits = parts.digits();
        let place = userdata::push(L, digits.len() as u64);
        place.copy(value < 0.0, digits);
        userdata::finish(L, place, lua_gettop(L));
    }
    1
}

/// `bigint.eq (a, b)`
unsafe extern "C-unwind" fn eq(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let order = match (Number::get(L, 1), Number::get(L, 2)) {
            (Some(a), Some(b)) => compare(&a, &b),
            (a, _) => {
                let arg = if a.is_none() { 1 } else { 2 };
                return raise!(L, c"bigint.eq: argument %d is a %s, not a number or a bigint", arg, arguments::type_name(L, arg));
            }
        };
        lua_pushboolean(L, (order == Some(Ordering::Equal)).into());
    }
    1
}

/// `bigint.divmod (a, b)`
unsafe extern "C-unwind" fn divmod(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe { divide(L, c"divmod", Rounding::Floor) }
}

/// `bigint.quotrem (a, b)`
unsafe extern "C-unwind" fn quotrem(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe { divide(L, c"quotrem", Rounding::Truncate) }
}

unsafe fn divide(L: *mut lua_State, name: &CStr, rounding: Rounding) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b) = (check(L, 1, name), check(L, 2, name));
        arithmetic::check_divisor(L, &b);
        arithmetic::push_division(L, &a, &b, rounding)
    }
}

/// `bigint.pow (a, n)`
unsafe extern "C-unwind" fn pow(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b) = (check(L, 1, c"pow"), check_not_negative(L, 2, c"pow"));
        power::push_pow(L, &a, &b)
    }
}

/// `bigint.modpow (a, n, m)`
unsafe extern "C-unwind" fn modpow(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b, m) = (check(L, 1, c"modpow"), check_not_negative(L, 2, c"modpow"), check(L, 3, c"modpow"));
        arithmetic::check_divisor(L, &m);
        power::push_modpow(L, &a, &b, &m)
    }
}

/// `bigint.gcd (a, b)`
unsafe extern "C-unwind" fn gcd(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b) = (check(L, 1, c"gcd"), check(L, 2, c"gcd"));
        power::push_gcd(L, &a, &b)
    }
}

/// `bigint.lcm (a, b)`
unsafe extern "C-unwind" fn lcm(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (a, b) = (check(L, 1, c"lcm"), check(L, 2, c"lcm"));
        power::push_lcm(L, &a, &b)
    }
}

/// `bigint.sqrt (a)`
unsafe extern "C-unwind" fn sqrt(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let a = check_not_negative(L, 1, c"sqrt");
        power::push_sqrt(L, &a)
    }
}

unsafe fn check_not_negative(L: *mut lua_State, arg: c_int, name: &CStr) -> Integer {
    // SAFETY: a plain frame.
    unsafe {
        let integer = check(L, arg, name);
        if integer.negative {
            raise!(L, c"bigint.%s: argument %d is negative", name.as_ptr(), arg);
        }
        integer
    }
}

/// `bigint.abs (a)`
unsafe extern "C-unwind" fn abs(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let a = check(L, 1, c"abs");
        arithmetic::push_signed(L, &a, false)
    }
}

/// `bigint.sign (a)`
unsafe extern "C-unwind" fn sign(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let a = check(L, 1, c"sign");
        lua_pushinteger(L, if a.negative { -1 } else { (!a.is_zero()).into() });
    }
    1
}

/// `bigint.bits (a)`
unsafe extern "C-unwind" fn bits(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let a = check(L, 1, c"bits");
        lua_pushinteger(L, a.bits() as i64);
    }
    1
}

/// `bigint.tointeger (a)`
unsafe extern "C-unwind" fn tointeger(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let a = check(L, 1, c"tointeger");
        match a.to_i64() {
            Some(value) => lua_pushinteger(L, value),
            None => lua_pushnil(L),
        }
    }
    1
}

/// `bigint.tonumber (a)`
unsafe extern "C-unwind" fn tonumber(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let a = check(L, 1, c"tonumber");
        lua_pushnumber(L, float::nearest(a.negative, a.digits()));
    }
    1
}

/// `bigint.tostring (a [, base])`
unsafe extern "C-unwind" fn tostring(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let a = check(L, 1, c"tostring");
        let base = arguments::base(L, 2, c"tostring");
        text::push_text(L, &a, base);
    }
    1
}

/// `bigint.tobytes (a [, order])`
unsafe extern "C-unwind" fn tobytes(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let a = check_not_negative(L, 1, c"tobytes");
        let little_endian = bytes::is_little_endian(L, 2, c"tobytes");
        bytes::push_string(L, &a, little_endian)
    }
}

/// `bigint.frombytes (s [, order])`
unsafe extern "C-unwind" fn frombytes(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let little_endian = bytes::is_little_endian(L, 2, c"frombytes");
        bytes::push_number(L, c"frombytes", little_endian)
    }
}
