//! Where num-bigint runs: an allocation scope (`heap::scope`) whose owner is the running coroutine. An allocation that fails there collects
//! garbage, and raises `not enough memory` if that does not help. Natively Rust's memory is the system's, which needs no scope.

use crate::lua::ffi::*;
use crate::lua::limits;
use crate::steps;

/// Counts a step, in every loop that can run long and at every allocation of num-bigint. A scope that is open is closed before the limit
/// on steps or time raises its error.
#[inline(always)]
pub fn tick(L: *mut lua_State) {
    if steps::take() {
        spent(L);
    }
}

#[cold]
fn spent(L: *mut lua_State) {
    if !limits::must_end() {
        return;
    }
    // SAFETY: what was allocated in the scope is not used any more: the error passes over it.
    unsafe {
        #[cfg(cu_module)]
        if let Some(scope) = crate::heap::scope::open_scope().as_mut() {
            scope.close();
        }
        limits::end(L);
    }
}

/// Counts work on so many pairs of digits.
pub fn charge(pairs: usize) {
    steps::charge(pairs / DIGIT_PAIRS);
}

/// One step.
const DIGIT_PAIRS: usize = 16;

/// Runs `work`, after which everything is gone that it allocated: it need not drop anything.
///
/// # Safety
/// A plain frame: raises a memory error. `work` calls nothing of Lua.
#[cfg(cu_module)]
#[inline(never)]
pub unsafe fn run(L: *mut lua_State, work: &mut dyn FnMut()) {
    use core::mem::MaybeUninit;

    use crate::heap::scope::{SCRATCH_BYTES, Scope, Scratch};

    let mut scratch = Scratch([MaybeUninit::uninit(); SCRATCH_BYTES]);
    let mut scope = Scope::new(L.cast(), &handlers::HANDLERS, &mut scratch);
    // SAFETY: scope and scratch space stay in this frame; an error that passes over it has closed the scope.
    unsafe {
        scope.open();
        work();
        scope.close();
    }
}

#[cfg(not(cu_module))]
pub unsafe fn run(_: *mut lua_State, work: &mut dyn FnMut()) {
    work();
}

#[cfg(cu_module)]
mod handlers {
    use core::ffi::{c_int, c_void};

    use crate::heap::scope::Handlers;
    use crate::lua::ffi::*;

    pub static HANDLERS: Handlers = Handlers { tick, collect, fail };

    unsafe extern "C-unwind" fn tick(L: *mut c_void) -> c_int {
        super::tick(L.cast());
        0
    }

    unsafe extern "C-unwind" fn collect(L: *mut c_void) -> c_int {
        // SAFETY: the owner is a coroutine that runs a C function, as in any allocation of Lua's own.
        unsafe { cu_gc_emergency(L.cast()) }
    }

    unsafe extern "C-unwind" fn fail(L: *mut c_void) -> c_int {
        // SAFETY: as above.
        unsafe { cu_memory_error(L.cast()) }
    }
}
