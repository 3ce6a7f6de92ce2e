//! References: Lua values that the host holds by number (docs/ABI.md §3). Each crossing counts one use; the value is kept until
//! all are given back.

use core::ffi::c_int;
use core::ptr;

use super::handles;
use crate::heap;
use crate::local::local;
use crate::lua::ffi::*;
use crate::lua::registry::{self, Slot};

/// References below which nobody looks for cycles.
const TRACE_FROM: usize = 1024;
/// The same where half of the heap is in use.
const TRACE_FROM_IF_PRESSED: usize = 256;
/// Functions in one stream whose places are kept for the next.
const SENT_KEPT: i32 = 64;

#[derive(Clone, Copy)]
struct Count {
    live: usize,
    /// The number given last. Numbers come back only after all others, so that a late release cannot hit another value.
    last: i32,
    /// How many make a search for cycles worth its time, and how many were added since the last one.
    trace_at: usize,
    since_trace: usize,
    /// Uses counted in the present stream: their references are the first elements of a table.
    sent: i32,
    /// The most there were since that table was emptied.
    sent_most: i32,
    /// Whether there are some that the host's collector decides about (`leave_to_host`).
    left_to_host: bool,
}

impl Count {
    const fn new() -> Count {
        Count { live: 0, last: 0, trace_at: TRACE_FROM, since_trace: 0, sent: 0, sent_most: 0, left_to_host: false }
    }
}

local!(fn counts() -> Count = Count::new());

/// Makes the tables. Once, when the state is made.
///
/// # Safety
/// A plain frame: raises a memory error.
pub unsafe fn open(L: *mut lua_State) {
    // SAFETY: a plain frame.
    unsafe {
        ptr::write(counts(), Count::new());
        for slot in [Slot::ReferenceValues, Slot::ReferenceUses, Slot::ReferencesSent] {
            lua_newtable(L);
            registry::set(L, slot);
        }
        // The ids hold no value: what is held is in the table of values alone.
        push_weak_table(L, "k");
        registry::set(L, Slot::ReferenceIds);
    }
}

/// References in use.
pub fn live() -> usize {
    // SAFETY: this instance's own value.
    unsafe { (*counts()).live }
}

/// Whether there are so many that a search for cycles is worth its time.
pub fn is_due() -> bool {
    // SAFETY: this instance's own value.
    let Count { live, trace_at, since_trace, .. } = unsafe { *counts() };
    live >= trace_at || (since_trace.min(live) >= TRACE_FROM_IF_PRESSED && heap::used_bytes() >= heap::HEAP_BYTES / 2)
}

/// A search is done: the next one comes when the number has doubled.
pub fn note_trace() {
    // SAFETY: this instance's own value.
    let counts = unsafe { &mut *counts() };
    counts.trace_at = next_trace(counts.live);
    counts.since_trace = 0;
}

fn next_trace(live: usize) -> usize {
    TRACE_FROM.max(2 * live)
}

/// A stream begins: what was counted before has got to the host.
#[inline(always)]
pub fn begin_stream() {
    // SAFETY: this instance's own value.
    unsafe { (*counts()).sent = 0 };
}

/// As `hold`, in a stream.
///
/// # Safety
/// As for `hold`.
pub unsafe fn send(L: *mut lua_State, idx: c_int) -> i32 {
    // SAFETY: a plain frame. The place is there before the use is counted.
    unsafe {
        let idx = lua_absindex(L, idx);
        let place = (*counts()).sent + 1;
        if place == 1 && (*counts()).sent_most > SENT_KEPT {
            forget_sent(L);
        }
        (*counts()).sent_most = place.max((*counts()).sent_most);
        note_sent(L, place, 0);
        let number = hold(L, idx);
        note_sent(L, place, number);
        (*counts()).sent = place;
        number
    }
}

unsafe fn note_sent(L: *mut lua_State, place: i32, number: i32) {
    // SAFETY: a plain frame; one slot.
    unsafe {
        lua_pushinteger(L, number.into());
        registry::set_element(L, Slot::ReferencesSent, place);
        lua_pop(L, 1);
    }
}

