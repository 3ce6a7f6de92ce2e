//! The example and `cu::bindgen`, in Node and in Chromium: wasm-bindgen-test-runner finds the functions marked with `wasm_bindgen_test`.

mod errors;
mod functions;
mod membrane;
mod page;
mod support;
mod tables;
mod values;

/// The runner needs none, but a program must have one.
fn main() {}
