//! What a call can end with instead of results.

use std::fmt;

use super::value::Value;

/// Why a call gave no results.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Error {
    pub kind: ErrorKind,
    /// What Lua's `tostring` makes of the value.
    pub message: String,
    /// The name of the chunk where it was raised.
    pub chunk: Option<String>,
    /// The line there, from 1.
    pub line: Option<u32>,
    /// Lua's frames at that moment, one a line.
    pub traceback: Option<String>,
    /// The error value itself. Of an error that is not Lua's it is the message.
    pub value: Value,
}

/// When an error happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Lua code raised it, or did what it cannot do.
    Run,
    /// The source is not Lua.
    Syntax,
    /// The heap is full.
    Memory,
    /// Handling an error failed in turn.
    Handling,
    /// The code ran, but a result has no form outside.
    Result,
    /// An argument belongs to another instance; nothing ran.
    Argument,
    /// The thread has a `Vm` already.
    Busy,
    /// The two sides of the boundary disagree: a bug of this crate.
    Boundary,
}

impl Error {
    /// An error that does not come from Lua.
    pub(super) fn new(kind: ErrorKind, message: &str) -> Error {
        Error { kind, message: message.to_owned(), chunk: None, line: None, traceback: None, value: message.into() }
    }
}

/// What a function of the program's fails with: `?` makes it from a message, a value, or the error of a call back into Lua.
#[derive(Clone, Debug)]
pub struct Failure {
    pub(super) value: Value,
    /// Whether a message has its position already.
    pub(super) is_positioned: bool,
}

/// Lua raises the value as it is; only to a string, which is a message, it adds the position of the caller.
impl From<Value> for Failure {
    fn from(value: Value) -> Failure {
        Failure { value, is_positioned: false }
    }
}

impl From<&str> for Failure {
    fn from(message: &str) -> Failure {
        Value::from(message).into()
    }
}

impl From<String> for Failure {
    fn from(message: String) -> Failure {
        Value::from(message).into()
    }
}

/// The error goes on as what it was.
impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure { value: error.value, is_positioned: true }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
