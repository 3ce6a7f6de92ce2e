//! Letting go of functions that the host can make again (docs/ABI.md §8). The host keeps what they are made of; here it is decided which of
//! them nothing else needs, and those are given up for the collector.
//!
//! A function goes only if nobody could tell the one that is made later from it:
//! - Lua must not reach it otherwise. The collector knows: it runs once with the references let go.
//! - Nothing that stays may have one of its upvalues, or an assignment there would not be seen here. Who has an upvalue can be seen from
//!   the closures, so all are looked at: if one that is not among those asked for has it, the function stays (`cu_closures_survey`).
//! - Those asked for that share an upvalue go together or not at all. Which of them go is known only when the collector has run. So
//!   for that run the upvalue leads to all of them: instead of its value it holds a *link*, a table with the value and the
//!   functions. Who reaches one of them then reaches all, at the cost of one table, whatever their number.
//!
//! Everything that needs memory comes before the references are let go. No Lua code runs meanwhile: the collector is paused, and the
//! collections are of the emergency kind, which runs no finalizers.

use core::ffi::c_int;
use core::mem::MaybeUninit;

use crate::ext::reference;
use crate::lua::ffi::*;

// Stack indices of `sleep_protected`.
const ARGUMENT: c_int = 1;
/// The functions, in the order of the references; weak values.
const FUNCTIONS: c_int = 2;
/// Metatable of the links, which tells them from a program's tables.
const LINK: c_int = 3;

/// The references, the first `asleep` of which were let go in the end.
struct Request {
    references: *mut i32,
    n: u32,
    asleep: usize,
}

/// Lets go of those of the functions that nothing else needs. Their references are forgotten, and moved to the front; says how many they
/// are. When memory is short for that, none.
///
/// # Safety
/// `references` is not where anything else writes. Four stack slots are free. Never raises.
pub unsafe fn sleep(L: *mut lua_State, references: &mut [i32]) -> usize {
    let mut request = Request { references: references.as_mut_ptr(), n: references.len() as u32, asleep: 0 };
    // SAFETY: what can raise runs protected, with the collector paused; the request outlives it.
    unsafe {
        let mut pause = MaybeUninit::<cu_Pause>::uninit();
        cu_gc_pause(L, pause.as_mut_ptr());
        lua_pushcfunction(L, sleep_protected);
        lua_pushlightuserdata(L, (&raw mut request).cast());
        if lua_pcall(L, 1, 0, 0) != LUA_OK {
            lua_pop(L, 1);
        }
        cu_gc_resume(L, pause.as_ptr());
    }
    request.asleep
}

/// Argument: the request.
unsafe extern "C-unwind" fn sleep_protected(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame; after `link_all` nothing raises.
    unsafe {
        let request = own_argument::<Request>(L);
        lua_settop(L, ARGUMENT);
        luaL_checkstack(L, 16, c"functions to be let go".as_ptr());
        // Closures that are garbage already must not count.
        cu_gc_full(L);
        push_functions(L, request);
        lua_newtable(L);
        let busy = lua_newuserdatauv(L, (*request).n as usize, 0).cast::<u8>();
        cu_closures_survey(L, FUNCTIONS, (*request).n, busy);
        lua_pushcfunction(L, link_all);
        for idx in [ARGUMENT, FUNCTIONS, LINK] {
            lua_pushvalue(L, idx);
        }
        if lua_pcall(L, 3, 0, 0) == LUA_OK {
            detach_all(L, request, busy);
            cu_gc_full(L);
            attach_all(L, request, busy);
        }
        cu_upvalues_restore(L, LINK);
    }
    0
}

/// Pushes the functions; false for what is none, or was never given.
unsafe fn push_functions(L: *mut lua_State, request: *const Request) {
    // SAFETY: a plain frame.
    unsafe {
        lua_createtable(L, (*request).n as c_int, 0);
        make_weak(L, "v");
        for at in 0..(*request).n {
            let number = *(*request).references.add(at as usize);
            if reference::uses(L, number) > 0 {
                reference::push(L, number);
            } else {
                lua_pushboolean(L, 0);
            }
            lua_rawseti(L, FUNCTIONS, i64::from(at) + 1);
        }
    }
}

