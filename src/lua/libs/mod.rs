//! The standard libraries. Lua's own base, string, table, math, utf8, coroutine and debug, adjusted where a sandbox must
//! differ, and replacements for `io`, `os` and `package`, which in C are made of files and processes.
//!
//! What a sandbox must not have is absent, not stubbed: files, processes, the environment's variables, `exit`, C libraries,
//! bytecode given to `load`. docs/STDLIB.md lists every difference.
//!
//! Every function here is a plain frame: nothing with a destructor lives across a call that may raise.

mod base;
mod date;
mod debug;
mod hidden;
mod io;
#[cfg(cu_c_libraries)]
mod linked;
mod os;
mod package;

use core::ffi::{CStr, c_int};

pub use hidden::{Hooks, hide_metatable, is_marked, is_unknown, mark_metatable, mark_stand_in, push_shown, set_hooks};
pub use package::set_host_modules;

use super::ffi::*;

/// The functions of a library, by name.
type Functions = [(&'static CStr, CFunction)];

/// An opening function, as `luaL_requiref` wants it.
type Opener = unsafe extern "C-unwind" fn(L: *mut lua_State) -> c_int;

/// In the order in which Lua's `linit.c` opens them.
const LIBRARIES: [(&CStr, Opener); 10] = [
    (c"_G", base::open),
    (c"package", package::open),
    (c"coroutine", luaopen_coroutine),
    (c"table", luaopen_table),
    (c"io", io::open),
    (c"os", os::open),
    (c"string", luaopen_string),
    (c"math", luaopen_math),
    (c"utf8", luaopen_utf8),
    (c"debug", debug::open),
];

/// Opens all libraries, as globals and in `package.loaded`.
///
/// # Safety
/// `L` is a new state with an ordinary C stack frame's worth of free slots. May raise a memory error.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: the openers follow the protocol of `luaL_requiref`, which leaves one value each.
    unsafe {
        base::set_warnings(L);
        for &(name, opener) in &LIBRARIES {
            luaL_requiref(L, name.as_ptr(), Some(opener), 1);
            lua_pop(L, 1);
        }
        #[cfg(cu_c_libraries)]
        linked::preload(L);
    }
}

/// Puts functions into the table on top of the stack.
///
/// # Safety
/// The table is there, and two slots are free. May raise a memory error.
unsafe fn set_functions(L: *mut lua_State, functions: &Functions) {
    for &(name, function) in functions {
        // SAFETY: the table is there; uses one slot.
        unsafe { set_function(L, -1, name, function) };
    }
}

/// Removes fields of the table on top of the stack.
///
/// # Safety
/// The table is there, and one slot is free.
unsafe fn remove_fields(L: *mut lua_State, names: &[&CStr]) {
    for name in names {
        // SAFETY: the table is there; uses one slot.
        unsafe {
            lua_pushnil(L);
            lua_setfield(L, -2, name.as_ptr());
        }
    }
}

/// Replaces functions of Lua's own in the table on top of the stack. Each replacement keeps what it replaces as its only
/// upvalue, for [`original`].
///
/// # Safety
/// As for [`set_functions`].
unsafe fn wrap_functions(L: *mut lua_State, wrappers: &Functions) {
    for &(name, wrapper) in wrappers {
        // SAFETY: the table is there; uses one slot.
        unsafe {
            lua_getfield(L, -1, name.as_ptr());
            lua_pushcclosure(L, Some(wrapper), 1);
            lua_setfield(L, -2, name.as_ptr());
        }
    }
}

/// Goes on as the function that the running one replaces: in the same frame, so that levels, argument numbers and names in
/// messages stay what they are.
///
/// # Safety
/// The running function was made by [`wrap_functions`].
unsafe fn original(L: *mut lua_State) -> c_int {
    // SAFETY: the upvalue is a function of Lua's own libraries, and those use no upvalues.
    unsafe {
        match lua_tocfunction(L, lua_upvalueindex(1)) {
            Some(function) => function(L),
            None => 0,
        }
    }
}
