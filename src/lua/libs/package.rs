//! `require` and the table `package`, for modules that come from Lua itself (`package.preload`) or from the host. There are no
//! files and no C libraries, so `path`, `cpath`, `searchpath` and `loadlib` are absent.

use core::ffi::{CStr, c_int};
use core::ptr;

use super::super::ffi::*;

const LOADED: &CStr = c"_LOADED";
const PRELOAD: &CStr = c"_PRELOAD";

/// What Lua says on every system but Windows. Programs read its first character.
const CONFIG: &str = "/\n;\n?\n!\n-\n";

pub unsafe extern "C-unwind" fn open(L: *mut lua_State) -> c_int {
    // SAFETY: called by `luaL_requiref`; uses four slots.
    unsafe {
        lua_newtable(L);
        push_str(L, CONFIG);
        lua_setfield(L, -2, c"config".as_ptr());
        luaL_getsubtable(L, CU_REGISTRYINDEX, LOADED.as_ptr());
        lua_setfield(L, -2, c"loaded".as_ptr());
        luaL_getsubtable(L, CU_REGISTRYINDEX, PRELOAD.as_ptr());
        lua_setfield(L, -2, c"preload".as_ptr());
        lua_newtable(L);
        lua_pushcfunction(L, search_preload);
        lua_rawseti(L, -2, 1);
        lua_setfield(L, -2, c"searchers".as_ptr());

        lua_pushvalue(L, -1);
        lua_pushcclosure(L, Some(require), 1);
        lua_setglobal(L, c"require".as_ptr());
    }
    1
}

/// Pops the table of the host's modules, name → source or function, and adds the searcher that looks there. Only that
/// searcher holds the table.
///
/// # Safety
/// The libraries are open, and Lua code has not run yet. May raise a memory error. Uses two more slots.
pub unsafe fn set_host_modules(L: *mut lua_State) {
    // SAFETY: `package.searchers` is as `open` made it.
    unsafe {
        lua_getfield(L, CU_REGISTRYINDEX, LOADED.as_ptr());
        lua_getfield(L, -1, c"package".as_ptr());
        lua_getfield(L, -1, c"searchers".as_ptr());
        lua_pushvalue(L, -4);
        lua_pushcclosure(L, Some(search_host), 1);
        lua_rawseti(L, -2, 2);
        lua_pop(L, 4);
    }
}

/// `require (modname)`, manual §6.3. The upvalue is the table `package`.
unsafe extern "C-unwind" fn require(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua; uses fewer slots than `LUA_MINSTACK`.
    unsafe {
        let name = luaL_checklstring(L, 1, ptr::null_mut());
        lua_settop(L, 1);
        lua_getfield(L, CU_REGISTRYINDEX, LOADED.as_ptr());
        lua_getfield(L, 2, name);
        if lua_toboolean(L, -1) != 0 {
            return 1;
        }
        lua_settop(L, 2);
        find_loader(L);
        let data = lua_gettop(L);
        lua_pushvalue(L, data - 1);
        lua_pushvalue(L, 1);
        lua_pushvalue(L, data);
        lua_call(L, 2, 1);
        if !lua_isnil(L, -1) {
            lua_pushvalue(L, -1);
            lua_setfield(L, 2, name);
        }
        // The loader may have set the field itself; if nobody did, the module counts as loaded all the same.
        if lua_getfield(L, 2, name) == LUA_TNIL {
            lua_pushboolean(L, 1);
            lua_pushvalue(L, -1);
            lua_setfield(L, 2, name);
        }
        lua_pushvalue(L, data);
    }
    2
}

/// Asks each searcher in turn for the name at index 1, and leaves a loader and its data on top, or raises an error with what
/// all of them said.
unsafe fn find_loader(L: *mut lua_State) {
    // SAFETY: as for `require`. The searchers are at index 3, what they said is at index 4.
    unsafe {
        if lua_getfield(L, lua_upvalueindex(1), c"searchers".as_ptr()) != LUA_TTABLE {
            raise!(L, c"'package.searchers' must be a table");
        }
        push_str(L, "");
        for i in 1.. {
            if lua_rawgeti(L, 3, i) == LUA_TNIL {
                raise!(L, c"module '%s' not found:%s", lua_tolstring(L, 1, ptr::null_mut()), lua_tolstring(L, 4, ptr::null_mut()));
            }
            lua_pushvalue(L, 1);
            lua_call(L, 1, 2);
            if lua_type(L, -2) == LUA_TFUNCTION {
                return;
            }
            if lua_isstring(L, -2) != 0 {
                lua_pop(L, 1);
                push_str(L, "\n\t");
                lua_insert(L, -2);
                lua_concat(L, 3);
            } else {
                lua_pop(L, 2);
            }
        }
    }
}

unsafe extern "C-unwind" fn search_preload(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        let name = luaL_checklstring(L, 1, ptr::null_mut());
        lua_getfield(L, CU_REGISTRYINDEX, PRELOAD.as_ptr());
        if lua_getfield(L, -1, name) == LUA_TNIL {
            lua_pushfstring(L, c"no field package.preload['%s']".as_ptr(), name);
            return 1;
        }
        push_str(L, ":preload:");
    }
    2
}

/// The upvalue is the table of the host's modules.
unsafe extern "C-unwind" fn search_host(L: *mut lua_State) -> c_int {
    // SAFETY: called by Lua.
    unsafe {
        let name = luaL_checklstring(L, 1, ptr::null_mut());
        lua_pushvalue(L, 1);
        match lua_gettable(L, lua_upvalueindex(1)) {
            LUA_TFUNCTION => {}
            LUA_TSTRING => {
                let mut length = 0;
                let source = lua_tolstring(L, -1, &mut length);
                let chunk = lua_pushfstring(L, c"@%s".as_ptr(), name);
                if luaL_loadbufferx(L, source, length, chunk, c"t".as_ptr()) != LUA_OK {
                    let message = lua_tolstring(L, -1, ptr::null_mut());
                    return raise!(L, c"error loading module '%s' from the host:\n\t%s", name, message);
                }
            }
            LUA_TNIL => {
                lua_pushfstring(L, c"no host module '%s'".as_ptr(), name);
                return 1;
            }
            other => {
                let type_name = lua_typename(L, other);
                return raise!(L, c"host module '%s' is a %s, neither a source nor a function", name, type_name);
            }
        }
        push_str(L, ":host:");
    }
    2
}
