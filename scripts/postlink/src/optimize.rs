//! Binaryen's `wasm-opt`, run as a program with exactly the features that Cu allows itself.
//!
//! `--low-memory-unused` would be wrong here: the stack lies at the lowest addresses. Names are kept for the report;
//! [`crate::sections::strip`] drops them afterwards.

use crate::Error;
use std::path::Path;
use std::process::Command;

/// `-Os` came out 2 % smaller than `-O3`, and as fast in nine Lua workloads; `--converge` won 0.2 % for half as much time again.
/// Features are first switched off altogether, then on one by one. `crate::verify` holds the same list for the validator.
const ARGUMENTS: [&str; 7] = [
    "--mvp-features",
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-bulk-memory",
    "-Os",
    "--debuginfo",
];

/// Optimises `input` into `output`.
pub fn run(wasm_opt: &Path, input: &Path, output: &Path) -> Result<(), Error> {
    let result = Command::new(wasm_opt).args(ARGUMENTS).arg(input).arg("-o").arg(output).output();
    let done = result.map_err(|e| Error::WasmOpt(format!("{}: {e}", wasm_opt.display())))?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr).trim().to_owned();
    Err(Error::WasmOpt(format!("{}: {said}", done.status)))
}
