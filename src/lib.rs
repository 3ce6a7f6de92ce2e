//! Cu: unmodified Lua 5.4.7 in a fixed memory, with its data in the host. docs/ARCHITECTURE.md is the map; in short, each layer uses
//! only those to its right:
//!
//! `exports → vm → persist → {ext, bigint, codec} → lua → heap → host`
//!
//! Invariants that concern every file:
//! - A function that can raise a Lua error is a *plain frame*: no value with a destructor is alive at that moment, because an error passes
//!   over Rust's frames without running any (docs/UNWIND.md).
//! - No Rust borrow of instance state lasts across a call that may run Lua: finalizers and host functions re-enter.
//! - Nothing that the host hands in is trusted.
#![cfg_attr(cu_module, no_std)]
// Lua's own name for the state, everywhere.
#![allow(non_snake_case)]

// Lua's C code calls it; nothing in Rust does.
#[cfg(target_arch = "wasm32")]
use cu_shims as _;

extern crate alloc;

mod bigint;
mod codec;
mod exports;
mod ext;
mod heap;
mod host;
mod local;
mod lua;
#[cfg(not(cu_module))]
mod native;
mod persist;
mod steps;
mod vm;

#[cfg(not(cu_module))]
pub use native::*;

/// A panic is a bug: its message goes to the host, and the instance traps.
#[cfg(cu_module)]
#[panic_handler]
fn panic(info: &core::panic::PanicInfo) -> ! {
    let message = info.message().as_str().unwrap_or("panic");
    host::js_output_write(host::STDERR, message.as_ptr(), message.len());
    host::js_output_write(host::STDERR, b"\n".as_ptr(), 1);
    core::arch::wasm32::unreachable()
}

/// The example of the page is compiled and run with those of the docstrings.
#[cfg(doctest)]
#[doc = include_str!("../docs/RUST.md")]
struct RustPage;
