//! The one error type of the tool. Every message says what to mend; none is a panic.

use crate::steps::StepsError;
use crate::unwind::UnwindError;
use crate::verify::Violation;
use std::fmt;
use std::path::PathBuf;

/// Why a stage stopped. The output file is untouched in every case.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Bytes that should be a WebAssembly module could not be parsed.
    NotWasm(String),
    /// The steps pass refused its input.
    Steps(StepsError),
    /// The unwind pass refused its input.
    Unwind(UnwindError),
    /// The input lacks the global that says where static data ends.
    NoHeapBase,
    /// `wasm-opt` could not be started, or ended with a failure.
    WasmOpt(String),
    /// A line of `budget.toml` is wrong, or a limit is missing.
    Budget(String),
    /// The file breaks rules of the contract: all that were found.
    Verify(Vec<Violation>),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::File { path, cause } => write!(f, "{}: {cause}", path.display()),
            Error::NotWasm(cause) => write!(f, "not a valid WebAssembly module: {cause}"),
            Error::Steps(cause) => write!(f, "steps pass: {cause}"),
            Error::Unwind(cause) => write!(f, "unwind pass: {cause}"),
            Error::NoHeapBase => write!(f, "the input has no constant i32 global export \"__heap_base\": link with --export=__heap_base"),
            Error::WasmOpt(cause) => write!(f, "wasm-opt: {cause}"),
            Error::Budget(cause) => write!(f, "budget.toml: {cause}"),
            Error::Verify(violations) => {
                write!(f, "the module breaks {} rule(s):", violations.len())?;
                violations.iter().try_for_each(|v| write!(f, "\n  {v}"))
            }
        }
    }
}

impl std::error::Error for Error {}

impl From<StepsError> for Error {
    fn from(cause: StepsError) -> Error {
        Error::Steps(cause)
    }
}

impl From<UnwindError> for Error {
    fn from(cause: UnwindError) -> Error {
        Error::Unwind(cause)
    }
}
