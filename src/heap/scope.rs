//! The allocation scope: work of a Rust library that cannot cope with a failed allocation. While a scope is open every Rust allocation
//! belongs to it: from the scratch space of its owner first, then from the heap, linked so that the scope finds it. One that fails
//! asks the owner to collect garbage and is tried again; if it fails again, all blocks of the scope are released and the owner raises its
//! error, which passes over the library's frames without running them.
//!
//! It refuses to be nested, and to give back a block after it was closed: work in a scope leaves nothing behind but what it copied out.

use core::ffi::{c_int, c_void};
use core::ptr;

use super::ALIGN;
use crate::local::local;

/// What the owner does for a scope. The functions get the owner's pointer; their results mean nothing.
pub struct Handlers {
    /// Called at every allocation: the place where long work can be interrupted.
    pub tick: Handler,
    /// Makes room if it can. Raises nothing.
    pub collect: Handler,
    /// Raises the error of a failed allocation. The scope is closed by then.
    pub fail: Handler,
}

pub type Handler = unsafe extern "C-unwind" fn(owner: *mut c_void) -> c_int;

/// Bytes of scratch space: enough for the temporaries of most operations, so that they cost no heap block.
pub const SCRATCH_BYTES: usize = 8192;

/// Where a scope's first allocations lie; on the owner's stack.
#[repr(align(16))]
pub struct Scratch(pub [core::mem::MaybeUninit<u8>; SCRATCH_BYTES]);

/// An open scope; it lives in the frame of its owner.
pub struct Scope {
    owner: *mut c_void,
    handlers: &'static Handlers,
    /// What is left of the scratch space.
    scratch: *mut u8,
    scratch_end: *mut u8,
    blocks: *mut Link,
}

/// In front of every block in the heap.
#[repr(C)]
struct Link {
    next: *mut Link,
    previous: *mut Link,
    bytes: usize,
}

const LINK_BYTES: usize = size_of::<Link>().next_multiple_of(ALIGN);

local!(fn current() -> *mut Scope = ptr::null_mut());

/// The scope that is open, or null.
#[inline(always)]
pub fn open_scope() -> *mut Scope {
    // SAFETY: a pointer of this instance alone.
    unsafe { *current() }
}

impl Scope {
    pub fn new(owner: *mut c_void, handlers: &'static Handlers, scratch: &mut Scratch) -> Scope {
        let start: *mut u8 = scratch.0.as_mut_ptr().cast();
        Scope { owner, handlers, scratch: start, scratch_end: start.wrapping_add(SCRATCH_BYTES), blocks: ptr::null_mut() }
    }

    /// Opens the scope. Never inlined: the compiler must not move an allocation across it.
    ///
    /// # Safety
    /// The scope stays where it is until it is closed, and its scratch space lives as long.
    #[inline(never)]
    pub unsafe fn open(&mut self) {
        // SAFETY: a pointer of this instance alone.
        unsafe {
            assert!((*current()).is_null(), "allocation scopes do not nest");
            *current() = self;
        }
    }

    /// Closes the scope and releases what is left of its blocks.
    ///
    /// # Safety
    /// Nothing allocated in the scope is used any more.
    #[inline(never)]
    pub unsafe fn close(&mut self) {
        // SAFETY: the links are this scope's own.
        unsafe {
            *current() = ptr::null_mut();
            while !self.blocks.is_null() {
                let block = self.blocks;
                self.blocks = (*block).next;
                super::release(block.cast(), (*block).bytes, ALIGN);
            }
        }
    }

    /// A new block of the scope.
    ///
    /// # Safety
    /// The scope is open. Raises the owner's error.
    pub unsafe fn allocate(&mut self, bytes: usize, align: usize) -> *mut u8 {
        // SAFETY: a plain frame; the handlers are made for this owner.
        unsafe {
            (self.handlers.tick)(self.owner);
            let block = self.take_scratch(bytes, align);
            if block.is_null() { self.insist(bytes, |scope| scope.take_heap(bytes)) } else { block }
        }
    }

