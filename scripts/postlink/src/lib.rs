//! What happens to the module between the linker and `dist/cu.wasm`.
//!
//! | module | does |
//! | --- | --- |
//! | [`build`] | all of the stages below, in order; a file that fails a check is never written |
//! | [`layout`] | reads where static data ends, and removes the linker's own exports |
//! | [`steps`] | lets the functions of a list count steps (docs/LIMITS.md) |
//! | [`unwind`] | turns calls of `cu_throw` and `cu_protect` into unwinding by return (docs/UNWIND.md) |
//! | [`optimize`] | runs Binaryen's `wasm-opt` with the features that Cu allows itself |
//! | [`sections`] | drops custom sections that a shipped file does not need |
//! | [`verify`] | proves what the contract says about the file |
//! | [`inspect`], [`interface`], [`budget`] | what it looks at, and what it compares that with |
//! | [`report`] | says where the bytes are |
//!
//! Nothing here knows Lua but the report's names of groups: another project can use the pass on its own.

pub mod budget;
pub mod build;
pub mod error;
pub mod inspect;
pub mod interface;
pub mod layout;
pub mod optimize;
pub mod report;
pub mod sections;
pub mod steps;
pub mod unwind;
pub mod verify;

pub use error::Error;
