//! The values that cross. Tables and functions are shared by reference and compared by identity; all else by value.

use std::fmt;
use std::rc::Rc;

use crate::context::Context;
use crate::error::Failure;
use crate::references::Reference;
use crate::table::Table;

/// A value of Lua's, with Lua's exact type.
#[derive(Clone, Debug, PartialEq, Default)]
pub enum Value {
    #[default]
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Rc<[u8]>),
    BigInt(BigInt),
    /// `ext.null`.
    Null,
    Table(Table),
    Function(Function),
    /// A function of Lua's.
    Closure(Reference),
    /// Any other value of Lua's that the module keeps.
    Reference(Reference),
}

/// A sign and a magnitude, least significant byte first, without zeros at its end. Zero has no sign.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BigInt {
    negative: bool,
    magnitude: Rc<[u8]>,
}

/// A function of the host that Lua can call.
#[derive(Clone)]
pub struct Function(Rc<Body>);

type Body = dyn Fn(&mut Context<'_>, Vec<Value>) -> Result<Vec<Value>, Failure>;

impl Value {
    pub fn is_nil(&self) -> bool {
        *self == Value::Nil
    }

    /// Text of strings, for messages and tests; None for all else, and for bytes that are not UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Str(text.as_bytes().into())
    }
}

impl BigInt {
    pub fn new(negative: bool, magnitude: &[u8]) -> BigInt {
        let length = magnitude.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        BigInt { negative: negative && length > 0, magnitude: magnitude[..length].into() }
    }

    pub fn is_negative(&self) -> bool {
        self.negative
    }

    pub fn magnitude(&self) -> &[u8] {
        &self.magnitude
    }
}

impl Function {
    pub fn new(body: impl Fn(&mut Context<'_>, Vec<Value>) -> Result<Vec<Value>, Failure> + 'static) -> Function {
        Function(Rc::new(body))
    }

    pub(crate) fn call(&self, context: &mut Context<'_>, args: Vec<Value>) -> Result<Vec<Value>, Failure> {
        (self.0)(context, args)
    }

    /// Tells functions apart; valid while one of the two lives.
    pub(crate) fn address(&self) -> usize {
        Rc::as_ptr(&self.0).cast::<()>() as usize
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        self.address() == other.address()
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Function({:#x})", self.address())
    }
}
