//! The in-memory host: the imports of docs/ABI.md §4 over tables of this process. None of them panics, whatever the module sends; what goes
//! wrong is answered with −1 and a value.
//!
//! An import takes all it needs out of buffer and cell before it does anything that could run Lua or code of the program's (a function, the
//! dropping of what a function holds), and fills them when all of that is over.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

#[cfg(cu_bindgen)]
use super::bindgen::Object;
use super::clock::{self, Instant};
use super::cycles;
use super::error::Failure;
use super::stream::{self, Names, Reader, Writer, malformed};
use super::table::{InvalidKey, Table};
use super::value::{Function, Value};
use crate::codec::tag;
use crate::host::{self, BUFFER_BYTES, FAILED, Host, op};
use crate::vm;

/// Handles that fit into the buffer.
const HANDLES_PER_BUFFER: usize = BUFFER_BYTES / size_of::<i32>();

/// Elements that READ may hand over as values.
pub(super) const READ_VALUES_MAX: usize = 256;

/// NEW: an array of the host.
#[cfg(cu_bindgen)]
const KIND_ARRAY: i32 = 1;

/// New tables after which a search for unreachable ones is worth its time, at the least.
const SEARCH_EVERY: usize = 4096;

/// The host of one instance.
pub struct Memory {
    pub names: Names,
    pub io: Table,
    pub home: Table,
    pub modules: Table,
    pub stdout: RefCell<Vec<u8>>,
    pub stderr: RefCell<Vec<u8>>,
    /// What the module pushed of the stream of its next operation.
    pushed: RefCell<Vec<u8>>,
    /// What the module has not pulled yet of the last stream.
    unpulled: RefCell<VecDeque<Vec<u8>>>,
    /// Strings by key id.
    keys: RefCell<Vec<Value>>,
    /// What the last step of a traversal gave: handle and key.
    pub(super) last_step: RefCell<(i32, Value)>,
    /// What the last assignment made of plain tables, by node.
    pub(super) adopted: RefCell<Vec<Value>>,
    /// Objects without a handle that wait to be dropped.
    released: RefCell<Vec<Value>>,
    started: Instant,
    /// The number of tables made at which a search for unreachable ones is worth its time.
    search_at: Cell<usize>,
    is_settling: Cell<bool>,
}

impl Memory {
    pub fn new() -> Memory {
        let memory = Memory {
            names: Names::default(),
            io: Table::new(),
            home: Table::new(),
            modules: Table::new(),
            stdout: RefCell::default(),
            stderr: RefCell::default(),
            pushed: RefCell::default(),
            unpulled: RefCell::default(),
            keys: RefCell::default(),
            last_step: RefCell::default(),
            adopted: RefCell::default(),
            released: RefCell::default(),
            started: Instant::now(),
            search_at: Cell::new(SEARCH_EVERY),
            is_settling: Cell::new(false),
        };
        memory.home.make_home();
        // Handles 1, 2, 3.
        for table in [&memory.io, &memory.home, &memory.modules] {
            memory.names.table(table);
        }
        memory
    }

    /// Puts an object of JavaScript in the place of the table `_io`.
    #[cfg(cu_bindgen)]
    pub fn set_io(&self, io: &Object) {
        self.names.handles.borrow_mut().replace_first(io.address(), Value::Object(io.clone()));
    }

