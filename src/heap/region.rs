//! The region that dlmalloc manages, as the platform that it asks for memory. It is handed out once, whole.

#[cfg(not(target_arch = "wasm32"))]
use core::alloc::Layout;
#[cfg(target_arch = "wasm32")]
use core::cell::UnsafeCell;
use core::ptr;

use super::HEAP_BYTES;
use crate::local::local;

/// dlmalloc's platform.
pub struct Region;

local!(fn handed_out() -> bool = false);

// SAFETY: `alloc` hands out the region once; nothing is ever taken back.
unsafe impl dlmalloc::Allocator for Region {
    fn alloc(&self, bytes: usize) -> (*mut u8, usize, u32) {
        // SAFETY: a flag of this instance alone. It is set only by a request that the region can meet.
        let given = bytes <= HEAP_BYTES && !unsafe { handed_out().replace(true) };
        if given { (base(), HEAP_BYTES, 0) } else { (ptr::null_mut(), 0, 0) }
    }

    fn remap(&self, _: *mut u8, _: usize, _: usize, _: bool) -> *mut u8 {
        ptr::null_mut()
    }

    fn free_part(&self, _: *mut u8, _: usize, _: usize) -> bool {
        false
    }

    fn free(&self, _: *mut u8, _: usize) -> bool {
        false
    }

    fn can_release_part(&self, _: u32) -> bool {
        false
    }

    fn allocates_zeros(&self) -> bool {
        false
    }

    fn page_size(&self) -> usize {
        4096
    }
}

/// In the module the region is static data: part of the fixed memory.
#[cfg(target_arch = "wasm32")]
fn base() -> *mut u8 {
    #[repr(align(16))]
    struct Bytes(UnsafeCell<[u8; HEAP_BYTES]>);

    // SAFETY: reached through dlmalloc alone, on one thread.
    unsafe impl Sync for Bytes {}

    static BYTES: Bytes = Bytes(UnsafeCell::new([0; HEAP_BYTES]));
    BYTES.0.get().cast()
}

/// Natively each thread has a region of its own, for the life of the process.
#[cfg(not(target_arch = "wasm32"))]
fn base() -> *mut u8 {
    const LAYOUT: Layout = match Layout::from_size_align(HEAP_BYTES, 16) {
        Ok(layout) => layout,
        Err(_) => panic!("the region has a size that memory can have"),
    };
    // SAFETY: the region has a size.
    let base = unsafe { std::alloc::alloc(LAYOUT) };
    assert!(!base.is_null(), "no memory for a heap");
    base
}
