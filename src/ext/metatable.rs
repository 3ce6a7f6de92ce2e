//! Metatables that Lua code gives to external tables. A proxy is an empty table, so its real metatable must be the module's: it is
//! *wrapped*, a copy of Lua's metatable in which reading, writing, length and traversal first ask the host, and then Lua's metatable, as
//! they would find it on a native table that lacks the key.
//!
//! The copy is made anew at each `setmetatable`; a metamethod that is added to a metatable in use is seen from the next one on, but
//! `__index`, `__newindex`, `__len` and `__pairs` are looked up at each use.

use core::ffi::{CStr, c_int};

use super::{handles, home, metamethods, proxy};
use crate::host::{self, FAILED, op};
use crate::lua::ffi::*;
use crate::lua::libs;
use crate::lua::registry::{self, Slot};
use crate::lua::running;

/// What a wrapped metatable has of its own.
const OWN: [(&CStr, CFunction); 4] = [(c"__index", index), (c"__newindex", newindex), (c"__len", len), (c"__pairs", pairs)];

/// Fields with which a metatable cannot be an external table's: they are about memory that is not Lua's.
const REFUSED: [&CStr; 2] = [c"__gc", c"__mode"];

/// Makes the table of wrapped metatables. Once, when the state is made.
///
/// # Safety
/// A plain frame: raises a memory error.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        push_weak_table(L, "k");
        registry::set(L, Slot::WrappedMetatables);
    }
    libs::set_table_setter(set);
}

/// `setmetatable (t, m)` for a proxy: 1 the proxy, 2 the metatable or nil.
unsafe extern "C-unwind" fn set(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        if lua_type(L, 2) != LUA_TNIL && lua_type(L, 2) != LUA_TTABLE {
            return luaL_typeerror(L, 2, c"nil or table".as_ptr());
        }
        lua_settop(L, 2);
        if lua_isnil(L, 2) {
            registry::push(L, home::metatable(handles::of_proxy(L, 1)));
        } else {
            *running() = L;
            if host::js_ext_table_op(op::METATABLE, handles::of_proxy(L, 1), 0) == FAILED {
                return proxy::raise_failure(L);
            }
            wrap(L, 2);
        }
        lua_setmetatable(L, 1);
        lua_settop(L, 1);
    }
    1
}

/// Pushes the wrapped form of the metatable at the absolute index `metatable`.
///
/// # Safety
/// A plain frame: raises. Six stack slots are free.
pub unsafe fn wrap(L: *mut lua_State, metatable: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        check(L, metatable);
        registry::push(L, Slot::WrappedMetatables);
        lua_pushvalue(L, metatable);
        if lua_rawget(L, -2) == LUA_TNIL {
            lua_pop(L, 1);
            make(L, metatable);
        }
        lua_remove(L, -2);
        refresh(L, metatable);
    }
}

unsafe fn check(L: *mut lua_State, metatable: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        if proxy::is(L, metatable) {
            raise!(L, c"an external table cannot be a metatable");
        }
        for name in REFUSED {
            if raw_field(L, metatable, name) != LUA_TNIL {
                raise!(L, c"an external table cannot have a metatable with %s", name.as_ptr());
            }
            lua_pop(L, 1);
        }
    }
}

unsafe fn raw_field(L: *mut lua_State, table: c_int, name: &CStr) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        lua_pushstring(L, name.as_ptr());
        lua_rawget(L, table)
    }
}

/// Makes and pushes the wrapped form; the table of all is on the top.
unsafe fn make(L: *mut lua_State, metatable: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        lua_newtable(L);
        lua_pushvalue(L, metatable);
        libs::mark_metatable(L, lua_gettop(L) - 1);
        lua_pushvalue(L, metatable);
        lua_pushvalue(L, -2);
        lua_rawset(L, -4);
    }
}

