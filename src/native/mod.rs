//! The crate on a native target: the same Lua as in the module, with data in this process's memory. A [`Vm`] is one Lua state
//! with its host; a thread has at most one at a time, because the state of an instance is the thread's.
//!
//! Values of Lua's are [`Value`]s; its external tables, `_io` and `_home` among them, are [`Table`]s, shared by reference. What
//! is here stands on both sides of the boundary: above `vm`, whose entry points it calls, and behind `host`, whose imports it
//! answers (docs/ABI.md). It refuses to save anything, and to bound what Lua makes it hold.

#[cfg(cu_bindgen)]
pub mod bindgen;
mod calls;
mod clock;
mod cycles;
mod error;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod handles;
#[cfg(test)]
mod hostile;
mod memory;
mod reference;
mod stream;
mod table;
mod value;
mod vm;

pub use error::{Error, ErrorKind, Failure};
pub use reference::Reference;
pub use table::{InvalidKey, Table};
pub use value::{Bigint, Function, Value};
pub use vm::Vm;
