//! Bytes of a magnitude: as strings in either order, and as they cross to the host.

use core::ffi::{CStr, c_int};
use core::mem::MaybeUninit;
use core::{ptr, slice};

use super::arguments::Integer;
use super::userdata::{self, DIGIT_BITS};
use crate::lua::ffi::*;

const DIGIT_BYTES: usize = DIGIT_BITS as usize / 8;

/// Pushes the bytes of the magnitude, without leading zeros; one byte for zero.
///
/// # Safety
/// A plain frame: raises a memory error. Three stack slots are free.
pub unsafe fn push_string(L: *mut lua_State, number: &Integer, little_endian: bool) -> c_int {
    let length = (number.bits().div_ceil(8) as usize).max(1);
    let mut buffer = MaybeUninit::<luaL_Buffer>::uninit();
    let buffer = buffer.as_mut_ptr();
    // SAFETY: a plain frame; the buffer has room for `length` bytes.
    unsafe {
        let start = luaL_buffinitsize(L, buffer, length).cast::<u8>();
        for index in 0..length {
            let digit = number.digits().get(index / DIGIT_BYTES).copied().unwrap_or(0);
            let at = if little_endian { index } else { length - 1 - index };
            start.add(at).write((digit >> (index % DIGIT_BYTES * 8)) as u8);
        }
        luaL_pushresultsize(buffer, length);
    }
    1
}

/// Pushes the number whose magnitude's bytes are the string at index 1.
///
/// # Safety
/// As for `push_string`.
pub unsafe fn push_number(L: *mut lua_State, name: &CStr, little_endian: bool) -> c_int {
    // SAFETY: a plain frame; the string stays at index 1.
    unsafe {
        if lua_type(L, 1) != LUA_TSTRING {
            return raise!(L, c"bigint.%s: argument 1 is a %s, not a string", name.as_ptr(), lua_typename(L, lua_type(L, 1)));
        }
        let mut length = 0;
        let start = lua_tolstring(L, 1, &mut length).cast::<u8>();
        let bytes = slice::from_raw_parts(start, length);
        push_magnitude(L, false, length, |place| {
            for (at, &byte) in bytes.iter().enumerate() {
                place[if little_endian { at } else { length - 1 - at }].write(byte);
            }
        });
        cu_gc_step(L);
    }
    1
}

/// The bigint at the positive index `idx` as it crosses: whether it is negative, and the bytes of its magnitude, least significant first.
///
/// # Safety
/// The slice is used while the value is on the stack. Never raises.
pub unsafe fn magnitude<'a>(L: *mut lua_State, idx: c_int) -> Option<(bool, &'a [u8])> {
    const { assert!(cfg!(target_endian = "little")) };
    // SAFETY: digits are plain numbers, of which the bytes are looked at.
    unsafe {
        let (negative, digits) = userdata::get(L, idx)?;
        let bytes = slice::from_raw_parts(digits.as_ptr().cast::<u8>(), size_of_val(digits));
        let length = bytes.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        Some((negative, &bytes[..length]))
    }
}

/// Pushes the number whose magnitude has `length` bytes, least significant first, which `fill` writes. The collector's step is left to the
/// caller, so that the bytes may come from the I/O buffer.
///
/// # Safety
/// A plain frame: raises a memory error. One stack slot is free. `fill` writes all bytes.
pub unsafe fn push_magnitude(L: *mut lua_State, negative: bool, length: usize, fill: impl FnOnce(&mut [MaybeUninit<u8>])) {
    let digits = length.div_ceil(DIGIT_BYTES);
    // SAFETY: a plain frame; the digits are plain numbers, of which the bytes are written.
    unsafe {
        let place = userdata::push(L, digits as u64);
        if let Some(last) = place.slots().last_mut() {
            last.write(0);
        }
        fill(slice::from_raw_parts_mut(place.slots().as_mut_ptr().cast(), length));
        place.set(negative, digits);
    }
}

/// Which order the argument `arg` of `bigint.<name>` asks for: `"big"`, as it is if absent, or `"little"`.
///
/// # Safety
/// A plain frame: raises an error for anything else.
pub unsafe fn is_little_endian(L: *mut lua_State, arg: c_int, name: &CStr) -> bool {
    // SAFETY: a plain frame.
    unsafe {
        let order = CStr::from_ptr(luaL_optlstring(L, arg, c"big".as_ptr(), ptr::null_mut()));
        let is_little = order == c"little";
        if !is_little && order != c"big" {
            raise!(L, c"bigint.%s: '%s' is not a byte order ('big' or 'little')", name.as_ptr(), order.as_ptr());
        }
        is_little
    }
}
