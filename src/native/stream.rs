//! Streams as this side reads and writes them (docs/ABI.md §2). What the module sends is not trusted either: a malformed stream is an
//! error of the operation.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use super::error::Failure;
use super::handles::Handles;
use super::reference::{Reference, References};
use super::table::{Table, WeakTable};
use super::value::{Bigint, Value};
use crate::codec::{FLAG_MORE, FLAG_NEGATIVE, FLAG_POSITIONED, RECORD_BYTES, SAFE_INTEGER_MAX, tag};
use crate::host::{self, BUFFER_BYTES};

/// NODE_BEGIN: the metatable of the table follows.
const FLAG_METATABLE_FOLLOWS: i32 = 2;

/// The numbers by which the two sides know each other's objects.
#[derive(Default)]
pub struct Names {
    pub handles: RefCell<Handles>,
    pub references: Rc<References>,
    /// The tables that the module had made: their number is bounded by nothing but its heap, so cycles among them must go.
    pub made: RefCell<Vec<WeakTable>>,
}

impl Names {
    /// The number of a reference; fails if it is of another instance.
    pub fn reference(&self, reference: &Reference) -> Result<i32, Value> {
        reference.number(&self.references).ok_or_else(|| "a value of another instance cannot be used".into())
    }

    /// A new table.
    pub fn make_table(&self) -> Table {
        let table = Table::new();
        self.made.borrow_mut().push(table.downgrade());
        table
    }

    /// The handle of a table or of an object of JavaScript.
    pub fn handle(&self, value: &Value) -> i32 {
        match value {
            Value::Table(table) => self.table(table),
            #[cfg(cu_bindgen)]
            Value::Object(object) => self.handles.borrow_mut().give(object.address(), value.clone()),
            _ => 0,
        }
    }

    /// The handle of a table.
    pub fn table(&self, table: &Table) -> i32 {
        self.handles.borrow_mut().give(table.address(), table.clone().into())
    }
}

/// The error of an operation for which the module sent nonsense.
pub fn malformed(what: &str) -> Value {
    format!("module sent an invalid stream: {what}").into()
}

/// The stream of an operation. It is read from the buffer when its first record is asked for: not every operation has one.
pub struct Reader<'a> {
    names: &'a Names,
    /// What the module pushed before, then what is in the buffer.
    bytes: Vec<u8>,
    at: usize,
    is_open: bool,
    /// The plain tables met so far, by their numbers.
    nodes: Vec<Table>,
}

struct Record {
    tag: i32,
    aux: i32,
    low: i32,
    high: i32,
    number: f64,
}

