//! What an operation is given: bigints and Lua integers, which mean the same, and floats where they can be taken exactly. Everything
//! else is an error that says what was given and what to do.

use core::ffi::{CStr, c_char, c_int};
use core::mem::ManuallyDrop;
use core::{ptr, slice};

use num_bigint::BigUint;

use super::userdata::{self, DIGIT_BITS};
use crate::lua::ffi::*;

/// An integer on Lua's stack, read in place.
#[derive(Clone, Copy)]
pub struct Integer {
    pub negative: bool,
    /// Null: the digits are `own`.
    digits: *const u32,
    length: usize,
    own: [u32; 2],
}

/// A number on Lua's stack.
pub enum Number {
    Integer(Integer),
    Float(f64),
}

impl Integer {
    pub fn from_i64(value: i64) -> Integer {
        let magnitude = value.unsigned_abs();
        let own = [magnitude as u32, (magnitude >> 32) as u32];
        let length = 2 - (magnitude.leading_zeros() / 32) as usize;
        Integer { negative: value < 0, digits: ptr::null(), length, own }
    }

    /// The integer at the positive index `idx`; nothing for values of other types.
    ///
    /// # Safety
    /// It is used while the value is on the stack. Never raises.
    pub unsafe fn get(L: *mut lua_State, idx: c_int) -> Option<Integer> {
        // SAFETY: types are looked at first.
        unsafe {
            if let Some((negative, digits)) = userdata::get(L, idx) {
                return Some(Integer { negative, digits: digits.as_ptr(), length: digits.len(), own: [0; 2] });
            }
            if lua_isinteger(L, idx) != 0 {
                return Some(Integer::from_i64(lua_tointegerx(L, idx, ptr::null_mut())));
            }
            None
        }
    }

    /// The magnitude, least significant digit first, without leading zeros.
    pub fn digits(&self) -> &[u32] {
        if self.digits.is_null() {
            return &self.own[..self.length];
        }
        // SAFETY: whoever made this keeps the userdata on the stack.
        unsafe { slice::from_raw_parts(self.digits, self.length) }
    }

    /// How many digits, as the bounds of results are computed.
    pub fn length(&self) -> u64 {
        self.length as u64
    }

    pub fn is_zero(&self) -> bool {
        self.length == 0
    }

    /// Bits of the magnitude; 0 for zero.
    pub fn bits(&self) -> u64 {
        self.digits().last().map_or(0, |last| self.length() * DIGIT_BITS - u64::from(last.leading_zeros()))
    }

    /// The value, if it is a Lua integer.
    pub fn to_i64(self) -> Option<i64> {
        if self.length > 2 {
            return None;
        }
        let magnitude = self.digits().iter().rev().fold(0, |sum: i128, &digit| (sum << DIGIT_BITS) | i128::from(digit));
        i64::try_from(if self.negative { -magnitude } else { magnitude }).ok()
    }

    /// A copy of the magnitude for num-bigint. In a scope only, which takes it back.
    pub fn big(&self) -> ManuallyDrop<BigUint> {
        ManuallyDrop::new(BigUint::from_slice(self.digits()))
    }
}

impl Number {
    /// The number at the positive index `idx`; nothing for values of other types.
    ///
    /// # Safety
    /// As for `Integer::get`.
    pub unsafe fn get(L: *mut lua_State, idx: c_int) -> Option<Number> {
        // SAFETY: types are looked at first.
        unsafe {
            if let Some(integer) = Integer::get(L, idx) {
                return Some(Number::Integer(integer));
            }
            if lua_type(L, idx) == LUA_TNUMBER {
                return Some(Number::Float(lua_tonumberx(L, idx, ptr::null_mut())));
            }
            None
        }
    }
}

/// The integer that is the argument `arg` of `bigint.<name>`.
///
/// # Safety
/// A plain frame: raises an error for other values.
pub unsafe fn check(L: *mut lua_State, arg: c_int, name: &CStr) -> Integer {
    // SAFETY: a plain frame.
    unsafe {
        match Integer::get(L, arg) {
            Some(integer) => integer,
            None => {
                let (given, hint) = (type_name(L, arg), hint(L, arg));
                raise!(L, c"bigint.%s: argument %d is a %s, not a bigint or an integer%s", name.as_ptr(), arg, given, hint.as_ptr());
                Integer::from_i64(0)
            }
        }
    }
}

/// Both operands of an operator.
///
/// # Safety
/// A plain frame: raises an error for other values.
pub unsafe fn operands(L: *mut lua_State) -> (Integer, Integer) {
    // SAFETY: a plain frame.
    unsafe { (operand(L, 1), operand(L, 2)) }
}

unsafe fn operand(L: *mut lua_State, idx: c_int) -> Integer {
    // SAFETY: a plain frame.
    unsafe {
        match Integer::get(L, idx) {
            Some(integer) => integer,
            None => {
                let (given, hint) = (type_name(L, idx), hint(L, idx));
                raise!(L, c"attempt to combine a bigint with a %s%s", given, hint.as_ptr());
                Integer::from_i64(0)
            }
        }
    }
}

/// The base that is the argument `arg` of `bigint.<name>`, 10 if it is absent.
///
/// # Safety
/// A plain frame: raises an error for other values.
pub unsafe fn base(L: *mut lua_State, arg: c_int, name: &CStr) -> u32 {
    // SAFETY: a plain frame.
    unsafe {
        let base = luaL_optinteger(L, arg, 10);
        if !(2..=36).contains(&base) {
            raise!(L, c"bigint.%s: base %I is out of range (2 to 36)", name.as_ptr(), base);
        }
        base as u32
    }
}

/// What to call the type of a value that is no integer.
///
/// # Safety
/// Never raises.
pub unsafe fn type_name(L: *mut lua_State, idx: c_int) -> *const c_char {
    // SAFETY: reading a type.
    unsafe {
        match lua_type(L, idx) {
            LUA_TNUMBER => c"float".as_ptr(),
            LUA_TNONE => c"nil".as_ptr(),
            other => lua_typename(L, other),
        }
    }
}

unsafe fn hint(L: *mut lua_State, idx: c_int) -> &'static CStr {
    // SAFETY: reading a type.
    match unsafe { lua_type(L, idx) } {
        LUA_TNUMBER => c" (bigint.new converts an integral float, bigint.tonumber gives a float)",
        LUA_TSTRING => c" (bigint.new converts it)",
        _ => c"",
    }
}
