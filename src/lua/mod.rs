//! Lua inside the module: its C API, the standard libraries that a sandbox has of its own, and which coroutine is running.

pub mod ffi;
pub mod libs;
pub mod output;
pub mod registry;

use core::ptr;

use crate::local::local;
use ffi::lua_State;

local!(
    /// The coroutine on which the host's calls run: the one that crossed last, or the main one. Every function sets it before
    /// it crosses; a call from the host restores it when it ends.
    pub fn running() -> *mut lua_State = ptr::null_mut()
);
