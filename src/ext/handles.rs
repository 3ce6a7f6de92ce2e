//! Which handle a proxy or a host function stands for, which of them are alive, and telling the host which are not.
//!
//! Three pieces: a hash map from the address of the Lua object to the handle, a list from handle to address, and a weak Lua
//! table from handle to object. Proxies carry no `__gc`: an emergency collection runs no finalizers, and garbage would pile up. Instead
//! the weak table is looked through ("swept") now and then, at moments when the buffer is free. An entry of an object that was
//! collected is harmless until then: only objects with the proxies' metatable are ever looked up, and a new object at
//! the same address overwrites the entry.
//!
//! A handle that the host gave out may never get here, because the read that would have met it failed. The host counts what it gave out,
//! and where it counts more than there are here, all the others are released. So no code of Lua's may run between the moment when a
//! handle crosses and the one when it is bound.

use core::ffi::{c_int, c_void};
use core::mem::MaybeUninit;
use core::ptr;

use super::{cycles, reference};
use crate::host::{self, BUFFER_BYTES, op};
use crate::local::local;
use crate::lua::ffi::*;
use crate::lua::registry::{self, Slot};

/// Handles that exist from the start and are never released: `_io`, `_home`, the host's modules.
pub const IO: i32 = 1;
pub const HOME: i32 = 2;
pub const MODULES: i32 = 3;

/// No host has more: each costs the module memory.
const HANDLES_MAX: usize = 1 << 20;
/// New handles after which a sweep is worth its time; a fraction of the live ones is added.
const SWEEP_EVERY: usize = 1024;
/// More live handles than after the last full collection, at least, before the next; half of the live ones, if that is more.
const COLLECT_EVERY: usize = 2048;
const LIST_LENGTH_MIN: usize = 64;
/// The handles that are in use for ever, and 0, which is none.
const FIXED: usize = MODULES as usize + 1;

#[derive(Clone, Copy)]
struct Entry {
    address: usize,
    handle: i32,
}

#[derive(Clone, Copy)]
struct Handles {
    /// Open addressing with linear probing; a power of two, at most half full. Address 0 is free.
    map: *mut Entry,
    map_length: usize,
    /// Address by handle; 0 for none.
    list: *mut usize,
    list_length: usize,
    /// Behind the highest handle that has an address.
    end: usize,
    live: usize,
    since_sweep: usize,
    /// Live handles at which a full collection is worth its time.
    collect_at: usize,
    /// Whether `sweep_if_due` has something to do.
    due: bool,
    /// The handle of the last traversal step; 0 when it was released since.
    traversed: i32,
    /// Whether something failed that handles can be lost by, since the last sweep.
    suspect: bool,
    /// A handle that the host lends for one call, without an object here; 0 for none.
    lent: i32,
}

impl Handles {
    const fn new() -> Handles {
        Handles {
            map: ptr::null_mut(),
            map_length: 0,
            list: ptr::null_mut(),
            list_length: 0,
            end: 0,
            live: 0,
            since_sweep: 0,
            collect_at: COLLECT_EVERY,
            due: false,
            traversed: 0,
            suspect: false,
            lent: 0,
        }
    }
}

local!(fn handles() -> Handles = Handles::new());

/// Makes the weak table. Once, when the state is made.
///
/// # Safety
/// A plain frame: raises a memory error.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a new state, nothing is held yet.
    unsafe {
        ptr::write(handles(), Handles::new());
        push_weak_table(L, "v");
        registry::set(L, Slot::Proxies);
        for slot in [Slot::HandleMap, Slot::HandleList] {
            lua_pushboolean(L, 0);
            registry::set(L, slot);
        }
        grow_paused(L, LIST_LENGTH_MIN);
    }
}

/// Handles in use.
pub fn live() -> usize {
    // SAFETY: this instance's own value.
    unsafe { (*handles()).live }
}

/// The handle of the proxy or host function at `idx`; 0 if it is something else. Never raises.
///
/// # Safety
/// `idx` is valid and holds a table or a function.
#[inline]
pub unsafe fn of(L: *mut lua_State, idx: c_int) -> i32 {
    // SAFETY: reading only.
    unsafe {
        let address = lua_topointer(L, idx) as usize;
        let handle = find(address);
        // An entry may have outlived its object, and another may lie at its address: only the weak table knows.
        if handle != 0 && registered(L, handle, address) { handle } else { 0 }
    }
}

/// Like `of`, for an object known to be a proxy by its metatable: without a look into the weak table.
///
/// # Safety
/// `idx` holds a proxy.
pub unsafe fn of_proxy(L: *mut lua_State, idx: c_int) -> i32 {
    // SAFETY: reading only.
    unsafe { find(lua_topointer(L, idx) as usize) }
}