impl<'a> Reader<'a> {
    /// `pushed` is what the module pushed before the operation.
    pub fn new(names: &'a Names, pushed: Vec<u8>) -> Reader<'a> {
        Reader { names, bytes: pushed, at: 0, is_open: false, nodes: Vec::new() }
    }

    fn take(&mut self, n: usize) -> Result<&[u8], Value> {
        if !self.is_open {
            self.is_open = true;
            self.bytes.extend(buffer_start(cell_int()));
        }
        let taken = self.bytes.get(self.at..self.at.saturating_add(n)).ok_or_else(|| malformed("it ends early"))?;
        self.at += n;
        Ok(taken)
    }

    fn record(&mut self) -> Result<Record, Value> {
        let head = self.take(RECORD_BYTES)?;
        let bytes = |at: usize| [head[at], head[at + 1], head[at + 2], head[at + 3]];
        let int = |at: usize| i32::from_le_bytes(bytes(at));
        let payload = u64::from(int(8) as u32) | u64::from(int(12) as u32) << 32;
        Ok(Record { tag: int(0), aux: int(4), low: int(8), high: int(12), number: f64::from_bits(payload) })
    }

    /// The next value.
    pub fn value(&mut self) -> Result<Value, Value> {
        let record = self.record()?;
        self.value_from(record)
    }

    /// The next value, which is a metatable: a table or nil.
    pub fn metatable(&mut self) -> Result<Value, Value> {
        match self.value()? {
            metatable @ (Value::Nil | Value::Table(_)) => Ok(metatable),
            _ => Err(malformed("a metatable that is no table")),
        }
    }

    /// Several values, as many as both sides know of.
    pub fn values(&mut self, n: i32) -> Result<Vec<Value>, Value> {
        (0..n).map(|_| self.value()).collect()
    }

    fn value_from(&mut self, record: Record) -> Result<Value, Value> {
        Ok(match record.tag {
            tag::NIL => Value::Nil,
            tag::FALSE | tag::TRUE => Value::Boolean(record.tag == tag::TRUE),
            tag::INT => Value::Integer(record.number as i64),
            tag::INT64 => Value::Integer(i64::from(record.high) << 32 | i64::from(record.low as u32)),
            tag::FLOAT => Value::Float(record.number),
            tag::BIGINT => Value::Bigint(Bigint::new(record.low & FLAG_NEGATIVE != 0, &self.parts(record)?)),
            tag::STRING => Value::String(self.parts(record)?.into()),
            tag::NULL => Value::Null,
            tag::TABLE | tag::FUNCTION => self.object(record)?,
            tag::CLOSURE => Value::LuaFunction(self.names.references.hold(record.aux)),
            tag::REFERENCE => Value::Other(self.names.references.hold(record.aux)),
            tag::NODE => Value::Table(self.node(record.aux)?),
            tag::OPAQUE => {
                let kind = self.value()?;
                return Err(format!("a {} cannot be stored in an external table", kind.as_str().unwrap_or("value")).into());
            }
            _ => return Err(malformed("an unknown tag")),
        })
    }

    /// The bytes of all parts of a string or a bigint.
    fn parts(&mut self, mut record: Record) -> Result<Vec<u8>, Value> {
        let tag = record.tag;
        let mut gathered = Vec::new();
        loop {
            let n = usize::try_from(record.aux).map_err(|_| malformed("a negative length"))?;
            gathered.extend_from_slice(&self.take(n.next_multiple_of(8))?[..n]);
            if record.low & FLAG_MORE == 0 {
                return Ok(gathered);
            }
            record = self.record()?;
            if record.tag != tag {
                return Err(malformed("a string or bigint without its end"));
            }
        }
    }

    fn object(&self, record: Record) -> Result<Value, Value> {
        let object = self.names.handles.borrow().get(record.aux);
        match (record.tag, &object) {
            #[cfg(cu_bindgen)]
            (tag::TABLE | tag::FUNCTION, Value::Object(found)) if found.is_function() == (record.tag == tag::FUNCTION) => Ok(object),
            (tag::TABLE, Value::Table(_)) | (tag::FUNCTION, Value::Function(_)) => Ok(object),
            _ => Err("stale table".into()),
        }
    }

    /// A plain table by its number; each is met first in the order of the numbers.
    fn node(&mut self, number: i32) -> Result<Table, Value> {
        let at = usize::try_from(number).map_err(|_| malformed("a negative node"))?;
        if at == self.nodes.len() {
            self.nodes.push(self.names.make_table());
        }
        self.nodes.get(at).cloned().ok_or_else(|| malformed("a node out of turn"))
    }

    /// Reads the descriptions of all plain tables that were met, when all values are read. Returns the tables by their numbers.
    pub fn finish(&mut self) -> Result<Vec<Table>, Value> {
        let mut described = 0;
        while described < self.nodes.len() {
            let begin = self.record()?;
            if begin.tag != tag::NODE_BEGIN || begin.aux != described as i32 {
                return Err(malformed("a node without its description"));
            }
            let table = self.nodes[described].clone();
            if begin.high & FLAG_METATABLE_FOLLOWS != 0 {
                table.set_metatable(self.metatable()?);
            }
            self.describe(&table)?;
            described += 1;
        }
        Ok(std::mem::take(&mut self.nodes))
    }

    fn describe(&mut self, table: &Table) -> Result<(), Value> {
        loop {
            let record = self.record()?;
            if record.tag == tag::NODE_END {
                return Ok(());
            }
            let key = self.value_from(record)?;
            let value = self.value()?;
            table.set(key, value).map_err(|_| malformed("a key that no table has"))?;
        }
    }
}

/// A stream that is being written: full buffers, of whole records each.
#[derive(Default)]
pub struct Writer {
    full: VecDeque<Vec<u8>>,
    current: Vec<u8>,
}

impl Writer {
    /// The values as a whole stream.
    pub fn of<'v>(names: &Names, values: impl IntoIterator<Item = &'v Value>) -> Result<Writer, Value> {
        let mut writer = Writer::default();
        for value in values {
            writer.value(names, value)?;
        }
        Ok(writer)
    }

    /// What a failed operation leaves in the stream.
    pub fn of_failure(names: &Names, failure: &Failure) -> Result<Writer, Value> {
        let mut writer = Writer::default();
        match &failure.value {
            Value::String(bytes) if failure.is_positioned => writer.parts(tag::STRING, bytes, FLAG_POSITIONED),
            value => writer.value(names, value)?,
        }
        Ok(writer)
    }

