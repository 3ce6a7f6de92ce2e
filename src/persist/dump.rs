//! From a function to a stream: its code, then each of its upvalues. Refuses C functions, but for those that have a name.

use core::ffi::{CStr, c_int, c_void};

use super::names;
use crate::codec::tag;
use crate::codec::write::{Crossing, Opaque, Pieces, Writer, paused_call};
use crate::ext::{handles, reference};
use crate::lua::ffi::*;

/// What Lua calls an upvalue whose name was stripped.
const NO_NAME: &CStr = c"(no name)";

/// What the protected half needs.
struct Description {
    writer: Writer,
    with_code: bool,
    upvalues: c_int,
}

/// Writes the function on the top of the stack as a whole stream, and returns the number of its upvalues.
///
/// # Safety
/// A plain frame: raises. Four stack slots are free.
pub unsafe fn describe(L: *mut lua_State, with_code: bool) -> c_int {
    let mut description = Description { writer: Writer::new(Crossing::Export, Opaque::Name), with_code, upvalues: 0 };
    // SAFETY: a plain frame; the description outlives the protected call.
    unsafe {
        lua_pushcfunction(L, describe_protected);
        lua_pushlightuserdata(L, (&raw mut description).cast());
        lua_pushvalue(L, -3);
        paused_call(L, 2, &description.writer);
    }
    description.upvalues
}

/// Arguments: the description, the function.
unsafe extern "C-unwind" fn describe_protected(L: *mut lua_State) -> c_int {
    const FUNCTION: c_int = 2;
    // SAFETY: called by `describe` alone.
    unsafe {
        let description = own_argument::<Description>(L);
        let writer = &raw mut (*description).writer;
        if lua_type(L, FUNCTION) == LUA_TFUNCTION && lua_iscfunction(L, FUNCTION) == 0 {
            if (*description).with_code {
                write_code(L, writer);
            }
            (*description).upvalues = write_upvalues(L, FUNCTION, writer);
        } else if lua_type(L, FUNCTION) == LUA_TFUNCTION && names::push(L, FUNCTION) {
            if (*description).with_code {
                write_name(L, writer);
            }
        } else {
            return raise!(L, c"a C function has no form outside");
        }
        (*writer).close();
    }
    0
}

/// Writes what `string.dump` makes of the function on the top of the stack, straight into the stream.
unsafe fn write_code(L: *mut lua_State, writer: *mut Writer) {
    // SAFETY: `lua_dump` allocates nothing, and calls only `write_piece`.
    unsafe {
        let mut pieces = Pieces::begin(writer);
        lua_dump(L, Some(write_piece), (&raw mut pieces).cast(), 0);
        pieces.end();
    }
}

unsafe extern "C-unwind" fn write_piece(_: *mut lua_State, bytes: *const c_void, n: usize, pieces: *mut c_void) -> c_int {
    // SAFETY: `write_code` passes its string.
    unsafe { (*pieces.cast::<Pieces>()).add(bytes.cast(), n) };
    0
}

unsafe fn write_upvalues(L: *mut lua_State, function: c_int, writer: *mut Writer) -> c_int {
    let mut n = 0;
    // SAFETY: a plain frame.
    unsafe {
        loop {
            let name = lua_getupvalue(L, function, n + 1);
            if name.is_null() {
                return n;
            }
            n += 1;
            match CStr::from_ptr(name) {
                name if name == NO_NAME => (*writer).mark(tag::NIL, 0),
                name => (*writer).string(name.as_ptr().cast(), name.count_bytes()),
            }
            // An address of 32 bits in the module, of fewer than 53 elsewhere: a number that nothing else alive has.
            (*writer).integer(lua_upvalueid(L, function, n) as usize as i64);
            write_value(L, lua_gettop(L), writer);
            lua_pop(L, 1);
        }
    }
}

/// Writes the value at `idx` as one that is kept: by name if it belongs to a library.
unsafe fn write_value(L: *mut lua_State, idx: c_int, writer: *mut Writer) {
    // SAFETY: a plain frame.
    unsafe {
        let is_io = lua_type(L, idx) == LUA_TTABLE && handles::of(L, idx) == handles::IO;
        if !is_io && (*writer).plain(L, idx) {
            return;
        }
        if names::push(L, idx) {
            return write_name(L, writer);
        }
        match lua_type(L, idx) {
            LUA_TFUNCTION if lua_iscfunction(L, idx) == 0 => {
                let number = reference::send(L, idx);
                (*writer).mark(tag::CLOSURE, number);
            }
            LUA_TFUNCTION => (*writer).opaque_type(c"C function".as_ptr()),
            // Not what its metatable says: the host asks for plain tables by this name.
            LUA_TTABLE => (*writer).opaque_type(c"table".as_ptr()),
            _ => (*writer).opaque_value(L, idx),
        }
    }
}

/// Pops a name and writes it in place of the value.
unsafe fn write_name(L: *mut lua_State, writer: *mut Writer) {
    // SAFETY: `names::push` left a string on the top.
    unsafe {
        let mut n = 0;
        let name = lua_tolstring(L, -1, &mut n);
        (*writer).mark(tag::NAMED, 0);
        (*writer).string(name.cast(), n);
        lua_pop(L, 1);
    }
}
