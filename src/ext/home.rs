//! The tables directly under `_home`, as far as Lua holds them: a program asks for them again and again (`_home.results[i] = v`). They are
//! kept by name in a weak table that the interpreter looks into when it is to call `_home`'s `__index` (src/lua/internals.c); what is not
//! there is asked of the host. An entry goes when it is written; all go whenever the host may have changed `_home` itself: when it calls,
//! when a function of its own was called, and when it says so.
//! Functions are never kept: they may be put to sleep.

use core::ffi::c_int;

use super::handles::HOME;
use super::{metamethods, proxy};
use crate::local::local;
use crate::lua::ffi::*;
use crate::lua::registry::{self, Slot};

local!(
    /// Whether there is an entry.
    fn some() -> bool = false
);

/// Makes the table and `_home`'s metatable. Once, when the state is made.
///
/// # Safety
/// A plain frame: raises a memory error.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        *some() = false;
        metamethods::push_metatable(L);
        push_weak_table(L, "v");
        lua_pushvalue(L, -1);
        registry::set(L, Slot::HomeTables);
        lua_pushcclosure(L, Some(index), 1);
        lua_setfield(L, -2, c"__index".as_ptr());
        registry::set(L, Slot::HomeMetatable);
    }
}

/// `_home[k]`: 1 the proxy, 2 the key, which is not known, or was not looked for.
#[unsafe(export_name = "__cu_home_index")]
unsafe extern "C-unwind" fn index(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        metamethods::index(L);
        if lua_type(L, 2) == LUA_TSTRING && proxy::is(L, -1) {
            *some() = true;
            set(L);
        }
    }
    1
}

/// `_home[k]` is written: 2 the key.
///
/// # Safety
/// A plain frame. Three stack slots are free.
pub unsafe fn forget(L: *mut lua_State) {
    // SAFETY: a plain frame; removing an entry allocates nothing.
    unsafe {
        if *some() && lua_type(L, 2) == LUA_TSTRING {
            lua_pushnil(L);
            set(L);
            lua_pop(L, 1);
        }
    }
}

/// Sets the entry of the key at index 2 to the value on the top, which stays there.
unsafe fn set(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        registry::push(L, Slot::HomeTables);
        lua_pushvalue(L, 2);
        lua_pushvalue(L, -3);
        lua_rawset(L, -3);
        lua_pop(L, 1);
    }
}

/// The host may have changed `_home`.
///
/// # Safety
/// There is a state. Never raises.
#[inline(always)]
pub unsafe fn forget_all(L: *mut lua_State) {
    // SAFETY: emptying a table allocates nothing.
    unsafe {
        if core::mem::replace(&mut *some(), false) {
            registry::empty(L, Slot::HomeTables);
        }
    }
}

/// In which place the metatable of a proxy is.
pub fn metatable(handle: i32) -> Slot {
    if handle == HOME { Slot::HomeMetatable } else { Slot::ProxyMetatable }
}