    /// Makes an attempt at a block of the heap, and another one after a collection; if both fail, that is the end of the scope.
    unsafe fn insist(&mut self, bytes: usize, attempt: impl Fn(&mut Scope) -> *mut u8) -> *mut u8 {
        // SAFETY: a plain frame.
        unsafe {
            if bytes < super::HEAP_BYTES {
                let block = attempt(self);
                if !block.is_null() {
                    return block;
                }
                (self.handlers.collect)(self.owner);
                let block = attempt(self);
                if !block.is_null() {
                    return block;
                }
            }
            self.close();
            (self.handlers.fail)(self.owner);
        }
        ptr::null_mut()
    }

    fn take_scratch(&mut self, bytes: usize, align: usize) -> *mut u8 {
        let start = self.scratch.wrapping_add(self.scratch.align_offset(align));
        let left = (self.scratch_end as usize).saturating_sub(start as usize);
        if bytes > left {
            return ptr::null_mut();
        }
        self.scratch = start.wrapping_add(bytes);
        start
    }

    unsafe fn take_heap(&mut self, bytes: usize) -> *mut u8 {
        // SAFETY: room for a link comes in front of every block.
        unsafe {
            let bytes = bytes + LINK_BYTES;
            let link = super::allocate(bytes, ALIGN).cast::<Link>();
            if link.is_null() {
                return ptr::null_mut();
            }
            ptr::write(link, Link { next: self.blocks, previous: ptr::null_mut(), bytes });
            self.join(link);
            link.cast::<u8>().add(LINK_BYTES)
        }
    }

    /// Makes the neighbours of `link` in the list, which it knows, know it.
    unsafe fn join(&mut self, link: *mut Link) {
        // SAFETY: the neighbours are alive.
        unsafe {
            match (*link).previous.as_mut() {
                Some(previous) => previous.next = link,
                None => self.blocks = link,
            }
            if let Some(next) = (*link).next.as_mut() {
                next.previous = link;
            }
        }
    }

    /// Takes a block back.
    ///
    /// # Safety
    /// `block` is a block of this scope with that size.
    pub unsafe fn release(&mut self, block: *mut u8, bytes: usize) {
        // SAFETY: the caller vouches for the block.
        unsafe {
            if self.is_scratch(block) {
                // Only the last one can be used again before the scope ends.
                if block.add(bytes) == self.scratch {
                    self.scratch = block;
                }
                return;
            }
            let link = block.sub(LINK_BYTES).cast::<Link>();
            let Link { next, previous, bytes } = ptr::read(link);
            match previous.as_mut() {
                Some(previous) => previous.next = next,
                None => self.blocks = next,
            }
            if let Some(next) = next.as_mut() {
                next.previous = previous;
            }
            super::release(link.cast(), bytes, ALIGN);
        }
    }

