//! `ext.null`: the host's `null` where it must be told from `nil`. One userdata of its own.

use core::ffi::c_int;

use crate::lua::ffi::*;
use crate::lua::libs;
use crate::lua::registry::{self, Slot};

/// Makes the value. Once, when the state is made.
///
/// # Safety
/// A plain frame: raises a memory error.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        lua_newuserdatauv(L, 0, 0);
        lua_createtable(L, 0, 3);
        push_str(L, "null");
        lua_setfield(L, -2, c"__name".as_ptr());
        lua_pushboolean(L, 0);
        lua_setfield(L, -2, c"__metatable".as_ptr());
        set_function(L, -1, c"__tostring", tostring);
        libs::hide_metatable(L, -1);
        lua_setmetatable(L, -2);
        registry::set(L, Slot::Null);
    }
}

/// Whether the userdata at `idx` is `ext.null`.
///
/// # Safety
/// `idx` is absolute or an upvalue; one stack slot is free. Never raises.
pub unsafe fn is(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: reading only.
    unsafe {
        let idx = lua_absindex(L, idx);
        registry::push(L, Slot::Null);
        let same = lua_rawequal(L, idx, -1) != 0;
        lua_pop(L, 1);
        same
    }
}

unsafe extern "C-unwind" fn tostring(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe { push_str(L, "null") };
    1
}
