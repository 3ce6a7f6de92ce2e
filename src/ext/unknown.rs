//! Proxies of tables whose metatable the host keeps and the module has not asked for: nothing may cross while the stream is read in which
//! the table comes. They share a metatable in which every metamethod first asks, and then does what the metatable that it
//! found would have done.

use core::ffi::{CStr, c_int};
use core::ptr;

use super::{handles, metatable, proxy};
use crate::codec::read::{self, Stream};
use crate::host::{self, FAILED, op};
use crate::lua::ffi::*;
use crate::lua::libs;
use crate::lua::registry::{self, Slot};
use crate::lua::running;

/// What does not take two operands. The first four a wrapped metatable has of its own.
const FUNCTIONS: [(&CStr, CFunction); 7] = [
    (c"__index", metatable::index),
    (c"__newindex", metatable::newindex),
    (c"__len", metatable::len),
    (c"__pairs", metatable::pairs),
    (c"__call", call),
    (c"__close", close),
    (c"__tostring", tostring),
];

const COMPARE: &CStr = c"compare";
const CONCATENATE: &CStr = c"concatenate";
const ARITHMETIC: &CStr = c"perform arithmetic on";
const BITWISE: &CStr = c"perform bitwise operation on";

/// The operators, and what one attempts with a value that has none. Equality is not among them: it never fails.
const OPERATORS: [(&CStr, &CStr); 17] = [
    (c"__lt", COMPARE),
    (c"__le", COMPARE),
    (c"__concat", CONCATENATE),
    (c"__unm", ARITHMETIC),
    (c"__add", ARITHMETIC),
    (c"__sub", ARITHMETIC),
    (c"__mul", ARITHMETIC),
    (c"__div", ARITHMETIC),
    (c"__mod", ARITHMETIC),
    (c"__pow", ARITHMETIC),
    (c"__idiv", ARITHMETIC),
    (c"__bnot", BITWISE),
    (c"__band", BITWISE),
    (c"__bor", BITWISE),
    (c"__bxor", BITWISE),
    (c"__shl", BITWISE),
    (c"__shr", BITWISE),
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
        set_function(L, -1, c"__eq", equal);
        for (name, attempt) in OPERATORS {
            lua_pushstring(L, name.as_ptr());
            lua_pushstring(L, attempt.as_ptr());
            lua_pushcclosure(L, Some(operate), 2);
            lua_setfield(L, -2, name.as_ptr());
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
            registry::push(L, Slot::ProxyMetatable);
        } else if proxy::is(L, -1) {
            metatable::push_wrapped_proxy(L, top + 1);
        } else {
            raise!(L, c"host sent an invalid metatable");
        }
        lua_setmetatable(L, idx);
        lua_settop(L, top);
    }
}

/// The operators of two operands; a single one comes twice.
unsafe extern "C-unwind" fn operate(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame; the upvalues are strings.
    unsafe {
        lua_settop(L, 2);
        let text = |upvalue| lua_tolstring(L, lua_upvalueindex(upvalue), ptr::null_mut());
        if push_metamethod(L, text(1)) {
            return call_metamethod(L, 1);
        }
        let attempt = CStr::from_ptr(text(2));
        if attempt == COMPARE {
            return refuse_comparison(L);
        }
        // Numbers and strings are operands, so that it must be the other.
        let culprit = if matches!(lua_type(L, 1), LUA_TNUMBER | LUA_TSTRING) { 2 } else { 1 };
        raise!(L, c"attempt to %s a %s value", attempt.as_ptr(), type_name(L, culprit))
    }
}

/// `a == b`.
unsafe extern "C-unwind" fn equal(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        lua_settop(L, 2);
        if push_metamethod(L, c"__eq".as_ptr()) {
            return call_metamethod(L, 1);
        }
        lua_pushboolean(L, 0);
    }
    1
}

/// Pushes the metamethod of the first of two operands that has one, or pushes nothing and says no. Strings come last, with metamethods of
/// Lua's that only look for this one.
unsafe fn push_metamethod(L: *mut lua_State, name: *const core::ffi::c_char) -> bool {
    // SAFETY: a plain frame.
    unsafe {
        ask(L, 1);
        ask(L, 2);
        (1..=2).any(|idx| matches!(lua_type(L, idx), LUA_TTABLE | LUA_TUSERDATA) && luaL_getmetafield(L, idx, name) != LUA_TNIL)
    }
}

unsafe fn refuse_comparison(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let (first, second) = (type_name(L, 1), type_name(L, 2));
        if CStr::from_ptr(first) == CStr::from_ptr(second) {
            raise!(L, c"attempt to compare two %s values", first)
        } else {
            raise!(L, c"attempt to compare %s with %s", first, second)
        }
    }
}

/// The name of a value's type in messages; it may stay on the stack.
unsafe fn type_name(L: *mut lua_State, idx: c_int) -> *const core::ffi::c_char {
    // SAFETY: a plain frame.
    unsafe {
        if lua_type(L, idx) == LUA_TTABLE && luaL_getmetafield(L, idx, c"__name".as_ptr()) == LUA_TSTRING {
            return lua_tolstring(L, -1, ptr::null_mut());
        }
        lua_typename(L, lua_type(L, idx))
    }
}

/// Calls the metamethod on the top with all that is below it; it may yield.
unsafe fn call_metamethod(L: *mut lua_State, results: c_int) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        lua_insert(L, 1);
        lua_callk(L, lua_gettop(L) - 1, results, 0, Some(called));
        lua_gettop(L)
    }
}

unsafe extern "C-unwind" fn called(L: *mut lua_State, _: c_int, _: lua_KContext) -> c_int {
    // SAFETY: the results are all that is on the stack.
    unsafe { lua_gettop(L) }
}

/// `t(…)`
unsafe extern "C-unwind" fn call(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        ask(L, 1);
        if luaL_getmetafield(L, 1, c"__call".as_ptr()) == LUA_TNIL {
            return raise!(L, c"attempt to call a %s value", type_name(L, 1));
        }
        call_metamethod(L, LUA_MULTRET as c_int)
    }
}

/// The end of `local x <close> = t`.
unsafe extern "C-unwind" fn close(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        ask(L, 1);
        if luaL_getmetafield(L, 1, c"__close".as_ptr()) == LUA_TNIL {
            return raise!(L, c"attempt to call a nil value (metamethod 'close')");
        }
        call_metamethod(L, 0)
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
