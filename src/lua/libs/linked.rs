//! The C libraries that are linked into this module: `package.preload` has the opening function of each, so that `require` finds
//! it. The list is the build's (`build/c_libraries.rs`); the module as it is shipped has none, and not this file either.

use core::ffi::c_int;

use super::super::ffi::*;
use super::Functions;

include!(concat!(env!("OUT_DIR"), "/c_libraries.rs"));

/// Names them. Their code runs when they are required.
///
/// # Safety
/// The library `package` is open. Three slots are free. May raise a memory error.
pub unsafe fn preload(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        luaL_getsubtable(L, CU_REGISTRYINDEX, c"_PRELOAD".as_ptr());
        super::set_functions(L, LIBRARIES);
        lua_pop(L, 1);
    }
}
