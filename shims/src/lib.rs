//! The part of libc that Lua 5.4.7 needs and that is better written in Rust:
//! formatting of numbers, `strtod`, mathematics. The rest is in the headers
//! and C files beside it; README.md says which Lua file needs what.
//!
//! Symbols begin with `__cu_`, so that the same code also links natively beside
//! the system's libc, where tests compare the two. Nothing here allocates,
//! knows a locale or sets `errno`.

#![cfg_attr(target_family = "wasm", no_std)]

mod decimal;
pub mod format;
pub mod math;
mod scan;
pub mod strtod;
mod text;
