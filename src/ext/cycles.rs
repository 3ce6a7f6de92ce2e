//! Cycles through both heaps (docs/ABI.md §7): a function that a table of the host keeps, and that keeps the proxy of that table. The host
//! says which tables lead to which functions; that is laid out as a weak table, an ephemeron for each of the host's tables, so that
//! one collection of Lua's decides. Those that lead through the host's own objects are for the host to find (`links`).

use core::ffi::c_int;
use core::mem::MaybeUninit;
use core::ptr;

use super::{links, proxy, reference};
use crate::codec::read::{self, Stream};
use crate::host::{self, FAILED, op};
use crate::lua::ffi::*;

/// What the host says in a triple.
const KIND_REACHES: i32 = 0;
const KIND_KEEPS: i32 = 1;
const KIND_GIVES_BACK: i32 = 2;
const KIND_COLLECTS: i32 = 3;

// Stack indices of `trace`.
/// Proxy → what it leads to; weak keys.
const LINKS: c_int = 1;
/// Proxies that the host's roots lead to.
const ROOTS: c_int = 2;
/// Reference → uses by tables.
const KEPT: c_int = 3;
/// Reference → value; weak values.
const VALUES: c_int = 4;

/// Looks for such cycles and releases them. When memory is short for that, nothing is released.
///
/// # Safety
/// The buffer is free; five stack slots are free. Never raises.
pub unsafe fn collect(L: *mut lua_State) {
    // SAFETY: what can raise runs protected, with the collector paused: no finalizer may cross meanwhile.
    unsafe {
        let mut pause = MaybeUninit::<cu_Pause>::uninit();
        cu_gc_pause(L, pause.as_mut_ptr());
        lua_pushcfunction(L, trace);
        if lua_pcall(L, 0, 0, 0) != LUA_OK as c_int {
            lua_pop(L, 1);
        }
        reference::take_from_host(L);
        cu_gc_resume(L, pause.as_ptr());
        reference::note_trace();
    }
}

unsafe extern "C-unwind" fn trace(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame; after `detach_all` nothing raises until all references are whole again.
    unsafe {
        lua_settop(L, 0);
        luaL_checkstack(L, 16, c"search for cycles".as_ptr());
        push_weak_table(L, "k");
        lua_newtable(L);
        lua_newtable(L);
        push_weak_table(L, "v");
        let n = host::js_ext_table_op(op::TRACE, 0, 0);
        if n == FAILED {
            return proxy::raise_failure(L);
        }
        let mut stream = Stream::open();
        for _ in 0..n {
            read_triple(L, &mut stream);
        }
        detach_all(L);
        cu_gc_full(L);
        attach_all(L);
        if reference::are_left_to_host() {
            links::tell(L);
        }
    }
    0
}

unsafe fn read_triple(L: *mut lua_State, stream: &mut Stream) {
    // SAFETY: a plain frame.
    unsafe {
        read::push_values(L, stream, 3);
        let number = |idx| lua_tointegerx(L, idx, ptr::null_mut()) as i32;
        let (source, kind, target) = (number(-3), number(-2), number(-1));
        lua_pop(L, 3);
        match kind {
            KIND_REACHES if source == 0 => {
                proxy::push_table(L, target);
                lua_rawseti(L, ROOTS, lua_rawlen(L, ROOTS) as i64 + 1);
            }
            KIND_REACHES => {
                proxy::push_table(L, source);
                proxy::push_table(L, target);
                link(L);
            }
            KIND_KEEPS => {
                proxy::push_table(L, source);
                reference::push(L, target);
                lua_pushvalue(L, -1);
                lua_rawseti(L, VALUES, target.into());
                link(L);
                lua_rawgeti(L, KEPT, target.into());
                lua_pushinteger(L, lua_tointegerx(L, -1, ptr::null_mut()) + 1);
                lua_rawseti(L, KEPT, target.into());
                lua_pop(L, 1);
            }
            KIND_GIVES_BACK => reference::release(L, source, target),
            KIND_COLLECTS => reference::leave_to_host(L, source),
            _ => {
                raise!(L, c"host sent an invalid trace (kind %d)", kind);
            }
        }
    }
}

/// Pops a value and the proxy below it: the proxy leads to the value.
unsafe fn link(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        lua_pushvalue(L, -2);
        if lua_rawget(L, LINKS) == LUA_TNIL {
            lua_pop(L, 1);
            lua_newtable(L);
            lua_pushvalue(L, -3);
            lua_pushvalue(L, -2);
            lua_rawset(L, LINKS);
        }
        lua_insert(L, -2);
        lua_rawseti(L, -2, lua_rawlen(L, -2) as i64 + 1);
        lua_pop(L, 2);
    }
}

/// References whose uses are all by tables live only as those tables do.
unsafe fn detach_all(L: *mut lua_State) {
    // SAFETY: never raises; the traversed table is not changed, but for existing fields.
    unsafe {
        lua_pushnil(L);
        while lua_next(L, KEPT) != 0 {
            let number = lua_tointegerx(L, -2, ptr::null_mut()) as i32;
            if reference::uses(L, number) <= lua_tointegerx(L, -1, ptr::null_mut()) {
                reference::detach(L, number);
            } else {
                lua_pushvalue(L, -2);
                lua_pushboolean(L, 0);
                lua_rawset(L, KEPT);
            }
            lua_pop(L, 1);
        }
    }
}

/// What is still there is kept again; the rest is forgotten.
unsafe fn attach_all(L: *mut lua_State) {
    // SAFETY: as `detach_all`.
    unsafe {
        lua_pushnil(L);
        while lua_next(L, KEPT) != 0 {
            let detached = lua_type(L, -1) == LUA_TNUMBER;
            lua_pop(L, 1);
            if !detached {
                continue;
            }
            let number = lua_tointegerx(L, -1, ptr::null_mut()) as i32;
            if lua_rawgeti(L, VALUES, number.into()) == LUA_TNIL {
                lua_pop(L, 1);
                reference::drop_detached(L, number);
            } else {
                reference::attach(L, number);
            }
        }
    }
}
