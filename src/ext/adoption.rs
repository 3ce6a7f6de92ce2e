//! Adoption: a plain table that is assigned into an external table moves to the host, and the Lua table itself becomes the proxy.
//! Two phases: first everything that can fail (walk, check, memory, building on the host's side), then the turning of
//! each table, which cannot.

use core::ffi::c_int;
use core::ptr;

use super::keys::{self, Key};
use super::{handles, metamethods, metatable, proxy, reference, stand_in};
use crate::codec::graph::{self, Purpose};
use crate::codec::tag;
use crate::codec::write::{Crossing, Opaque, Writer, paused_call};
use crate::host::{self, BUFFER_BYTES, FAILED, op};
use crate::lua::ffi::*;
use crate::lua::libs;
use crate::lua::registry::{self, Slot};
use crate::lua::running;

/// What the protected half needs.
struct Assignment {
    handle: i32,
    writer: Writer,
    /// What is assigned: the value of a key, or the metatable.
    subject: Subject,
    status: i32,
}

#[derive(Clone, Copy, PartialEq)]
enum Subject {
    Value,
    Metatable,
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
    // SAFETY: a plain frame.
    unsafe {
        let status = run(L, handle, Subject::Value);
        metamethods::finish_set(L, status)
    }
}

/// Tells the host that the metatable at index 2, a table or nil, is that of the external table `handle`. Index 3 has its metamethods.
///
/// # Safety
/// A plain frame: raises. The metatable is then as it was.
pub unsafe fn set_metatable(L: *mut lua_State, handle: i32) {
    // SAFETY: a plain frame.
    unsafe {
        if run(L, handle, Subject::Metatable) == FAILED {
            proxy::raise_failure(L);
        }
    }
}

/// Runs the protected half with what is at the indices 2 and 3. What the host answered.
unsafe fn run(L: *mut lua_State, handle: i32, subject: Subject) -> i32 {
    let mut assignment = Assignment { handle, writer: Writer::new(Crossing::Import, Opaque::Name), subject, status: 0 };
    // SAFETY: a plain frame; the assignment outlives the protected call.
    unsafe {
        luaL_checkstack(L, 8, c"assignment to an external table".as_ptr());
        lua_pushcfunction(L, assign_protected);
        lua_pushlightuserdata(L, (&raw mut assignment).cast());
        lua_pushvalue(L, 2);
        lua_pushvalue(L, 3);
        paused_call(L, 3, &assignment.writer);
    }
    assignment.status
}

/// Arguments: the assignment, then key and value, or a metatable and where its metamethods are.
unsafe extern "C-unwind" fn assign_protected(L: *mut lua_State) -> c_int {
    const KEY: c_int = 2;
    const VALUE: c_int = 3;
    const METATABLE: c_int = 2;
    const METAMETHODS: c_int = 3;
    const NODES: c_int = 4;
    // SAFETY: called by `run` alone.
    unsafe {
        let assignment = own_argument::<Assignment>(L);
        luaL_checkstack(L, 24, c"assignment to an external table".as_ptr());
        let given = handles::given();
        lua_newtable(L);
        let Assignment { handle, subject, .. } = *assignment;
        let writer = &mut (*assignment).writer;
        let mut key = Key { tag: tag::STREAM, k: 0 };
        if subject == Subject::Value {
            match keys::direct(L, KEY) {
                Some(direct) => key = direct,
                None if lua_type(L, KEY) == LUA_TTABLE => writer.value(L, KEY, NODES),
                None => key = keys::write_value(L, KEY, writer),
            }
            writer.value(L, VALUE, NODES);
        } else if !lua_isnil(L, METATABLE) && metatable::push_refusal(L, METAMETHODS) {
            writer.opaque(L);
        } else {
            writer.value(L, METATABLE, NODES);
        }
        graph::describe(L, NODES, writer, Purpose::Adopt(Adopter { handle, keeper: Keeper::Nobody }));
        handles::reserve_more(L, given, graph::count(L, NODES) as usize);
        writer.close();
        *running() = L;
        (*assignment).status = match subject {
            Subject::Value => host::js_ext_table_set(handle, key.tag, key.k, tag::STREAM, 0),
            Subject::Metatable => host::js_ext_table_op(op::SET_METATABLE, handle, 0),
        };
        reference::begin_stream();
        if (*assignment).status != FAILED {
            turn_all(L, NODES);
        }
    }
    0
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
    /// Makes the metatable that the plain table at the absolute index `idx`, the node `number`, will have as a proxy, if it has one, pushes
    /// Lua's, and says who keeps that.
    ///
    /// # Safety
    /// A plain frame: raises. Fifteen stack slots are free.
    pub unsafe fn prepare(&mut self, L: *mut lua_State, nodes: c_int, number: c_int, idx: c_int) -> Keeper {
        // SAFETY: a plain frame.
        unsafe {
            if lua_getmetatable(L, idx) == 0 {
                return Keeper::Nobody;
            }
            let source = lua_gettop(L);
            if !libs::push_shown(L, idx) {
                lua_pushvalue(L, source);
            }
            metatable::push_wrapped(L, source + 1, source);
            lua_rawseti(L, nodes, wrapped_place(number));
            lua_remove(L, source);
            self.find_keeper()
        }
    }

    /// Asks the host, which touches nothing of a stream that is being written (docs/ABI.md §4).
    fn find_keeper(&mut self) -> Keeper {
        if self.keeper == Keeper::Nobody {
            let is_kept = host::js_ext_table_op(op::METATABLE, self.handle, 1) == metatable::KEPT_BY_HOST;
            self.keeper = if is_kept { Keeper::Host } else { Keeper::Module };
        }
        self.keeper
    }
}

/// The plain table at the absolute index `idx`, the node `number`, has fields of a metatable's: what will stand in for it is made.
///
/// # Safety
/// A plain frame: raises a memory error. Fifteen stack slots are free.
pub unsafe fn prepare_as_metatable(L: *mut lua_State, nodes: c_int, number: c_int, idx: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        stand_in::prepare(L, idx);
        lua_rawseti(L, nodes, stand_in_place(number));
    }
}

/// Pushes what the plain table at the absolute index `idx` is, if it must stay where it is, on top of other things, or pushes nothing and
/// says no.
///
/// # Safety
/// A plain frame: raises a memory error. Eight stack slots are free.
pub unsafe fn push_refusal(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: a plain frame.
    unsafe {
        let top = lua_gettop(L);
        lua_rawgeti(L, CU_REGISTRYINDEX, LUA_RIDX_GLOBALS.into());
        if lua_rawequal(L, -1, idx) != 0 {
            push_str(L, "table of globals");
            return true;
        }
        if push_library(L, idx) || (lua_getmetatable(L, idx) != 0 && metatable::push_refusal(L, lua_gettop(L))) {
            return true;
        }
        lua_settop(L, top);
        false
    }
}

/// Pushes which library the table at `idx` is, or says that it is none.
unsafe fn push_library(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: a plain frame.
    unsafe {
        let top = lua_gettop(L);
        lua_getfield(L, CU_REGISTRYINDEX, c"_LOADED".as_ptr());
        lua_pushnil(L);
        while lua_next(L, top + 1) != 0 {
            if lua_rawequal(L, -1, idx) != 0 {
                lua_pop(L, 1);
                lua_pushfstring(L, c"library '%s'".as_ptr(), luaL_tolstring(L, -1, ptr::null_mut()));
                return true;
            }
            lua_pop(L, 1);
        }
        lua_settop(L, top);
        false
    }
}
