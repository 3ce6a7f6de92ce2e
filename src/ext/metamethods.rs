//! The metamethods of proxies. Each does one crossing.

use core::ffi::c_int;
use core::mem::MaybeUninit;
use core::ptr;

use super::keys::{self, Key};
use super::{adoption, handles, home, proxy, stand_in};
use crate::codec::ahead;
use crate::codec::read::{self, Stream};
use crate::codec::tag;
use crate::codec::write::{self, Crossing, Opaque, Writer};
use crate::host::{self, BUFFER_BYTES, FAILED, op};
use crate::lua::ffi::*;
use crate::lua::libs;
use crate::lua::registry::{self, Slot};
use crate::lua::running;

/// What `js_ext_table_set` answers when it also asks for a collection.
const SET_AND_COLLECT: i32 = 1;

/// Makes the metatable. Once, when the state is made.
///
/// # Safety
/// A plain frame: raises a memory error.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        push_metatable(L);
        registry::set(L, Slot::ProxyMetatable);
        lua_pushboolean(L, 0);
        registry::set(L, Slot::LastKey);
    }
}

/// Pushes a new metatable for proxies.
///
/// # Safety
/// A plain frame: raises a memory error.
pub unsafe fn push_metatable(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        lua_createtable(L, 0, 6);
        set_function(L, -1, c"__index", index);
        set_function(L, -1, c"__newindex", newindex);
        set_function(L, -1, c"__len", len);
        set_function(L, -1, c"__pairs", pairs);
        set_function(L, -1, c"__tostring", tostring);
        libs::hide_metatable(L, -1);
    }
}

/// Begins an operation on the proxy at index 1: its handle, with dead handles released if that is due.
#[inline(always)]
unsafe fn begin(L: *mut lua_State) -> i32 {
    // SAFETY: called at the start of a C function, when the buffer is free.
    unsafe {
        *running() = L;
        handles::sweep_if_due(L);
        handles::of_proxy(L, 1)
    }
}

/// An operation with a key.
struct Access {
    handle: i32,
    /// The key if it crosses without the stream.
    key: Option<Key>,
    /// The bytes of a key that is a short string.
    string: *const u8,
}

/// The same for an operation on the proxy at index 1 with the key at index 2.
#[inline(always)]
unsafe fn begin_access(L: *mut lua_State) -> Access {
    let mut operands = MaybeUninit::<cu_Operands>::uninit();
    // SAFETY: as `begin`; what the kind says was written is read.
    unsafe {
        *running() = L;
        handles::sweep_if_due(L);
        let kind = cu_operands_get(L, operands.as_mut_ptr());
        let operands = operands.as_ptr();
        let mut string = ptr::null();
        let key = match kind {
            CU_KEY_INTEGER => Some(Key { tag: tag::INT, k: (*operands).integer }),
            CU_KEY_STRING => {
                string = (*operands).string.cast();
                keys::known((*operands).string)
            }
            _ => keys::direct(L, 2),
        };
        Access { handle: handles::of_address((*operands).proxy), key, string }
    }
}

/// `t[k]`: 1 the proxy, 2 the key. It does not yield: the interpreter calls it by a shorter way (src/lua/include/access.h).
#[unsafe(export_name = "__cu_index")]
pub unsafe extern "C-unwind" fn index(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let Access { handle, key, .. } = begin_access(L);
        let key = match key {
            Some(key) => key,
            None if keys::is_nowhere(L, 2) => {
                lua_pushnil(L);
                return 1;
            }
            None => stream_key(L, 2),
        };
        push_result(L, host::js_ext_table_get(handle, key.tag, key.k))
    }
}

/// Writes a key that does not cross directly as the whole stream.
unsafe fn stream_key(L: *mut lua_State, idx: c_int) -> Key {
    let mut writer = Writer::new(Crossing::Import, Opaque::Refuse);
    // SAFETY: a plain frame.
    unsafe {
        let key = keys::write(L, idx, &mut writer);
        writer.close();
        key
    }
}

