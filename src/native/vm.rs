//! `Vm`: one Lua state with its in-memory host, and the calls into it.

use std::rc::Rc;

use super::error::{Error, ErrorKind};
use super::memory::Memory;
use super::reference::Reference;
use super::stream::Writer;
use super::table::Table;
use super::value::Value;
use crate::ext::reference;
use crate::host;
use crate::vm;

/// A Lua state in a heap of 3 MiB, which has room for what fits into the module's. It belongs to its thread, which has one at a time.
/// All methods may also be called while Lua is running, by functions of the program's.
///
/// ```
/// use cu::{Table, Vm};
///
/// let vm = Vm::new(1)?;
/// vm.set_input([1, 2, 3].into_iter().collect::<Table>());
/// let results = vm.compute("local n = ... return #_io.input * n, 'done'", "=example", &[2.into()])?;
/// assert_eq!(results, [6.into(), "done".into()]);
/// # Ok::<(), cu::Error>(())
/// ```
pub struct Vm {
    memory: Rc<Memory>,
}

impl Vm {
    /// Makes a state. `seed` is what string hashes are drawn from. Fails when the thread has a `Vm` already.
    pub fn new(seed: u32) -> Result<Vm, Error> {
        let memory = Rc::new(Memory::new());
        if !host::install(memory.clone()) {
            return Err(Error::new(ErrorKind::Busy, "this thread has a Vm already"));
        }
        if !vm::create(seed) {
            host::uninstall();
            return Err(Error::new(ErrorKind::Memory, "not enough memory for a Lua state"));
        }
        Ok(Vm { memory })
    }

    /// Compiles Lua source, which is bytes, and calls it with `arguments` as its `...`. `name` is as Lua's `chunkname`: `=name` or `@file`.
    /// Returns all results; fails as `Error` says.
    pub fn compute(&self, source: impl AsRef<[u8]>, name: &str, arguments: &[Value]) -> Result<Vec<Value>, Error> {
        let mut writer = Writer::default();
        writer.string(name.as_bytes());
        writer.string(source.as_ref());
        self.call_with(writer, arguments, vm::call_chunk)
    }

    /// Calls what a path leads to from the globals: `["_home", "calc"]`. Fails like [`Vm::compute`], and when there is nothing to call.
    pub fn call(&self, path: &[&str], arguments: &[Value]) -> Result<Vec<Value>, Error> {
        let mut writer = Writer::default();
        for key in path {
            writer.string(key.as_bytes());
        }
        self.call_with(writer, arguments, |n| vm::call_path(path.len() as i32, n))
    }

    /// Calls a function of Lua's (the content of a [`Value::LuaFunction`]). Fails like [`Vm::compute`], and when it is of another `Vm`.
    pub fn call_function(&self, function: &Reference, arguments: &[Value]) -> Result<Vec<Value>, Error> {
        let number = self.memory.names.reference(function).map_err(argument_error)?;
        self.call_with(Writer::default(), arguments, |n| vm::call_function(number, n))
    }

    /// Writes `arguments` behind what is in the stream, calls, and reads what came.
    fn call_with(&self, mut writer: Writer, arguments: &[Value], call: impl FnOnce(i32) -> i32) -> Result<Vec<Value>, Error> {
        for argument in arguments {
            writer.value(&self.memory.names, argument).map_err(argument_error)?;
        }
        self.memory.settle();
        self.memory.send(writer);
        let count = call(arguments.len() as i32);
        let result = self.receive(count);
        self.memory.settle();
        result.unwrap_or_else(|_| Err(Error::new(ErrorKind::Boundary, "the module's answer is malformed")))
    }

    /// The results of a call, or its error; or that neither came.
    fn receive(&self, count: i32) -> Result<Result<Vec<Value>, Error>, Value> {
        let mut reader = self.memory.reader();
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

    /// The table `_io`.
    pub fn io(&self) -> &Table {
        &self.memory.io
    }

    /// The table `_home`. It lives as long as this `Vm`, or a clone of the table.
    pub fn home(&self) -> &Table {
        &self.memory.home
    }

    /// The modules that `require` finds: a name to its source, a string, or to a function.
    pub fn modules(&self) -> &Table {
        &self.memory.modules
    }

    /// Sets `_io.input`. A table is passed by reference.
    pub fn set_input(&self, value: impl Into<Value>) {
        // A string is a valid key.
        let _ = self.memory.io.set("input", value);
    }

    /// The value of `_io.output`.
    pub fn output(&self) -> Value {
        self.memory.io.get("output")
    }

    /// What was printed to standard output since the last time.
    pub fn take_printed(&self) -> Vec<u8> {
        self.memory.stdout.take()
    }

    /// What was written to standard error since the last time, warnings included.
    pub fn take_errors(&self) -> Vec<u8> {
        self.memory.stderr.take()
    }

    /// A full collection; tables and functions that Lua no longer holds are released.
    pub fn collect(&self) {
        self.memory.settle();
        vm::collect();
        self.memory.settle();
    }

    /// How many tables and functions of this side Lua holds, and how many of Lua's values this side holds.
    pub fn held(&self) -> (usize, usize) {
        (self.memory.names.handles.borrow().count(), reference::live())
    }
}

fn argument_error(error: Value) -> Error {
    Error::new(ErrorKind::Argument, error.as_str().unwrap_or_default())
}

fn text(value: &Value) -> Option<String> {
    if let Value::String(bytes) = value { Some(String::from_utf8_lossy(bytes).into_owned()) } else { None }
}

impl Drop for Vm {
    /// Closes the state: pending `__close` and `__gc` run.
    fn drop(&mut self) {
        vm::close();
        host::uninstall();
        self.memory.end();
    }
}
