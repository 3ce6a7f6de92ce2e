//! The counter of steps: loop turns and calls, in Lua or C. It only counts; what happens when it is spent is `lua::limits`. It lies at the
//! bottom of the crate, because long work counts wherever it is done: a large allocation, bytes that are compared or written.
//!
//! In the module three parties count: the interpreter (src/lua/include/interpreter.h), Rust by the functions here, and what the post-link
//! tool adds to Lua's calls and to loops of its libraries (scripts/postlink/steps.txt). They find the counter by its name.

use core::ffi::c_void;
use core::ptr;

/// What is shared with C and with the post-link tool, which know the two places.
#[repr(C)]
pub struct Steps {
    /// Steps that may still be taken before somebody has to look; below 0 somebody has to.
    pub left: i32,
    /// The coroutine that runs: the one that made the last call, or went on behind one.
    pub thread: *mut c_void,
}

const UNLIMITED: Steps = Steps { left: i32::MAX, thread: ptr::null_mut() };

/// Work on this many bytes is one step.
const STEP_BYTES: usize = 64;
/// An allocation of fewer bytes is no work; of a longer one this many are a step.
const ALLOCATION_BYTES: usize = 256;
const ALLOCATION_BYTES_MIN: usize = 4096;
/// What a failed allocation counts: Lua's emergency collection follows.
const FAILURE_STEPS: usize = 4096;

#[cfg(target_arch = "wasm32")]
#[unsafe(no_mangle)]
static __cu_steps: crate::local::Local<Steps> = crate::local::Local::new(UNLIMITED);

/// The counter.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
pub fn counter() -> *mut Steps {
    __cu_steps.get()
}

#[cfg(not(target_arch = "wasm32"))]
crate::local::local!(
    /// The counter.
    pub fn counter() -> Steps = UNLIMITED
);

/// Counts one step. Yes: somebody has to look.
#[inline(always)]
pub fn take() -> bool {
    charge(1);
    // SAFETY: this instance's own value.
    unsafe { (*counter()).left < 0 }
}

/// Takes one step back that was counted.
pub fn give_back() {
    // SAFETY: this instance's own value.
    unsafe { (*counter()).left = (*counter()).left.saturating_add(1) };
}

/// Counts steps for work that nobody interrupts; the next step that somebody takes finds them counted.
#[inline(always)]
pub fn charge(steps: usize) {
    let steps = i32::try_from(steps).unwrap_or(i32::MAX);
    // SAFETY: this instance's own value.
    unsafe { (*counter()).left = (*counter()).left.saturating_sub(steps) };
}

/// Counts work on `bytes` bytes.
pub fn charge_bytes(bytes: usize) {
    charge(bytes / STEP_BYTES);
}

/// Counts an allocation: its bytes are going to be written, or were copied.
#[inline(always)]
pub fn charge_allocation(bytes: usize, failed: bool) {
    if failed {
        charge(FAILURE_STEPS);
    } else if bytes >= ALLOCATION_BYTES_MIN {
        charge(bytes / ALLOCATION_BYTES);
    }
}
