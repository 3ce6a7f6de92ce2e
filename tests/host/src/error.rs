//! What can go wrong: an error of Lua's, the end of an instance, and what a function of the host raises in Lua.

use std::fmt;

use crate::table::InvalidKey;
use crate::value::Value;

/// Why a call into the module gave no results.
#[derive(Debug)]
pub enum Error {
    /// Lua raised an error; the instance goes on.
    Lua(Box<LuaError>),
    /// The module could not be loaded, or trapped; an instance that trapped is over.
    Dead(String),
    /// The module answered with what the contract does not allow, or a value cannot be sent.
    Boundary(String),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ErrorKind {
    Runtime,
    Syntax,
    Memory,
    /// An error while an error was handled.
    Handler,
    /// A result has no form outside Lua.
    Result,
    /// It took more steps than it may.
    Steps,
    /// It took longer than it may.
    Time,
}

#[derive(Debug)]
pub struct LuaError {
    pub kind: ErrorKind,
    pub message: String,
    pub chunk: Option<String>,
    pub line: Option<i64>,
    pub traceback: Option<String>,
    pub value: Value,
}

/// What an import that fails raises in Lua.
#[derive(Debug)]
pub struct Failure {
    pub value: Value,
    /// A string that has its position already gets no other.
    pub has_position: bool,
}

impl Failure {
    pub fn new(message: impl AsRef<str>) -> Failure {
        Failure::from(Value::from(message.as_ref()))
    }
}

impl From<Value> for Failure {
    fn from(value: Value) -> Failure {
        Failure { value, has_position: false }
    }
}

/// An error that came out of Lua goes back as it is.
impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        match error {
            Error::Lua(error) => Failure { value: error.value, has_position: true },
            Error::Dead(message) | Error::Boundary(message) => Failure::new(message),
        }
    }
}

impl From<InvalidKey> for Failure {
    fn from(invalid: InvalidKey) -> Failure {
        Failure::new(match invalid {
            InvalidKey::Nil => "table index is nil",
            InvalidKey::NaN => "table index is NaN",
            InvalidKey::Unknown => "invalid key to 'next'",
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Lua(error) => out.write_str(error.traceback.as_ref().unwrap_or(&error.message)),
            Error::Dead(message) | Error::Boundary(message) => out.write_str(message),
        }
    }
}

impl std::error::Error for Error {}
