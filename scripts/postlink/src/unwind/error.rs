//! Why the pass refuses a module.

use std::fmt;

/// Each variant names what is missing or not supported, and how to mend it where that is not plain.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnwindError {
    /// The bytes are not a module.
    Parse(String),
    /// `env.cu_throw` or `env.cu_protect` is not imported.
    MissingImport(&'static str),
    /// One of the two is imported, but not with the signature that the pass needs.
    ImportType {
        /// The import's name.
        name: &'static str,
        /// The signature that it must have.
        expected: &'static str,
        /// The signature that it has.
        found: String,
    },
    /// No global is named `__stack_pointer`: the names were stripped, or no C code was linked.
    MissingStackPointer,
    /// `__stack_pointer` is not a mutable i32.
    StackPointerType,
    /// Without a function table `cu_protect` has nothing to call.
    MissingTable,
    /// An instruction with which a call could leave a frame in a way that the pass does not follow.
    Unsupported {
        /// The function that holds it.
        function: String,
        /// The instruction.
        instruction: &'static str,
    },
    /// A function that may throw has a result type without a zero: it could not return early.
    NoZero {
        /// The function.
        function: String,
    },
    /// Another version of this pass made the module.
    Version(Vec<u8>),
}

impl fmt::Display for UnwindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnwindError::Parse(cause) => write!(f, "not a WebAssembly module: {cause}"),
            UnwindError::MissingImport(name) => {
                write!(f, "the module does not import \"env.{name}\": is it called at all, and linked with --allow-undefined?")
            }
            UnwindError::ImportType { name, expected, found } => write!(f, "\"env.{name}\" must be {expected}, but is {found}"),
            UnwindError::MissingStackPointer => {
                write!(f, "no global is named \"__stack_pointer\": link without --strip-all, so that the name section stays")
            }
            UnwindError::StackPointerType => {
                write!(f, "\"__stack_pointer\" must be a mutable i32 of the module")
            }
            UnwindError::MissingTable => write!(f, "the module has no function table"),
            UnwindError::Unsupported { function, instruction } => write!(f, "{instruction} in function {function} is not supported"),
            UnwindError::NoZero { function } => {
                write!(f, "function {function} may throw, and has a result of a reference type that cannot be null")
            }
            UnwindError::Version(found) => {
                write!(f, "the module was made by another version of this pass: section \"cu.unwind\" holds {found:?}")
            }
        }
    }
}

impl std::error::Error for UnwindError {}
