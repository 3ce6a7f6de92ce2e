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
