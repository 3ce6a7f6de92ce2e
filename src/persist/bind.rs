//! The upvalues of a function that was loaded: each gets a value, or becomes one with an upvalue of another function. Nothing is bound
//! before all values are there.

use core::ffi::c_int;
use core::mem::MaybeUninit;
use core::ptr;

use super::names;
use crate::codec::read::{self, Stream};
use crate::codec::tag;
use crate::ext::reference;
use crate::lua::ffi::*;

/// What the protected half needs.
struct Reading {
    stream: *mut Stream,
    n: c_int,
}

/// Binds the `n` upvalues of the function at index 1, the only one on the stack, to what the stream says.
///
/// # Safety
/// A plain frame: raises. May run Lua, to load a module; `hooks` says whether hooks may run then.
pub unsafe fn bind(L: *mut lua_State, stream: *mut Stream, n: c_int, hooks: c_int) {
    const FUNCTION: c_int = 1;
    // SAFETY: a plain frame.
    unsafe {
        check_count(L, FUNCTION, n);
        luaL_checkstack(L, 2 * n + 20, c"too many upvalues".as_ptr());
        read_pairs(L, stream, n);
        for i in 1..=n {
            let kind = FUNCTION + 2 * i - 1;
            if lua_type(L, kind) == LUA_TBOOLEAN {
                lua_pushvalue(L, kind + 1);
                names::resolve(L, hooks);
                lua_replace(L, kind + 1);
            }
        }
        for i in 1..=n {
            let kind = FUNCTION + 2 * i - 1;
            if lua_type(L, kind) == LUA_TFUNCTION {
                let other = lua_tointegerx(L, kind + 1, ptr::null_mut()) as c_int;
                lua_upvaluejoin(L, FUNCTION, i, kind, other);
            } else {
                lua_pushvalue(L, kind + 1);
                lua_setupvalue(L, FUNCTION, i);
            }
        }
        lua_settop(L, FUNCTION);
    }
}

unsafe fn check_count(L: *mut lua_State, function: c_int, n: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        check_lua(L, function);
        if (n > 0 && lua_upvalueid(L, function, n).is_null()) || !lua_upvalueid(L, function, n.saturating_add(1)).is_null() {
            raise!(L, c"host sent an invalid number of upvalues (%d)", n);
        }
    }
}

unsafe fn check_lua(L: *mut lua_State, idx: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        if lua_type(L, idx) != LUA_TFUNCTION || lua_iscfunction(L, idx) != 0 {
            raise!(L, c"host sent a reference that is no Lua function");
        }
    }
}

/// Pushes two values for each upvalue: nil and the value; false and the name of the value; a function and the number of its upvalue.
unsafe fn read_pairs(L: *mut lua_State, stream: *mut Stream, n: c_int) {
    let mut reading = Reading { stream, n };
    // SAFETY: a plain frame; the collector's state is restored before an error goes on.
    unsafe {
        let mut pause = MaybeUninit::<cu_Pause>::uninit();
        cu_gc_pause(L, pause.as_mut_ptr());
        lua_pushcfunction(L, read_protected);
        lua_pushlightuserdata(L, (&raw mut reading).cast());
        let status = lua_pcall(L, 1, 2 * n, 0);
        cu_gc_resume(L, pause.as_ptr());
        if status != LUA_OK as c_int {
            lua_error(L);
        }
    }
}

unsafe extern "C-unwind" fn read_protected(L: *mut lua_State) -> c_int {
    // SAFETY: called by `read_pairs` alone.
    unsafe {
        let Reading { stream, n } = *own_argument::<Reading>(L);
        luaL_checkstack(L, 2 * n + 8, c"too many upvalues".as_ptr());
        for _ in 0..n {
            let record = (*stream).take(L);
            match record.tag {
                tag::NIL => read_value(L, stream),
                tag::INT => {
                    read::push_int(L, record.number);
                    read_join(L, stream);
                }
                _ => {
                    raise!(L, c"host sent an invalid upvalue (tag %d)", record.tag);
                }
            }
        }
        2 * n
    }
}

unsafe fn read_value(L: *mut lua_State, stream: *mut Stream) {
    // SAFETY: a plain frame, with the collector paused.
    unsafe {
        let mut record = (*stream).take(L);
        if record.tag == tag::NAMED {
            lua_pushboolean(L, 0);
            record = (*stream).take(L);
            if record.tag != tag::STRING {
                raise!(L, c"host sent an invalid name (tag %d)", record.tag);
            }
        } else {
            lua_pushnil(L);
        }
        read::push_record(L, stream, record);
    }
}

/// The number of the other function is on the top of the stack, and is replaced by it.
unsafe fn read_join(L: *mut lua_State, stream: *mut Stream) {
    // SAFETY: a plain frame, with the collector paused.
    unsafe {
        let number = lua_tointegerx(L, -1, ptr::null_mut());
        lua_pop(L, 1);
        // What is no 32-bit number is no reference.
        reference::push(L, i32::try_from(number).unwrap_or(0));
        check_lua(L, -1);
        let record = (*stream).take(L);
        let other = record.number as c_int;
        if record.tag != tag::INT || f64::from(other) != record.number || lua_upvalueid(L, -1, other).is_null() {
            raise!(L, c"host sent an invalid upvalue to share");
        }
        lua_pushinteger(L, other.into());
    }
}