/// The same, for its address.
#[inline(always)]
pub fn of_address(address: *const c_void) -> i32 {
    find(address as usize)
}

#[inline(always)]
fn find(address: usize) -> i32 {
    // SAFETY: the map is at most half full, so that the search ends.
    unsafe {
        let Handles { map, map_length, .. } = *handles();
        let mut at = slot(address, map_length);
        loop {
            let entry = *map.add(at);
            if entry.address == address {
                return entry.handle;
            }
            if entry.address == 0 {
                return 0;
            }
            at = (at + 1) & (map_length - 1);
        }
    }
}

#[inline(always)]
fn slot(address: usize, length: usize) -> usize {
    ((address >> 3) ^ (address >> 11)) & (length - 1)
}

unsafe fn registered(L: *mut lua_State, handle: i32, address: usize) -> bool {
    // SAFETY: one slot; nothing is allocated.
    unsafe {
        registry::push_element(L, Slot::Proxies, handle);
        let found = lua_topointer(L, -1) as usize == address;
        lua_pop(L, 1);
        found
    }
}

/// Pushes the live object of `handle`, or pushes nothing and says no. Never raises.
///
/// # Safety
/// One stack slot is free.
pub unsafe fn push_live(L: *mut lua_State, handle: i32) -> bool {
    // SAFETY: reading only.
    unsafe {
        let found = registry::push_element(L, Slot::Proxies, handle) != LUA_TNIL;
        if !found {
            lua_pop(L, 1);
        }
        found
    }
}

/// Makes room for `handle`, so that `bind` cannot fail for it. No code of Lua's runs.
///
/// # Safety
/// A plain frame: raises an error for an impossible handle, or a memory error; nothing has changed then.
pub unsafe fn reserve(L: *mut lua_State, handle: i32) {
    // SAFETY: reading, then a plain frame.
    unsafe {
        let Handles { list_length, live, .. } = *handles();
        let needed = (handle as usize).wrapping_add(1);
        if handle >= 1 && needed <= list_length {
            return;
        }
        if live >= HANDLES_MAX {
            raise!(L, c"too many external tables in use at once (%d)", live as c_int);
        }
        if handle < 1 || needed > HANDLES_MAX {
            raise!(L, c"host sent an invalid handle (%d)", handle);
        }
        // The host gives out the lowest free numbers: others were lost.
        if needed > live + FIXED {
            make_due();
        }
        grow_paused(L, needed);
    }
}

/// Makes room for `more` handles beyond the `given` that the host has given out.
///
/// # Safety
/// As for `reserve`.
pub unsafe fn reserve_more(L: *mut lua_State, given: usize, more: usize) {
    // SAFETY: a plain frame.
    unsafe {
        // The host gives out the lowest free numbers.
        let needed = given.saturating_add(more).saturating_add(1);
        if needed > HANDLES_MAX {
            raise!(L, c"too many external tables in use at once (%d)", needed.min(c_int::MAX as usize) as c_int);
        }
        if needed > (*handles()).list_length {
            grow_paused(L, needed);
        }
    }
}

/// How many handles the host has given out, at most: more than are known here, if some were lost. The buffer is free.
pub fn given() -> usize {
    // SAFETY: this instance's own value.
    let Handles { live, suspect, .. } = unsafe { *handles() };
    if suspect { Dead { count: 0 }.release(0) } else { live + FIXED }
}

/// Something failed that handles can be lost by.
#[cold]
pub fn note_failure() {
    // SAFETY: this instance's own value.
    unsafe { (*handles()).suspect = true };
}

/// As `note_failure`, and it is worth a sweep at the next moment when the buffer is free.
#[cold]
pub fn note_lost() {
    note_failure();
    make_due();
}

/// Runs what makes an object for a handle that has crossed, and binds them.
///
/// # Safety
/// A plain frame: raises what `make` raises. `reserve` made room.
#[inline(always)]
pub unsafe fn bind_new(L: *mut lua_State, handle: i32, make: impl FnOnce()) {
    // SAFETY: this instance's own values; no borrow lasts while `make` runs.
    unsafe {
        let before = core::mem::replace(&mut (*handles()).suspect, true);
        make();
        bind(L, handle);
        (*handles()).suspect = before;
    }
}

