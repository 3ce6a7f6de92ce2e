//! Values that are kept by name: what the standard libraries are made of, the table of globals, `_io`, loaded modules, and the C functions
//! in those. The names of the standard libraries are noted when the state is made: a program that replaces `print` and keeps the old
//! one means the old one.

use core::ffi::{c_char, c_int};
use core::ptr;

use crate::ext::{handles, proxy};
use crate::lua::ffi::*;
use crate::lua::registry::{self, Slot};
use crate::lua::running;

const IO: &str = "_io";
/// The library whose functions need no prefix.
const GLOBALS: &str = "_G";

/// Notes the names. Once, when the state is made, before `_io` and `_home` are among the globals.
///
/// # Safety
/// A plain frame: raises a memory error. All libraries are open.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a plain frame. At that time all keys are strings.
    unsafe {
        lua_newtable(L);
        let names = lua_gettop(L);
        let loaded = push_loaded(L);
        // Libraries first: among the globals they are fields.
        lua_pushnil(L);
        while lua_next(L, loaded) != 0 {
            lua_pushvalue(L, -2);
            lua_rawset(L, names);
        }
        lua_pushnil(L);
        while lua_next(L, loaded) != 0 {
            note_fields(L, names);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
        registry::set(L, Slot::LibraryNames);
    }
}

/// Notes the names of what is in the library on the top of the stack, whose own name is below it.
unsafe fn note_fields(L: *mut lua_State, names: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        let library = lua_gettop(L);
        lua_pushnil(L);
        while lua_next(L, library) != 0 {
            let has_identity = matches!(lua_type(L, -1), LUA_TTABLE | LUA_TFUNCTION | LUA_TUSERDATA);
            if has_identity && !push_standard(L, names, library + 2) {
                lua_pushvalue(L, -1);
                push_qualified(L, library - 1, library + 1);
                lua_rawset(L, names);
            }
            lua_settop(L, library + 1);
        }
    }
}

/// Pushes `library.field`, or `field` alone if it is a global.
unsafe fn push_qualified(L: *mut lua_State, library: c_int, field: c_int) {
    // SAFETY: a plain frame; both are strings.
    unsafe {
        if bytes(L, library) == GLOBALS.as_bytes() {
            return lua_pushvalue(L, field);
        }
        lua_pushvalue(L, library);
        push_str(L, ".");
        lua_pushvalue(L, field);
        lua_concat(L, 3);
    }
}

/// Pushes `package.loaded`, and returns where it is.
unsafe fn push_loaded(L: *mut lua_State) -> c_int {
    // SAFETY: the field is there, so that getting it allocates nothing.
    unsafe {
        lua_getfield(L, CU_REGISTRYINDEX, c"_LOADED".as_ptr());
        lua_gettop(L)
    }
}

/// The bytes of the string at `idx`, where they lie.
unsafe fn bytes<'a>(L: *mut lua_State, idx: c_int) -> &'a [u8] {
    let mut n = 0;
    // SAFETY: there is a string, which stays on the stack while it is looked at.
    unsafe { core::slice::from_raw_parts(lua_tolstring(L, idx, &mut n).cast(), n) }
}

/// Pushes the name that the value at the absolute index `idx` has among the standard libraries, or pushes nothing and says no.
unsafe fn push_standard(L: *mut lua_State, names: c_int, idx: c_int) -> bool {
    // SAFETY: reading a plain table.
    unsafe {
        lua_pushvalue(L, idx);
        let found = lua_rawget(L, names) == LUA_TSTRING;
        if !found {
            lua_pop(L, 1);
        }
        found
    }
}

/// Pushes the name of the value at the absolute index `idx`, or pushes nothing and says no. Lua functions have none.
///
/// # Safety
/// A plain frame: raises a memory error. Ten stack slots are free.
pub unsafe fn push(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: a plain frame.
    unsafe {
        let kind = lua_type(L, idx);
        let is_lua = kind == LUA_TFUNCTION && lua_iscfunction(L, idx) == 0;
        if is_lua || !matches!(kind, LUA_TTABLE | LUA_TFUNCTION | LUA_TUSERDATA) {
            return false;
        }
        if kind == LUA_TTABLE && handles::of(L, idx) == handles::IO {
            push_str(L, IO);
            return true;
        }
        let before = lua_gettop(L);
        registry::push(L, Slot::LibraryNames);
        let found = push_standard(L, before + 1, idx) || push_module(L, before + 1, idx, kind == LUA_TFUNCTION);
        if found {
            lua_replace(L, before + 1);
        }
        lua_settop(L, before + c_int::from(found));
        found
    }
}

/// Pushes the name of the module that the value at `idx` is or, if it is a function, of the one whose field it is.
unsafe fn push_module(L: *mut lua_State, names: c_int, idx: c_int, is_function: bool) -> bool {
    // SAFETY: a plain frame; nothing changes the tables while they are traversed.
    unsafe {
        let loaded = push_loaded(L);
        let (name, module) = (loaded + 1, loaded + 2);
        lua_pushnil(L);
        while lua_next(L, loaded) != 0 {
            if lua_type(L, name) == LUA_TSTRING {
                if lua_rawequal(L, module, idx) != 0 {
                    lua_pushvalue(L, name);
                    return true;
                }
                // What a program adds to the standard libraries is not there after a restart.
                let may_hold_it = is_function && lua_type(L, module) == LUA_TTABLE && !push_standard(L, names, module);
                if may_hold_it && push_field(L, name, idx) {
                    return true;
                }
            }
            lua_settop(L, name);
        }
        false
    }
}

