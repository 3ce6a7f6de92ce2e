//! The base library: Lua's own without files, `load` for text alone, metatables of the module out of reach, and warnings that
//! go to the host's stderr.

use core::ffi::{CStr, c_char, c_int, c_void};
use core::ptr;

use super::super::ffi::*;
use super::hidden::{getmetatable, setmetatable};
use super::{Functions, original, remove_fields, wrap_functions};
use crate::local::local;
use crate::lua::{limits, running};
use crate::{heap, host, steps};

const WRAPPERS: &Functions =
    &[(c"collectgarbage", collectgarbage), (c"load", load), (c"getmetatable", getmetatable), (c"setmetatable", setmetatable)];

local!(
    /// Lua's own `print`. Not an upvalue: scripts look at `print` as the model of a C function.
    fn lua_print() -> Option<CFunction> = None
);

pub unsafe extern "C-unwind" fn open(L: *mut lua_State) -> c_int {
    // SAFETY: `luaopen_base` leaves the globals on top.
    unsafe {
        luaopen_base(L);
        remove_fields(L, &[c"dofile", c"loadfile"]);
        wrap_functions(L, WRAPPERS);
        lua_getfield(L, -1, c"print".as_ptr());
        *lua_print() = lua_tocfunction(L, -1);
        lua_pop(L, 1);
        set_function(L, -1, c"print", print);
    }
    1
}

/// `load (chunk [, chunkname [, mode [, env]]])` with modes that let no bytecode through. Lua cannot verify bytecode.
unsafe extern "C-unwind" fn load(L: *mut lua_State) -> c_int {
    // SAFETY: the arguments are read as `luaB_load` reads them, in the same order.
    unsafe {
        let mut length = 0;
        let chunk = lua_tolstring(L, 1, &mut length);
        let mode = CStr::from_ptr(luaL_optlstring(L, 3, c"bt".as_ptr(), ptr::null_mut()));
        if lua_type(L, 1) == LUA_TFUNCTION {
            // Its first piece is not known yet: the mode alone has to keep bytecode out.
            force_mode(L, if mode.to_bytes().contains(&b't') { c"t" } else { c"" });
        } else if length > 0 && *chunk == LUA_SIGNATURE[0] as c_char {
            force_mode(L, c"t");
        }
        let results = original(L);
        // What the limit ended while it was compiled does not come back as a message.
        limits::step(L);
        results
    }
}

/// `collectgarbage`: Lua's own. Its work counts as steps.
unsafe extern "C-unwind" fn collectgarbage(L: *mut lua_State) -> c_int {
    // SAFETY: made by `wrap_functions`.
    unsafe {
        let option = CStr::from_ptr(luaL_optlstring(L, 1, c"collect".as_ptr(), ptr::null_mut()));
        if option != c"count" {
            steps::charge_bytes(heap::used_bytes());
        }
        original(L)
    }
}

/// `print`: Lua's own, which writes without a state at hand. The host may call in from there.
unsafe extern "C-unwind" fn print(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua, after `open`.
    unsafe {
        *running() = L;
        match *lua_print() {
            Some(print) => print(L),
            None => 0,
        }
    }
}

/// Makes `mode` the third argument. A fourth must not appear by that: an absent `env` is not a nil one.
unsafe fn force_mode(L: *mut lua_State, mode: &CStr) {
    // SAFETY: a C function has `LUA_MINSTACK` free slots.
    unsafe {
        if lua_gettop(L) < 3 {
            lua_settop(L, 3);
        }
        lua_pushstring(L, mode.as_ptr());
        lua_replace(L, 3);
    }
}

/// What `warn` does with the next piece of a message.
#[derive(Clone, Copy, PartialEq)]
enum Warnings {
    Off,
    On,
    /// On, in the middle of a message.
    Continuing,
}

local!(fn warnings() -> Warnings = Warnings::Off);

/// Warnings are off until `warn("@on")`, as in the stand-alone interpreter.
///
/// # Safety
/// `L` is a state. Never raises.
pub unsafe fn set_warnings(L: *mut lua_State) {
    // SAFETY: the state keeps a function and no data.
    unsafe {
        *warnings() = Warnings::Off;
        lua_setwarnf(L, Some(warn), ptr::null_mut());
    }
}

/// Lua's warning function (manual §4.6, `lua_WarnFunction`).
unsafe extern "C-unwind" fn warn(_: *mut c_void, message: *const c_char, to_continue: c_int) {
    // SAFETY: Lua passes a terminated string; the state of the warnings belongs to this instance.
    unsafe {
        let text = CStr::from_ptr(message).to_bytes();
        let before = *warnings();
        if before != Warnings::Continuing && to_continue == 0 && text.first() == Some(&b'@') {
            match text {
                b"@on" => *warnings() = Warnings::On,
                b"@off" => *warnings() = Warnings::Off,
                _ => {}
            }
            return;
        }
        if before == Warnings::Off {
            return;
        }
        if before == Warnings::On {
            write_error(b"Lua warning: ");
        }
        write_error(text);
        if to_continue == 0 {
            write_error(b"\n");
        }
        *warnings() = if to_continue == 0 { Warnings::On } else { Warnings::Continuing };
    }
}

fn write_error(text: &[u8]) {
    host::js_output_write(host::STDERR, text.as_ptr(), text.len());
}
