//! Where an error happened: traceback and position, kept in the registry until the host is told.

use core::ffi::c_int;
use core::mem::MaybeUninit;
use core::ptr;

use super::ffi::*;
use super::registry::{self, Slot};

/// Makes the places where `note` leaves what it finds, so that it need not allocate them.
///
/// # Safety
/// A plain frame: raises a memory error.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        for slot in [Slot::ErrorTraceback, Slot::ErrorChunk, Slot::ErrorLine] {
            lua_pushboolean(L, 0);
            registry::set(L, slot);
        }
    }
}

/// Keeps both for the function that called this one. As a message handler it leaves the error value as it is.
pub unsafe extern "C-unwind" fn note(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        lua_settop(L, 1);
        note_from(L, L, 1);
    }
    1
}

/// The same for a coroutine that waits: the only argument.
pub unsafe extern "C-unwind" fn note_of(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame. Lua code can come by it, through a hook.
    unsafe {
        let waiting = lua_tothread(L, 1);
        if !waiting.is_null() {
            note_from(L, waiting, 0);
        }
    }
    0
}

unsafe fn note_from(L: *mut lua_State, noted: *mut lua_State, level: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        note_position(L, noted, level);
        luaL_traceback(L, noted, ptr::null(), level);
        registry::set(L, Slot::ErrorTraceback);
    }
}

/// Takes back what `push` pushed, from the top of the stack.
///
/// # Safety
/// The three are there. Never raises.
pub unsafe fn restore(L: *mut lua_State) {
    for slot in [Slot::ErrorTraceback, Slot::ErrorLine, Slot::ErrorChunk] {
        // SAFETY: as above.
        unsafe { registry::set(L, slot) };
    }
}

/// Pushes chunk, line and traceback, as `note` found them.
///
/// # Safety
/// Three stack slots are free. Never raises.
pub unsafe fn push(L: *mut lua_State) {
    for slot in [Slot::ErrorChunk, Slot::ErrorLine, Slot::ErrorTraceback] {
        // SAFETY: the caller made room.
        unsafe { registry::push(L, slot) };
    }
}

/// Keeps chunk and line of the innermost Lua function, from a level on.
unsafe fn note_position(L: *mut lua_State, noted: *mut lua_State, mut level: c_int) {
    let mut ar = MaybeUninit::<lua_Debug>::zeroed();
    let ar = ar.as_mut_ptr();
    // SAFETY: a plain frame; Lua fills what is asked for.
    unsafe {
        let mut line = 0;
        while line <= 0 && lua_getstack(noted, level, ar) != 0 {
            lua_getinfo(noted, c"Sl".as_ptr(), ar);
            line = (*ar).currentline;
            level += 1;
        }
        if line > 0 {
            lua_pushstring(L, (&raw const (*ar).short_src).cast());
            lua_pushinteger(L, line.into());
        } else {
            lua_pushnil(L);
            lua_pushnil(L);
        }
        registry::set(L, Slot::ErrorLine);
        registry::set(L, Slot::ErrorChunk);
    }
}
