//! Which metatables are the module's own. They carry a mark that Lua code can neither see nor make, under a light userdata. The mark
//! says what Lua code is shown instead: `false` for nothing, a table for that table, `true` for what has to be asked for first. A
//! metatable of Lua's that is an external table has a stand-in wherever Lua itself looks into it: that is marked apart.

use core::ffi::{c_int, c_void};

use super::super::ffi::*;
use super::original;
use crate::local::local;

/// The key of the mark. A small number is no address of anything.
const MARK: *const c_void = 0xFF as *const c_void;
/// The key under which a stand-in has the table that it stands for.
const STANDS_FOR: *const c_void = 0xFE as *const c_void;

/// What is done with metatables that Lua's own functions would not understand.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// Sets a metatable where the value's own or the new one is marked: 1 the value, 2 a table or nil.
    pub set: CFunction,
    /// Asks for the metatable of the value at an index, whose mark says so; it has another one then. Raises.
    pub ask: unsafe fn(L: *mut lua_State, idx: c_int),
}

local!(fn hooks() -> Option<Hooks> = None);

/// Sets what `getmetatable` and `setmetatable` do with marked metatables.
pub fn set_hooks(new: Hooks) {
    // SAFETY: this instance's own value.
    unsafe { *hooks() = Some(new) };
}

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

/// Makes the metatable at `idx` a stand-in for the table on the top of the stack, which it pops.
///
/// # Safety
/// As for `mark_metatable`.
pub unsafe fn mark_stand_in(L: *mut lua_State, idx: c_int) {
    // SAFETY: the table is there.
    unsafe { lua_rawsetp(L, idx, STANDS_FOR) };
}

/// Pushes what the metatable of the value at `idx`, if there is one, has under a key of the module's own, or nothing. The type of that.
#[inline]
unsafe fn push_field(L: *mut lua_State, idx: c_int, key: *const c_void) -> c_int {
    // SAFETY: reading a metatable raw runs nothing.
    unsafe {
        if lua_type(L, idx) == LUA_TNONE || lua_getmetatable(L, idx) == 0 {
            return LUA_TNIL;
        }
        let kind = lua_rawgetp(L, -1, key);
        lua_remove(L, -2);
        if kind == LUA_TNIL {
            lua_pop(L, 1);
        }
        kind
    }
}

/// Pushes what is shown in place of the metatable of the value at `idx`, if that is marked or a stand-in, or pushes nothing and says no.
///
/// # Safety
/// `idx` is acceptable; two slots are free. Never raises.
pub unsafe fn push_shown(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: as above.
    unsafe { push_field(L, idx, MARK) != LUA_TNIL || push_field(L, idx, STANDS_FOR) != LUA_TNIL }
}

/// Whether the value at `idx`, if there is one, has a marked metatable. A stand-in is none.
///
/// # Safety
/// As for `push_shown`.
pub unsafe fn is_marked(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: as above.
    unsafe {
        let marked = push_field(L, idx, MARK) != LUA_TNIL;
        if marked {
            lua_pop(L, 1);
        }
        marked
    }
}

/// Whether the metatable of the value at `idx`, if there is one, has to be asked for.
///
/// # Safety
/// As for `push_shown`.
pub unsafe fn is_unknown(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: as above.
    unsafe {
        let kind = push_field(L, idx, MARK);
        let unknown = kind == LUA_TBOOLEAN && lua_toboolean(L, -1) != 0;
        if kind != LUA_TNIL {
            lua_pop(L, 1);
        }
        unknown
    }
}

/// Whether the value at `idx`, if there is one, has a metatable that Lua code must not come by.
///
/// # Safety
/// As for `push_shown`.
pub(super) unsafe fn is_hidden(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: as above.
    unsafe {
        let hidden = push_shown(L, idx);
        if hidden {
            lua_pop(L, 1);
        }
        hidden
    }
}

/// Asks for the metatable of the first argument if it is unknown.
unsafe fn know(L: *mut lua_State) {
    // SAFETY: called at the start of a C function.
    unsafe {
        if let (true, Some(Hooks { ask, .. })) = (is_unknown(L, 1), *hooks()) {
            ask(L, 1);
        }
    }
}

/// In place of `getmetatable`.
///
/// # Safety
/// As for [`original`].
pub(super) unsafe extern "C-unwind" fn getmetatable(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        know(L);
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
        know(L);
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
        if lua_getmetatable(L, 1) == 0 {
            return set_or_original(L, is_marked(L, 2) && lua_type(L, 1) == LUA_TTABLE);
        }
        lua_pop(L, 1);
        know(L);
        // As Lua's own does, after it has looked at the arguments.
        if lua_type(L, 1) != LUA_TTABLE || luaL_getmetafield(L, 1, c"__metatable".as_ptr()) != LUA_TNIL {
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
        if lua_type(L, 1) != LUA_TTABLE && is_marked(L, 1) {
            return raise!(L, c"cannot change a protected metatable");
        }
        set_or_original(L, is_marked(L, 1) || is_marked(L, 2))
    }
}

/// Sets the metatable by the hook if one of the arguments is marked.
#[inline]
unsafe fn set_or_original(L: *mut lua_State, marked: bool) -> c_int {
    // SAFETY: called by the two above.
    unsafe {
        match *hooks() {
            Some(Hooks { set, .. }) if marked => set(L),
            _ => original(L),
        }
    }
}