/// Pushes the qualified name of the value at `idx` if it is in the module that is on the top of the stack, above its `name`.
unsafe fn push_field(L: *mut lua_State, name: c_int, idx: c_int) -> bool {
    // SAFETY: as `push_module`.
    unsafe {
        let module = lua_gettop(L);
        lua_pushnil(L);
        while lua_next(L, module) != 0 {
            if lua_rawequal(L, -1, idx) != 0 && lua_type(L, -2) == LUA_TSTRING {
                push_qualified(L, name, module + 1);
                return true;
            }
            lua_pop(L, 1);
        }
        false
    }
}

/// Replaces the name on the top of the stack by what it names. A module that is not loaded is required, as Lua code would do it.
///
/// # Safety
/// A plain frame: raises. Runs Lua; `hooks` says whether hooks may run then. The buffer is free. Ten stack slots are free.
pub unsafe fn resolve(L: *mut lua_State, hooks: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        let name = lua_gettop(L);
        if bytes(L, name) == IO.as_bytes() {
            proxy::push_table(L, handles::IO);
        } else if !find(L, name) {
            require(L, name, hooks);
        }
        lua_replace(L, name);
        lua_settop(L, name);
    }
}

/// Replaces the name on the top of the stack, whatever it is, by the function of a library that it names.
///
/// # Safety
/// As for `resolve`.
pub unsafe fn push_named_function(L: *mut lua_State, hooks: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        luaL_checkstack(L, 12, c"name of a function".as_ptr());
        if lua_type(L, -1) != LUA_TSTRING {
            raise!(L, c"host sent an invalid name");
        }
        resolve(L, hooks);
        if lua_iscfunction(L, -1) == 0 {
            raise!(L, c"host sent the name of something that is no function of a library");
        }
    }
}

/// Pushes what is there by that name, or says no.
unsafe fn find(L: *mut lua_State, name: c_int) -> bool {
    // SAFETY: reading plain tables.
    unsafe {
        registry::push(L, Slot::LibraryNames);
        let names = lua_gettop(L);
        let is_module = push_loaded_value(L, name);
        let candidate = lua_gettop(L);
        if push_standard(L, names, candidate) && lua_rawequal(L, -1, name) != 0 {
            lua_settop(L, candidate);
            return true;
        }
        lua_settop(L, candidate);
        // It is not where it was: a program replaced it.
        lua_pushnil(L);
        while lua_next(L, names) != 0 {
            if lua_rawequal(L, -1, name) != 0 {
                lua_pop(L, 1);
                return true;
            }
            lua_pop(L, 1);
        }
        lua_type(L, candidate) != LUA_TNIL && (is_module || lua_iscfunction(L, candidate) != 0)
    }
}

/// Pushes the loaded module of that name, and says so, or the field that it may name, or nil.
unsafe fn push_loaded_value(L: *mut lua_State, name: c_int) -> bool {
    // SAFETY: a plain frame.
    unsafe {
        let loaded = push_loaded(L);
        lua_pushvalue(L, name);
        let is_module = lua_rawget(L, loaded) != LUA_TNIL;
        if !is_module {
            lua_settop(L, loaded);
            push_prefix(L, name);
            lua_rawget(L, loaded);
            push_own_field(L, name);
        }
        is_module
    }
}

/// Pushes what is before the last dot of a name: a library; without a dot that of the globals.
unsafe fn push_prefix(L: *mut lua_State, name: c_int) {
    // SAFETY: a plain frame; the name stays on the stack.
    unsafe {
        let bytes = bytes(L, name);
        match bytes.iter().rposition(|&byte| byte == b'.') {
            Some(dot) => push_bytes(L, bytes.as_ptr(), dot),
            None => push_str(L, GLOBALS),
        }
    }
}

/// Pushes the field that is named after the last dot, of the table on the top of the stack; nil if that is no table.
unsafe fn push_own_field(L: *mut lua_State, name: c_int) {
    // SAFETY: as `push_prefix`.
    unsafe {
        if lua_type(L, -1) != LUA_TTABLE {
            return lua_pushnil(L);
        }
        let bytes = bytes(L, name);
        let from = bytes.iter().rposition(|&byte| byte == b'.').map_or(0, |dot| dot + 1);
        push_bytes(L, bytes.as_ptr().add(from), bytes.len() - from);
        lua_rawget(L, -2);
    }
}

/// Pushes the module of that name, or the function of a module that it names, after the module was loaded.
unsafe fn require(L: *mut lua_State, name: c_int, hooks: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        lua_pushvalue(L, name);
        if call_require(L, hooks) {
            return;
        }
        // It may be a function of a module.
        let message = lua_gettop(L);
        if bytes(L, name).contains(&b'.') {
            push_prefix(L, name);
            if call_require(L, hooks) {
                push_own_field(L, name);
                if lua_iscfunction(L, -1) != 0 {
                    return;
                }
            }
        }
        let name: *const c_char = lua_tolstring(L, name, ptr::null_mut());
        raise!(L, c"\"%s\" is not there: %s", name, luaL_tolstring(L, message, ptr::null_mut()));
    }
}

/// Replaces the name on the top of the stack by the module or, if it says no, by the error.
unsafe fn call_require(L: *mut lua_State, hooks: c_int) -> bool {
    // SAFETY: a plain frame.
    unsafe {
        let name = lua_gettop(L);
        push_str(L, "require");
        if !find(L, name + 1) {
            raise!(L, c"there is no 'require'");
        }
        lua_pushvalue(L, name);
        cu_hooks_allow(L, hooks);
        let status = lua_pcall(L, 1, 1, 0);
        cu_hooks_allow(L, 0);
        *running() = L;
        // Anything but an error of the module's is not ours to catch.
        if status != LUA_OK && status != LUA_ERRRUN {
            lua_error(L);
        }
        lua_replace(L, name);
        lua_settop(L, name);
        status == LUA_OK
    }
}
