//! The system's allocator in place of the region, natively and for sanitizers alone: inside the region they would see one block. It ends
//! where the region would, and moves a block whenever its size changes, so that who keeps an old address is found.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;

use super::HEAP_BYTES;

/// What is called here as in dlmalloc.
pub struct Blocks {
    used: usize,
}

impl Blocks {
    pub const fn new() -> Blocks {
        Blocks { used: 0 }
    }

    /// # Safety
    /// `align` is a power of two.
    pub unsafe fn malloc(&mut self, bytes: usize, align: usize) -> *mut u8 {
        let Some(layout) = layout(bytes, align) else { return ptr::null_mut() };
        if layout.size() > HEAP_BYTES - self.used {
            return ptr::null_mut();
        }
        // SAFETY: the layout has a size.
        let block = unsafe { System.alloc(layout) };
        if !block.is_null() {
            self.used += layout.size();
        }
        block
    }

    /// # Safety
    /// `block` came from here with `old_bytes` and `align`.
    pub unsafe fn realloc(&mut self, block: *mut u8, old_bytes: usize, align: usize, bytes: usize) -> *mut u8 {
        let old = layout(old_bytes, align).map_or(0, |layout| layout.size());
        // The old block does not count meanwhile: a block can always shrink.
        self.used -= old;
        // SAFETY: the caller vouches for the block; the new one is another.
        unsafe {
            let moved = self.malloc(bytes, align);
            self.used += old;
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, old_bytes.min(bytes));
                self.free(block, old_bytes, align);
            }
            moved
        }
    }

    /// # Safety
    /// `block` came from here with `bytes` and `align`.
    pub unsafe fn free(&mut self, block: *mut u8, bytes: usize, align: usize) {
        if let Some(layout) = layout(bytes, align) {
            self.used -= layout.size();
            // SAFETY: the caller vouches for the block, whose layout was this one.
            unsafe { System.dealloc(block, layout) };
        }
    }
}

fn layout(bytes: usize, align: usize) -> Option<Layout> {
    Layout::from_size_align(bytes.max(1), align).ok()
}
