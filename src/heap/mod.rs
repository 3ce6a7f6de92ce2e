//! The heap: one fixed region, managed by dlmalloc, for Lua and for Rust alike. It never asks for more than the region, so that
//! its end is an ordinary failed allocation.

mod cache;
#[cfg(not(cu_system_heap))]
mod region;
#[cfg(any(cu_module, test))]
pub mod scope;
#[cfg(cu_system_heap)]
mod system;

use core::ffi::c_void;
use core::ptr;

use crate::local::local;
use crate::steps;
use cache::Cache;

#[cfg(not(cu_system_heap))]
type Blocks = dlmalloc::Dlmalloc<region::Region>;
#[cfg(cu_system_heap)]
type Blocks = system::Blocks;

#[cfg(not(cu_system_heap))]
const BLOCKS: Blocks = Blocks::new_with_allocator(region::Region);
#[cfg(cu_system_heap)]
const BLOCKS: Blocks = Blocks::new();

include!(concat!(env!("OUT_DIR"), "/memory.rs"));

/// dlmalloc's own alignment: enough for everything that Lua stores.
pub const ALIGN: usize = 2 * size_of::<usize>();

struct Heap {
    blocks: Blocks,
    cache: Cache,
    used: usize,
    peak: usize,
}

local!(fn heap() -> Heap = Heap { blocks: BLOCKS, cache: Cache::new(), used: 0, peak: 0 });

/// Bytes that were asked for and not given back.
pub fn used_bytes() -> usize {
    // SAFETY: the heap is only touched inside this file, by functions that do not call each other's callers.
    unsafe { (*heap()).used }
}

/// The highest value that `used_bytes` ever had.
pub fn peak_bytes() -> usize {
    // SAFETY: as above.
    unsafe { (*heap()).peak }
}

/// A new block, or null when the region has none of that size.
///
/// # Safety
/// `align` is a power of two.
pub unsafe fn allocate(bytes: usize, align: usize) -> *mut u8 {
    let heap = heap();
    // SAFETY: `align` is a power of two, and nothing else holds the heap.
    unsafe {
        let mut block = if align <= ALIGN { (*heap).cache.take(cache::units(bytes)) } else { ptr::null_mut() };
        if block.is_null() {
            block = (*heap).blocks.malloc(bytes, align);
            if block.is_null() && empty_cache(heap) {
                block = (*heap).blocks.malloc(bytes, align);
            }
            steps::charge_allocation(bytes, block.is_null());
        }
        if !block.is_null() {
            account(heap, 0, bytes);
        }
        block
    }
}

/// Changes the size of a block; null, and the block as it was, when the region has no room.
///
/// # Safety
/// `block` came from `allocate` with `old_bytes` and `align` and was not released.
pub unsafe fn resize(block: *mut u8, old_bytes: usize, align: usize, bytes: usize) -> *mut u8 {
    let heap = heap();
    // SAFETY: the caller vouches for the block, and nothing else holds the heap.
    unsafe {
        let mut moved = (*heap).blocks.realloc(block, old_bytes, align, bytes);
        if moved.is_null() && empty_cache(heap) {
            moved = (*heap).blocks.realloc(block, old_bytes, align, bytes);
        }
        steps::charge_allocation(bytes, moved.is_null());
        if !moved.is_null() {
            account(heap, old_bytes, bytes);
        }
        moved
    }
}

/// Gives a block back.
///
/// # Safety
/// As for `resize`.
pub unsafe fn release(block: *mut u8, bytes: usize, align: usize) {
    let heap = heap();
    // SAFETY: the caller vouches for the block.
    unsafe {
        if align > ALIGN || !(*heap).cache.keep(block, cache::units(bytes)) {
            (*heap).blocks.free(block, bytes, align);
        }
        account(heap, bytes, 0);
    }
}

/// Gives back to dlmalloc what waits; no if nothing did.
#[cold]
unsafe fn empty_cache(heap: *mut Heap) -> bool {
    let mut any = false;
    loop {
        // SAFETY: the caller holds the heap alone; the blocks are dlmalloc's own.
        unsafe {
            let (block, bytes) = (*heap).cache.take_any();
            if block.is_null() {
                return any;
            }
            (*heap).blocks.free(block, bytes, ALIGN);
        }
        any = true;
    }
}

unsafe fn account(heap: *mut Heap, old_bytes: usize, bytes: usize) {
    // SAFETY: the caller holds the heap alone.
    let heap = unsafe { &mut *heap };
    heap.used = heap.used + bytes - old_bytes;
    heap.peak = heap.peak.max(heap.used);
}

/// Lua's allocation function (manual §4.6, `lua_Alloc`).
///
/// # Safety
/// Called by Lua alone, which keeps track of its blocks' sizes.
pub unsafe extern "C-unwind" fn lua_alloc(_: *mut c_void, block: *mut c_void, old_bytes: usize, bytes: usize) -> *mut c_void {
    // SAFETY: Lua passes blocks that it got here, with their sizes. For a new block `old_bytes` is a type, not a size.
    unsafe {
        if bytes == 0 {
            if !block.is_null() {
                release(block.cast(), old_bytes, ALIGN);
            }
            return ptr::null_mut();
        }
        if block.is_null() { allocate(bytes, ALIGN).cast() } else { resize(block.cast(), old_bytes, ALIGN, bytes).cast() }
    }
}

/// The module's allocator for Rust code.
#[cfg(cu_module)]
mod global {
    use core::alloc::{GlobalAlloc, Layout};

    use super::scope::open_scope;

    struct Global;

    // SAFETY: the functions are dlmalloc's or those of a scope, on one thread.
    unsafe impl GlobalAlloc for Global {
        #[inline(never)]
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            // SAFETY: a layout's alignment is a power of two; a scope that is open is alive.
            unsafe {
                match open_scope().as_mut() {
                    Some(scope) => scope.allocate(layout.size(), layout.align()),
                    None => super::allocate(layout.size(), layout.align()),
                }
            }
        }

        #[inline(never)]
        unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
            // SAFETY: the caller vouches for block and layout; work in a scope gives back its own blocks only.
            unsafe {
                match open_scope().as_mut() {
                    Some(scope) => scope.release(block, layout.size()),
                    None => super::release(block, layout.size(), layout.align()),
                }
            }
        }

        #[inline(never)]
        unsafe fn realloc(&self, block: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
            // SAFETY: the caller vouches for block and layout; work in a scope gives back its own blocks only.
            unsafe {
                match open_scope().as_mut() {
                    Some(scope) => scope.resize(block, layout.size(), layout.align(), bytes),
                    None => super::resize(block, layout.size(), layout.align(), bytes),
                }
            }
        }
    }

    #[global_allocator]
    static GLOBAL: Global = Global;
}