/// Makes the links. Arguments: the request, the functions, the links' metatable. If it fails, `cu_upvalues_restore` undoes what it did.
unsafe extern "C-unwind" fn link_all(L: *mut lua_State) -> c_int {
    // SAFETY: called by `sleep_protected` alone.
    unsafe {
        let n = (*own_argument::<Request>(L)).n;
        // An upvalue that is met again is shared, and gets a link; then all that have it are written there.
        each_upvalue(L, n, |upvalue| {
            if cu_upvalue_visit(L, FUNCTION, upvalue) == CU_UPVALUE_AGAIN {
                make_link(L, upvalue);
            }
        });
        each_upvalue(L, n, |upvalue| {
            lua_getupvalue(L, FUNCTION, upvalue);
            if is_link(L) {
                lua_pushvalue(L, FUNCTION);
                lua_rawseti(L, -2, lua_rawlen(L, -2) as i64 + 1);
            }
            lua_pop(L, 1);
        });
    }
    0
}

/// Where `each_upvalue` has the function.
const FUNCTION: c_int = 4;

/// Calls `visit` with the number of each upvalue of each function.
unsafe fn each_upvalue(L: *mut lua_State, n: u32, visit: impl Fn(c_int)) {
    // SAFETY: a plain frame.
    unsafe {
        for at in 1..=n {
            lua_settop(L, LINK);
            if lua_rawgeti(L, FUNCTIONS, at.into()) != LUA_TFUNCTION || lua_iscfunction(L, FUNCTION) != 0 {
                continue;
            }
            let mut upvalue = 1;
            while !lua_upvalueid(L, FUNCTION, upvalue).is_null() {
                visit(upvalue);
                upvalue += 1;
            }
        }
    }
}

/// Puts the value of an upvalue into a link, and the link in its place.
unsafe fn make_link(L: *mut lua_State, upvalue: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        lua_getupvalue(L, FUNCTION, upvalue);
        if !is_link(L) {
            lua_createtable(L, 2, 1);
            lua_pushvalue(L, LINK);
            lua_setmetatable(L, -2);
            lua_insert(L, -2);
            lua_rawseti(L, -2, 0);
            lua_setupvalue(L, FUNCTION, upvalue);
        } else {
            lua_pop(L, 1);
        }
    }
}

/// Whether the value on the top of the stack is a link.
unsafe fn is_link(L: *mut lua_State) -> bool {
    // SAFETY: reading only.
    unsafe {
        if lua_type(L, -1) != LUA_TTABLE || lua_getmetatable(L, -1) == 0 {
            return false;
        }
        let same = lua_rawequal(L, -1, LINK) != 0;
        lua_pop(L, 1);
        same
    }
}

/// From here on functions that are not in use live only as long as something else has them.
unsafe fn detach_all(L: *mut lua_State, request: *const Request, busy: *const u8) {
    // SAFETY: never raises: all these references are live.
    unsafe {
        for at in 0..(*request).n as usize {
            if *busy.add(at) == 0 {
                reference::detach(L, *(*request).references.add(at));
            }
        }
    }
}

/// What is still there is kept again; the rest is forgotten.
unsafe fn attach_all(L: *mut lua_State, request: *mut Request, busy: *const u8) {
    // SAFETY: never raises.
    unsafe {
        for at in 0..(*request).n as usize {
            let number = *(*request).references.add(at);
            if *busy.add(at) != 0 {
                continue;
            }
            if lua_rawgeti(L, FUNCTIONS, at as i64 + 1) != LUA_TNIL {
                reference::attach(L, number);
                continue;
            }
            lua_pop(L, 1);
            // Unless it was named twice.
            if reference::uses(L, number) > 0 {
                reference::drop_detached(L, number);
                *(*request).references.add((*request).asleep) = number;
                (*request).asleep += 1;
            }
        }
    }
}
