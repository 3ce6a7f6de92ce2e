//! Adoption: a plain table that is assigned into an external table moves to the host, and the Lua table itself becomes the proxy.
//! Two phases: first everything that can fail (walk, check, memory, building on the host's side), then the turning of
//! each table, which cannot.

use core::ffi::c_int;
use core::ptr;

use super::keys::{self, Key};
use super::{handles, metamethods, metatable, proxy, stand_in};
use crate::codec::graph::{self, Purpose};
use crate::codec::tag;
use crate::codec::write::{Opaque, Writer, paused_call};
use crate::host::{self, BUFFER_BYTES, FAILED, op};
use crate::lua::ffi::*;
use crate::lua::libs;
use crate::lua::registry::{self, Slot};
use crate::lua::running;

/// What the protected half needs.
struct Assignment {
    handle: i32,
    writer: Writer,
    status: i32,
}

/// Where the metatable of a table that is adopted will be: what flag NODE_BEGIN has.
#[derive(Clone, Copy, PartialEq)]
pub enum Keeper {
    Nobody = 0,
    Module = 1,
    Host = 2,
}

/// The table that adopts, and who keeps the metatables of its kind: asked when the first is met.
pub struct Adopter {
    handle: i32,
    keeper: Keeper,
}

/// Sets `t[k] = v` where writing one of them needs memory: a plain table, which is adopted, or a Lua function. Arguments as of
/// `__newindex`: 1 the proxy, 2 the key, 3 the value.
///
/// # Safety
/// A plain frame: raises. What `t` holds is unchanged then.
pub unsafe fn assign(L: *mut lua_State, handle: i32) -> c_int {
    let mut assignment = Assignment { handle, writer: Writer::new(Opaque::Name), status: 0 };
    // SAFETY: a plain frame; the assignment outlives the protected call.
    unsafe {
        run(L, &mut assignment, assign_protected, 2, 3);
        metamethods::finish_set(L, assignment.status)
    }
}

/// Tells the host that the metatable at index 2, a table or nil, is that of the external table `handle`. Index 3 has its metamethods.
///
/// # Safety
/// A plain frame: raises. The metatable is then as it was.
pub unsafe fn set_metatable(L: *mut lua_State, handle: i32) {
    let mut assignment = Assignment { handle, writer: Writer::new(Opaque::Name), status: 0 };
    // SAFETY: a plain frame; the assignment outlives the protected call.
    unsafe {
        run(L, &mut assignment, set_metatable_protected, 2, 3);
        if assignment.status == FAILED {
            proxy::raise_failure(L);
        }
    }
}

/// Runs the protected half with the assignment and the values at two indices.
unsafe fn run(L: *mut lua_State, assignment: &mut Assignment, protected: CFunction, first: c_int, second: c_int) {
    // SAFETY: a plain frame; the assignment outlives the protected call.
    unsafe {
        luaL_checkstack(L, 8, c"assignment to an external table".as_ptr());
        lua_pushcfunction(L, protected);
        lua_pushlightuserdata(L, ptr::from_mut(assignment).cast());
        lua_pushvalue(L, first);
        lua_pushvalue(L, second);
        paused_call(L, 3, &assignment.writer);
    }
}

/// Arguments: the assignment, key, value.
unsafe extern "C-unwind" fn assign_protected(L: *mut lua_State) -> c_int {
    const KEY: c_int = 2;
    const VALUE: c_int = 3;
    const NODES: c_int = 4;
    // SAFETY: called by `run` alone.
    unsafe {
        let assignment = own_argument::<Assignment>(L);
        luaL_checkstack(L, 20, c"assignment to an external table".as_ptr());
        lua_newtable(L);
        let writer = &raw mut (*assignment).writer;
        let key = match keys::direct(L, KEY) {
            Some(key) => key,
            None if lua_type(L, KEY) == LUA_TTABLE => {
                (*writer).value(L, KEY, NODES);
                Key { tag: tag::STREAM, k: 0 }
            }
            None => keys::write_value(L, KEY, &mut *writer),
        };
        (*writer).value(L, VALUE, NODES);
        let Key { tag, k } = key;
        finish(L, assignment, NODES, |handle| host::js_ext_table_set(handle, tag, k, tag::STREAM, 0));
    }
    0
}

