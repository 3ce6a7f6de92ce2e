//! Metatables that Lua code gives to external tables. A proxy is an empty table, so its real metatable must be the module's: it is
//! *wrapped*, a copy of Lua's metatable in which reading, writing, length and traversal first ask the host, and then Lua's metatable, as
//! they would find it on a native table that lacks the key.
//!
//! Some hosts keep the metatable with the table: then it becomes an external table itself, when it is set or when its table is adopted,
//! and the wrapped form is a copy of what is outside. Where the host keeps none, it lives with the proxy.
//!
//! The copy is made anew at each `setmetatable`; a metamethod that is added to a metatable in use is seen from the next one on, but
//! `__index`, `__newindex`, `__len` and `__pairs` are looked up at each use. Of a metatable that is an external table, Lua code's own
//! changes are seen at once.

use core::ffi::{CStr, c_int};
use core::ptr;

use super::stand_in::{self, EVENTS, FIRST_OF_VALUES};
use super::{adoption, handles, home, metamethods, proxy};
use crate::host::{self, FAILED, op};
use crate::lua::ffi::*;
use crate::lua::libs;
use crate::lua::registry::{self, Slot};
use crate::lua::running;

/// What a wrapped metatable has of its own.
const OWN: [(&CStr, CFunction); 4] = [(c"__index", index), (c"__newindex", newindex), (c"__len", len), (c"__pairs", pairs)];

/// Lua's own limit of `__index` and `__newindex` that lead to each other (`MAXTAGLOOP`).
const CHAIN_MAX: usize = 2000;

/// What METATABLE answers when the host keeps the metatable.
pub const KEPT_BY_HOST: i32 = 1;

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
    libs::set_hooks(libs::Hooks { set, ask: super::unknown::ask });
}

/// `setmetatable (t, m)` where `t` or `m` is a proxy.
unsafe extern "C-unwind" fn set(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        if lua_type(L, 2) != LUA_TNIL && lua_type(L, 2) != LUA_TTABLE {
            return luaL_typeerror(L, 2, c"nil or table".as_ptr());
        }
        lua_settop(L, 2);
        if proxy::is(L, 1) {
            set_of_proxy(L);
        } else {
            stand_in::push(L, 2);
        }
        lua_setmetatable(L, 1);
        lua_settop(L, 1);
    }
    1
}

/// Pushes the metatable for the proxy at index 1 that does what the one at index 2, a table or nil, asks for, and tells a host that keeps
/// it.
unsafe fn set_of_proxy(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        *running() = L;
        handles::sweep_if_due(L);
        let handle = handles::of_proxy(L, 1);
        let answer = host::js_ext_table_op(op::METATABLE, handle, 0);
        if lua_isnil(L, 2) {
            lua_pushnil(L);
            registry::push(L, home::metatable(handle));
        } else if answer == FAILED {
            proxy::raise_failure(L);
        } else {
            push_source(L, 2);
            if answer != KEPT_BY_HOST && push_refusal(L, 3) {
                raise!(L, c"an external table cannot have a %s", lua_tolstring(L, -1, ptr::null_mut()));
            }
            push_wrapped(L, 2, 3);
        }
        // What can fail here is over: from now on both sides agree.
        if answer == KEPT_BY_HOST {
            adoption::set_metatable(L, handle);
        }
    }
}

/// Pushes where the metamethods of the table at the absolute index `metatable` can be read raw: its stand-in, if it is a proxy.
///
/// # Safety
/// A plain frame: raises; may cross if it is a proxy without a stand-in. Ten stack slots are free.
unsafe fn push_source(L: *mut lua_State, metatable: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        if proxy::is(L, metatable) {
            stand_in::push(L, metatable);
        } else {
            lua_pushvalue(L, metatable);
        }
    }
}

/// Pushes what makes the metamethods in the plain table at the absolute index `source` none of an external table's, or pushes nothing and
/// says no.
///
/// # Safety
/// A plain frame: raises a memory error. Four stack slots are free.
pub unsafe fn push_refusal(L: *mut lua_State, source: c_int) -> bool {
    // SAFETY: raw access to a plain table.
    unsafe {
        for name in &EVENTS[..FIRST_OF_VALUES] {
            let name = name.as_ptr().cast();
            let kind = stand_in::push_field(L, source, name);
            lua_pop(L, 1);
            if kind != LUA_TNIL {
                lua_pushfstring(L, c"metatable with %s".as_ptr(), name);
                return true;
            }
        }
        false
    }
}

/// Pushes the wrapped form of the metatable at the absolute index `metatable`, with the metamethods of the plain table at the absolute
/// index `source`.
///
/// # Safety
/// A plain frame: raises a memory error. Six stack slots are free.
pub unsafe fn push_wrapped(L: *mut lua_State, metatable: c_int, source: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        if !push_known(L, metatable) {
            make(L, metatable);
        }
        refresh(L, source);
    }
}

