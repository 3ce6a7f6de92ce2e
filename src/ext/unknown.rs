//! Proxies of tables whose metatable the host keeps and the module has not asked for: nothing may cross while the stream is read in which
//! the table comes. They share a metatable in which every metamethod first asks, and then does what the metatable that it
//! found would have done.

use core::ffi::{CStr, c_char, c_int};
use core::ptr;

use super::stand_in::{EVENTS, FIRST_OPERATION};
use super::{handles, home, metatable, proxy};
use crate::codec::read::{self, Stream};
use crate::host::{self, FAILED, op};
use crate::lua::ffi::*;
use crate::lua::libs;
use crate::lua::registry::{self, Slot};
use crate::lua::running;

// Numbers of events.
const CALL: usize = FIRST_OPERATION;
const CLOSE: usize = CALL + 1;
const EQUAL: usize = CALL + 2;
const LESS: usize = CALL + 3;
const LESS_EQUAL: usize = CALL + 4;
const CONCATENATE: usize = CALL + 5;
const FIRST_BITWISE: usize = CALL + 14;

/// What is no operation with operands. The first four a wrapped metatable has of its own.
const FUNCTIONS: [(&CStr, CFunction); 5] = [
    (c"__index", index),
    (c"__newindex", metatable::newindex),
    (c"__len", metatable::len),
    (c"__pairs", metatable::pairs),
    (c"__tostring", tostring),
];

/// Makes the metatable. Once, when the state is made.
///
/// # Safety
/// A plain frame: raises a memory error.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        lua_newtable(L);
        for (name, function) in FUNCTIONS {
            set_function(L, -1, name, function);
        }
        for (event, name) in EVENTS.iter().enumerate().skip(FIRST_OPERATION) {
            lua_pushinteger(L, event as i64);
            lua_pushcclosure(L, Some(operate), 1);
            lua_setfield(L, -2, name.as_ptr().cast());
        }
        lua_pushboolean(L, 1);
        libs::mark_metatable(L, -2);
        registry::set(L, Slot::UnknownMetatable);
    }
}

/// Asks for the metatable of the proxy at `idx` if it is unknown; anything else is left alone. The buffer is free.
///
/// # Safety
/// A plain frame: raises.
pub unsafe fn ask(L: *mut lua_State, idx: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        if !libs::is_unknown(L, idx) {
            return;
        }
        luaL_checkstack(L, 20, c"metatable of an external table".as_ptr());
        let idx = lua_absindex(L, idx);
        let top = lua_gettop(L);
        *running() = L;
        handles::sweep_if_due(L);
        if host::js_ext_table_op(op::GET_METATABLE, handles::of_proxy(L, idx), 0) == FAILED {
            proxy::raise_failure(L);
        }
        read::push_values(L, &mut Stream::open(), 1);
        if lua_isnil(L, -1) {
            registry::push(L, home::metatable(handles::of_proxy(L, idx)));
        } else if proxy::is(L, -1) {
            metatable::push_wrapped_proxy(L, top + 1);
        } else {
            raise!(L, c"host sent an invalid metatable");
        }
        lua_setmetatable(L, idx);
        lua_settop(L, top);
    }
}

/// `t[k]`. Whether there is a metatable matters only if there is no such entry; but `_home` without one is read by a shorter way.
unsafe extern "C-unwind" fn index(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        if handles::of_proxy(L, 1) == handles::HOME {
            ask(L, 1);
        }
        metatable::index(L)
    }
}

/// An operation: a value that is called or closed, or two operands, of which a single one comes twice.
unsafe extern "C-unwind" fn operate(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame; the upvalue is the number of the event.
    unsafe {
        let event = lua_tointegerx(L, lua_upvalueindex(1), ptr::null_mut()) as usize;
        let Some(name) = EVENTS.get(event) else { return 0 };
        let operands = if event <= CLOSE { 1 } else { 2 };
        for operand in 1..=operands {
            ask(L, operand);
        }
        for operand in 1..=operands {
            // Strings have metamethods of Lua's, which come last and only look for this one.
            let is_asked = matches!(lua_type(L, operand), LUA_TTABLE | LUA_TUSERDATA);
            if is_asked && luaL_getmetafield(L, operand, name.as_ptr().cast()) != LUA_TNIL {
                lua_insert(L, 1);
                lua_callk(L, lua_gettop(L) - 1, LUA_MULTRET as c_int, 0, Some(called));
                return lua_gettop(L);
            }
        }
        fail(L, event)
    }
}

/// The metamethod may yield.
unsafe extern "C-unwind" fn called(L: *mut lua_State, _: c_int, _: lua_KContext) -> c_int {
    // SAFETY: the results are all that is on the stack.
    unsafe { lua_gettop(L) }
}

/// What an operation comes to for which there is no metamethod: an error, as Lua words it.
unsafe fn fail(L: *mut lua_State, event: usize) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        // Numbers and strings are operands, so that it must be the other.
        let culprit = if matches!(lua_type(L, 1), LUA_TNUMBER | LUA_TSTRING) { 2 } else { 1 };
        let attempt = match event {
            CALL => c"call",
            CLOSE => c"close",
            EQUAL => {
                lua_pushboolean(L, 0);
                return 1;
            }
            LESS | LESS_EQUAL => {
                return raise!(L, c"attempt to compare %s with %s", type_name(L, 1), type_name(L, 2));
            }
            CONCATENATE => c"concatenate",
            _ if event < FIRST_BITWISE => c"perform arithmetic on",
            _ => c"perform bitwise operation on",
        };
        raise!(L, c"attempt to %s a %s value", attempt.as_ptr(), type_name(L, culprit))
    }
}

/// The name of a value's type in messages; it may stay on the stack.
unsafe fn type_name(L: *mut lua_State, idx: c_int) -> *const c_char {
    // SAFETY: a plain frame.
    unsafe {
        if luaL_getmetafield(L, idx, c"__name".as_ptr()) == LUA_TSTRING {
            return lua_tolstring(L, -1, ptr::null_mut());
        }
        lua_typename(L, lua_type(L, idx))
    }
}

/// `tostring(t)`
unsafe extern "C-unwind" fn tostring(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        ask(L, 1);
        luaL_tolstring(L, 1, ptr::null_mut());
    }
    1
}
