//! A host for `cu.wasm` on the engine wasmi, or wasmtime, made from docs/ABI.md alone, to prove that the page is enough. It keeps all data in
//! memory, in one kind of table with Lua's own types. It trusts the module as little as the module trusts a host: whatever the module
//! sends, an import answers with an error at worst. It refuses to be fast, to save anything, and to bound what Lua makes it hold.
//!
//! `engine` is which of them it is. `instance` (exports) and `imports` are the boundary; both work on a `context`: a store, and where things lie in the module's memory.
//! `stream` is bytes, `codec` turns them into values and back, `handles` and `references` are the numbers by which the sides know each
//! other's objects, `cycles` finds what neither side can free alone, `functions`
//! takes Lua functions apart and makes them anew. `value` and `table` are what a program that uses this host sees;
//! `prelude` is what the common scripts find.

mod codec;
mod context;
mod cycles;
mod engine;
mod error;
mod functions;
mod handles;
mod imports;
mod instance;
pub mod prelude;
mod references;
mod stream;
mod table;
mod value;

pub use context::Context;
pub use error::{Error, ErrorKind, Failure, LuaError};
pub use functions::{Binding, Code, Description, Kept, Upvalue};
pub use instance::{Compiled, Instance, Options};
pub use references::Reference;
pub use table::{InvalidKey, Table};
pub use value::{BigInt, Function, Value};