    /// Changes the size of a block.
    ///
    /// # Safety
    /// As for `release`. Raises the owner's error.
    pub unsafe fn resize(&mut self, block: *mut u8, old_bytes: usize, align: usize, bytes: usize) -> *mut u8 {
        // SAFETY: the caller vouches for the block.
        unsafe {
            if !self.is_scratch(block) {
                return self.insist(bytes, |scope| scope.resize_heap(block, bytes));
            }
            if bytes <= old_bytes {
                return block;
            }
            let moved = self.allocate(bytes, align);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, old_bytes);
                self.release(block, old_bytes);
            }
            moved
        }
    }

    unsafe fn resize_heap(&mut self, block: *mut u8, bytes: usize) -> *mut u8 {
        // SAFETY: a block of the heap has a link in front.
        unsafe {
            let link = block.sub(LINK_BYTES).cast::<Link>();
            let bytes = bytes + LINK_BYTES;
            let moved = super::resize(link.cast(), (*link).bytes, ALIGN, bytes).cast::<Link>();
            if moved.is_null() {
                return ptr::null_mut();
            }
            (*moved).bytes = bytes;
            self.join(moved);
            moved.cast::<u8>().add(LINK_BYTES)
        }
    }

    fn is_scratch(&self, block: *mut u8) -> bool {
        let end = self.scratch_end as usize;
        (end - SCRATCH_BYTES..end).contains(&(block as usize))
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

    use super::*;
    use crate::heap::{HEAP_BYTES, used_bytes};

    const ROUNDS: usize = if cfg!(miri) { 40 } else { 300 };
    const ALIGNS: [usize; 4] = [1, 4, 8, ALIGN];

    static HANDLERS: Handlers = Handlers { tick: count, collect: count, fail };

    unsafe extern "C-unwind" fn count(calls: *mut c_void) -> c_int {
        // SAFETY: the owner of these tests is a counter.
        unsafe { *calls.cast::<u32>() += 1 };
        0
    }

    unsafe extern "C-unwind" fn fail(_: *mut c_void) -> c_int {
        // As an error of Lua's does: it passes over what called.
        resume_unwind(Box::new("no memory"))
    }

    /// A block and what was written into it.
    struct Block {
        start: *mut u8,
        bytes: usize,
        align: usize,
        mark: u8,
    }

    impl Block {
        fn fill(&self) {
            // SAFETY: the block is the test's.
            unsafe { ptr::write_bytes(self.start, self.mark, self.bytes) };
        }

        fn check(&self, bytes: usize) {
            assert_eq!(self.start as usize % self.align, 0);
            // SAFETY: so many bytes were written.
            assert!(unsafe { core::slice::from_raw_parts(self.start, bytes) }.iter().all(|&byte| byte == self.mark));
        }
    }

    fn in_scope(work: impl FnOnce(&mut Scope)) -> bool {
        let before = used_bytes();
        let mut calls = 0u32;
        let mut scratch = Scratch([const { core::mem::MaybeUninit::uninit() }; SCRATCH_BYTES]);
        let mut scope = Scope::new((&raw mut calls).cast(), &HANDLERS, &mut scratch);
        let scope = &raw mut scope;
        // SAFETY: scope and scratch space stay in this frame.
        unsafe {
            (*scope).open();
            let ended = catch_unwind(AssertUnwindSafe(|| work(&mut *scope))).is_ok();
            if ended {
                (*scope).close();
            }
            assert!(open_scope().is_null() && used_bytes() == before, "{} bytes stayed", used_bytes() - before);
            ended
        }
    }

    #[test]
    fn blocks_keep_their_bytes_and_all_go_with_the_scope() {
        let mut state = 7u64;
        let mut below = |bound: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize % bound
        };
        let ended = in_scope(|scope| {
            let mut blocks: Vec<Block> = Vec::new();
            for round in 0..ROUNDS {
                // SAFETY: the scope is open, and the blocks are its own.
                unsafe {
                    match below(4) {
                        0 if !blocks.is_empty() => {
                            let block = blocks.swap_remove(below(blocks.len()));
                            block.check(block.bytes);
                            scope.release(block.start, block.bytes);
                        }
                        1 if !blocks.is_empty() => {
                            let at = below(blocks.len());
                            let block = &mut blocks[at];
                            let bytes = 1 + below(2000);
                            block.start = scope.resize(block.start, block.bytes, block.align, bytes);
                            block.check(bytes.min(block.bytes));
                            block.bytes = bytes;
                            block.fill();
                        }
                        _ => {
                            let (bytes, align) = (1 + below(1500), ALIGNS[below(ALIGNS.len())]);
                            let start = scope.allocate(bytes, align);
                            blocks.push(Block { start, bytes, align, mark: round as u8 });
                            blocks[blocks.len() - 1].fill();
                        }
                    }
                }
            }
            blocks.iter().for_each(|block| block.check(block.bytes));
        });
        assert!(ended);
    }

    #[test]
    fn what_has_no_room_ends_the_scope() {
        // SAFETY: the scope is open.
        assert!(!in_scope(|scope| unsafe { while !scope.allocate(HEAP_BYTES / 5, 8).is_null() {} }));
        // SAFETY: likewise.
        assert!(!in_scope(|scope| unsafe { _ = scope.allocate(usize::MAX / 2, 8) }));
        assert!(!in_scope(|scope| {
            // SAFETY: likewise.
            unsafe {
                let block = scope.allocate(2 * SCRATCH_BYTES, 8);
                scope.resize(block, 2 * SCRATCH_BYTES, 8, HEAP_BYTES - 1);
            }
        }));
    }
}