/// Arguments: the assignment, the metatable, where its metamethods are.
unsafe extern "C-unwind" fn set_metatable_protected(L: *mut lua_State) -> c_int {
    const METATABLE: c_int = 2;
    const SOURCE: c_int = 3;
    const NODES: c_int = 4;
    // SAFETY: called by `run` alone.
    unsafe {
        let assignment = own_argument::<Assignment>(L);
        luaL_checkstack(L, 20, c"metatable of an external table".as_ptr());
        lua_newtable(L);
        let writer = &raw mut (*assignment).writer;
        if lua_isnil(L, METATABLE) {
            (*writer).mark(tag::NIL, 0);
        } else {
            write_metatable(L, NODES, &mut *writer, METATABLE, SOURCE);
        }
        finish(L, assignment, NODES, |handle| host::js_ext_table_op(op::SET_METATABLE, handle, 0));
    }
    0
}

/// Describes the plain tables after the values, has the host do its part, and turns the tables.
unsafe fn finish(L: *mut lua_State, assignment: *mut Assignment, nodes: c_int, operation: impl FnOnce(i32) -> i32) {
    // SAFETY: a plain frame; the assignment outlives it.
    unsafe {
        let handle = (*assignment).handle;
        let writer = &raw mut (*assignment).writer;
        graph::describe(L, nodes, &mut *writer, Purpose::Adopt(Adopter { handle, keeper: Keeper::Nobody }));
        handles::reserve(L, graph::count(L, nodes) as usize);
        (*writer).close();
        *running() = L;
        (*assignment).status = operation(handle);
        if (*assignment).status != FAILED {
            turn_all(L, nodes);
        }
    }
}

/// Where what a node becomes lies among the nodes: the metatable that it has as a proxy, and what stands in for it as a metatable.
fn wrapped_place(number: c_int) -> i64 {
    -2 * i64::from(number)
}

fn stand_in_place(number: c_int) -> i64 {
    wrapped_place(number) - 1
}

/// Turns every table of the graph into the proxy of the table that the host made of it.
unsafe fn turn_all(L: *mut lua_State, nodes: c_int) {
    let mut number = 0;
    let mut are_metatables = false;
    // SAFETY: room for the handles is reserved; nothing below raises, but on a host that breaks the contract.
    unsafe {
        while number < graph::count(L, nodes) {
            let got = host::js_ext_table_op(op::ADOPTED, number, 0);
            if got <= 0 || got > graph::count(L, nodes) - number || got as usize > BUFFER_BYTES / size_of::<i32>() {
                raise!(L, c"host sent an invalid number of adopted tables (%d)", got);
            }
            for i in 0..got {
                let handle = ptr::read(host::buffer().cast::<i32>().add(i as usize));
                if !handles::is_possible(handle) {
                    raise!(L, c"host sent an invalid handle (%d)", handle);
                }
                lua_rawgeti(L, nodes, i64::from(number) + 1);
                are_metatables |= turn(L, nodes, number, handle);
                lua_pop(L, 1);
                number += 1;
            }
        }
        if are_metatables {
            stand_in::replace_all(L);
        }
    }
}

/// Turns the table on the top of the stack, the node `number`. Whether it may be the metatable of plain tables.
unsafe fn turn(L: *mut lua_State, nodes: c_int, number: c_int, handle: i32) -> bool {
    // SAFETY: as `turn_all`.
    unsafe {
        let table = lua_gettop(L);
        cu_table_empty(L, table);
        if lua_rawgeti(L, nodes, wrapped_place(number)) == LUA_TNIL {
            lua_pop(L, 1);
            registry::push(L, Slot::ProxyMetatable);
        }
        lua_setmetatable(L, table);
        handles::bind(L, handle);
        let is_metatable = lua_rawgeti(L, nodes, stand_in_place(number)) == LUA_TTABLE;
        if is_metatable {
            stand_in::seat(L, table);
        } else {
            lua_pop(L, 1);
        }
        is_metatable
    }
}

