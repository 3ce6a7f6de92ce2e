//! The global functions that look at a table without its metamethods: `next`, `rawget`, `rawset`, `rawlen`. For a proxy they
//! act on the external table, for any other table they do what Lua's own do.

use core::ffi::c_int;

use super::{metamethods, proxy};
use crate::lua::ffi::*;

/// Replaces the globals.
///
/// # Safety
/// A plain frame: raises a memory error. Lua's base library is open.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        lua_rawgeti(L, CU_REGISTRYINDEX, LUA_RIDX_GLOBALS.into());
        set_function(L, -1, c"next", next);
        set_function(L, -1, c"rawget", rawget);
        set_function(L, -1, c"rawset", rawset);
        set_function(L, -1, c"rawlen", rawlen);
        lua_getfield(L, -1, c"pairs".as_ptr());
        lua_pushcclosure(L, Some(pairs), 1);
        lua_setfield(L, -2, c"pairs".as_ptr());
        lua_pop(L, 1);
    }
}

/// `next (table [, index])`
pub unsafe extern "C-unwind" fn next(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let results = cu_table_next(L);
        if results >= 0 {
            return results;
        }
        luaL_checktype(L, 1, LUA_TTABLE);
        if proxy::is(L, 1) {
            return metamethods::next(L);
        }
        lua_settop(L, 2);
        if lua_next(L, 1) != 0 {
            return 2;
        }
        lua_pushnil(L);
    }
    1
}

/// `pairs (t)`: Lua's own, but for a table without `__pairs` the traversal function is the `next` above, which goes on when the table is
/// adopted meanwhile. The upvalue is Lua's own.
unsafe extern "C-unwind" fn pairs(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        luaL_checkany(L, 1);
        if luaL_getmetafield(L, 1, c"__pairs".as_ptr()) != LUA_TNIL {
            lua_settop(L, 1);
            lua_pushvalue(L, lua_upvalueindex(1));
            lua_insert(L, 1);
            lua_callk(L, 1, 3, 0, Some(pairs_continued));
            return 3;
        }
        lua_pushcfunction(L, next);
        lua_pushvalue(L, 1);
        lua_pushnil(L);
    }
    3
}

/// `__pairs` may yield.
unsafe extern "C-unwind" fn pairs_continued(_: *mut lua_State, _: c_int, _: lua_KContext) -> c_int {
    3
}

/// `rawget (table, index)`
unsafe extern "C-unwind" fn rawget(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        luaL_checktype(L, 1, LUA_TTABLE);
        luaL_checkany(L, 2);
        lua_settop(L, 2);
        if proxy::is(L, 1) {
            return metamethods::index(L);
        }
        lua_rawget(L, 1);
    }
    1
}

/// `rawset (table, index, value)`
unsafe extern "C-unwind" fn rawset(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        luaL_checktype(L, 1, LUA_TTABLE);
        luaL_checkany(L, 2);
        luaL_checkany(L, 3);
        lua_settop(L, 3);
        if proxy::is(L, 1) {
            metamethods::newindex(L);
        } else {
            lua_rawset(L, 1);
        }
        lua_settop(L, 1);
    }
    1
}

/// `rawlen (v)`
unsafe extern "C-unwind" fn rawlen(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let kind = lua_type(L, 1);
        if kind != LUA_TTABLE && kind != LUA_TSTRING {
            return luaL_typeerror(L, 1, c"table or string".as_ptr());
        }
        if proxy::is(L, 1) {
            lua_settop(L, 1);
            return metamethods::len(L);
        }
        lua_pushinteger(L, lua_rawlen(L, 1) as i64);
    }
    1
}
