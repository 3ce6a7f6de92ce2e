//! Calls from the host for functions that outlive the instance: docs/ABI.md §8.

use core::ffi::c_int;

use super::call::{Stage, begin, call};
use super::current;
use crate::codec::{read, tag};
use crate::ext::keys::Key;
use crate::ext::{handles, metamethods, reference};
use crate::lua::ffi::*;
use crate::persist;

/// Key of the entry under which a value of an upvalue is kept.
const CELL_KEY: i32 = 1;

/// Describes a function, with its code or without. The number of its upvalues, or `FAILED`, as with the other calls.
pub fn dump_function(number: i32, with_code: bool) -> i32 {
    call(run_dump, number, with_code.into(), 0)
}

/// Stores the value of an upvalue in a table of the host.
pub fn store_upvalue(number: i32, index: i32, handle: i32) -> i32 {
    handles::lend(handle);
    let result = call(run_store, number, index, handle);
    handles::lend(0);
    result
}

/// Makes a function from the code in the stream, or finds the one that is named there. Its reference.
pub fn load_function() -> i32 {
    call(run_load, 0, 0, 0)
}

/// Gives a function the upvalues that are in the stream.
pub fn bind_function(number: i32, upvalues: i32) -> i32 {
    call(run_bind, number, upvalues, 0)
}

/// Lets go of functions; those that could be are at the front then, and how many they are is the result.
pub fn sleep_functions(references: &mut [i32]) -> usize {
    let L = current();
    // SAFETY: `sleep` never raises; the stack is checked.
    unsafe {
        if L.is_null() || lua_checkstack(L, 4) == 0 {
            return 0;
        }
        persist::sleep(L, references)
    }
}

unsafe extern "C-unwind" fn run_dump(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let call = begin(L);
        reference::push(L, (*call).subject);
        (*call).results = persist::describe(L, (*call).arguments != 0);
    }
    0
}

unsafe extern "C-unwind" fn run_store(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let call = begin(L);
        // The table needs no proxy: its place on the stack stays nil.
        lua_settop(L, 2);
        reference::push(L, (*call).subject);
        let found = lua_iscfunction(L, 3) == 0 && !lua_getupvalue(L, 3, (*call).arguments).is_null();
        if !found || (*call).handle < 1 {
            return raise!(L, c"host sent an invalid upvalue (%d)", (*call).arguments);
        }
        lua_replace(L, 3);
        lua_pushinteger(L, CELL_KEY.into());
        lua_replace(L, 2);
        metamethods::set_stream(L, (*call).handle, Some(Key { tag: tag::INT, k: CELL_KEY }));
    }
    0
}

unsafe extern "C-unwind" fn run_load(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let call = begin(L);
        let mut after = (*call).stream;
        if after.take(L).tag == tag::NAMED {
            read::push_values(L, &mut after, 1);
            persist::push_named_function(L, (*call).hooks);
        } else {
            (*call).stage = Stage::Compile;
            persist::load(L, &raw mut (*call).stream);
            (*call).stage = Stage::Arguments;
        }
        (*call).results = reference::hold(L, 1);
    }
    0
}

unsafe extern "C-unwind" fn run_bind(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let call = begin(L);
        reference::push(L, (*call).subject);
        persist::bind(L, &raw mut (*call).stream, (*call).arguments, (*call).hooks);
        // Here nobody else would: a host may load any number of functions before it calls one.
        handles::sweep_if_due(L);
    }
    0
}
