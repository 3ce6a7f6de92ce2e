//! From code in the stream to a function with fresh upvalues. Refuses everything but what `describe` writes: text, other versions, and
//! whatever could harm while it is read. What the code does when it is called nobody can check.

use core::ffi::{CStr, c_char, c_int, c_void};
use core::mem::MaybeUninit;

use super::shape::Shape;
use crate::codec::read::{Parts, Stream};
use crate::lua::ffi::*;

/// How messages call it.
const NAME: &CStr = c"=stored function";

struct Code {
    parts: Parts,
    shape: Shape,
}

/// Pushes a function made from the code that comes next in the stream. All its upvalues are its own, and nil. The collector does not run
/// meanwhile: a finalizer could cross and overwrite what was not read yet.
///
/// # Safety
/// A plain frame: raises. Three stack slots are free.
pub unsafe fn load(L: *mut lua_State, stream: *mut Stream) {
    let mut code = Code { parts: Parts::new(stream), shape: Shape::new() };
    // SAFETY: the code outlives the protected call.
    unsafe {
        let mut pause = MaybeUninit::<cu_Pause>::uninit();
        cu_gc_pause(L, pause.as_mut_ptr());
        let status = lua_load(L, Some(read_code), (&raw mut code).cast(), NAME.as_ptr(), c"b".as_ptr());
        cu_gc_resume(L, pause.as_ptr());
        if status != LUA_OK as c_int {
            lua_error(L);
        }
        // The first one has the globals now.
        lua_pushnil(L);
        if lua_setupvalue(L, -2, 1).is_null() {
            lua_pop(L, 1);
        }
        if code.parts.next(L).len() > 0 || !code.shape.is_whole() {
            refuse(L, c"bytes after the end");
        }
    }
}

unsafe extern "C-unwind" fn read_code(L: *mut lua_State, code: *mut c_void, bytes: *mut usize) -> *const c_char {
    // SAFETY: `load` passes its code; the part lies in the buffer.
    unsafe {
        let code = code.cast::<Code>();
        let part = (*code).parts.next(L);
        if let Err(problem) = (*code).shape.feed(&*part) {
            refuse(L, problem);
        }
        *bytes = part.len();
        part.cast()
    }
}

unsafe fn refuse(L: *mut lua_State, problem: &CStr) {
    // SAFETY: a plain frame. As Lua's own reader words it.
    unsafe {
        raise!(L, c"stored function: bad binary format (%s)", problem.as_ptr());
    }
}
