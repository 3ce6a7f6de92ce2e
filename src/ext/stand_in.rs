//! Stand-ins: Lua looks for metamethods in the memory of a metatable, and a proxy has none. So where an external table is the metatable of
//! something, Lua is given a table with copies of its metamethods instead, and Lua code is shown the proxy. What Lua code changes
//! in the external table is changed in the copy too.
//!
//! A table that becomes a proxy may be the metatable of plain tables: they get the stand-in at that moment.

use core::ffi::{c_char, c_int};

use super::{metamethods, metatable, proxy};
use crate::lua::ffi::*;
use crate::lua::libs;
use crate::lua::registry::{self, Slot};

/// Bytes of the longest name with its end.
const NAME_BYTES: usize = 12;

/// The name of an event, ended by NUL.
type Name = [u8; NAME_BYTES];

/// What Lua and its libraries look for in a metatable. The order matters to `unknown`.
pub const EVENTS: [Name; 29] = [
    name("__gc"),
    name("__mode"),
    name("__index"),
    name("__newindex"),
    name("__len"),
    name("__pairs"),
    name("__tostring"),
    name("__name"),
    name("__metatable"),
    name("__call"),
    name("__close"),
    name("__eq"),
    name("__lt"),
    name("__le"),
    name("__concat"),
    name("__unm"),
    name("__add"),
    name("__sub"),
    name("__mul"),
    name("__div"),
    name("__mod"),
    name("__pow"),
    name("__idiv"),
    name("__bnot"),
    name("__band"),
    name("__bor"),
    name("__bxor"),
    name("__shl"),
    name("__shr"),
];

/// Among the events: those from here on concern the value itself, those before its memory, and a proxy has none.
pub const FIRST_OF_VALUES: usize = 2;
/// Those from here on are operations with operands.
pub const FIRST_OPERATION: usize = 9;

const fn name(text: &str) -> Name {
    let mut name = [0; NAME_BYTES];
    let mut i = 0;
    while i < text.len() {
        name[i] = text.as_bytes()[i];
        i += 1;
    }
    assert!(i < NAME_BYTES);
    name
}

/// Makes the table of stand-ins. Once, when the state is made.
///
/// # Safety
/// A plain frame: raises a memory error.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        push_weak_table(L, "k");
        registry::set(L, Slot::StandIns);
    }
}

/// Whether a string of Lua's could name an event.
///
/// # Safety
/// It ends with NUL, as all of them do.
#[inline(always)]
pub unsafe fn is_event(string: *const u8) -> bool {
    // SAFETY: the second byte is looked at only if the first is not the end.
    unsafe { *string == b'_' && *string.add(1) == b'_' }
}

/// Pushes a field of the table at the absolute index `table`, of the external table if it is a proxy; its type.
///
/// # Safety
/// A plain frame: raises. Crosses if it is a proxy. Six stack slots are free.
pub unsafe fn push_field(L: *mut lua_State, table: c_int, name: *const c_char) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        if proxy::is(L, table) {
            lua_pushcfunction(L, metamethods::index);
            lua_pushvalue(L, table);
            lua_pushstring(L, name);
            lua_call(L, 2, 1);
            return lua_type(L, -1);
        }
        lua_pushstring(L, name);
        lua_rawget(L, table)
    }
}

/// Pushes the stand-in of the proxy at the absolute index `metatable`, which is made if there is none yet.
///
/// # Safety
/// A plain frame: raises, may cross. Ten stack slots are free.
pub unsafe fn push(L: *mut lua_State, metatable: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        if !push_known(L, metatable) {
            make(L, metatable);
            registry::push(L, Slot::StandIns);
            lua_pushvalue(L, metatable);
            lua_pushvalue(L, -3);
            lua_rawset(L, -3);
            lua_pop(L, 1);
        }
    }
}

/// Pushes the stand-in, or pushes nothing and says that there is none.
unsafe fn push_known(L: *mut lua_State, metatable: c_int) -> bool {
    // SAFETY: reading a table of the module's own.
    unsafe {
        registry::push(L, Slot::StandIns);
        lua_pushvalue(L, metatable);
        let known = lua_rawget(L, -2) == LUA_TTABLE;
        lua_remove(L, -2);
        if !known {
            lua_pop(L, 1);
        }
        known
    }
}

/// Makes and pushes the stand-in of the table at the absolute index `metatable`.
unsafe fn make(L: *mut lua_State, metatable: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        lua_newtable(L);
        let copy = lua_gettop(L);
        for name in &EVENTS {
            push_field(L, metatable, name.as_ptr().cast());
            lua_setfield(L, copy, name.as_ptr().cast());
        }
        lua_pushvalue(L, metatable);
        libs::mark_stand_in(L, copy);
    }
}

/// Makes and pushes the stand-in of the plain table at the absolute index `metatable`, which is to become a proxy; `seat` gives it its
/// place then.
///
/// # Safety
/// A plain frame: raises a memory error. Ten stack slots are free.
pub unsafe fn prepare(L: *mut lua_State, metatable: c_int) {
    // SAFETY: a plain frame; raw access to a plain table.
    unsafe {
        make(L, metatable);
        registry::push(L, Slot::StandIns);
        lua_pushvalue(L, metatable);
        lua_pushboolean(L, 0);
        lua_rawset(L, -3);
        lua_pop(L, 1);
        metatable::refresh_known(L, metatable, lua_gettop(L));
    }
}

/// Pops a stand-in from `prepare`, of what is now the proxy at the absolute index `metatable`. Never raises: its place is there.
///
/// # Safety
/// Three stack slots are free.
pub unsafe fn seat(L: *mut lua_State, metatable: c_int) {
    // SAFETY: an existing entry is changed.
    unsafe {
        registry::push(L, Slot::StandIns);
        lua_pushvalue(L, metatable);
        lua_pushvalue(L, -3);
        lua_rawset(L, -3);
        lua_pop(L, 2);
    }
}

/// Gives everything whose metatable became a proxy its stand-in. Never raises.
///
/// # Safety
/// One stack slot is free.
pub unsafe fn replace_all(L: *mut lua_State) {
    // SAFETY: nothing is allocated, and no Lua code runs.
    unsafe {
        registry::push(L, Slot::StandIns);
        cu_metatables_replace(L, lua_gettop(L));
        lua_pop(L, 1);
    }
}

/// Lua code assigned the event at index 2 of the proxy at index 1 the value at index 3: where the proxy is a metatable, that is seen.
///
/// # Safety
/// A plain frame: raises a memory error. Ten stack slots are free.
#[cold]
pub unsafe fn note_change(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        if push_known(L, 1) {
            let copy = lua_gettop(L);
            lua_pushvalue(L, 2);
            lua_pushvalue(L, 3);
            lua_rawset(L, copy);
            metatable::refresh_known(L, 1, copy);
            lua_pop(L, 1);
        }
    }
}
