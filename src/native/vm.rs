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
    pub(super) memory: Rc<Memory>,
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
        self.memory.call_with(writer, arguments, vm::call_chunk)
    }

    /// Calls what a path leads to from the globals: `["_home", "calc"]`. Fails like [`Vm::compute`], and when there is nothing to call.
    pub fn call(&self, path: &[&str], arguments: &[Value]) -> Result<Vec<Value>, Error> {
        let mut writer = Writer::default();
        for key in path {
            writer.string(key.as_bytes());
        }
        self.memory.call_with(writer, arguments, |n| vm::call_path(path.len() as i32, n))
    }

    /// Calls a function of Lua's (the content of a [`Value::LuaFunction`]). Fails like [`Vm::compute`], and when it is of another `Vm`.
    pub fn call_function(&self, function: &Reference, arguments: &[Value]) -> Result<Vec<Value>, Error> {
        self.memory.call_function(function, arguments)
    }

    /// The table `_io`.
    #[cfg(not(cu_bindgen))]
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
    #[cfg(not(cu_bindgen))]
    pub fn set_input(&self, value: impl Into<Value>) {
        // A string is a valid key.
        let _ = self.memory.io.set("input", value);
    }

    /// The value of `_io.output`.
    #[cfg(not(cu_bindgen))]
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

impl Drop for Vm {
    /// Closes the state: pending `__close` and `__gc` run.
    fn drop(&mut self) {
        vm::close();
        host::uninstall();
        self.memory.end();
    }
}