/// The same for an external table, whose wrapped form is only made if there is none: it is always up to date.
///
/// # Safety
/// A plain frame: raises, may cross. Ten stack slots are free.
pub unsafe fn push_wrapped_proxy(L: *mut lua_State, metatable: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        if !push_known(L, metatable) {
            stand_in::push(L, metatable);
            push_wrapped(L, metatable, lua_gettop(L));
            lua_remove(L, -2);
        }
    }
}

/// Brings the wrapped form up to date, if there is one.
///
/// # Safety
/// As for `push_wrapped`.
pub unsafe fn refresh_known(L: *mut lua_State, metatable: c_int, source: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        if push_known(L, metatable) {
            refresh(L, source);
            lua_pop(L, 1);
        }
    }
}

/// Pushes the wrapped form, or pushes nothing and says that there is none.
unsafe fn push_known(L: *mut lua_State, metatable: c_int) -> bool {
    // SAFETY: reading a table of the module's own.
    unsafe {
        registry::push(L, Slot::WrappedMetatables);
        lua_pushvalue(L, metatable);
        let known = lua_rawget(L, -2) != LUA_TNIL;
        lua_remove(L, -2);
        if !known {
            lua_pop(L, 1);
        }
        known
    }
}

/// Makes and pushes the wrapped form.
unsafe fn make(L: *mut lua_State, metatable: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        lua_newtable(L);
        let wrapped = lua_gettop(L);
        lua_pushvalue(L, metatable);
        libs::mark_metatable(L, wrapped);
        registry::push(L, Slot::WrappedMetatables);
        lua_pushvalue(L, metatable);
        lua_pushvalue(L, wrapped);
        lua_rawset(L, -3);
        lua_pop(L, 1);
    }
}

/// Copies the metamethods into the wrapped form on the top; those that are gone go.
unsafe fn refresh(L: *mut lua_State, source: c_int) {
    // SAFETY: a plain frame; `source` is a plain table.
    unsafe {
        let wrapped = lua_gettop(L);
        for name in &EVENTS[FIRST_OF_VALUES..] {
            stand_in::push_field(L, source, name.as_ptr().cast());
            lua_setfield(L, wrapped, name.as_ptr().cast());
        }
        for (name, function) in OWN {
            set_function(L, wrapped, name, function);
        }
        let has = |name: &CStr| lua_getfield(L, wrapped, name.as_ptr()) != LUA_TNIL;
        if !has(c"__tostring") && !has(c"__name") {
            set_function(L, wrapped, c"__tostring", metamethods::tostring);
        }
        lua_settop(L, wrapped);
    }
}

/// Pushes the field of Lua's metatable of the proxy at index 1; nil if it has none.
unsafe fn push_metamethod(L: *mut lua_State, name: &CStr) -> c_int {
    // SAFETY: a plain frame. Lua code can come by these functions, through a hook, and call them with anything.
    unsafe {
        if !proxy::is(L, 1) {
            return luaL_typeerror(L, 1, c"external table".as_ptr());
        }
        super::unknown::ask(L, 1);
        libs::push_shown(L, 1);
        if lua_type(L, -1) != LUA_TTABLE {
            lua_pop(L, 1);
            lua_pushnil(L);
            return LUA_TNIL;
        }
        let kind = stand_in::push_field(L, lua_gettop(L), name.as_ptr());
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

/// `t[k]`: 1 the proxy, 2 the key. Where `__index` is a proxy in turn, as in a class, the search goes on there without a call.
pub unsafe extern "C-unwind" fn index(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        for _ in 0..CHAIN_MAX {
            metamethods::index(L);
            if !lua_isnil(L, -1) {
                return 1;
            }
            lua_settop(L, 2);
            match push_metamethod(L, c"__index") {
                LUA_TNIL => return 1,
                LUA_TFUNCTION => return call(L, 1),
                LUA_TTABLE if proxy::is(L, 3) => lua_replace(L, 1),
                _ => {
                    lua_pushvalue(L, 2);
                    lua_gettable(L, 3);
                    return 1;
                }
            }
        }
        raise!(L, c"'__index' chain too long; possibly a loop")
    }
}

/// `t[k] = v`: 1 the proxy, 2 the key, 3 the value.
pub unsafe extern "C-unwind" fn newindex(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        for _ in 0..CHAIN_MAX {
            let kind = push_metamethod(L, c"__newindex");
            if kind == LUA_TNIL || exists(L) {
                lua_settop(L, 3);
                return metamethods::newindex(L);
            }
            match kind {
                LUA_TFUNCTION => return call(L, 0),
                LUA_TTABLE if proxy::is(L, 4) => lua_replace(L, 1),
                _ => {
                    lua_insert(L, 2);
                    lua_settable(L, 2);
                    return 0;
                }
            }
        }
        raise!(L, c"'__newindex' chain too long; possibly a loop")
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
pub unsafe extern "C-unwind" fn len(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        lua_settop(L, 1);
        if push_metamethod(L, c"__len") == LUA_TNIL { metamethods::len(L) } else { call(L, 1) }
    }
}

/// `pairs(t)`.
pub unsafe extern "C-unwind" fn pairs(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        lua_settop(L, 1);
        if push_metamethod(L, c"__pairs") == LUA_TNIL { metamethods::pairs(L) } else { call(L, 3) }
    }
}
