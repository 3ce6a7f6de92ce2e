//! The module's own places in Lua's registry. Lua code cannot reach them: `debug.getregistry` shows another table.

use super::ffi::*;

/// A place in the registry; its address would do as a key, but small numbers below Lua's own are plainer: these are
/// light userdata, which Lua code can neither make nor see.
#[derive(Clone, Copy)]
#[repr(usize)]
pub enum Slot {
    /// Handle → proxy or host function; weak values.
    Proxies = 1,
    /// Metatable of all proxies without one of their own.
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
}

/// Pushes what is in `slot`.
///
/// # Safety
/// One stack slot is free. Never raises.
#[inline(always)]
pub unsafe fn push(L: *mut lua_State, slot: Slot) {
    // SAFETY: reading the registry by a light key allocates nothing.
    unsafe { lua_rawgetp(L, CU_REGISTRYINDEX, slot as usize as *const _) };
}

/// Pops a value into `slot`.
///
/// # Safety
/// There is a value on the stack. May raise a memory error.
pub unsafe fn set(L: *mut lua_State, slot: Slot) {
    // SAFETY: the value is there.
    unsafe { lua_rawsetp(L, CU_REGISTRYINDEX, slot as usize as *const _) };
}
