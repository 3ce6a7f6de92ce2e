//! The string library: Lua's own, but for positions beyond 2^31. Lua casts a position to `size_t`, which has 32 bits here: 2^32 would
//! become 0, and `("x"):sub(1 << 32)` would read the byte before the string. No string is that long, so the largest 32-bit position does
//! what Lua does elsewhere.

use core::ffi::c_int;

use super::super::ffi::*;
use super::{Functions, wrap_functions};

const WRAPPERS: &Functions = &[
    (c"sub", cu_position_second),
    (c"byte", cu_position_second),
    (c"find", cu_position_third),
    (c"match", cu_position_third),
    (c"gmatch", cu_position_third),
    (c"unpack", cu_position_third),
];

pub unsafe extern "C-unwind" fn open(L: *mut lua_State) -> c_int {
    // SAFETY: `luaopen_string` leaves the library on top; the methods of strings are its fields.
    unsafe {
        luaopen_string(L);
        wrap_functions(L, WRAPPERS);
    }
    1
}
