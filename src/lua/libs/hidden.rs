//! Which metatables are the module's own. They carry a mark that Lua code can neither see nor make, under a light userdata. The mark
//! says what Lua code is shown instead: `false` for nothing, a table for that table.

use core::ffi::{c_int, c_void};

use super::super::ffi::*;
use super::original;
use crate::local::local;

/// The key of the mark. A small number is no address of anything.
const MARK: *const c_void = 0xFF as *const c_void;

local!(
    /// What sets the metatable of a table whose metatable is marked.
    fn table_setter() -> Option<CFunction> = None
);

/// Marks the metatable at `idx`; Lua code will see the value on the top of the stack instead, a table or `false`. Pops it.
///
/// # Safety
/// There is a table at `idx`. May raise a memory error.
pub unsafe fn mark_metatable(L: *mut lua_State, idx: c_int) {
    // SAFETY: the table is there.
    unsafe { lua_rawsetp(L, idx, MARK) };
}

/// Hides the metatable at `idx`: its values look as if they had none.
///
/// # Safety
/// As for `mark_metatable`; one slot is free.
pub unsafe fn hide_metatable(L: *mut lua_State, idx: c_int) {
    // SAFETY: as above.
    unsafe {
        let idx = lua_absindex(L, idx);
        lua_pushboolean(L, 0);
        mark_metatable(L, idx);
    }
}

/// Sets what `setmetatable` does with a table whose metatable is marked.
pub fn set_table_setter(setter: CFunction) {
    // SAFETY: this instance's own value.
    unsafe { *table_setter() = Some(setter) };
}

/// Pushes what is shown in place of the metatable of the value at `idx`, if that is marked, or pushes nothing and says no.
///
/// # Safety
/// `idx` is acceptable; two slots are free. Never raises.
pub unsafe fn push_shown(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: reading a metatable raw runs nothing.
    unsafe {
        if lua_type(L, idx) == LUA_TNONE || lua_getmetatable(L, idx) == 0 {
            return false;
        }
        let kind = lua_rawgetp(L, -1, MARK);
        lua_remove(L, -2);
        if kind == LUA_TNIL {
            lua_pop(L, 1);
        }
        kind != LUA_TNIL
    }
}

/// Whether the value at `idx`, if there is one, has a metatable of the module's own.
///
/// # Safety
/// As for `push_shown`.
pub unsafe fn is_hidden(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: as above.
    unsafe {
        let marked = push_shown(L, idx);
        if marked {
            lua_pop(L, 1);
        }
        marked
    }
}

/// In place of `getmetatable`.
///
/// # Safety
/// As for [`original`].
pub(super) unsafe extern "C-unwind" fn getmetatable(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        // A field `__metatable` is answered by Lua's own.
        if luaL_getmetafield(L, 1, c"__metatable".as_ptr()) != LUA_TNIL {
            lua_pop(L, 1);
            return original(L);
        }
        raw_getmetatable(L)
    }
}

/// In place of `debug.getmetatable`.
///
/// # Safety
/// As for [`original`].
pub(super) unsafe extern "C-unwind" fn raw_getmetatable(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        if !push_shown(L, 1) {
            return original(L);
        }
        if lua_type(L, -1) != LUA_TTABLE {
            lua_pushnil(L);
        }
    }
    1
}

/// In place of `setmetatable`.
///
/// # Safety
/// As for [`original`].
pub(super) unsafe extern "C-unwind" fn setmetatable(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        // As Lua's own does, after it has looked at the arguments.
        if is_hidden(L, 1) && luaL_getmetafield(L, 1, c"__metatable".as_ptr()) != LUA_TNIL {
            return original(L);
        }
        raw_setmetatable(L)
    }
}

/// In place of `debug.setmetatable`.
///
/// # Safety
/// As for [`original`].
pub(super) unsafe extern "C-unwind" fn raw_setmetatable(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        if !is_hidden(L, 1) {
            return original(L);
        }
        match *table_setter() {
            Some(setter) if lua_type(L, 1) == LUA_TTABLE => setter(L),
            _ => raise!(L, c"cannot change a protected metatable"),
        }
    }
}
