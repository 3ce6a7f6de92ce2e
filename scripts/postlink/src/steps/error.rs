//! Why the pass refuses a module or a list.

use std::fmt;

/// Each variant names what to mend.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepsError {
    /// The bytes are not a module.
    Parse(String),
    /// A line of the list.
    Line(String),
    /// No function has this name.
    Missing(String),
    /// A function cannot be counted as the list says.
    Shape {
        /// The function.
        function: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The module exports no address `__cu_steps`.
    NoCounter,
    /// The module exports no function `__cu_steps_spent(i32)`.
    NoSpent,
}

impl fmt::Display for StepsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StepsError::Parse(cause) => write!(f, "not a WebAssembly module: {cause}"),
            StepsError::Line(line) => write!(f, "not understood: {line:?} (call, loop, count or bytes, and a name)"),
            StepsError::Missing(name) => {
                write!(f, "no function is named {name:?}: has the compiler put it into its caller? Then the list has to name that one")
            }
            StepsError::Shape { function, what } => write!(f, "function {function:?}: {what}"),
            StepsError::NoCounter => write!(f, "the module exports no constant i32 global \"__cu_steps\""),
            StepsError::NoSpent => write!(f, "the module exports no function \"__cu_steps_spent\" of type (i32) -> ()"),
        }
    }
}

impl std::error::Error for StepsError {}