/// The present stream does not get to the host.
///
/// # Safety
/// Four stack slots are free. Never raises.
pub unsafe fn take_back(L: *mut lua_State) {
    // SAFETY: existing entries are read.
    unsafe {
        for place in 1..=(*counts()).sent {
            registry::push_element(L, Slot::ReferencesSent, place);
            let number = lua_tointegerx(L, -1, ptr::null_mut()) as i32;
            lua_pop(L, 1);
            release(L, number, 1);
        }
        (*counts()).sent = 0;
        forget_sent(L);
    }
}

unsafe fn forget_sent(L: *mut lua_State) {
    // SAFETY: emptying a table never raises.
    unsafe {
        (*counts()).sent_most = 0;
        registry::empty(L, Slot::ReferencesSent);
    }
}

/// The number by which the host knows the value at `idx`, with one more use.
///
/// # Safety
/// A plain frame: raises a memory error; nothing has changed then. Four stack slots are free. The value is not nil.
pub unsafe fn hold(L: *mut lua_State, idx: c_int) -> i32 {
    // SAFETY: a plain frame.
    unsafe {
        let idx = lua_absindex(L, idx);
        registry::push(L, Slot::ReferenceIds);
        lua_pushvalue(L, idx);
        lua_rawget(L, -2);
        let known = lua_tointegerx(L, -1, ptr::null_mut()) as i32;
        lua_pop(L, 1);
        // A number without uses was forgotten with its value, which a finalizer has brought back.
        let number = if uses(L, known) > 0 { known } else { add(L, idx) };
        lua_pop(L, 1);
        // The entry was made by `add`.
        set_uses(L, number, uses(L, number) + 1);
        number
    }
}

/// Whether the host holds the value at `idx`, which is not nil.
///
/// # Safety
/// `idx` is valid and positive. Two stack slots are free. Never raises.
pub unsafe fn is_known(L: *mut lua_State, idx: c_int) -> bool {
    // SAFETY: reading only.
    unsafe {
        registry::push(L, Slot::ReferenceIds);
        lua_pushvalue(L, idx);
        let known = lua_rawget(L, -2) == LUA_TNUMBER;
        lua_pop(L, 2);
        known
    }
}

/// Keeps a new value. The table of ids is on the top of the stack. What can fail comes before what is seen.
unsafe fn add(L: *mut lua_State, idx: c_int) -> i32 {
    // SAFETY: a plain frame.
    unsafe {
        let number = next_number(L);
        lua_pushinteger(L, 0);
        registry::set_element(L, Slot::ReferenceUses, number);
        lua_pop(L, 1);
        lua_pushvalue(L, idx);
        registry::set_element(L, Slot::ReferenceValues, number);
        lua_pushinteger(L, number.into());
        lua_rawset(L, -3);
        (*counts()).last = number;
        (*counts()).live += 1;
        (*counts()).since_trace += 1;
        if is_due() {
            handles::make_due();
        }
        number
    }
}

/// A number that is not in use.
unsafe fn next_number(L: *mut lua_State) -> i32 {
    // SAFETY: reading only.
    unsafe {
        let mut number = (*counts()).last;
        loop {
            number = number.checked_add(1).unwrap_or(1);
            if uses(L, number) == 0 {
                return number;
            }
        }
    }
}

/// Pushes the value of a reference.
///
/// # Safety
/// A plain frame: raises when the number was never given. One stack slot is free.
pub unsafe fn push(L: *mut lua_State, number: i32) {
    // SAFETY: a plain frame.
    unsafe {
        if registry::push_element(L, Slot::ReferenceValues, number) == LUA_TNIL {
            raise!(L, c"host sent an invalid reference (%d)", number);
        }
    }
}

/// Uses that the host has of a reference; 0 for a number that was never given.
///
/// # Safety
/// One stack slot is free. Never raises.
pub unsafe fn uses(L: *mut lua_State, number: i32) -> i64 {
    // SAFETY: reading only.
    unsafe {
        registry::push_element(L, Slot::ReferenceUses, number);
        let uses = lua_tointegerx(L, -1, ptr::null_mut());
        lua_pop(L, 1);
        uses
    }
}

