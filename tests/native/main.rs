//! The crate on this machine's own target, with its in-memory host, and the proof that Lua's sources are the official ones. One program
//! over several modules, each about one subject.

mod common;
mod probe;
