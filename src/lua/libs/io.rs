//! The library `io` of a sandbox: two streams that are written to, standard output and standard error, both the host's. There
//! are no files and no input, so all functions that need either are absent.

use core::ffi::{CStr, c_char, c_int};
use core::ptr;

use super::super::ffi::*;
use super::{Functions, set_functions};
use crate::host;
use crate::lua::running;

/// The metatable's name in the registry, which messages show: as in Lua's own library.
const FILE: &CStr = c"FILE*";

const FUNCTIONS: &Functions = &[(c"type", io_type), (c"flush", io_flush)];
const METHODS: &Functions = &[(c"write", file_write), (c"flush", file_flush), (c"setvbuf", file_setvbuf), (c"close", file_close)];
const STREAMS: [(&CStr, c_int); 2] = [(c"stderr", host::STDERR), (c"stdout", host::STDOUT)];

pub unsafe extern "C-unwind" fn open(L: *mut lua_State) -> c_int {
    // SAFETY: called by `luaL_requiref`; uses four slots.
    unsafe {
        make_metatable(L);
        lua_newtable(L);
        set_functions(L, FUNCTIONS);
        for &(name, stream) in &STREAMS {
            push_file(L, stream);
            lua_setfield(L, -2, name.as_ptr());
        }
        lua_getfield(L, -1, c"stdout".as_ptr());
        lua_pushcclosure(L, Some(io_write), 1);
        lua_setfield(L, -2, c"write".as_ptr());
    }
    1
}

unsafe fn make_metatable(L: *mut lua_State) {
    // SAFETY: uses three slots.
    unsafe {
        luaL_newmetatable(L, FILE.as_ptr());
        set_functions(L, &[(c"__tostring", file_tostring)]);
        lua_newtable(L);
        set_functions(L, METHODS);
        lua_setfield(L, -2, c"__index".as_ptr());
        lua_pop(L, 1);
    }
}

/// Pushes a userdata that holds the number of a stream.
unsafe fn push_file(L: *mut lua_State, stream: c_int) {
    // SAFETY: the block is as large as what is written.
    unsafe {
        lua_newuserdatauv(L, size_of::<c_int>(), 0).cast::<c_int>().write(stream);
        luaL_setmetatable(L, FILE.as_ptr());
    }
}

/// The stream of the file at `idx`, or a Lua error.
unsafe fn check_file(L: *mut lua_State, idx: c_int) -> c_int {
    // SAFETY: a block of this size can be read. It need not come from `push_file`, because `debug.setmetatable` gives the
    // metatable to any userdata; whatever is in it then, the result is one of the two streams.
    unsafe {
        let file = luaL_checkudata(L, idx, FILE.as_ptr());
        let is_error = lua_rawlen(L, idx) as usize == size_of::<c_int>() && *file.cast::<c_int>() == host::STDERR;
        if is_error { host::STDERR } else { host::STDOUT }
    }
}

unsafe extern "C-unwind" fn io_write(L: *mut lua_State) -> c_int {
    // SAFETY: the upvalue is standard output.
    unsafe {
        let last = lua_gettop(L);
        write(L, host::STDOUT, 1, last);
        lua_pushvalue(L, lua_upvalueindex(1));
    }
    1
}

unsafe extern "C-unwind" fn file_write(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        let stream = check_file(L, 1);
        let last = lua_gettop(L);
        write(L, stream, 2, last);
        lua_pushvalue(L, 1);
    }
    1
}

/// Writes the arguments `first` to `last`: strings as they are, numbers as C's `printf` does with Lua's own formats.
unsafe fn write(L: *mut lua_State, stream: c_int, first: c_int, last: c_int) {
    // SAFETY: this instance's own value. The host may call in from there.
    unsafe { *running() = L };
    for arg in first..=last {
        // SAFETY: the string stays where it is while it is on the stack.
        unsafe {
            let is_float = lua_type(L, arg) == LUA_TNUMBER && lua_isinteger(L, arg) == 0;
            let mut length = 0;
            let text = luaL_checklstring(L, arg, &mut length).cast::<u8>();
            // `tostring` marks an integral float with ".0"; the format alone does not.
            if is_float && core::slice::from_raw_parts(text, length).ends_with(b".0") {
                length -= 2;
            }
            host::js_output_write(stream, text, length);
        }
    }
}

/// Everything was handed to the host already.
unsafe extern "C-unwind" fn io_flush(L: *mut lua_State) -> c_int {
    // SAFETY: one slot.
    unsafe { lua_pushboolean(L, 1) };
    1
}

unsafe extern "C-unwind" fn file_flush(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        check_file(L, 1);
        io_flush(L)
    }
}

/// Checked as Lua does, and then of no effect: buffering is the host's.
unsafe extern "C-unwind" fn file_setvbuf(L: *mut lua_State) -> c_int {
    // SAFETY: the list of modes ends with a null pointer, as `luaL_checkoption` needs.
    unsafe {
        check_file(L, 1);
        let modes: [*const c_char; 4] = [c"no".as_ptr(), c"full".as_ptr(), c"line".as_ptr(), ptr::null()];
        luaL_checkoption(L, 2, ptr::null(), modes.as_ptr());
        luaL_optinteger(L, 3, 0);
        io_flush(L)
    }
}

/// Lua's standard files refuse to be closed, with this message.
unsafe extern "C-unwind" fn file_close(L: *mut lua_State) -> c_int {
    // SAFETY: two slots.
    unsafe {
        check_file(L, 1);
        lua_pushnil(L);
        push_str(L, "cannot close standard file");
    }
    2
}

unsafe extern "C-unwind" fn file_tostring(L: *mut lua_State) -> c_int {
    // SAFETY: `%p` takes a pointer.
    unsafe {
        check_file(L, 1);
        lua_pushfstring(L, c"file (%p)".as_ptr(), lua_topointer(L, 1));
    }
    1
}

unsafe extern "C-unwind" fn io_type(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        luaL_checkany(L, 1);
        if luaL_testudata(L, 1, FILE.as_ptr()).is_null() {
            lua_pushnil(L);
        } else {
            push_str(L, "file");
        }
    }
    1
}