/// Pushes what `js_ext_table_get` answered.
///
/// # Safety
/// A plain frame: raises. Nothing has crossed since. Four stack slots are free.
#[inline(always)]
pub unsafe fn push_result(L: *mut lua_State, result: i32) -> c_int {
    let cell = host::cell();
    // SAFETY: a plain frame; the cell is this instance's own.
    unsafe {
        match result {
            tag::INT => read::push_int(L, (*cell).number),
            tag::FLOAT => lua_pushnumber(L, (*cell).number),
            tag::NIL => lua_pushnil(L),
            tag::FALSE | tag::TRUE => lua_pushboolean(L, (result == tag::TRUE).into()),
            tag::STRING => return push_buffer(L, (*cell).int),
            tag::TABLE | tag::TABLE_WITH_METATABLE | tag::FUNCTION | tag::CLOSURE | tag::REFERENCE => {
                read::push_named(L, result, (*cell).int);
                cu_gc_step(L);
            }
            tag::NULL => registry::push(L, Slot::Null),
            tag::STREAM => {
                read::push_values(L, &mut Stream::open(), 1);
                // What was read with the collector paused is owed.
                cu_gc_step(L);
            }
            FAILED => return proxy::raise_failure(L),
            _ => return raise!(L, c"host sent an invalid value (tag %d)", result),
        }
    }
    1
}

unsafe fn push_buffer(L: *mut lua_State, bytes: i32) -> c_int {
    // SAFETY: a plain frame; the length is checked.
    unsafe {
        if bytes < 0 || bytes as usize > BUFFER_BYTES {
            return raise!(L, c"host sent an invalid string length (%d)", bytes);
        }
        push_bytes(L, host::buffer(), bytes as usize);
    }
    1
}

/// `t[k] = v`: 1 the proxy, 2 the key, 3 the value. As with `index`, there is a shorter way.
#[unsafe(export_name = "__cu_newindex")]
pub unsafe extern "C-unwind" fn newindex(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let Access { handle, key, string } = begin_access(L);
        let direct = match key {
            Some(key) => set_direct(L, handle, key),
            None => {
                check_key(L, 2);
                if lua_isnil(L, 3) && keys::is_nowhere(L, 2) {
                    return 0;
                }
                None
            }
        };
        // Before, because what follows may raise when the host has it already; behind, because a finalizer may have asked in between.
        if handle == handles::HOME {
            home::forget(L);
        }
        match direct {
            Some(status) => finish_set(L, status),
            None => set_stream(L, handle, key),
        };
        if handle == handles::HOME {
            home::forget(L);
        }
        if !string.is_null() && stand_in::is_event(string) {
            stand_in::note_change(L);
        }
    }
    0
}

/// What follows an assignment.
///
/// # Safety
/// A plain frame: raises.
pub unsafe fn finish_set(L: *mut lua_State, status: i32) -> c_int {
    match status {
        // SAFETY: a plain frame.
        FAILED => return unsafe { proxy::raise_failure(L) },
        SET_AND_COLLECT => handles::make_collection_due(),
        _ => {}
    }
    0
}

/// The keys that no table takes (manual §2.1).
unsafe fn check_key(L: *mut lua_State, idx: c_int) {
    // SAFETY: a plain frame.
    unsafe {
        match lua_type(L, idx) {
            LUA_TNIL => {
                raise!(L, c"table index is nil");
            }
            LUA_TNUMBER if lua_isinteger(L, idx) == 0 && lua_tonumberx(L, idx, ptr::null_mut()).is_nan() => {
                raise!(L, c"table index is NaN");
            }
            _ => {}
        }
    }
}

/// Sets a value that crosses without the stream, if it is one.
#[inline(always)]
unsafe fn set_direct(L: *mut lua_State, handle: i32, key: Key) -> Option<i32> {
    // SAFETY: types are looked at first; nothing is allocated.
    unsafe {
        let number = &raw mut (*host::cell()).number;
        let (vtag, v) = match cu_value_get(L, 3, number) {
            CU_VALUE_INTEGER => {
                let v = *number as i32;
                if f64::from(v) != *number {
                    return None;
                }
                (tag::INT, v)
            }
            CU_VALUE_FLOAT => (tag::FLOAT, 0),
            CU_VALUE_TRUE => (tag::TRUE, 0),
            CU_VALUE_FALSE => (tag::FALSE, 0),
            CU_VALUE_NIL => (tag::NIL, 0),
            _ if lua_type(L, 3) == LUA_TSTRING => {
                let mut n = 0;
                let bytes = lua_tolstring(L, 3, &mut n);
                if n > BUFFER_BYTES || write::is_lent(n) {
                    return None;
                }
                ptr::copy_nonoverlapping(bytes.cast(), host::buffer(), n);
                (tag::STRING, n as i32)
            }
            _ => return None,
        };
        Some(host::js_ext_table_set(handle, key.tag, key.k, vtag, v))
    }
}