/// Takes `given_back` uses of a reference back. Numbers that the module does not know are ignored.
///
/// # Safety
/// Three stack slots are free. Never raises: all entries exist.
pub unsafe fn release(L: *mut lua_State, number: i32, given_back: i32) {
    // SAFETY: existing entries are changed, which allocates nothing.
    unsafe {
        let before = uses(L, number);
        if before <= 0 || given_back <= 0 {
            return;
        }
        let left = before - i64::from(given_back);
        if left <= 0 {
            return forget(L, number);
        }
        set_uses(L, number, left);
    }
}

/// Sets an existing entry, which needs no memory.
unsafe fn set_uses(L: *mut lua_State, number: i32, uses: i64) {
    // SAFETY: an existing entry is changed.
    unsafe {
        lua_pushinteger(L, uses);
        registry::set_element(L, Slot::ReferenceUses, number);
        lua_pop(L, 1);
    }
}

unsafe fn forget(L: *mut lua_State, number: i32) {
    // SAFETY: as `release`.
    unsafe {
        registry::push(L, Slot::ReferenceIds);
        registry::push_element(L, Slot::ReferenceValues, number);
        lua_pushnil(L);
        lua_rawset(L, -3);
        lua_pop(L, 1);
        drop_detached(L, number);
    }
}

/// Nothing but the host's collector decides how long the host has this one. Until `take_from_host` the number of its uses is below zero.
/// Numbers that the module does not know are ignored.
///
/// # Safety
/// One stack slot is free. Never raises: the entry exists.
pub unsafe fn leave_to_host(L: *mut lua_State, number: i32) {
    // SAFETY: an existing entry is changed.
    unsafe {
        let uses = uses(L, number);
        if uses > 0 {
            set_uses(L, number, -uses);
            (*counts()).left_to_host = true;
        }
    }
}

/// Whether there are such references.
pub fn are_left_to_host() -> bool {
    // SAFETY: this instance's own value.
    unsafe { (*counts()).left_to_host }
}

/// They are as they were.
///
/// # Safety
/// Four stack slots are free. Never raises.
pub unsafe fn take_from_host(L: *mut lua_State) {
    // SAFETY: the traversed table is not changed, but for existing fields.
    unsafe {
        if !core::mem::take(&mut (*counts()).left_to_host) {
            return;
        }
        registry::push(L, Slot::ReferenceUses);
        lua_pushnil(L);
        while lua_next(L, -2) != 0 {
            let uses = lua_tointegerx(L, -1, ptr::null_mut());
            lua_pop(L, 1);
            set_uses(L, lua_tointegerx(L, -1, ptr::null_mut()) as i32, uses.abs());
        }
        lua_pop(L, 1);
    }
}

/// Stops keeping the value of a reference, which stays given; `attach` or `drop_detached` follows.
///
/// # Safety
/// The reference is live. Two stack slots are free. Never raises: the entry exists.
pub unsafe fn detach(L: *mut lua_State, number: i32) {
    // SAFETY: an existing entry is changed.
    unsafe {
        lua_pushboolean(L, 0);
        registry::set_element(L, Slot::ReferenceValues, number);
        lua_pop(L, 1);
    }
}

/// Keeps the value on the top of the stack again, and pops it.
///
/// # Safety
/// As for `detach`.
pub unsafe fn attach(L: *mut lua_State, number: i32) {
    // SAFETY: an existing entry is changed.
    unsafe {
        registry::set_element(L, Slot::ReferenceValues, number);
        lua_pop(L, 1);
    }
}

/// Forgets a detached reference whose value is gone.
///
/// # Safety
/// As for `detach`.
pub unsafe fn drop_detached(L: *mut lua_State, number: i32) {
    // SAFETY: existing entries are changed.
    unsafe {
        lua_pushnil(L);
        for slot in [Slot::ReferenceUses, Slot::ReferenceValues] {
            registry::set_element(L, slot, number);
        }
        lua_pop(L, 1);
        let counts = &mut *counts();
        counts.live -= 1;
        // What a search found may be given back long after it.
        counts.trace_at = counts.trace_at.min(next_trace(counts.live));
    }
}