/// Copies the fields of the metatable into the wrapped form on the top; fields that are gone go.
unsafe fn refresh(L: *mut lua_State, metatable: c_int) {
    // SAFETY: a plain frame; only existing fields are changed while the wrapped form is traversed.
    unsafe {
        let wrapped = lua_gettop(L);
        lua_pushnil(L);
        while lua_next(L, wrapped) != 0 {
            lua_pop(L, 1);
            if lua_type(L, -1) == LUA_TSTRING {
                lua_pushvalue(L, -1);
                lua_pushvalue(L, -1);
                lua_rawget(L, metatable);
                lua_rawset(L, wrapped);
            }
        }
        lua_pushnil(L);
        while lua_next(L, metatable) != 0 {
            lua_pushvalue(L, -2);
            lua_insert(L, -2);
            lua_rawset(L, wrapped);
        }
        for (name, function) in OWN {
            set_function(L, wrapped, name, function);
        }
        if raw_field(L, metatable, c"__tostring") == LUA_TNIL && raw_field(L, metatable, c"__name") == LUA_TNIL {
            set_function(L, wrapped, c"__tostring", metamethods::tostring);
        }
        lua_settop(L, wrapped);
    }
}

/// Pushes the field of Lua's metatable of the proxy at index 1.
unsafe fn push_metamethod(L: *mut lua_State, name: &CStr) -> c_int {
    // SAFETY: a plain frame. Lua code can come by these functions, through a hook, and call them with anything.
    unsafe {
        if !libs::push_shown(L, 1) || lua_type(L, -1) != LUA_TTABLE {
            return luaL_typeerror(L, 1, c"external table with a metatable".as_ptr());
        }
        lua_pushstring(L, name.as_ptr());
        let kind = lua_rawget(L, -2);
        lua_remove(L, -2);
        kind
    }
}

/// Calls the metamethod on the top with all that is below it; it may yield.
unsafe fn call(L: *mut lua_State, results: c_int) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        lua_insert(L, 1);
        lua_callk(L, lua_gettop(L) - 1, results, results as lua_KContext, Some(called));
        results
    }
}

unsafe extern "C-unwind" fn called(_: *mut lua_State, _: c_int, results: lua_KContext) -> c_int {
    results as c_int
}

/// `t[k]`: 1 the proxy, 2 the key.
unsafe extern "C-unwind" fn index(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        metamethods::index(L);
        if !lua_isnil(L, -1) {
            return 1;
        }
        lua_settop(L, 2);
        match push_metamethod(L, c"__index") {
            LUA_TNIL => 1,
            LUA_TFUNCTION => call(L, 1),
            _ => {
                lua_pushvalue(L, 2);
                lua_gettable(L, 3);
                1
            }
        }
    }
}

/// `t[k] = v`: 1 the proxy, 2 the key, 3 the value.
unsafe extern "C-unwind" fn newindex(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let kind = push_metamethod(L, c"__newindex");
        if kind == LUA_TNIL || exists(L) {
            lua_settop(L, 3);
            return metamethods::newindex(L);
        }
        if kind == LUA_TFUNCTION {
            return call(L, 0);
        }
        lua_insert(L, 2);
        lua_settable(L, 2);
        0
    }
}

/// Whether the proxy has the key at index 2. Leaves the stack as it is.
unsafe fn exists(L: *mut lua_State) -> bool {
    // SAFETY: a plain frame.
    unsafe {
        // A nil key is the error of the assignment.
        if lua_isnil(L, 2) {
            return true;
        }
        metamethods::index(L);
        let exists = !lua_isnil(L, -1);
        lua_pop(L, 1);
        exists
    }
}

/// `#t`.
unsafe extern "C-unwind" fn len(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        lua_settop(L, 1);
        if push_metamethod(L, c"__len") == LUA_TNIL { metamethods::len(L) } else { call(L, 1) }
    }
}

/// `pairs(t)`.
unsafe extern "C-unwind" fn pairs(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        lua_settop(L, 1);
        if push_metamethod(L, c"__pairs") == LUA_TNIL { metamethods::pairs(L) } else { call(L, 3) }
    }
}