    /// Begins to read what crossed with an operation.
    pub fn reader(&self) -> Reader<'_> {
        self.unpulled.take();
        Reader::new(&self.names, self.pushed.take())
    }

    /// Hands a stream over.
    pub fn send(&self, writer: Writer) {
        self.unpulled.replace(writer.hand_over());
    }

    /// Drops what waits for it and gives references back. Called where buffer and cell are free: dropping a function of the program's
    /// drops what it holds, which may do anything.
    pub fn settle(&self) {
        if self.is_settling.replace(true) {
            return;
        }
        drop(self.released.take());
        if self.names.made.borrow().len() > self.search_at.get() {
            drop(cycles::empty_unreachable(self));
            self.search_at.set(SEARCH_EVERY + 2 * self.names.made.borrow().len());
        }
        self.is_settling.set(false);
        self.give_back();
    }

    /// Lets go of everything when the module is gone. Tables that lead to each other would keep each other for ever.
    pub fn end(&self) {
        drop((self.last_step.take(), self.adopted.take(), self.released.take()));
        // A function that was dropped may have held a table that leads to itself.
        while cycles::empty_at_end(self).iter().any(|value| *value != Value::Nil) {}
    }

    fn give_back(&self) {
        let dropped = self.names.references.take_dropped();
        if !dropped.is_empty() {
            vm::release_references(&dropped);
        }
    }

    /// Runs an operation; an error is left in the stream.
    pub(super) fn answer(&self, operation: impl FnOnce(&mut Reader<'_>) -> Result<i32, Failure>) -> i32 {
        let result = operation(&mut self.reader());
        result.unwrap_or_else(|error| self.fail(&error))
    }

    #[cold]
    fn fail(&self, failure: &Failure) -> i32 {
        // A value that cannot cross fails in turn, with a message, which can.
        let writer = Writer::of_failure(&self.names, failure).or_else(|error| Writer::of(&self.names, [&error]));
        self.send(writer.unwrap_or_default());
        FAILED
    }

    fn table(&self, handle: i32) -> Result<Table, Value> {
        match self.names.handles.borrow().get(handle) {
            Value::Table(table) => Ok(table),
            _ => Err("stale table".into()),
        }
    }

    fn function(&self, handle: i32) -> Result<Function, Value> {
        match self.names.handles.borrow().get(handle) {
            Value::Function(function) => Ok(function),
            _ => Err("stale function".into()),
        }
    }

    /// The arguments of a call, plain tables with what is in them.
    pub(super) fn arguments(&self, reader: &mut Reader<'_>, n: i32) -> Result<Vec<Value>, Value> {
        let arguments = reader.values(n)?;
        reader.finish()?;
        Ok(arguments)
    }

    pub(super) fn key(&self, ktag: i32, k: i32, reader: &mut Reader<'_>) -> Result<Value, Value> {
        let unknown = || malformed("a key that was not defined");
        let at = usize::try_from(k);
        match ktag {
            tag::INT => Ok(k.into()),
            tag::KEY => self.keys.borrow().get(at.map_err(|_| unknown())?).cloned().ok_or_else(unknown),
            tag::KEY_NEW => {
                let key = reader.value()?;
                let at = at.ok().filter(|&at| at < crate::ext::keys::KEYS_MAX).ok_or_else(unknown)?;
                let mut keys = self.keys.borrow_mut();
                let length = keys.len().max(at + 1);
                keys.resize(length, Value::Nil);
                keys[at] = key.clone();
                Ok(key)
            }
            tag::STREAM => reader.value(),
            _ => Err(malformed("an unknown tag of a key")),
        }
    }

    /// Answers with a value as `js_ext_table_get` does.
    pub(super) fn send_value(&self, value: &Value) -> Result<i32, Value> {
        Ok(match value {
            Value::Nil => tag::NIL,
            Value::Boolean(boolean) => [tag::FALSE, tag::TRUE][usize::from(*boolean)],
            Value::Integer(integer) if stream::is_safe(*integer) => {
                stream::set_cell_number(*integer as f64);
                tag::INT
            }
            Value::Float(number) => {
                stream::set_cell_number(*number);
                tag::FLOAT
            }
            Value::String(bytes) if bytes.len() <= BUFFER_BYTES => {
                stream::set_cell_int(stream::fill_buffer(bytes));
                tag::STRING
            }
            Value::Table(table) => {
                stream::set_cell_int(self.names.table(table));
                stream::table_tag(table)
            }
            Value::Null => tag::NULL,
            _ => {
                self.send(Writer::of(&self.names, [value])?);
                tag::STREAM
            }
        })
    }

    /// The value that crossed with `js_ext_table_set`.
    pub(super) fn new_value(&self, vtag: i32, v: i32, reader: &mut Reader<'_>) -> Result<Value, Value> {
        Ok(match vtag {
            tag::NIL => Value::Nil,
            tag::FALSE | tag::TRUE => Value::Boolean(vtag == tag::TRUE),
            tag::INT => v.into(),
            tag::FLOAT => stream::cell_number().into(),
            tag::STRING => stream::buffer_start(v).into(),
            tag::STREAM => reader.value()?,
            _ => return Err(malformed("an unknown tag of a value")),
        })
    }

    /// Hands over elements of a table from an index on, as many as the cell asks for.
    fn read(&self, table: &Table, from: i32) -> Result<(), Value> {
        let n = (stream::cell_number() as usize).min(READ_VALUES_MAX);
        let values: Vec<Value> = (i64::from(from)..).take(n).map(|i| table.get(i)).collect();
        self.send(Writer::of(&self.names, &values)?);
        stream::set_cell_number(n as f64);
        Ok(())
    }

    /// Sets elements of a table from an index on to the numbers in the buffer.
    fn write(&self, table: &Table, from: i32, value: fn(f64) -> Value) -> Result<(), Value> {
        for (i, number) in (i64::from(from)..).zip(stream::numbers()) {
            table.set(i, value(number)).map_err(invalid_key)?;
        }
        Ok(())
    }

    /// The metatable of a table of `_home`, with the plain tables in it, which are adopted.
    fn set_metatable(&self, table: &Table, reader: &mut Reader<'_>) -> Result<(), Value> {
        let metatable = reader.metatable()?;
        let nodes = reader.finish()?;
        nodes.iter().for_each(Table::make_home);
        table.set_metatable(metatable);
        self.adopted.replace(nodes.into_iter().map(Value::Table).collect());
        Ok(())
    }

    /// Names what could be in cycles through both heaps.
    fn trace(&self) -> Result<i32, Failure> {
        let contents = cycles::empty_unreachable(self);
        self.released.borrow_mut().extend(contents);
        self.give_back();
        let triples = cycles::trace(self);
        let numbers: Vec<Value> = triples.iter().flatten().map(|&number| number.into()).collect();
        self.send(Writer::of(&self.names, &numbers)?);
        Ok(triples.len() as i32)
    }

    /// The handles of what was adopted, from a node on.
    fn send_adopted(&self, from: i32) -> i32 {
        let adopted = self.adopted.take();
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let handles: Vec<u8> =
            adopted.iter().skip(from).take(HANDLES_PER_BUFFER).flat_map(|value| self.names.handle(value).to_le_bytes()).collect();
        let count = handles.len() / size_of::<i32>();
        if from.saturating_add(count) < adopted.len() {
            self.adopted.replace(adopted);
        }
        stream::fill_buffer(&handles);
        count as i32
    }

    /// Takes back the `n` handles in the buffer, and all from `end` on, if that is not 0. How many are given out then. What they named is
    /// dropped later: the module is in the middle of a sweep.
    fn release(&self, n: i32, end: i32) -> i32 {
        let bytes = stream::buffer_start(n.saturating_mul(size_of::<i32>() as i32));
        let handles = bytes.chunks_exact(size_of::<i32>()).map(|bytes| i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]));
        let mut known = self.names.handles.borrow_mut();
        let mut released = self.released.borrow_mut();
        released.extend(handles.map(|handle| known.release(handle)));
        if end > 0 {
            released.extend((end..=known.highest()).map(|handle| known.release(handle)));
        }
        known.count() as i32
    }
}

