//! Small blocks that were given back and wait for the next request of their size: most of what Lua makes is small, and soon garbage.
//! They are dlmalloc's blocks, in use as far as dlmalloc knows, so that they cost it neither a search nor a merge. What waits is bounded,
//! and all of it goes back to dlmalloc before the heap says that it is full.

use core::ptr;

use super::ALIGN;

/// What dlmalloc keeps before a block. Blocks are such that block and head together are a multiple of [`ALIGN`].
const HEAD_BYTES: usize = size_of::<usize>();
const UNITS_MIN: usize = 2;
/// Block and head of the largest blocks that wait, in units of [`ALIGN`].
const UNITS_MAX: usize = 16;
/// How much may wait. Nothing with the system's heap: a sanitizer has to see every block go.
const BYTES_MAX: usize = if cfg!(cu_system_heap) { 0 } else { 32 * 1024 };

/// The lists, one for each size.
pub struct Cache {
    lists: [*mut Free; UNITS_MAX + 1],
    bytes: usize,
}

struct Free {
    next: *mut Free,
}

/// The size of blocks for `bytes` bytes, in units of [`ALIGN`].
#[inline(always)]
pub fn units(bytes: usize) -> usize {
    (bytes.saturating_add(HEAD_BYTES + ALIGN - 1) / ALIGN).max(UNITS_MIN)
}

impl Cache {
    pub const fn new() -> Cache {
        Cache { lists: [ptr::null_mut(); UNITS_MAX + 1], bytes: 0 }
    }

    /// A block of this size, or null.
    #[inline(always)]
    pub fn take(&mut self, units: usize) -> *mut u8 {
        let Some(list) = self.lists.get_mut(units) else { return ptr::null_mut() };
        let block = *list;
        if !block.is_null() {
            // SAFETY: what is in a list is a block that nobody uses.
            *list = unsafe { (*block).next };
            self.bytes -= units * ALIGN;
        }
        block.cast()
    }

    /// Keeps a block of this size. No: it has to go back to dlmalloc.
    ///
    /// # Safety
    /// The block is dlmalloc's, and nobody uses it.
    #[inline(always)]
    pub unsafe fn keep(&mut self, block: *mut u8, units: usize) -> bool {
        let Some(list) = self.lists.get_mut(units).filter(|_| self.bytes < BYTES_MAX) else { return false };
        let block: *mut Free = block.cast();
        // SAFETY: the smallest block has room for it.
        unsafe { (*block).next = *list };
        *list = block;
        self.bytes += units * ALIGN;
        true
    }

    /// Takes any block out: with its bytes, or null.
    pub fn take_any(&mut self) -> (*mut u8, usize) {
        for units in UNITS_MIN..=UNITS_MAX {
            let block = self.take(units);
            if !block.is_null() {
                return (block, units * ALIGN - HEAD_BYTES);
            }
        }
        (ptr::null_mut(), 0)
    }
}

// With the system's memory nothing waits.
#[cfg(all(test, not(cu_system_heap)))]
mod tests {
    use super::*;
    use crate::heap;

    #[test]
    fn blocks_come_back_by_size_and_all_of_them() {
        let mut cache = Cache::new();
        let sizes = [1, 8, 24, 25, 100, 200, (UNITS_MAX * ALIGN) - HEAD_BYTES, UNITS_MAX * ALIGN];
        // SAFETY: the blocks are the heap's, and each is the cache's or the test's.
        unsafe {
            let blocks = sizes.map(|bytes| (heap::allocate(bytes, ALIGN), bytes));
            for (block, bytes) in blocks {
                ptr::write_bytes(block, 0x55, bytes);
                assert_eq!(cache.keep(block, units(bytes)), units(bytes) <= UNITS_MAX, "{bytes}");
            }
            // What was kept last comes first: 1, 8 and 24 bytes are of one size, 25 are of the next.
            let null = ptr::null_mut();
            let rows = [(8, blocks[2].0), (1, blocks[1].0), (20, blocks[0].0), (20, null), (25, blocks[3].0), (25, null), (1 << 20, null)];
            for (bytes, expected) in rows {
                assert_eq!(cache.take(units(bytes)), expected, "{bytes}");
            }
            let mut left = 0;
            loop {
                let (block, bytes) = cache.take_any();
                if block.is_null() {
                    break;
                }
                assert!(blocks.iter().any(|&(known, asked)| known == block && asked <= bytes));
                left += 1;
            }
            assert_eq!((left, cache.bytes), (3, 0));
            blocks.iter().for_each(|&(block, bytes)| heap::release(block, bytes, ALIGN));
        }
    }

    #[test]
    fn what_waits_is_bounded_and_goes_when_the_heap_is_full() {
        const BYTES: usize = 100;
        // SAFETY: the blocks are the test's.
        unsafe {
            let blocks: Vec<*mut u8> = (0..2 * BYTES_MAX / BYTES).map(|_| heap::allocate(BYTES, ALIGN)).collect();
            blocks.iter().for_each(|&block| heap::release(block, BYTES, ALIGN));
            let waiting = (*heap::heap()).cache.bytes;
            assert!((BYTES_MAX..BYTES_MAX + UNITS_MAX * ALIGN).contains(&waiting), "{waiting}");
            assert!(heap::allocate(heap::HEAP_BYTES, ALIGN).is_null());
            assert_eq!((*heap::heap()).cache.bytes, 0);
            // All of it is one block again.
            let large = heap::allocate(heap::HEAP_BYTES - 1024, ALIGN);
            assert!(!large.is_null());
            heap::release(large, heap::HEAP_BYTES - 1024, ALIGN);
        }
    }
}
