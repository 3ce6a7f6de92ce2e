//! The Lua state of the instance: making it, calling into it, closing it.

mod call;
mod report;
mod stored;

pub use call::{call_chunk, call_function, call_path, resume_task};
pub use stored::{bind_function, dump_function, load_function, sleep_functions, store_upvalue};

use core::ffi::c_int;
use core::ptr;

use crate::bigint;
use crate::codec::ahead;
use crate::ext::{cycles, handles, home, keys, library, metamethods, metatable, null, proxy, raw, reference, stand_in, unknown};
use crate::heap;
use crate::lua::ffi::*;
use crate::lua::{libs, limits, main_thread, output, place, registry, running, tasks};
use crate::persist;

/// Makes the state. No: there is one already, or memory is short.
pub fn create(seed: u32) -> bool {
    output::set_seed(seed);
    // SAFETY: the state is this instance's own; everything that can raise runs protected.
    unsafe {
        if !(*main_thread()).is_null() {
            return false;
        }
        let L = lua_newstate(Some(heap::lua_alloc), ptr::null_mut());
        if L.is_null() {
            return false;
        }
        lua_atpanic(L, Some(panic));
        lua_pushcfunction(L, open);
        if lua_pcall(L, 0, 0, 0) != LUA_OK as c_int {
            lua_close(L);
            return false;
        }
        *main_thread() = L;
        *running() = L;
    }
    true
}

/// Opens everything that a new state has.
unsafe extern "C-unwind" fn open(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        luaL_checkstack(L, 20, ptr::null());
        registry::open(L);
        tasks::open(L);
        libs::open(L);
        handles::open(L);
        keys::open(L);
        reference::open(L);
        null::open(L);
        metamethods::open(L);
        home::open(L);
        metatable::open(L);
        stand_in::open(L);
        unknown::open(L);
        raw::open(L);
        library::open(L);
        bigint::open(L);
        persist::open(L);
        place::open(L);
        proxy::push_table(L, handles::IO);
        lua_setglobal(L, c"_io".as_ptr());
        // It may be older than this state, with a metatable.
        proxy::push_table_with_metatable(L, handles::HOME);
        lua_setglobal(L, c"_home".as_ptr());
        proxy::push_table(L, handles::MODULES);
        libs::set_host_modules(L);
    }
    0
}

/// An error outside every protection is a bug of the module.
unsafe extern "C-unwind" fn panic(_: *mut lua_State) -> c_int {
    panic!("unprotected error in Lua");
}

/// Closes the state: pending `__close` and `__gc` run. Not while a call from the host is under way, whose state it would be.
pub fn close() {
    if call::is_running() {
        return;
    }
    // SAFETY: `lua_close` runs protected.
    unsafe {
        let L = *main_thread();
        if !L.is_null() {
            let outer = limits::enter();
            forget_host(L);
            lua_close(L);
            limits::leave(outer);
            *main_thread() = ptr::null_mut();
            *running() = ptr::null_mut();
        }
    }
}

/// Limits the next call from the host: its steps and its milliseconds. What is negative or not a number is no limit.
pub fn set_limits(steps: f64, millis: f64) {
    limits::set_next(steps, millis);
}

/// The next call from the host is the task with this number.
pub fn set_task(number: i32) {
    tasks::set_next(number);
}

/// The coroutine on which a call from the host runs; null when there is no state.
pub fn current() -> *mut lua_State {
    // SAFETY: this instance's own value.
    unsafe { *running() }
}

/// A full collection; what Lua no longer holds is released on the host's side.
pub fn collect() {
    let L = current();
    if !L.is_null() {
        // SAFETY: the collector does not raise; finalizers' errors become warnings.
        unsafe {
            let outer = limits::enter();
            forget_host(L);
            lua_gc(L, LUA_GCCOLLECT as c_int);
            // A finalizer may have let go of more.
            lua_gc(L, LUA_GCCOLLECT as c_int);
            if lua_checkstack(L, 8) != 0 {
                cycles::collect(L);
                handles::sweep();
            }
            limits::leave(outer);
        }
    }
}

/// The host may have changed anything since Lua last ran.
///
/// # Safety
/// There is a state. Never raises.
unsafe fn forget_host(L: *mut lua_State) {
    // SAFETY: as above.
    unsafe { home::forget_all(L) };
    ahead::forget();
}

/// The host changed entries of `_home`, or its metatable.
pub fn forget_home() {
    let L = current();
    if !L.is_null() {
        // SAFETY: there is a state; the stack is checked.
        unsafe {
            home::forget_all(L);
            if lua_checkstack(L, 4) != 0 {
                proxy::forget_metatable(L, handles::HOME);
            }
        }
    }
}

/// Bytes that Lua has in use.
pub fn lua_bytes() -> i32 {
    let L = current();
    if L.is_null() {
        return 0;
    }
    // SAFETY: reading two counters.
    unsafe { lua_gc(L, LUA_GCCOUNT as c_int) * 1024 + lua_gc(L, LUA_GCCOUNTB as c_int) }
}

/// Takes back what the host held: `n` pairs of reference and uses, in the buffer.
pub fn release_references(pairs: &[[i32; 2]]) {
    let L = current();
    // SAFETY: `release` never raises; the stack is checked.
    unsafe {
        if L.is_null() || lua_checkstack(L, 6) == 0 {
            return;
        }
        for [number, uses] in pairs {
            reference::release(L, *number, *uses);
        }
    }
}
