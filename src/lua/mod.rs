//! Lua inside the module: its C API, the standard libraries that a sandbox has of its own, and which coroutine is running.

pub mod ffi;
pub mod libs;
pub mod limits;
pub mod output;
pub mod place;
pub mod registry;
pub mod tasks;

use core::ptr;

use crate::local::local;
use ffi::lua_State;

local!(
    /// The coroutine on which the host's calls run: the one that crossed last, or the main one. Every function sets it before
    /// it crosses; a call from the host restores it when it ends.
    pub fn running() -> *mut lua_State = ptr::null_mut()
);

local!(
    /// The state's main coroutine; null when there is no state.
    pub fn main_thread() -> *mut lua_State = ptr::null_mut()
);

/// Lua frees a coroutine (src/lua/threads.h): it must not be the one on which the host's next call would run.
#[unsafe(no_mangle)]
extern "C" fn __cu_thread_free(thread: *mut lua_State) {
    // SAFETY: this instance's own values.
    unsafe {
        if *running() == thread {
            *running() = *main_thread();
        }
    }
}
