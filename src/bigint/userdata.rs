//! A bigint in Lua: a userdata whose block is a head and the digits, base 2^32, least significant first, without leading zeros. It never
//! changes after it was filled.

use core::mem::{ManuallyDrop, MaybeUninit};
use core::{ptr, slice};

use num_bigint::BigUint;

use crate::heap::HEAP_BYTES;
use crate::local::local;
use crate::lua::ffi::*;

/// Bits of a digit.
pub const DIGIT_BITS: u64 = 32;
/// More digits than the heap can hold.
pub const DIGITS_MAX: u64 = HEAP_BYTES as u64 / 4;

/// The start of the block; the digits follow.
#[repr(C)]
pub struct Head {
    length: u32,
    negative: u32,
}

/// A new userdata that waits for its number.
#[derive(Clone, Copy)]
pub struct Place {
    head: *mut Head,
    capacity: usize,
}

local!(fn metatable() -> *const core::ffi::c_void = ptr::null());

/// Makes the table on the top of the stack the metatable of all bigints.
///
/// # Safety
/// The table lives as long as the state.
pub unsafe fn set_metatable(L: *mut lua_State) {
    // SAFETY: a pointer of this instance alone.
    unsafe { *metatable() = lua_topointer(L, -1) };
}

/// The bigint at the positive index `idx`: whether it is negative, and its digits.
///
/// # Safety
/// The slice is used while the value is on the stack. Never raises.
#[inline(always)]
pub unsafe fn get<'a>(L: *mut lua_State, idx: i32) -> Option<(bool, &'a [u32])> {
    // SAFETY: only blocks made here have the metatable.
    unsafe {
        let head = cu_userdata_of(L, idx, *metatable()).cast::<Head>();
        if head.is_null() {
            return None;
        }
        Some(((*head).negative != 0, slice::from_raw_parts(head.add(1).cast(), (*head).length as usize)))
    }
}

/// Pushes a new bigint, zero at first, with room for `digits` digits. No finalizer runs until `finish`.
///
/// # Safety
/// A plain frame: raises a memory error. One stack slot is free.
pub unsafe fn push(L: *mut lua_State, digits: u64) -> Place {
    // SAFETY: a plain frame; the block has room for the head.
    unsafe {
        if digits >= DIGITS_MAX {
            cu_memory_error(L);
        }
        let capacity = digits as usize;
        let head = cu_userdata_new(L, size_of::<Head>() + capacity * size_of::<u32>(), *metatable()).cast::<Head>();
        ptr::write(head, Head { length: 0, negative: 0 });
        Place { head, capacity }
    }
}

/// Ends what `push` began, when the number is complete, which is at the absolute index `idx`: a block that is much too large is replaced,
/// and the collector takes its step.
///
/// # Safety
/// A plain frame: raises a memory error. One stack slot is free.
pub unsafe fn finish(L: *mut lua_State, place: Place, idx: i32) {
    const WASTE_MAX: usize = 16;
    // SAFETY: a plain frame; the old block stays on the stack until the digits are copied.
    unsafe {
        let length = (*place.head).length as usize;
        if place.capacity - length > WASTE_MAX + length / 8 {
            let exact = push(L, length as u64);
            ptr::copy_nonoverlapping(place.head.cast::<u8>(), exact.head.cast(), size_of::<Head>() + length * size_of::<u32>());
            lua_replace(L, idx);
        }
        cu_gc_step(L);
    }
}

impl Place {
    /// Room for all digits; `set` says how many count.
    pub fn slots<'a>(self) -> &'a mut [MaybeUninit<u32>] {
        // SAFETY: the block was made with that room, and nobody else looks at it yet.
        unsafe { slice::from_raw_parts_mut(self.head.add(1).cast(), self.capacity) }
    }

    /// Makes the number the first `length` digits, which were all written, less leading zeros.
    pub fn set(self, negative: bool, length: usize) {
        // SAFETY: they were written.
        let is_zero = |digit: &MaybeUninit<u32>| unsafe { digit.assume_init() } == 0;
        let mut digits = &self.slots()[..length];
        while let [rest @ .., last] = digits
            && is_zero(last)
        {
            digits = rest;
        }
        let head = Head { length: digits.len() as u32, negative: u32::from(negative && !digits.is_empty()) };
        // SAFETY: the block begins with a head.
        unsafe { ptr::write(self.head, head) };
    }

    /// Copies digits.
    pub fn copy(self, negative: bool, digits: &[u32]) {
        self.slots()[..digits.len()].write_copy_of_slice(digits);
        self.set(negative, digits.len());
    }

    /// Copies a number of num-bigint's, which its scope takes back.
    pub fn store(self, negative: bool, magnitude: BigUint) {
        let magnitude = ManuallyDrop::new(magnitude);
        let digits = magnitude.iter_u32_digits();
        let length = digits.len();
        for (slot, digit) in self.slots()[..length].iter_mut().zip(digits) {
            slot.write(digit);
        }
        self.set(negative, length);
    }
}
