//! The debug library: Lua's own, complete, except that it never shows what belongs to the module: the registry, the upvalues
//! and temporaries of C functions, hidden metatables. `debug.debug` is absent, because there is no input to read.
//!
//! Each wrapper changes one argument to something harmless and goes on as Lua's own function, so that checks, messages and
//! the optional thread stay Lua's.

use core::ffi::{CStr, c_int};

use super::super::ffi::*;
use super::hidden::{is_hidden, raw_getmetatable, raw_setmetatable};
use super::{Functions, original, remove_fields, wrap_functions};

const WRAPPERS: &Functions = &[
    (c"getmetatable", raw_getmetatable),
    (c"setmetatable", raw_setmetatable),
    (c"getuservalue", uservalue),
    (c"setuservalue", uservalue),
    (c"getupvalue", upvalue),
    (c"setupvalue", upvalue),
    (c"upvalueid", upvalue),
    (c"upvaluejoin", upvaluejoin),
    (c"getlocal", local_variable),
    (c"setlocal", local_variable),
];

/// What `debug.getregistry` shows of the registry.
const SHOWN_FIELDS: [&CStr; 2] = [c"_LOADED", c"_PRELOAD"];

pub unsafe extern "C-unwind" fn open(L: *mut lua_State) -> c_int {
    // SAFETY: `luaopen_debug` leaves the library's table on top.
    unsafe {
        luaopen_debug(L);
        remove_fields(L, &[c"debug"]);
        wrap_functions(L, WRAPPERS);
        push_shown_registry(L);
        lua_pushcclosure(L, Some(getregistry), 1);
        lua_setfield(L, -2, c"getregistry".as_ptr());
    }
    1
}

unsafe fn push_shown_registry(L: *mut lua_State) {
    // SAFETY: uses two slots.
    unsafe {
        lua_newtable(L);
        for name in &SHOWN_FIELDS {
            luaL_getsubtable(L, CU_REGISTRYINDEX, name.as_ptr());
            lua_setfield(L, -2, name.as_ptr());
        }
    }
}

/// An ordinary table, always the same one, instead of the registry.
unsafe extern "C-unwind" fn getregistry(L: *mut lua_State) -> c_int {
    // SAFETY: the table is the function's upvalue.
    unsafe { lua_pushvalue(L, lua_upvalueindex(1)) };
    1
}

/// A userdata of the module has no user values.
unsafe extern "C-unwind" fn uservalue(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        if is_hidden(L, 1) {
            lua_pushnil(L);
            return 1;
        }
        original(L)
    }
}

unsafe extern "C-unwind" fn upvalue(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        drop_upvalues(L, 1);
        original(L)
    }
}

unsafe extern "C-unwind" fn upvaluejoin(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        drop_upvalues(L, 1);
        drop_upvalues(L, 3);
        original(L)
    }
}

/// Replaces a C function among the arguments by one without upvalues.
unsafe fn drop_upvalues(L: *mut lua_State, arg: c_int) {
    // SAFETY: one slot; nothing is allocated.
    unsafe {
        if lua_iscfunction(L, arg) != 0 {
            lua_pushcfunction(L, upvalue);
            lua_replace(L, arg);
        }
    }
}

/// `debug.getlocal ([thread,] f, local)` and `debug.setlocal ([thread,] level, local, value)`: in the frame of a C function
/// no variable is found, because none has the number 0.
unsafe extern "C-unwind" fn local_variable(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua; two slots.
    unsafe {
        let (thread, first) = if lua_type(L, 1) == LUA_TTHREAD { (lua_tothread(L, 1), 2) } else { (L, 1) };
        // What is not a number is left for Lua to complain about.
        let mut is_level = 0;
        let level = lua_tointegerx(L, first, &mut is_level);
        let mut is_number = 0;
        lua_tointegerx(L, first + 1, &mut is_number);
        if is_level != 0 && is_number != 0 && is_c_frame(thread, level as c_int) {
            lua_pushinteger(L, 0);
            lua_replace(L, first + 1);
        }
        original(L)
    }
}

unsafe fn is_c_frame(thread: *mut lua_State, level: c_int) -> bool {
    let mut activation = core::mem::MaybeUninit::<lua_Debug>::uninit();
    // SAFETY: `lua_getstack` fills what `lua_getinfo` needs, which fills `what`. Neither pushes anything.
    unsafe {
        let activation = activation.as_mut_ptr();
        lua_getstack(thread, level, activation) != 0
            && lua_getinfo(thread, c"S".as_ptr(), activation) != 0
            && *(*activation).what == b'C' as _
    }
}
