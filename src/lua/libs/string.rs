//! The string library: Lua's own, but for positions beyond 2^31. Lua casts a position to `size_t`, which has 32 bits here: 2^32 would
//! become 0, and `("x"):sub(1 << 32)` would read the byte before the string. No string is that long, so the largest 32-bit position does
//! what Lua does elsewhere.

use core::ffi::c_int;

use super::super::ffi::*;
use super::{Functions, original, wrap_functions};

const WRAPPERS: &Functions = &[
    (c"sub", position_second),
    (c"byte", position_second),
    (c"find", position_third),
    (c"match", position_third),
    (c"gmatch", position_third),
    (c"unpack", position_third),
];

pub unsafe extern "C-unwind" fn open(L: *mut lua_State) -> c_int {
    // SAFETY: `luaopen_string` leaves the library on top; the methods of strings are its fields.
    unsafe {
        luaopen_string(L);
        wrap_functions(L, WRAPPERS);
    }
    1
}

unsafe extern "C-unwind" fn position_second(L: *mut lua_State) -> c_int {
    // SAFETY: made by `wrap_functions`.
    unsafe {
        bound_position(L, 2);
        original(L)
    }
}

unsafe extern "C-unwind" fn position_third(L: *mut lua_State) -> c_int {
    // SAFETY: made by `wrap_functions`.
    unsafe {
        bound_position(L, 3);
        original(L)
    }
}

#[inline(always)]
unsafe fn bound_position(L: *mut lua_State, argument: c_int) {
    let mut is_integer = 0;
    // SAFETY: a number, or a string that is one, is read; other values are left to Lua.
    unsafe {
        let position = lua_tointegerx(L, argument, &mut is_integer);
        if is_integer != 0 && position > i64::from(i32::MAX) {
            lua_pushinteger(L, i32::MAX.into());
            lua_replace(L, argument);
        }
    }
}
