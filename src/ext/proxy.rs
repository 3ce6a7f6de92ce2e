//! Proxies: what Lua holds in place of the host's objects and functions. One object has one proxy while Lua holds it.

use core::ffi::c_int;
use core::ptr;

use super::{handles, home};
use crate::codec::FLAG_POSITIONED;
use crate::codec::read::{self, Stream};
use crate::codec::write::{self, Crossing, Opaque};
use crate::host::{self, FAILED, WAITING};
use crate::lua::ffi::*;
use crate::lua::libs;
use crate::lua::limits;
use crate::lua::registry::{self, Slot};
use crate::lua::running;
use crate::lua::tasks::{self, Settled};

/// Pushes the proxy of an external table. It takes no step of the collector, so that no code of Lua's runs before all handles that crossed
/// are known: `cu_gc_step` has to follow.
///
/// # Safety
/// A plain frame: raises on an impossible handle or a memory error. Four stack slots are free.
pub unsafe fn push_table(L: *mut lua_State, handle: i32) {
    // SAFETY: a plain frame.
    unsafe {
        if handles::push_live(L, handle) {
            return expect(L, handle, LUA_TTABLE);
        }
        make_table(L, handle, home::metatable(handle));
    }
}

/// The same for an external table whose metatable the host keeps: it is asked for when it is needed.
///
/// # Safety
/// As for `push_table`.
pub unsafe fn push_table_with_metatable(L: *mut lua_State, handle: i32) {
    // SAFETY: a plain frame.
    unsafe {
        if !handles::push_live(L, handle) {
            return make_table(L, handle, Slot::UnknownMetatable);
        }
        expect(L, handle, LUA_TTABLE);
        // The proxy may be older than what the module was told of the metatable.
        lua_getmetatable(L, -1);
        registry::push(L, home::metatable(handle));
        let knows_none = lua_rawequal(L, -1, -2) != 0;
        lua_pop(L, 2);
        if knows_none {
            registry::push(L, Slot::UnknownMetatable);
            lua_setmetatable(L, -2);
        }
    }
}

/// Makes and pushes a proxy with one of the module's metatables.
unsafe fn make_table(L: *mut lua_State, handle: i32, metatable: Slot) {
    // SAFETY: a plain frame.
    unsafe {
        handles::reserve(L, handle);
        handles::bind_new(L, handle, || registry::push_new(L, metatable));
    }
}

/// What the module knows of the metatable of a table is not so any more: it is asked for when it is needed.
///
/// # Safety
/// Three stack slots are free. Never raises.
pub unsafe fn forget_metatable(L: *mut lua_State, handle: i32) {
    // SAFETY: a metatable that is there already is set.
    unsafe {
        if handles::push_live(L, handle) {
            registry::push(L, Slot::UnknownMetatable);
            lua_setmetatable(L, -2);
            lua_pop(L, 1);
        }
    }
}

/// Pushes a Lua function that calls the host's function `handle`.
///
/// # Safety
/// As for `push_table`.
pub unsafe fn push_function(L: *mut lua_State, handle: i32) {
    // SAFETY: a plain frame.
    unsafe {
        if handles::push_live(L, handle) {
            return expect(L, handle, LUA_TFUNCTION);
        }
        handles::reserve(L, handle);
        handles::bind_new(L, handle, || cu_function_new(L, Some(call), handle.into()));
    }
}

/// A handle that is alive keeps its kind.
unsafe fn expect(L: *mut lua_State, handle: i32, kind: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        if lua_type(L, -1) != kind {
            raise!(L, c"host sent an invalid handle (%d is of another kind)", handle);
        }
    }
}

/// Whether the value at `idx` is a proxy: of tables, only these have a metatable of the module's.
///
/// # Safety
/// `idx` is no pseudo-index, and two stack slots are free. Never raises.
#[inline(always)]
pub unsafe fn is(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: reading only.
    unsafe {
        match registry::compare_metatable(L, idx, Slot::ProxyMetatable) {
            CU_METATABLE_SAME => true,
            CU_METATABLE_OTHER => libs::is_marked(L, idx),
            _ => false,
        }
    }
}

/// Raises the error that the host's last failure left in the stream: a message gets the position of the caller, any other value goes as
/// it is.
///
/// # Safety
/// A plain frame. Never returns normally; the result is for `return`.
#[cold]
pub unsafe fn raise_failure(L: *mut lua_State) -> c_int {
    handles::note_failure();
    let mut stream = Stream::open();
    // SAFETY: a plain frame.
    unsafe {
        let positioned = { stream }.take(L).low & FLAG_POSITIONED != 0;
        read::push_values(L, &mut stream, 1);
        if lua_type(L, -1) == LUA_TSTRING && !positioned {
            luaL_where(L, 1);
            lua_insert(L, -2);
            lua_concat(L, 2);
        }
        lua_error(L)
    }
}

/// The Lua function behind every host function.
unsafe extern "C-unwind" fn call(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame; the upvalue is the handle, which no Lua code can change.
    unsafe {
        let handle = lua_tointegerx(L, lua_upvalueindex(1), ptr::null_mut()) as i32;
        *running() = L;
        handles::sweep_if_due(L);
        let n = lua_gettop(L);
        luaL_checkstack(L, 8, c"too many arguments for a host function".as_ptr());
        cu_host_enter(L);
        write::values(L, 1, n, Crossing::Import, Opaque::Refuse);
        *running() = L;
        let count = host::js_function_call(handle, n);
        cu_host_leave(L);
        home::forget_all(L);
        limits::look_soon();
        if count == WAITING {
            return tasks::wait(L, go_on);
        }
        take_results(L, count)
    }
}

/// The results come after the function has waited.
unsafe extern "C-unwind" fn go_on(L: *mut lua_State, _: c_int, _: lua_KContext) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        match tasks::settled(L) {
            Settled::Count(count) => take_results(L, count),
            Settled::Refused(blocked) => tasks::refuse(L, blocked),
        }
    }
}

unsafe fn take_results(L: *mut lua_State, count: i32) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        if count == FAILED {
            return raise_failure(L);
        }
        let mut stream = Stream::open();
        lua_settop(L, 0);
        if count < 0 {
            return raise!(L, c"host sent an invalid number of results (%d)", count);
        }
        read::push_values(L, &mut stream, count);
        // What was read with the collector paused is owed.
        cu_gc_step(L);
        count
    }
}
