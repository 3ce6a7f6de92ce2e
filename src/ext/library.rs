//! The library `ext`: what Lua code can ask of external tables beyond what it can do with any table.

use core::ffi::c_int;

use super::{bulk, handles, metamethods, proxy};
use crate::host::{self, FAILED, op};
use crate::lua::ffi::*;
use crate::lua::registry::{self, Slot};
use crate::lua::running;

/// The kinds of `op::NEW`.
pub const KIND_TYPED: i32 = 0;
pub const KIND_ARRAY: i32 = 1;

/// Makes the global `ext`.
///
/// # Safety
/// A plain frame: raises a memory error.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        lua_createtable(L, 0, 7);
        set_function(L, -1, c"table", table);
        set_function(L, -1, c"array", array);
        set_function(L, -1, c"is", is);
        set_function(L, -1, c"len", len);
        set_function(L, -1, c"copy", bulk::copy);
        set_function(L, -1, c"string", bulk::string);
        registry::push(L, Slot::Null);
        lua_setfield(L, -2, c"null".as_ptr());
        lua_getfield(L, CU_REGISTRYINDEX, c"_LOADED".as_ptr());
        lua_pushvalue(L, -2);
        lua_setfield(L, -2, c"ext".as_ptr());
        lua_pop(L, 1);
        lua_setglobal(L, c"ext".as_ptr());
    }
}

/// `ext.table ()`: a new external table.
unsafe extern "C-unwind" fn table(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe { new(L, KIND_TYPED) }
}

/// `ext.array ()`: a new external table that is an array for the host, even when empty.
unsafe extern "C-unwind" fn array(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe { new(L, KIND_ARRAY) }
}

/// Pushes a new external table.
///
/// # Safety
/// A plain frame: raises when the host has no room. Four stack slots are free.
pub unsafe fn new(L: *mut lua_State, kind: i32) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        handles::sweep_if_due(L);
        *running() = L;
        let handle = host::js_ext_table_op(op::NEW, kind, 0);
        if handle == FAILED {
            return proxy::raise_failure(L);
        }
        proxy::push_table(L, handle);
        cu_gc_step(L);
    }
    1
}

/// `ext.is (v)`: whether `v` is an external table.
unsafe extern "C-unwind" fn is(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        luaL_checkany(L, 1);
        lua_pushboolean(L, proxy::is(L, 1).into());
    }
    1
}

/// `ext.len (t)`: the length of an external table.
unsafe extern "C-unwind" fn len(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        if !proxy::is(L, 1) {
            return luaL_typeerror(L, 1, c"external table".as_ptr());
        }
        lua_settop(L, 1);
        metamethods::len(L)
    }
}
