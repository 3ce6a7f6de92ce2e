//! The library `bigint` (docs/BIGINT.md): integers without bounds. The arithmetic is num-bigint's; a number is a userdata whose block holds
//! sign and digits, so that Lua's collector sees all of it and nothing has to be finalized.
//!
//! The order of every operation: operands are read, the result's userdata is pushed, large enough, and only then num-bigint runs, in an
//! allocation scope (`scope`), and its result is copied into the userdata. So no value with a destructor is alive when Lua may raise or
//! run finalizers.
//!
//! It refuses, before num-bigint is asked, whatever cannot have a result that fits the heap.

mod arguments;
mod arithmetic;
mod bytes;
mod comparison;
mod float;
mod functions;
mod linear;
mod natural;
mod operators;
mod power;
mod scope;
mod text;
mod userdata;

use core::ffi::c_int;

pub use bytes::{magnitude, push_magnitude};

use crate::lua::ffi::*;

/// Makes the library: the global `bigint`, which `require "bigint"` gives as well.
///
/// # Safety
/// A plain frame: raises a memory error. Four stack slots are free.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        operators::open(L);
        luaL_requiref(L, c"bigint".as_ptr(), Some(open_library), 1);
        lua_pop(L, 1);
    }
}

unsafe extern "C-unwind" fn open_library(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe { functions::push_library(L) };
    1
}
