//! Which metatables are the module's own. Lua code must neither see nor replace them: a value that has one looks as if it had
//! none.

use core::ffi::{c_int, c_void};
use core::ptr;

use super::super::ffi::*;
use super::original;
use crate::local::local;

/// How many kinds of values with a metatable of their own the module can have.
const HIDDEN_MAX: usize = 8;

local!(fn hidden() -> [*const c_void; HIDDEN_MAX] = [ptr::null(); HIDDEN_MAX]);

/// Hides the metatable at `idx`, which must stay alive as long as the state.
///
/// # Safety
/// There is a table at `idx`. Raises an error when `HIDDEN_MAX` are hidden already.
pub unsafe fn hide_metatable(L: *mut lua_State, idx: c_int) {
    // SAFETY: the array belongs to this instance, and nothing runs while it is borrowed.
    unsafe {
        let metatable = lua_topointer(L, idx);
        match (*hidden()).iter_mut().find(|place| place.is_null()) {
            Some(place) => *place = metatable,
            None => {
                raise!(L, c"too many hidden metatables");
            }
        }
    }
}

/// Forgets the metatables of an earlier state.
///
/// # Safety
/// No state is running.
pub(super) unsafe fn clear() {
    // SAFETY: the array belongs to this instance.
    unsafe { *hidden() = [ptr::null(); HIDDEN_MAX] };
}

/// Whether the value at `idx`, if there is one, has a hidden metatable.
///
/// # Safety
/// One slot is free. Never raises.
pub(super) unsafe fn is_hidden(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: reading a metatable and its address runs nothing.
    unsafe {
        if lua_type(L, idx) == LUA_TNONE || lua_getmetatable(L, idx) == 0 {
            return false;
        }
        let metatable = lua_topointer(L, -1);
        lua_pop(L, 1);
        (*hidden()).contains(&metatable)
    }
}

/// In place of `getmetatable` and `debug.getmetatable`.
///
/// # Safety
/// As for [`original`].
pub(super) unsafe extern "C-unwind" fn getmetatable(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        if is_hidden(L, 1) {
            lua_pushnil(L);
            return 1;
        }
        original(L)
    }
}

/// In place of `setmetatable` and `debug.setmetatable`.
///
/// # Safety
/// As for [`original`].
pub(super) unsafe extern "C-unwind" fn setmetatable(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        if is_hidden(L, 1) {
            return raise!(L, c"cannot change a protected metatable");
        }
        original(L)
    }
}