/// Finalizers do not run meanwhile.
#[cold]
unsafe fn grow_paused(L: *mut lua_State, needed: usize) {
    // SAFETY: a plain frame; the collector's state is restored before an error goes on.
    unsafe {
        let mut pause = MaybeUninit::<cu_Pause>::uninit();
        cu_gc_pause(L, pause.as_mut_ptr());
        lua_pushcfunction(L, grow);
        lua_pushinteger(L, needed.next_power_of_two() as i64);
        let status = lua_pcall(L, 1, 0, 0);
        cu_gc_resume(L, pause.as_ptr());
        if status != LUA_OK as c_int {
            lua_error(L);
        }
    }
}

/// Argument: the new length of the list. Blocks are replaced only when the new ones are there.
unsafe extern "C-unwind" fn grow(L: *mut lua_State) -> c_int {
    // SAFETY: a plain frame.
    unsafe {
        let length = lua_tointegerx(L, 1, ptr::null_mut()) as usize;
        let list = block(L, length * size_of::<usize>());
        let map = block(L, 2 * length * size_of::<Entry>());
        registry::push(L, Slot::Proxies);
        cu_table_reserve(L, lua_gettop(L), length as u32);
        lua_pop(L, 1);
        // All places exist: from here on nothing allocates.
        let handles = &mut *handles();
        registry::set(L, Slot::HandleMap);
        registry::set(L, Slot::HandleList);
        if !handles.list.is_null() {
            ptr::copy_nonoverlapping(handles.list, list.cast(), handles.list_length);
        }
        handles.list = list.cast();
        handles.list_length = length;
        handles.map = map.cast();
        handles.map_length = 2 * length;
        for handle in 0..length {
            let address = *handles.list.add(handle);
            // A dead handle's address may be a live object's by now.
            if address != 0 && registered(L, handle as i32, address) {
                insert(handles, address, handle as i32);
            }
        }
    }
    0
}

/// A zeroed block that Lua's collector owns; it is on the stack.
unsafe fn block(L: *mut lua_State, bytes: usize) -> *mut c_void {
    // SAFETY: a userdata of that size.
    unsafe {
        let block = lua_newuserdatauv(L, bytes, 0);
        ptr::write_bytes(block.cast::<u8>(), 0, bytes);
        block
    }
}

unsafe fn insert(handles: &mut Handles, address: usize, handle: i32) {
    // SAFETY: the map has room.
    unsafe {
        let mut at = slot(address, handles.map_length);
        while (*handles.map.add(at)).address != 0 && (*handles.map.add(at)).address != address {
            at = (at + 1) & (handles.map_length - 1);
        }
        *handles.map.add(at) = Entry { address, handle };
    }
}

/// Removes the entry of `address` if it is `handle`'s, and closes the gap (Knuth, TAOCP 6.4, algorithm R).
unsafe fn remove(handles: &mut Handles, address: usize, handle: i32) {
    let mask = handles.map_length - 1;
    // SAFETY: indices are masked.
    unsafe {
        let mut gap = slot(address, handles.map_length);
        while (*handles.map.add(gap)).address != address {
            if (*handles.map.add(gap)).address == 0 {
                return;
            }
            gap = (gap + 1) & mask;
        }
        if (*handles.map.add(gap)).handle != handle {
            return;
        }
        let mut at = gap;
        loop {
            at = (at + 1) & mask;
            let entry = *handles.map.add(at);
            if entry.address == 0 {
                break;
            }
            let home = slot(entry.address, handles.map_length);
            if (at.wrapping_sub(home) & mask) >= (at.wrapping_sub(gap) & mask) {
                *handles.map.add(gap) = entry;
                gap = at;
            }
        }
        *handles.map.add(gap) = Entry { address: 0, handle: 0 };
    }
}

/// Whether the host may have given out this number, after `reserve`.
pub fn is_possible(handle: i32) -> bool {
    // SAFETY: this instance's own value.
    handle >= 1 && (handle as usize) < unsafe { (*handles()).list_length }
}

/// Records that the object on the top of the stack stands for `handle`. Leaves the object there. Never raises.
///
/// # Safety
/// `reserve` made room; `is_possible(handle)`.
pub unsafe fn bind(L: *mut lua_State, handle: i32) {
    // SAFETY: the weak table's array part has room for the handle, so that nothing is allocated.
    unsafe {
        registry::set_element(L, Slot::Proxies, handle);
        let handles = &mut *handles();
        let address = lua_topointer(L, -1) as usize;
        let before = handles.list.add(handle as usize).replace(address);
        handles.end = handles.end.max(handle as usize + 1);
        if before == 0 {
            handles.live += 1;
        } else {
            remove(handles, before, handle);
        }
        insert(handles, address, handle);
        handles.since_sweep += 1;
        handles.due |= handles.since_sweep > SWEEP_EVERY + handles.live / 2 || handles.live >= handles.collect_at;
    }
}

