//! The unwind pass: non-local exits by returning, in plain WebAssembly.
//!
//! The input calls two imported functions, `env.cu_throw(c)` and `env.cu_protect(f, L, ud, c)`. The pass gives both a
//! body, adds the global `unwinding`, and lets every function between a throw and its handler return early.
//! docs/UNWIND.md explains the transformation and its limits.
//!
//! Refused: modules without these imports, without a `__stack_pointer` global or without a function table; exception
//! handling and typed function references; a throwing function with a result that has no zero.

mod analysis;
mod checks;
mod error;
mod guards;
mod mark;
mod runtime;

pub use error::UnwindError;
use walrus::Module;

/// Applies the pass to a linked module and returns the new one. A module that has been through it is returned as it is.
pub fn unwind(wasm: &[u8]) -> Result<Vec<u8>, UnwindError> {
    let mut module = Module::from_buffer(wasm).map_err(|e| UnwindError::Parse(format!("{e:#}")))?;
    if mark::is_marked(&module)? {
        return Ok(wasm.to_vec());
    }
    let runtime = runtime::install(&mut module)?;
    let throwing = analysis::throwing_functions(&module, &runtime)?;
    for &function in &throwing {
        checks::add(&mut module, function, &throwing, &runtime)?;
    }
    guards::add(&mut module, &throwing, &runtime);
    mark::add(&mut module);
    Ok(module.emit_wasm())
}
