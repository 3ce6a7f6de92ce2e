//! What Lua's C code calls for its output and its seed (shims/user/cu_services.h).

use core::ffi::c_uint;

use crate::local::local;
use crate::steps;

local!(fn seed() -> c_uint = 0);

/// Chooses what the state that is made next draws its string hashes and its random numbers from.
pub fn set_seed(value: u32) {
    // SAFETY: a number of this instance alone.
    unsafe { *seed() = value };
}

/// The seed, for `luai_makeseed` and `time`.
#[unsafe(no_mangle)]
extern "C" fn __cu_seed_get() -> c_uint {
    // SAFETY: as above.
    unsafe { *seed() }
}

/// Hands `length` bytes to the host; stream 1 is stdout, 2 is stderr.
#[unsafe(no_mangle)]
extern "C" fn __cu_output_write(stream: core::ffi::c_int, bytes: *const core::ffi::c_char, length: usize) {
    steps::charge_bytes(length);
    crate::host::js_output_write(stream, bytes.cast(), length);
}