impl Adopter {
    /// Raises an error if the table on the top of the stack, the node `number`, must stay where it is, as a library must. If it has a
    /// metatable, makes the one that it will have as a proxy, and says who keeps Lua's.
    ///
    /// # Safety
    /// A plain frame: raises. Fifteen stack slots are free.
    pub unsafe fn prepare(&mut self, L: *mut lua_State, nodes: c_int, number: c_int) -> Keeper {
        // SAFETY: a plain frame.
        unsafe {
            let idx = lua_gettop(L);
            if is_globals(L, idx) {
                raise!(L, c"the table of globals cannot be stored in an external table");
            }
            if push_library_name(L, idx) {
                raise!(L, c"the library '%s' cannot be stored in an external table", lua_tolstring(L, -1, ptr::null_mut()));
            }
            if lua_getmetatable(L, idx) == 0 {
                return Keeper::Nobody;
            }
            self.find_keeper();
            if self.keeper == Keeper::Module {
                metatable::check(L, idx + 1);
            }
            push_metatable(L, idx);
            metatable::push_wrapped(L, idx + 2, idx + 1);
            lua_rawseti(L, nodes, wrapped_place(number));
            lua_settop(L, idx);
            self.keeper
        }
    }

    /// Asks the host, which touches nothing of a stream that is being written (docs/ABI.md §4).
    fn find_keeper(&mut self) {
        if self.keeper == Keeper::Nobody {
            let is_kept = host::js_ext_table_op(op::METATABLE, self.handle, 1) == metatable::KEPT_BY_HOST;
            self.keeper = if is_kept { Keeper::Host } else { Keeper::Module };
        }
    }
}

/// The table on the top of the stack, the node `number`, has fields of a metatable's: what stands in for it then is made.
///
/// # Safety
/// A plain frame: raises a memory error. Fifteen stack slots are free.
pub unsafe fn prepare_as_metatable(L: *mut lua_State, nodes: c_int, number: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        stand_in::prepare(L, lua_gettop(L));
        lua_rawseti(L, nodes, stand_in_place(number));
    }
}

/// Pushes the metatable of the plain table at the absolute index `idx` as Lua code knows it; there is one.
unsafe fn push_metatable(L: *mut lua_State, idx: c_int) {
    // SAFETY: there is one.
    unsafe {
        if !libs::push_shown(L, idx) {
            lua_getmetatable(L, idx);
        }
    }
}

/// Writes the metatable of the plain table on the top of the stack, which the host keeps.
///
/// # Safety
/// A plain frame: raises. Ten stack slots are free.
pub unsafe fn write_metatable_of(L: *mut lua_State, nodes: c_int, writer: &mut Writer) {
    // SAFETY: a plain frame.
    unsafe {
        let idx = lua_gettop(L);
        lua_getmetatable(L, idx);
        push_metatable(L, idx);
        write_metatable(L, nodes, writer, idx + 2, idx + 1);
        lua_settop(L, idx);
    }
}

/// Writes the metatable at the absolute index `table`, whose metamethods are in the plain table at `source`. One that cannot be kept is left
/// for the host to refuse, which knows the path.
unsafe fn write_metatable(L: *mut lua_State, nodes: c_int, writer: &mut Writer, table: c_int, source: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        let top = lua_gettop(L);
        if let Some(name) = metatable::refused_event(L, source) {
            lua_pushfstring(L, c"metatable with %s".as_ptr(), name.as_ptr());
        } else if is_globals(L, table) || push_library_name(L, table) {
            push_str(L, "library as a metatable");
        }
        if lua_gettop(L) > top {
            writer.mark(tag::OPAQUE, 0);
            writer.lua_string(L, -1);
        } else {
            writer.value(L, table, nodes);
        }
        lua_settop(L, top);
    }
}

unsafe fn is_globals(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: two slots.
    unsafe {
        lua_rawgeti(L, CU_REGISTRYINDEX, LUA_RIDX_GLOBALS.into());
        let is_globals = lua_rawequal(L, -1, idx) != 0;
        lua_pop(L, 1);
        is_globals
    }
}

/// Pushes the name of the library whose table is at `idx`, or pushes nothing and says that it is none's.
unsafe fn push_library_name(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: a plain frame.
    unsafe {
        let top = lua_gettop(L);
        lua_getfield(L, CU_REGISTRYINDEX, c"_LOADED".as_ptr());
        lua_pushnil(L);
        while lua_next(L, top + 1) != 0 {
            if lua_rawequal(L, -1, idx) != 0 {
                lua_pop(L, 1);
                luaL_tolstring(L, -1, ptr::null_mut());
                lua_replace(L, top + 1);
                lua_settop(L, top + 1);
                return true;
            }
            lua_pop(L, 1);
        }
        lua_settop(L, top);
        false
    }
}
