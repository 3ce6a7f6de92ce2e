//! The C API of external tables: `shims/include/cu_ext.h` says what each function does. Compiled only into a module that has C
//! libraries in it (`build/clibs.rs`). It adds nothing to what Lua code can do: every function goes the way of a metamethod.
//!
//! The names begin with `__cu_`, as those of all functions of Rust's that C calls: the post-link tool drops such exports.

use core::ffi::{CStr, c_char, c_int};
use core::ptr;

use super::{handles, library, metamethods, null};
use crate::host::{self, Cell};
use crate::lua::ffi::*;
use crate::lua::libs;
use crate::lua::registry::{self, Slot};
use crate::lua::running;

/// Stack slots that a call of a metamethod needs beside its arguments: the function and the table.
const CALL_SLOTS: c_int = 4;

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_ext_is(L: *mut lua_State, idx: c_int) -> c_int {
    // SAFETY: C code gives a valid or acceptable index.
    unsafe { is_proxy(L, idx).into() }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_ext_new(L: *mut lua_State, kind: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        luaL_checkstack(L, CALL_SLOTS, ptr::null());
        match kind {
            library::KIND_TYPED | library::KIND_ARRAY => library::new(L, kind),
            _ => raise!(L, c"no kind of external table: %d", kind),
        };
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_ext_get(L: *mut lua_State, idx: c_int) -> c_int {
    // SAFETY: a plain frame; the key is on the stack.
    unsafe {
        call(L, idx, metamethods::index, 1, 1);
        lua_type(L, -1)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_ext_geti(L: *mut lua_State, idx: c_int, n: lua_Integer) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let idx = check(L, idx);
        lua_pushinteger(L, n);
        __cu_ext_get(L, idx)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_ext_getfield(L: *mut lua_State, idx: c_int, name: *const c_char) -> c_int {
    // SAFETY: a plain frame; the name ends with a NUL.
    unsafe {
        let idx = check(L, idx);
        lua_pushstring(L, name);
        __cu_ext_get(L, idx)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_ext_set(L: *mut lua_State, idx: c_int) {
    // SAFETY: a plain frame; key and value are on the stack.
    unsafe { call(L, idx, metamethods::newindex, 2, 0) };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_ext_seti(L: *mut lua_State, idx: c_int, n: lua_Integer) {
    // SAFETY: a plain frame; the value is on the stack.
    unsafe {
        let idx = check(L, idx);
        lua_pushinteger(L, n);
        lua_insert(L, -2);
        __cu_ext_set(L, idx);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_ext_setfield(L: *mut lua_State, idx: c_int, name: *const c_char) {
    // SAFETY: a plain frame; the value is on the stack, the name ends with a NUL.
    unsafe {
        let idx = check(L, idx);
        lua_pushstring(L, name);
        lua_insert(L, -2);
        __cu_ext_set(L, idx);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_ext_len(L: *mut lua_State, idx: c_int) -> lua_Integer {
    // SAFETY: a plain frame.
    unsafe {
        call(L, idx, metamethods::len, 0, 1);
        let length = lua_tointegerx(L, -1, ptr::null_mut());
        lua_pop(L, 1);
        length
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_ext_next(L: *mut lua_State, idx: c_int) -> c_int {
    // SAFETY: a plain frame; the key is on the stack.
    unsafe {
        call(L, idx, metamethods::next, 1, 2);
        let found = !lua_isnil(L, -2);
        if !found {
            lua_pop(L, 2);
        }
        found.into()
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_ext_pushnull(L: *mut lua_State) {
    // SAFETY: C code has left room for one value.
    unsafe { registry::push(L, Slot::Null) };
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_ext_isnull(L: *mut lua_State, idx: c_int) -> c_int {
    // SAFETY: the type is looked at first.
    unsafe { (lua_type(L, idx) == LUA_TUSERDATA && null::is(L, idx)).into() }
}

#[unsafe(no_mangle)]
extern "C-unwind" fn __cu_ext_cell() -> *mut Cell {
    host::cell()
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_ext_handle(L: *mut lua_State, idx: c_int) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let idx = check(L, idx);
        *running() = L;
        handles::sweep_if_due(L);
        handles::of_proxy(L, idx)
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_ext_result(L: *mut lua_State, tag: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        luaL_checkstack(L, CALL_SLOTS, ptr::null());
        metamethods::push_result(L, tag);
    }
}

#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn __cu_ext_status(L: *mut lua_State, status: c_int) {
    // SAFETY: a plain frame.
    unsafe { metamethods::finish_set(L, status) };
}

/// Calls a metamethod with the table and the `arguments` values on the top of the stack, which it pops.
unsafe fn call(L: *mut lua_State, idx: c_int, metamethod: CFunction, arguments: c_int, results: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        let idx = check(L, idx);
        lua_pushcfunction(L, metamethod);
        lua_pushvalue(L, idx);
        lua_rotate(L, -arguments - 2, 2);
        lua_call(L, arguments + 1, results);
    }
}

/// `proxy::is`, also for a pseudo-index.
unsafe fn is_proxy(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: the type is looked at first.
    unsafe { lua_type(L, idx) == LUA_TTABLE && libs::is_marked(L, idx) }
}

/// The absolute index of an external table; an error if there is something else.
unsafe fn check(L: *mut lua_State, idx: c_int) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        luaL_checkstack(L, CALL_SLOTS, ptr::null());
        if !is_proxy(L, idx) {
            let found: &CStr = CStr::from_ptr(lua_typename(L, lua_type(L, idx)));
            raise!(L, c"external table expected, got %s", found.as_ptr());
        }
        lua_absindex(L, idx)
    }
}
