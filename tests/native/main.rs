//! The crate on this machine's own target, with its in-memory host, and the proof that Lua's sources are the official ones. One program
//! over several modules, each about one subject. What a host sends that means harm is tested in src/native/hostile.rs.

mod adoption;
mod checksums;
mod common;
mod compute;
mod coroutines;
mod errors;
mod functions;
mod handles;
mod support;
mod values;
