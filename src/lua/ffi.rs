//! Lua's C API: what bindgen reads from Lua's headers, and the macros of `lua.h` and `lauxlib.h` as functions.
#![allow(non_camel_case_types, non_snake_case, non_upper_case_globals, dead_code, clippy::all, clippy::undocumented_unsafe_blocks)]

include!(concat!(env!("OUT_DIR"), "/bindings.rs"));

use core::ffi::{CStr, c_char, c_int};

/// A function that Lua can call.
pub type CFunction = unsafe extern "C-unwind" fn(L: *mut lua_State) -> c_int;

#[inline(always)]
pub unsafe fn lua_pop(L: *mut lua_State, n: c_int) {
    unsafe { lua_settop(L, -n - 1) }
}

#[inline(always)]
pub const fn lua_upvalueindex(i: c_int) -> c_int {
    CU_REGISTRYINDEX - i
}

#[inline(always)]
pub unsafe fn lua_pushcfunction(L: *mut lua_State, f: CFunction) {
    unsafe { lua_pushcclosure(L, Some(f), 0) }
}

#[inline(always)]
pub unsafe fn lua_newtable(L: *mut lua_State) {
    unsafe { lua_createtable(L, 0, 0) }
}

#[inline(always)]
pub unsafe fn lua_pcall(L: *mut lua_State, nargs: c_int, nresults: c_int, msgh: c_int) -> c_int {
    unsafe { lua_pcallk(L, nargs, nresults, msgh, 0, None) }
}

#[inline(always)]
pub unsafe fn lua_call(L: *mut lua_State, nargs: c_int, nresults: c_int) {
    unsafe { lua_callk(L, nargs, nresults, 0, None) }
}

#[inline(always)]
pub unsafe fn lua_isnil(L: *mut lua_State, idx: c_int) -> bool {
    unsafe { lua_type(L, idx) == LUA_TNIL }
}

#[inline(always)]
pub unsafe fn lua_insert(L: *mut lua_State, idx: c_int) {
    unsafe { lua_rotate(L, idx, 1) }
}

#[inline(always)]
pub unsafe fn lua_remove(L: *mut lua_State, idx: c_int) {
    unsafe {
        lua_rotate(L, idx, -1);
        lua_pop(L, 1)
    }
}

#[inline(always)]
pub unsafe fn lua_replace(L: *mut lua_State, idx: c_int) {
    unsafe {
        lua_copy(L, -1, idx);
        lua_pop(L, 1)
    }
}

/// The address that a function of the module's own got as its first argument. Lua code can come by such a function, through a hook, and
/// call it with anything, but it can make no light userdata.
pub unsafe fn own_argument<T>(L: *mut lua_State) -> *mut T {
    unsafe {
        if lua_type(L, 1) != LUA_TLIGHTUSERDATA {
            luaL_typeerror(L, 1, c"light userdata".as_ptr());
        }
        lua_touserdata(L, 1).cast()
    }
}

/// Pushes a literal.
#[inline(always)]
pub unsafe fn push_str(L: *mut lua_State, text: &str) {
    unsafe { lua_pushlstring(L, text.as_ptr().cast(), text.len()) };
}

/// Pushes a new table with weak keys (`"k"`) or weak values (`"v"`), manual §2.5.4.
pub unsafe fn push_weak_table(L: *mut lua_State, mode: &str) {
    unsafe {
        lua_newtable(L);
        make_weak(L, mode);
    }
}

/// Makes the table on the top of the stack such a table.
pub unsafe fn make_weak(L: *mut lua_State, mode: &str) {
    unsafe {
        lua_createtable(L, 0, 1);
        push_str(L, mode);
        lua_setfield(L, -2, c"__mode".as_ptr());
        lua_setmetatable(L, -2);
    }
}

/// Raises an error whose message starts with the position of the running function. The format takes `%s` and what else
/// `lua_pushfstring` knows.
macro_rules! raise {
    ($L:expr, $format:literal $(, $value:expr)*) => {
        $crate::lua::ffi::luaL_error($L, $format.as_ptr() $(, $value)*)
    };
}
pub(crate) use raise;

pub unsafe fn set_function(L: *mut lua_State, table: c_int, name: &CStr, f: CFunction) {
    unsafe {
        let table = lua_absindex(L, table);
        lua_pushcfunction(L, f);
        lua_setfield(L, table, name.as_ptr());
    }
}

pub unsafe fn push_bytes(L: *mut lua_State, bytes: *const u8, n: usize) {
    unsafe { lua_pushlstring(L, bytes.cast::<c_char>(), n) };
}