pub(super) fn invalid_key(error: InvalidKey) -> Value {
    match error {
        InvalidKey::Nil => "table index is nil",
        InvalidKey::NaN => "table index is NaN",
        InvalidKey::Unknown => "invalid key to 'next'",
    }
    .into()
}

impl Host for Memory {
    fn table_get(&self, handle: i32, ktag: i32, k: i32) -> i32 {
        #[cfg(cu_bindgen)]
        if let Some(object) = self.object(handle) {
            return self.object_get(&object, ktag, k);
        }
        self.answer(|reader| {
            let key = self.key(ktag, k, reader)?;
            Ok(self.send_value(&self.table(handle)?.get(key))?)
        })
    }

    fn table_set(&self, handle: i32, ktag: i32, k: i32, vtag: i32, v: i32) -> i32 {
        #[cfg(cu_bindgen)]
        if let Some(object) = self.object(handle) {
            return self.object_set(&object, (ktag, k), (vtag, v));
        }
        let mut reader = self.reader();
        let result = (|| {
            let key = self.key(ktag, k, &mut reader)?;
            let value = self.new_value(vtag, v, &mut reader)?;
            let nodes = reader.finish()?;
            let table = self.table(handle)?;
            if table.is_home() {
                nodes.iter().for_each(Table::make_home);
            }
            table.set(key, value).map_err(invalid_key)?;
            self.adopted.replace(nodes.into_iter().map(Value::Table).collect());
            Ok::<i32, Value>(0)
        })();
        self.settle();
        result.unwrap_or_else(|error| self.fail(&error.into()))
    }

