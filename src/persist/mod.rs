//! Functions that outlive the instance (docs/ABI.md §8): a Lua function as code and upvalues, and back again. What is kept, and where, is
//! the host's business. Everything here runs with the collector paused where the buffer is in use, as in `codec`.

mod bind;
mod dump;
mod load;
mod names;
mod shape;
mod sleep;

pub use bind::bind;
pub use dump::describe;
pub use load::load;
pub use names::{open, push_named_function};
pub use sleep::sleep;