/// Sets an entry of the table `handle`, with key or value in the stream. Arguments as of `newindex`; the proxy at index 1 is not looked
/// at, and if there is a `key`, neither is index 2.
///
/// # Safety
/// A plain frame: raises.
pub unsafe fn set_stream(L: *mut lua_State, handle: i32, key: Option<Key>) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        if needs_memory(L, 2) || needs_memory(L, 3) {
            return adoption::assign(L, handle);
        }
        let mut writer = Writer::new(Crossing::Import, Opaque::Refuse);
        let key = match key {
            Some(key) => key,
            None => keys::write(L, 2, &mut writer),
        };
        let vtag = if lua_isnil(L, 3) { tag::NIL } else { tag::STREAM };
        if vtag == tag::STREAM {
            writer.plain(L, 3);
        }
        writer.close();
        finish_set(L, host::js_ext_table_set(handle, key.tag, key.k, vtag, 0))
    }
}

/// Values that `Writer::plain` does not write.
unsafe fn needs_memory(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: reading only.
    unsafe {
        match lua_type(L, idx) {
            LUA_TTABLE | LUA_TFUNCTION => handles::of(L, idx) == 0,
            LUA_TUSERDATA => !super::null::is(L, idx),
            LUA_TTHREAD | LUA_TLIGHTUSERDATA => true,
            _ => false,
        }
    }
}

/// `#t`.
pub unsafe extern "C-unwind" fn len(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let handle = begin(L);
        let length = host::js_ext_table_len(handle);
        if length == f64::from(FAILED) {
            return proxy::raise_failure(L);
        }
        read::push_int(L, length);
    }
    1
}

/// `pairs(t)`: the traversal function, the table, nil.
pub unsafe extern "C-unwind" fn pairs(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        lua_pushcfunction(L, super::raw::next);
        lua_pushvalue(L, 1);
        lua_pushnil(L);
    }
    3
}

/// `next(t, k)` of a proxy: 1 the proxy, 2 the key or nil.
pub unsafe extern "C-unwind" fn next(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let handle = begin(L);
        lua_settop(L, 2);
        let key = traversal_key(L, handle);
        // The host goes on in any case; if pushing what it gives fails, the key that Lua knows is no longer the last one.
        handles::note_traversal(0);
        let known = if key.tag == tag::SAME { ahead::next() } else { None };
        let stream = match known {
            Some(stream) => stream,
            None => match host::js_ext_table_next(handle, key.tag, key.k) {
                0 => {
                    lua_pushnil(L);
                    return 1;
                }
                FAILED => return proxy::raise_failure(L),
                n if n < 0 => return raise!(L, c"host sent an invalid number of entries (%d)", n),
                n => ahead::begin(n),
            },
        };
        push_entry(L, handle, stream)
    }
}

/// Pushes the entry at `stream`, and remembers how far the traversal is.
unsafe fn push_entry(L: *mut lua_State, handle: i32, mut stream: Stream) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        if read::push_pair(L, &mut stream) {
            ahead::advance(stream);
            registry::copy(L, -2, Slot::LastKey);
            handles::note_traversal(handle);
            cu_gc_step(L);
        } else {
            // What ran in between may have traversed tables itself.
            ahead::forget();
        }
    }
    2
}

/// The key at index 2. A loop asks with the very key that it was given; such keys are not worth an id.
unsafe fn traversal_key(L: *mut lua_State, handle: i32) -> Key {
    // SAFETY: a plain frame.
    unsafe {
        if lua_type(L, 2) == LUA_TNIL {
            return Key { tag: tag::NIL, k: 0 };
        }
        if handles::is_traversing(handle) && registry::equals(L, 2, Slot::LastKey) {
            return Key { tag: tag::SAME, k: ahead::taken() };
        }
        if let Some(key) = keys::direct(L, 2) {
            return key;
        }
        let mut writer = Writer::new(Crossing::Import, Opaque::Refuse);
        let key = keys::write_value(L, 2, &mut writer);
        writer.close();
        key
    }
}

/// `tostring(t)`: what the host says (an error object's message), or what Lua says of any table.
pub unsafe extern "C-unwind" fn tostring(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let handle = begin(L);
        if host::js_ext_table_op(op::TOSTRING, handle, 0) == FAILED {
            return proxy::raise_failure(L);
        }
        read::push_values(L, &mut Stream::open(), 1);
        if lua_type(L, -1) != LUA_TSTRING {
            lua_pushfstring(L, c"table: %p".as_ptr(), lua_topointer(L, 1));
        }
    }
    1
}