    /// Fails if the value is one of another instance.
    pub fn value(&mut self, names: &Names, value: &Value) -> Result<(), Value> {
        match value {
            Value::Nil => self.mark(tag::NIL, 0),
            Value::Boolean(boolean) => self.mark(if *boolean { tag::TRUE } else { tag::FALSE }, 0),
            Value::Integer(integer) if is_safe(*integer) => self.record(tag::INT, 0, (*integer as f64).to_bits(), &[]),
            Value::Integer(integer) => self.record(tag::INT64, 0, *integer as u64, &[]),
            Value::Float(number) => self.record(tag::FLOAT, 0, number.to_bits(), &[]),
            Value::Bigint(bigint) => {
                self.parts(tag::BIGINT, bigint.magnitude(), if bigint.is_negative() { FLAG_NEGATIVE } else { 0 });
            }
            Value::String(bytes) => self.string(bytes),
            Value::Null => self.mark(tag::NULL, 0),
            Value::Table(table) => self.mark(table_tag(table), names.table(table)),
            Value::Function(function) => {
                let handle = names.handles.borrow_mut().give(function.address(), value.clone());
                self.mark(tag::FUNCTION, handle);
            }
            #[cfg(cu_bindgen)]
            Value::Object(object) => self.mark(if object.is_function() { tag::FUNCTION } else { tag::TABLE }, names.handle(value)),
            Value::LuaFunction(reference) => self.mark(tag::CLOSURE, names.reference(reference)?),
            Value::Other(reference) => self.mark(tag::REFERENCE, names.reference(reference)?),
        }
        Ok(())
    }

    pub fn string(&mut self, bytes: &[u8]) {
        self.parts(tag::STRING, bytes, 0);
    }

    fn parts(&mut self, tag: i32, mut bytes: &[u8], flags: i32) {
        /// The longest part that fills a buffer with its record.
        const PART_BYTES_MAX: usize = BUFFER_BYTES - RECORD_BYTES;
        while bytes.len() > PART_BYTES_MAX {
            let (part, rest) = bytes.split_at(PART_BYTES_MAX);
            self.record(tag, part.len() as i32, (flags | FLAG_MORE) as u64, part);
            bytes = rest;
        }
        self.record(tag, bytes.len() as i32, flags as u64, bytes);
    }

    fn mark(&mut self, tag: i32, aux: i32) {
        self.record(tag, aux, 0, &[]);
    }

    fn record(&mut self, tag: i32, aux: i32, payload: u64, bytes: &[u8]) {
        let length = RECORD_BYTES + bytes.len().next_multiple_of(8);
        if self.current.len() + length > BUFFER_BYTES {
            self.full.push_back(std::mem::take(&mut self.current));
        }
        let end = self.current.len() + length;
        self.current.extend(tag.to_le_bytes());
        self.current.extend(aux.to_le_bytes());
        self.current.extend(payload.to_le_bytes());
        self.current.extend(bytes);
        self.current.resize(end, 0);
    }

    /// Puts the first bufferful in place for the module; the others are for `js_stream_pull`.
    pub fn hand_over(mut self) -> VecDeque<Vec<u8>> {
        self.full.push_back(self.current);
        let first = self.full.pop_front().unwrap_or_default();
        set_cell_int(fill_buffer(&first));
        self.full
    }
}

/// The tag under which a table crosses.
pub fn table_tag(table: &Table) -> i32 {
    if table.metatable().is_nil() { tag::TABLE } else { tag::TABLE_WITH_METATABLE }
}

/// Whether an integer crosses as a double.
pub fn is_safe(integer: i64) -> bool {
    integer.unsigned_abs() <= SAFE_INTEGER_MAX as u64
}

/// A copy of the first `n` bytes of the buffer, or of all there are.
pub fn buffer_start(n: i32) -> Vec<u8> {
    let n = usize::try_from(n).unwrap_or(0).min(BUFFER_BYTES);
    // SAFETY: the buffer belongs to this thread, and nothing writes to it during the copy.
    unsafe { std::slice::from_raw_parts(host::buffer(), n) }.to_vec()
}

/// Puts bytes, at most the buffer's, at its start, and returns their number.
pub fn fill_buffer(bytes: &[u8]) -> i32 {
    assert!(bytes.len() <= BUFFER_BYTES);
    // SAFETY: the buffer belongs to this thread and is that long.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), host::buffer(), bytes.len()) };
    bytes.len() as i32
}

/// The numbers in the buffer, as many as the cell says.
pub fn numbers() -> Vec<f64> {
    let n = (cell_number() as usize).min(BUFFER_BYTES / size_of::<f64>());
    let bytes = buffer_start((n * size_of::<f64>()) as i32);
    bytes.chunks_exact(size_of::<f64>()).filter_map(|bytes| bytes.try_into().ok().map(f64::from_le_bytes)).collect()
}

pub fn cell_int() -> i32 {
    // SAFETY: the cell belongs to this thread.
    unsafe { (*host::cell()).int }
}

pub fn set_cell_int(int: i32) {
    // SAFETY: as above.
    unsafe { (*host::cell()).int = int };
}

pub fn cell_number() -> f64 {
    // SAFETY: as above.
    unsafe { (*host::cell()).number }
}

pub fn set_cell_number(number: f64) {
    // SAFETY: as above.
    unsafe { (*host::cell()).number = number };
}
