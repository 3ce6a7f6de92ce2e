//! Keys on their way to the host. Small integers cross as themselves; strings that were used before cross as small numbers. Lua keeps
//! one copy of each short string, so that its address tells which it is, as long as it is kept alive: the registry does that.

use core::ffi::{c_char, c_int};
use core::ptr;

use super::{handles, null, reference};
use crate::bigint;
use crate::codec::tag;
use crate::codec::write::Writer;
use crate::local::local;
use crate::lua::ffi::*;
use crate::lua::registry::{self, Slot};

/// Interned keys at most; more are evicted.
pub const KEYS_MAX: usize = 2048;
/// Lua keeps one copy of strings up to this length (`LUAI_MAXSHORTLEN`).
const SHORT_STRING_BYTES_MAX: usize = 40;

const _: () = assert!(KEYS_MAX.is_power_of_two() && KEYS_MAX <= 1 << 16);

/// A two-way cache: a string's id can be in one of two places, next to each other.
#[derive(Clone, Copy)]
struct Place {
    address: usize,
    id: u16,
}

struct Keys {
    places: *mut Place,
    given: usize,
    /// Which of two places is evicted next.
    turn: usize,
}

local!(fn keys() -> Keys = Keys { places: ptr::null_mut(), given: 0, turn: 0 });

/// A key as the parameters `ktag`, `k`.
#[derive(Clone, Copy)]
pub struct Key {
    pub tag: i32,
    pub k: i32,
}

/// Makes the cache. Once, when the state is made.
///
/// # Safety
/// A plain frame: raises a memory error.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a userdata of that size, kept by the registry.
    unsafe {
        let bytes = KEYS_MAX * size_of::<Place>();
        let places = lua_newuserdatauv(L, bytes, 0).cast::<Place>();
        ptr::write_bytes(places, 0, KEYS_MAX);
        registry::set(L, Slot::KeyTable);
        lua_newtable(L);
        registry::set(L, Slot::KeyStrings);
        ptr::write(keys(), Keys { places, given: 0, turn: 0 });
    }
}

/// The key at `idx`, if it crosses without the stream.
///
/// # Safety
/// `idx` is valid. Never raises.
#[inline(always)]
pub unsafe fn direct(L: *mut lua_State, idx: c_int) -> Option<Key> {
    // SAFETY: types are looked at first.
    unsafe {
        match lua_type(L, idx) {
            LUA_TNUMBER => {
                let mut is_integer = 0;
                let integer = lua_tointegerx(L, idx, &mut is_integer);
                if is_integer == 0 {
                    return None;
                }
                i32::try_from(integer).ok().map(|k| Key { tag: tag::INT, k })
            }
            LUA_TSTRING => known(lua_tolstring(L, idx, ptr::null_mut())),
            _ => None,
        }
    }
}

/// The key that is the string with this address, if it was used before.
#[inline(always)]
pub fn known(string: *const c_char) -> Option<Key> {
    let address = string as usize;
    let key = |place: *const Place| {
        // SAFETY: the places are masked.
        let Place { address: found, id } = unsafe { *place };
        (found == address).then_some(Key { tag: tag::KEY, k: id.into() })
    };
    // SAFETY: the places are masked.
    unsafe { key((*keys()).places.add(place(address))).or_else(|| key((*keys()).places.add(place(address) ^ 1))) }
}

#[inline(always)]
fn place(address: usize) -> usize {
    ((address >> 3) ^ (address >> 13)) & (KEYS_MAX - 1)
}

/// Writes the key at `idx`, which does not cross directly, to the stream; a short string gets an id.
///
/// # Safety
/// A plain frame: raises a memory error, before anything was written. Three stack slots are free.
pub unsafe fn write(L: *mut lua_State, idx: c_int, writer: &mut Writer) -> Key {
    // SAFETY: a plain frame.
    unsafe {
        if lua_type(L, idx) == LUA_TSTRING {
            let mut n = 0;
            let address = lua_tolstring(L, idx, &mut n);
            if n <= SHORT_STRING_BYTES_MAX {
                let id = define(L, idx, address as usize);
                writer.lua_string(L, idx);
                return Key { tag: tag::KEY_NEW, k: id };
            }
        }
        write_value(L, idx, writer)
    }
}

/// Like `write`, but defines no id: for operations that may still fail before anything crosses.
///
/// # Safety
/// As for `write`.
pub unsafe fn write_value(L: *mut lua_State, idx: c_int, writer: &mut Writer) -> Key {
    // SAFETY: a plain frame.
    unsafe {
        let mut is_integer = 0;
        let integer = lua_tointegerx(L, idx, &mut is_integer);
        // A float with an integral value is the integer's key, as in Lua.
        if lua_type(L, idx) == LUA_TNUMBER && is_integer != 0 {
            writer.integer(integer);
        } else {
            value_or_function(L, idx, writer);
        }
        Key { tag: tag::STREAM, k: 0 }
    }
}

/// Whether no external table has the key at `idx`: what has no form outside, a plain table, a function that the host does not hold.
///
/// # Safety
/// `idx` is valid and positive. Two stack slots are free. Never raises.
pub unsafe fn is_nowhere(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: reading only.
    unsafe {
        match lua_type(L, idx) {
            LUA_TNIL | LUA_TTHREAD | LUA_TLIGHTUSERDATA => true,
            LUA_TTABLE => handles::of(L, idx) == 0,
            LUA_TFUNCTION => handles::of(L, idx) == 0 && !reference::is_known(L, idx),
            LUA_TUSERDATA => bigint::magnitude(L, idx).is_none() && !null::is(L, idx),
            _ => false,
        }
    }
}

/// A function of Lua's is a key by its reference, which is the same while the host holds it. A plain table is one only when it is adopted
/// (`adoption`), and what has no form outside is none.
unsafe fn value_or_function(L: *mut lua_State, idx: c_int, writer: &mut Writer) {
    // SAFETY: a plain frame.
    unsafe {
        if writer.plain(L, idx) {
            return;
        }
        if lua_type(L, idx) != LUA_TFUNCTION {
            raise!(L, c"a %s cannot be a key of an external table", lua_typename(L, lua_type(L, idx)));
        }
        let number = reference::send(L, idx);
        writer.mark(tag::CLOSURE, number);
    }
}

/// Gives the string at `idx` an id, perhaps that of another string.
unsafe fn define(L: *mut lua_State, idx: c_int, address: usize) -> c_int {
    // SAFETY: the anchor comes first; the cache changes when nothing can fail any more.
    unsafe {
        let keys = keys();
        let at = free_place(&mut *keys, address);
        let fresh = (*(*keys).places.add(at)).address == 0;
        let id = if fresh { (*keys).given } else { (*(*keys).places.add(at)).id as usize };
        registry::push(L, Slot::KeyStrings);
        lua_pushvalue(L, idx);
        lua_rawseti(L, -2, id as i64 + 1);
        lua_pop(L, 1);
        (*keys).given += usize::from(fresh);
        *(*keys).places.add(at) = Place { address, id: id as u16 };
        id as c_int
    }
}

/// Where a new string goes: a free place of its two, or the one whose turn it is.
unsafe fn free_place(keys: &mut Keys, address: usize) -> usize {
    let first = place(address);
    for at in [first, first ^ 1] {
        // SAFETY: the places are masked.
        if unsafe { (*keys.places.add(at)).address } == 0 {
            return at;
        }
    }
    keys.turn ^= 1;
    first ^ keys.turn
}
