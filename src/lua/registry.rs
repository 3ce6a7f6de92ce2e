//! The module's own places, in a table that Lua's registry anchors. Its address is kept, so that reaching a place is no look-up: the
//! hot paths do it at each crossing. Lua code cannot reach them: `debug.getregistry` shows another table.

use core::ffi::{c_int, c_void};
use core::ptr;

use super::ffi::*;
use crate::local::local;

#[derive(Clone, Copy)]
#[repr(i32)]
pub enum Slot {
    /// Handle → proxy or host function; weak values.
    Proxies = 1,
    /// Metatable of all proxies without one of their own, `_home`'s apart.
    ProxyMetatable,
    /// Metatable of all proxies whose own the host keeps and the module has not asked for.
    UnknownMetatable,
    /// Metatable of Lua's → the one that a proxy has in its place; weak keys.
    WrappedMetatables,
    /// Proxy that is a metatable → what Lua sees in its place; weak keys.
    StandIns,
    /// Blocks of `ext::handles`.
    HandleMap,
    HandleList,
    /// Key id → string, so that interned strings stay where they are.
    KeyStrings,
    /// Block of `ext::keys`.
    KeyTable,
    /// Reference → value, value → reference, reference → uses.
    ReferenceValues,
    ReferenceIds,
    ReferenceUses,
    /// The references in the stream that is being written.
    ReferencesSent,
    /// What the message handler found out about the last error.
    ErrorTraceback,
    ErrorChunk,
    ErrorLine,
    /// `ext.null`.
    Null,
    /// The key that the last traversal step gave.
    LastKey,
    /// Metatable of all bigints.
    BigintMetatable,
    /// Value of the standard libraries → its name.
    LibraryNames,
    /// Metatable of `_home`, and the tables under it that are known by name; weak values.
    HomeMetatable,
    HomeTables,
    /// Number → task.
    Tasks,
}

/// How many places there are.
const SLOTS: u32 = Slot::Tasks as u32;

local!(
    /// The table of the places.
    fn slots() -> *mut c_void = ptr::null_mut()
);

/// Makes the places. Once, before anything else of the module's own is made in a new state.
///
/// # Safety
/// A plain frame: raises a memory error.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a plain frame; the registry keeps the table where it is.
    unsafe { *slots() = cu_slots_new(L, SLOTS) };
}

/// Pushes what is in `slot`.
///
/// # Safety
/// One stack slot is free. Never raises.
#[inline(always)]
pub unsafe fn push(L: *mut lua_State, slot: Slot) {
    // SAFETY: the table lives as long as the state.
    unsafe { cu_slot_push(L, *slots(), slot as c_int) };
}

/// Pops a value into `slot`.
///
/// # Safety
/// There is a value on the stack. Never raises.
#[inline(always)]
pub unsafe fn set(L: *mut lua_State, slot: Slot) {
    // SAFETY: as `push`.
    unsafe { cu_slot_set(L, *slots(), slot as c_int) };
}

/// Puts the value at `idx` into `slot`.
///
/// # Safety
/// `idx` is valid and no pseudo-index. Never raises.
#[inline(always)]
pub unsafe fn copy(L: *mut lua_State, idx: c_int, slot: Slot) {
    // SAFETY: as `push`.
    unsafe { cu_slot_copy(L, idx, *slots(), slot as c_int) };
}

/// Whether the value at `idx` is the one in `slot`.
///
/// # Safety
/// As for `copy`.
#[inline(always)]
pub unsafe fn equals(L: *mut lua_State, idx: c_int, slot: Slot) -> bool {
    // SAFETY: as `push`.
    unsafe { cu_slot_equals(L, idx, *slots(), slot as c_int) != 0 }
}

/// Pushes the element `i` of the table in `slot` and returns its type.
///
/// # Safety
/// There is a table in `slot`, and one stack slot is free. Never raises.
#[inline(always)]
pub unsafe fn push_element(L: *mut lua_State, slot: Slot, i: i32) -> c_int {
    // SAFETY: as `push`.
    unsafe { cu_element_push(L, *slots(), slot as c_int, i.into()) }
}

/// Sets the element `i` of the table in `slot` to the value on the top of the stack, which stays there.
///
/// # Safety
/// There are a table in `slot` and a value on the stack. May raise a memory error if the table had neither the element nor an array part
/// with room for it.
#[inline(always)]
pub unsafe fn set_element(L: *mut lua_State, slot: Slot, i: i32) {
    // SAFETY: as `push`.
    unsafe { cu_element_set(L, *slots(), slot as c_int, i.into()) };
}

/// Whether the table in `slot` has an element `i`.
///
/// # Safety
/// There is a table in `slot`.
pub unsafe fn has_element(slot: Slot, i: i32) -> bool {
    // SAFETY: as `push`.
    unsafe { cu_element_exists(*slots(), slot as c_int, i.into()) != 0 }
}

/// Empties the table in `slot`.
///
/// # Safety
/// There is a table in `slot`. Never raises.
pub unsafe fn empty(L: *mut lua_State, slot: Slot) {
    // SAFETY: as `push`.
    unsafe { cu_slot_empty(L, *slots(), slot as c_int) };
}

/// Compares the metatable of the value at `idx`, if that is a table, with the one in `slot`: `CU_METATABLE_…`.
///
/// # Safety
/// There is a table in `slot`, and `idx` is no pseudo-index.
#[inline(always)]
pub unsafe fn compare_metatable(L: *mut lua_State, idx: c_int, slot: Slot) -> c_int {
    // SAFETY: as `push`.
    unsafe { cu_metatable_compare(L, idx, *slots(), slot as c_int) }
}

/// Pushes a new empty table with the metatable in `slot`. `cu_gc_step` has to follow.
///
/// # Safety
/// A plain frame: raises a memory error. There is a table without `__gc` in `slot`, and one stack slot is free.
pub unsafe fn push_new(L: *mut lua_State, slot: Slot) {
    // SAFETY: as `push`.
    unsafe { cu_table_new(L, *slots(), slot as c_int) };
}
