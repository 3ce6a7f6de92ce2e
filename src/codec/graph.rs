//! Plain tables as nodes of a graph (docs/ABI.md §2): each is numbered when it is first met and described once, in the order of the
//! numbers, so that sharing and cycles are kept and no depth is too deep.

use core::ffi::c_int;
use core::ptr;

use super::tag;
use super::write::Writer;
use crate::ext::adoption::{self, Adopter, Keeper};
use crate::ext::stand_in;
use crate::lua::ffi::*;

/// Why tables are described.
pub enum Purpose {
    /// The host gets copies; metatables are ignored.
    Copy,
    /// The tables themselves move to the host: not every table may.
    Adopt(Adopter),
}

/// The number of the table at `idx`; a table that is met for the first time gets the next one. `nodes` is a Lua table that maps each
/// table to its number + 1 and each number + 1 to its table.
///
/// # Safety
/// A plain frame: raises a memory error. Three stack slots are free.
pub unsafe fn index(L: *mut lua_State, nodes: c_int, idx: c_int) -> c_int {
    // SAFETY: `nodes` is an ordinary table of ours.
    unsafe {
        let idx = lua_absindex(L, idx);
        lua_pushvalue(L, idx);
        if lua_rawget(L, nodes) == LUA_TNUMBER {
            let number = lua_tointegerx(L, -1, ptr::null_mut());
            lua_pop(L, 1);
            return number as c_int - 1;
        }
        lua_pop(L, 1);
        let number = count(L, nodes) + 1;
        lua_pushvalue(L, idx);
        lua_rawseti(L, nodes, number.into());
        lua_pushvalue(L, idx);
        lua_pushinteger(L, number.into());
        lua_rawset(L, nodes);
        number - 1
    }
}

/// How many tables were met.
///
/// # Safety
/// `nodes` is such a table. Never raises.
pub unsafe fn count(L: *mut lua_State, nodes: c_int) -> c_int {
    // SAFETY: the numbers are a sequence.
    unsafe { lua_rawlen(L, nodes) as c_int }
}

/// Describes all nodes, and those that are met on the way.
///
/// # Safety
/// A plain frame: raises. The collector is paused. Twenty stack slots are free.
pub unsafe fn describe(L: *mut lua_State, nodes: c_int, writer: &mut Writer, mut purpose: Purpose) {
    let mut number = 0;
    // SAFETY: a plain frame.
    unsafe {
        while number < count(L, nodes) {
            lua_rawgeti(L, nodes, (number + 1).into());
            let table = lua_gettop(L);
            let keeper = match &mut purpose {
                Purpose::Copy => Keeper::Nobody,
                Purpose::Adopt(adopter) => adopter.prepare(L, nodes, number, table),
            };
            let has_events = describe_node(L, nodes, writer, number, table, keeper);
            if has_events && matches!(purpose, Purpose::Adopt(_)) {
                adoption::prepare_as_metatable(L, nodes, number, table);
            }
            lua_settop(L, table - 1);
            number += 1;
        }
    }
}

/// Describes the table at the index `table`; if the host keeps its metatable, that is on the top. Whether it has fields of a metatable's.
unsafe fn describe_node(L: *mut lua_State, nodes: c_int, writer: &mut Writer, number: c_int, table: c_int, keeper: Keeper) -> bool {
    let mut has_events = false;
    // SAFETY: a plain frame; nothing changes the table while it is traversed.
    unsafe {
        let sequence = sequence_length(L, table);
        writer.pair(tag::NODE_BEGIN, number, sequence as i32, keeper as i32);
        if keeper == Keeper::Host {
            writer.value(L, -1, nodes);
        }
        for i in 1..=sequence {
            writer.integer(i);
            lua_rawgeti(L, table, i);
            writer.value(L, -1, nodes);
            lua_pop(L, 1);
        }
        lua_pushnil(L);
        while lua_next(L, table) != 0 {
            if !is_in_sequence(L, sequence) {
                has_events |= lua_type(L, -2) == LUA_TSTRING && stand_in::is_event(lua_tolstring(L, -2, ptr::null_mut()).cast());
                writer.value(L, -2, nodes);
                writer.value(L, -1, nodes);
            }
            lua_pop(L, 1);
        }
        writer.mark(tag::NODE_END, number);
    }
    has_events
}

/// How many of 1, 2, 3, … are there.
unsafe fn sequence_length(L: *mut lua_State, table: c_int) -> i64 {
    let mut n = 0;
    // SAFETY: raw access to a plain table.
    unsafe {
        while lua_rawgeti(L, table, n + 1) != LUA_TNIL {
            lua_pop(L, 1);
            n += 1;
        }
        lua_pop(L, 1);
    }
    n
}

/// Whether the key below the top was already written.
unsafe fn is_in_sequence(L: *mut lua_State, sequence: i64) -> bool {
    // SAFETY: the key is looked at, not converted.
    unsafe { lua_isinteger(L, -2) != 0 && (1..=sequence).contains(&lua_tointegerx(L, -2, ptr::null_mut())) }
}
