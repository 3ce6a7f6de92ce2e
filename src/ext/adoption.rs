//! Adoption: a plain table that is assigned into an external table moves to the host, and the Lua table itself becomes the proxy.
//! Two phases: first everything that can fail (walk, check, memory, building on the host's side), then the turning of
//! each table, which cannot.

use core::ffi::c_int;
use core::ptr;

use super::keys::{self, Key};
use super::{handles, metamethods, metatable};
use crate::codec::graph::{self, Purpose};
use crate::codec::tag;
use crate::codec::write::{Opaque, Writer, paused_call};
use crate::host::{self, BUFFER_BYTES, FAILED, op};
use crate::lua::ffi::*;
use crate::lua::registry::{self, Slot};
use crate::lua::running;

/// What the protected half needs.
struct Assignment {
    handle: i32,
    writer: Writer,
    key: Key,
    status: i32,
}

/// Sets `t[k] = v` where writing one of them needs memory: a plain table, which is adopted, or a Lua function. Arguments as of
/// `__newindex`: 1 the proxy, 2 the key, 3 the value.
///
/// # Safety
/// A plain frame: raises. What `t` holds is unchanged then.
pub unsafe fn assign(L: *mut lua_State, handle: i32) -> c_int {
    let mut assignment = Assignment { handle, writer: Writer::new(Opaque::Name), key: Key { tag: tag::STREAM, k: 0 }, status: 0 };
    // SAFETY: a plain frame; the assignment outlives the protected call.
    unsafe {
        luaL_checkstack(L, 8, c"assignment to an external table".as_ptr());
        lua_pushcfunction(L, assign_protected);
        lua_pushlightuserdata(L, (&raw mut assignment).cast());
        lua_pushvalue(L, 2);
        lua_pushvalue(L, 3);
        paused_call(L, 3, &assignment.writer);
        metamethods::finish_set(L, assignment.status)
    }
}

/// Arguments: the assignment, key, value.
unsafe extern "C-unwind" fn assign_protected(L: *mut lua_State) -> c_int {
    const KEY: c_int = 2;
    const VALUE: c_int = 3;
    const NODES: c_int = 4;
    // SAFETY: called by `assign` alone.
    unsafe {
        let assignment = own_argument::<Assignment>(L);
        luaL_checkstack(L, 12, c"assignment to an external table".as_ptr());
        lua_newtable(L);
        let writer = &raw mut (*assignment).writer;
        let key = keys::direct(L, KEY);
        (*assignment).key = match key {
            Some(key) => key,
            None if lua_type(L, KEY) == LUA_TTABLE => {
                (*writer).value(L, KEY, NODES);
                Key { tag: tag::STREAM, k: 0 }
            }
            None => keys::write_value(L, KEY, &mut *writer),
        };
        (*writer).value(L, VALUE, NODES);
        graph::describe(L, NODES, &mut *writer, Purpose::Adopt);
        handles::reserve(L, graph::count(L, NODES) as usize);
        (*writer).close();
        *running() = L;
        (*assignment).status = host::js_ext_table_set((*assignment).handle, (*assignment).key.tag, (*assignment).key.k, tag::STREAM, 0);
        if (*assignment).status != FAILED {
            turn_all(L, NODES);
        }
    }
    0
}

/// Turns every table of the graph into the proxy of the table that the host made of it.
unsafe fn turn_all(L: *mut lua_State, nodes: c_int) {
    let mut number = 0;
    // SAFETY: room for the handles is reserved; nothing below raises, but on a host that breaks the contract.
    unsafe {
        while number < graph::count(L, nodes) {
            let got = host::js_ext_table_op(op::ADOPTED, number, 0);
            if got <= 0 || got > graph::count(L, nodes) - number || got as usize > BUFFER_BYTES / size_of::<i32>() {
                raise!(L, c"host sent an invalid number of adopted tables (%d)", got);
            }
            for i in 0..got {
                let handle = ptr::read(host::buffer().cast::<i32>().add(i as usize));
                if !handles::is_possible(handle) {
                    raise!(L, c"host sent an invalid handle (%d)", handle);
                }
                number += 1;
                lua_rawgeti(L, nodes, number.into());
                turn(L, nodes, number, handle);
                lua_pop(L, 1);
            }
        }
    }
}

/// Turns the table on the top of the stack, the node `number` counted from 1.
unsafe fn turn(L: *mut lua_State, nodes: c_int, number: c_int, handle: i32) {
    // SAFETY: as `turn_all`.
    unsafe {
        cu_table_empty(L, lua_gettop(L));
        if lua_rawgeti(L, nodes, (-number).into()) == LUA_TNIL {
            lua_pop(L, 1);
            registry::push(L, Slot::ProxyMetatable);
        }
        lua_setmetatable(L, -2);
        handles::bind(L, handle);
    }
}

/// Raises an error if the table on the top of the stack, the node `number`, must stay where it is, as a library must. If it has a
/// metatable, makes the one that it will have as a proxy, at `nodes[-number - 1]`, and says so.
///
/// # Safety
/// A plain frame. Ten stack slots are free.
pub unsafe fn prepare(L: *mut lua_State, nodes: c_int, number: c_int) -> bool {
    // SAFETY: a plain frame.
    unsafe {
        let idx = lua_gettop(L);
        check_globals(L, idx);
        check_library(L, idx);
        if lua_getmetatable(L, idx) == 0 {
            return false;
        }
        metatable::wrap(L, idx + 1);
        lua_rawseti(L, nodes, i64::from(-number - 1));
        lua_settop(L, idx);
        true
    }
}

unsafe fn check_globals(L: *mut lua_State, idx: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        lua_rawgeti(L, CU_REGISTRYINDEX, LUA_RIDX_GLOBALS.into());
        if lua_rawequal(L, -1, idx) != 0 {
            raise!(L, c"the table of globals cannot be stored in an external table");
        }
        lua_pop(L, 1);
    }
}

unsafe fn check_library(L: *mut lua_State, idx: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        lua_getfield(L, CU_REGISTRYINDEX, c"_LOADED".as_ptr());
        lua_pushnil(L);
        while lua_next(L, -2) != 0 {
            if lua_rawequal(L, -1, idx) != 0 {
                lua_pop(L, 1);
                luaL_tolstring(L, -1, ptr::null_mut());
                raise!(L, c"the library '%s' cannot be stored in an external table", lua_tolstring(L, -1, ptr::null_mut()));
            }
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
}
