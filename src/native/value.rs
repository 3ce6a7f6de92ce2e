//! The values that cross, with Lua's exact types. Tables and functions are shared by reference and compared by identity; all else is
//! compared by value, integers and floats apart.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use super::error::Failure;
use super::reference::Reference;
use super::table::Table;

/// A value of Lua's.
#[derive(Clone, PartialEq, Default)]
#[non_exhaustive]
pub enum Value {
    #[default]
    Nil,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Bigint(Bigint),
    /// Any bytes.
    String(Rc<[u8]>),
    /// `ext.null`.
    Null,
    /// An external table. A plain table that Lua returns or passes arrives as a new one, a copy.
    Table(Table),
    /// A function of this program's.
    Function(Function),
    /// A function of Lua's.
    LuaFunction(Reference),
    /// An object or a function of JavaScript.
    #[cfg(cu_bindgen)]
    Object(super::bindgen::Object),
    /// Any other value of Lua's that it keeps for this program: only as the value of an error.
    Other(Reference),
}

impl Value {
    /// The text of a string; None for all else, and for bytes that are not UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(bytes) => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    pub fn is_nil(&self) -> bool {
        matches!(self, Value::Nil)
    }
}

/// As in Lua's source, but what has no such form by its kind alone.
impl fmt::Debug for Value {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Nil => out.write_str("nil"),
            Value::Boolean(boolean) => write!(out, "{boolean}"),
            Value::Integer(integer) => write!(out, "{integer}"),
            Value::Float(number) => write!(out, "{number:?}"),
            Value::Bigint(bigint) => bigint.fmt(out),
            Value::String(bytes) => write!(out, "\"{}\"", bytes.escape_ascii()),
            Value::Null => out.write_str("null"),
            Value::Table(table) => table.fmt(out),
            Value::Function(_) => out.write_str("Function"),
            Value::LuaFunction(_) => out.write_str("LuaFunction"),
            #[cfg(cu_bindgen)]
            Value::Object(_) => out.write_str("Object"),
            Value::Other(_) => out.write_str("Other"),
        }
    }
}

macro_rules! from {
    ($($type:ty, $name:ident => $value:expr;)*) => {
        $(impl From<$type> for Value {
            fn from($name: $type) -> Value {
                $value
            }
        })*
    };
}

from! {
    bool, boolean => Value::Boolean(boolean);
    i32, integer => Value::Integer(integer.into());
    i64, integer => Value::Integer(integer);
    f64, number => Value::Float(number);
    Bigint, bigint => Value::Bigint(bigint);
    &str, text => Value::String(text.as_bytes().into());
    String, text => Value::String(text.into_bytes().into());
    &[u8], bytes => Value::String(bytes.into());
    Vec<u8>, bytes => Value::String(bytes.into());
    Table, table => Value::Table(table);
    Function, function => Value::Function(function);
}

/// An integer without bounds, compared by value.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Bigint {
    is_negative: bool,
    /// Least significant byte first, the last one not 0.
    magnitude: Rc<[u8]>,
}

impl Bigint {
    /// From its magnitude, least significant byte first. Zero has no sign.
    pub fn new(is_negative: bool, magnitude: &[u8]) -> Bigint {
        let length = magnitude.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
        Bigint { is_negative: is_negative && length > 0, magnitude: magnitude[..length].into() }
    }

    pub fn is_negative(&self) -> bool {
        self.is_negative
    }

    /// Its magnitude, least significant byte first, without zeros at the end.
    pub fn magnitude(&self) -> &[u8] {
        &self.magnitude
    }
}

/// In base 16.
impl fmt::Debug for Bigint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.is_negative { "-0x" } else { "0x" })?;
        self.magnitude.iter().rev().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

/// A function of this program's that Lua can call. It may use the `Vm` that it is called from, by a `Weak` of its own.
#[derive(Clone)]
pub struct Function(Rc<Body>);

type Body = dyn Fn(Vec<Value>) -> Result<Vec<Value>, Failure>;

impl Function {
    /// `body` takes the arguments and returns the results, or what Lua is to raise. A panic in it becomes a Lua error.
    pub fn new(body: impl Fn(Vec<Value>) -> Result<Vec<Value>, Failure> + 'static) -> Function {
        Function(Rc::new(body))
    }

    pub(super) fn call(&self, arguments: Vec<Value>) -> Result<Vec<Value>, Failure> {
        // A panic must not unwind Lua's frames, which know nothing of it. What the body shares is its own affair.
        catch_unwind(AssertUnwindSafe(|| (self.0)(arguments))).unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<&str>().copied().or(panic.downcast_ref::<String>().map(String::as_str));
            Err(format!("host function panicked: {}", text.unwrap_or("?")).into())
        })
    }

    /// Tells functions apart while both live.
    pub(super) fn address(&self) -> usize {
        Rc::as_ptr(&self.0).cast::<()>() as usize
    }
}

impl PartialEq for Function {
    fn eq(&self, other: &Function) -> bool {
        self.address() == other.address()
    }
}
