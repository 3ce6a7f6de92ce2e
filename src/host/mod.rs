//! The host, as the rest of the module sees it: the functions of docs/ABI.md §4, the I/O buffer and the cell. Nothing here
//! interprets what crosses; that is `codec`.

#[cfg(not(cu_module))]
mod native;
#[cfg(cu_module)]
mod wasm;

#[cfg(not(cu_module))]
pub use native::*;
#[cfg(cu_module)]
pub use wasm::*;

use crate::local::local;

/// The number that `cu_abi_version` answers. docs/ABI.md describes this version.
pub const ABI_VERSION: i32 = 1;

/// Bytes of the I/O buffer.
pub const BUFFER_BYTES: usize = 65_536;

/// What an import returns when it failed.
pub const FAILED: i32 = -1;

/// What a function of the host returns when its results come later, and a call from the host that waits for them.
pub const WAITING: i32 = -2;

/// Where `js_output_write` writes.
pub const STDOUT: i32 = 1;
pub const STDERR: i32 = 2;

/// What `js_clock_get` reads.
pub const CLOCK_WALL: i32 = 0;
pub const CLOCK_CPU: i32 = 1;
pub const CLOCK_STEADY: i32 = 2;

/// What `js_ext_table_op` does.
pub mod op {
    pub const RELEASE: i32 = 1;
    pub const NEW: i32 = 2;
    pub const ADOPTED: i32 = 3;
    pub const TOSTRING: i32 = 4;
    pub const READ: i32 = 5;
    pub const WRITE_FLOATS: i32 = 6;
    pub const WRITE_INTS: i32 = 7;
    pub const BYTES: i32 = 8;
    pub const TRACE: i32 = 9;
    pub const METATABLE: i32 = 10;
    pub const SET_METATABLE: i32 = 11;
    pub const GET_METATABLE: i32 = 12;
    pub const LINKS: i32 = 13;
}

#[repr(C, align(8))]
pub struct Buffer(pub [u8; BUFFER_BYTES]);

local!(fn buffer_value() -> Buffer = Buffer([0; BUFFER_BYTES]));

/// One number or handle that crosses without a record.
#[repr(C, align(8))]
pub struct Cell {
    pub number: f64,
    pub int: i32,
    padding: i32,
}

local!(
    /// The cell.
    pub fn cell() -> Cell = Cell { number: 0.0, int: 0, padding: 0 }
);

/// The first byte of the I/O buffer.
#[inline(always)]
pub fn buffer() -> *mut u8 {
    buffer_value().cast()
}