    fn table_next(&self, handle: i32, ktag: i32, k: i32) -> i32 {
        #[cfg(cu_bindgen)]
        if let Some(object) = self.object(handle) {
            return self.object_next(handle, &object, ktag, k);
        }
        self.answer(|reader| {
            let table = self.table(handle)?;
            let key = match ktag {
                tag::NIL => Value::Nil,
                tag::SAME if self.last_step.borrow().0 == handle => self.last_step.borrow().1.clone(),
                _ => self.key(ktag, k, reader)?,
            };
            let Some((key, value)) = table.next(key).map_err(invalid_key)? else { return Ok(0) };
            self.send(Writer::of(&self.names, [&key, &value])?);
            self.last_step.replace((handle, key));
            Ok(1)
        })
    }

    fn table_len(&self, handle: i32) -> f64 {
        #[cfg(cu_bindgen)]
        if let Some(object) = self.object(handle) {
            return self.object_length(&object);
        }
        match self.table(handle) {
            Ok(table) => table.length() as f64,
            Err(error) => self.fail(&error.into()).into(),
        }
    }

    fn table_op(&self, op: i32, a: i32, b: i32) -> i32 {
        // Only asked who keeps the metatables of a kind, in the middle of a stream that is being written: nothing is touched.
        if op == op::METATABLE && b == 1 {
            return self.table(a).is_ok_and(|table| table.is_home()).into();
        }
        #[cfg(cu_bindgen)]
        if let Some(object) = Self::takes_handle(op).then(|| self.object(a)).flatten() {
            return self.object_op(&object, op, b);
        }
        self.answer(|reader| {
            match op {
                op::RELEASE => return Ok(self.release(a, b)),
                op::NEW => {
                    self.settle();
                    #[cfg(cu_bindgen)]
                    if a == KIND_ARRAY {
                        return Ok(self.names.handle(&Value::Object(Object::new_array())));
                    }
                    return Ok(self.names.table(&self.names.make_table()));
                }
                op::ADOPTED => return Ok(self.send_adopted(a)),
                op::TOSTRING => self.send(Writer::of(&self.names, [&Value::Nil])?),
                op::READ => self.read(&self.table(a)?, b)?,
                op::WRITE_FLOATS => self.write(&self.table(a)?, b, Value::Float)?,
                op::WRITE_INTS => self.write(&self.table(a)?, b, |number| Value::Integer(number as i64))?,
                op::BYTES => return Err("not an array of bytes".into()),
                op::METATABLE => return Ok(self.table(a)?.is_home().into()),
                op::SET_METATABLE => self.set_metatable(&self.table(a)?, reader)?,
                op::GET_METATABLE => self.send(Writer::of(&self.names, [&self.table(a)?.metatable()])?),
                op::TRACE => return self.trace(),
                _ => return Err("this host has no such operation".into()),
            }
            Ok(0)
        })
    }

    fn function_call(&self, handle: i32, n: i32) -> i32 {
        #[cfg(cu_bindgen)]
        if let Some(object) = self.object(handle) {
            return self.object_call(&object, n);
        }
        self.answer(|reader| {
            let function = self.function(handle)?;
            let arguments = self.arguments(reader, n)?;
            self.settle();
            let results = function.call(arguments)?;
            drop(function);
            let writer = Writer::of(&self.names, &results)?;
            let count = i32::try_from(results.len()).map_err(|_| "too many results")?;
            drop(results);
            self.send(writer);
            Ok(count)
        })
    }

    fn stream_push(&self, bytes: i32) {
        let mut pushed = self.pushed.borrow_mut();
        match bytes {
            0 => pushed.clear(),
            _ => pushed.extend(stream::buffer_start(bytes)),
        }
    }

    fn stream_pull(&self) -> i32 {
        self.unpulled.borrow_mut().pop_front().map_or(FAILED, |part| stream::fill_buffer(&part))
    }

    fn output_write(&self, stream: i32, bytes: &[u8]) {
        let output = if stream == host::STDERR { &self.stderr } else { &self.stdout };
        output.borrow_mut().extend(bytes);
    }

    fn clock_get(&self, which: i32) -> f64 {
        match which {
            host::CLOCK_WALL => clock::wall(),
            _ => self.started.elapsed().as_secs_f64(),
        }
    }
}