/// Asks for a sweep at the next moment when the buffer is free.
pub fn make_due() {
    // SAFETY: this instance's own value.
    unsafe { (*handles()).due = true };
}

/// The host asks for a full collection at the next moment when the buffer is free: garbage of Lua's weighs on it.
pub fn make_collection_due() {
    // SAFETY: this instance's own value.
    unsafe { (*handles()).collect_at = 0 };
    make_due();
}

/// Remembers whose traversal goes on.
pub fn note_traversal(handle: i32) {
    // SAFETY: this instance's own value.
    unsafe { (*handles()).traversed = handle };
}

/// Remembers which handle the host lends; 0 for none.
pub fn lend(handle: i32) {
    // SAFETY: this instance's own value.
    unsafe { (*handles()).lent = handle.max(0) };
}

/// Whether the last traversal step was this handle's.
pub fn is_traversing(handle: i32) -> bool {
    // SAFETY: this instance's own value.
    unsafe { (*handles()).traversed == handle }
}

/// Releases dead handles if enough new ones were made since the last time. Called where the buffer is free.
///
/// # Safety
/// `L` is inside a C function with its usual free slots, or has five. Never raises.
#[inline(always)]
pub unsafe fn sweep_if_due(L: *mut lua_State) {
    // SAFETY: as above.
    unsafe {
        if (*handles()).due {
            sweep_and_pace(L);
        }
    }
}

/// Lua's collector sees the few bytes of a proxy, not what a handle costs here and in the host. So a full collection runs when the live
/// handles have grown by half since the last one. It is of the emergency kind, which runs no finalizers: those may not run here.
#[cold]
unsafe fn sweep_and_pace(L: *mut lua_State) {
    // SAFETY: as `sweep`.
    unsafe {
        (*handles()).due = false;
        if reference::is_due() {
            cycles::collect(L);
        }
        sweep();
        if live() >= (*handles()).collect_at {
            cu_gc_full(L);
            sweep();
            (*handles()).collect_at = live() + COLLECT_EVERY.max(live() / 2);
        }
    }
}

/// Releases the handles whose objects were collected, and those that were lost.
///
/// # Safety
/// The buffer is free. Never raises.
#[cold]
pub unsafe fn sweep() {
    // SAFETY: list and map are only changed here; nothing runs Lua.
    unsafe {
        let handles = &mut *handles();
        let mut dead = Dead { count: 0 };
        // Most handles of a loop over records are dead: filling the map anew costs less than closing gaps.
        ptr::write_bytes(handles.map, 0, handles.map_length);
        let end = core::mem::replace(&mut handles.end, 0);
        for handle in 0..end {
            let address = *handles.list.add(handle);
            if address == 0 {
                continue;
            }
            if registry::has_element(Slot::Proxies, handle as i32) {
                insert(handles, address, handle as i32);
                handles.end = handle + 1;
                continue;
            }
            *handles.list.add(handle) = 0;
            handles.live -= 1;
            if handles.traversed == handle as i32 {
                handles.traversed = 0;
            }
            dead.add(handle);
        }
        handles.since_sweep = 0;
        handles.suspect = false;
        let unbound = (1..FIXED).filter(|&handle| *handles.list.add(handle) == 0).count() + usize::from(handles.lent != 0);
        if dead.release(0) > handles.live + unbound {
            release_unknown(handles);
        }
    }
}

/// Releases all handles that are not in use here.
///
/// # Safety
/// As for `sweep`.
#[cold]
unsafe fn release_unknown(handles: &Handles) {
    let mut dead = Dead { count: 0 };
    let end = handles.end.max(handles.lent as usize + 1).max(FIXED);
    for handle in FIXED..end {
        // SAFETY: the index is within the list.
        let known = handle < handles.list_length && unsafe { *handles.list.add(handle) } != 0;
        if !known && handle != handles.lent as usize {
            dead.add(handle);
        }
    }
    dead.release(end);
}

/// Handles that are given back, in the buffer.
struct Dead {
    count: usize,
}

impl Dead {
    fn add(&mut self, handle: usize) {
        // The fixed handles are the host's for ever.
        if handle < FIXED {
            return;
        }
        if self.count == BUFFER_BYTES / size_of::<i32>() {
            self.release(0);
        }
        // SAFETY: the buffer is free and has room.
        unsafe { *host::buffer().cast::<i32>().add(self.count) = handle as i32 };
        self.count += 1;
    }

    /// With all from `end` on, if that is not 0. How many the host has then given out.
    fn release(&mut self, end: usize) -> usize {
        let count = core::mem::take(&mut self.count);
        host::js_ext_table_op(op::RELEASE, count as i32, end as i32).max(0) as usize
    }
}
