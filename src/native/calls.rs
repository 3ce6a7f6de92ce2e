//! Calls into Lua: arguments and results as streams, errors as `Error`.

use super::error::{Error, ErrorKind};
use super::memory::Memory;
use super::reference::Reference;
use super::stream::Writer;
use super::value::Value;
use crate::vm;

impl Memory {
    /// Calls a function of Lua's. Fails if it is one of another instance.
    pub fn call_function(&self, function: &Reference, arguments: &[Value]) -> Result<Vec<Value>, Error> {
        let number = self.names.reference(function).map_err(argument_error)?;
        self.call_with(Writer::default(), arguments, |n| vm::call_function(number, n))
    }

    /// Writes `arguments` behind what is in the stream, calls, and reads what came.
    pub fn call_with(&self, mut writer: Writer, arguments: &[Value], call: impl FnOnce(i32) -> i32) -> Result<Vec<Value>, Error> {
        for argument in arguments {
            writer.value(&self.names, argument).map_err(argument_error)?;
        }
        self.settle();
        self.send(writer);
        let count = call(arguments.len() as i32);
        let result = self.receive(count);
        self.settle();
        result.unwrap_or_else(|_| Err(Error::new(ErrorKind::Boundary, "the module's answer is malformed")))
    }

    /// The results of a call, or its error; or that neither came.
    fn receive(&self, count: i32) -> Result<Result<Vec<Value>, Error>, Value> {
        let mut reader = self.reader();
        if count >= 0 {
            let values = reader.values(count)?;
            reader.finish()?;
            return Ok(Ok(values));
        }
        let kind = match reader.value()? {
            Value::Integer(1) => ErrorKind::Run,
            Value::Integer(2) => ErrorKind::Syntax,
            Value::Integer(3) => ErrorKind::Memory,
            Value::Integer(4) => ErrorKind::Handling,
            Value::Integer(5) => ErrorKind::Result,
            _ => ErrorKind::Boundary,
        };
        let message = text(&reader.value()?).unwrap_or_default();
        let chunk = text(&reader.value()?);
        let line = if let Value::Integer(line) = reader.value()? { u32::try_from(line).ok() } else { None };
        let traceback = text(&reader.value()?);
        Ok(Err(Error { kind, message, chunk, line, traceback, value: reader.value()? }))
    }
}

fn argument_error(error: Value) -> Error {
    Error::new(ErrorKind::Argument, error.as_str().unwrap_or_default())
}

fn text(value: &Value) -> Option<String> {
    if let Value::String(bytes) = value { Some(String::from_utf8_lossy(bytes).into_owned()) } else { None }
}
