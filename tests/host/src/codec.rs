//! Values from and to streams. Reading refuses tags, handles and nodes that cannot be; writing refuses what belongs to another instance.

use std::rc::Rc;

use crate::error::Failure;
use crate::handles::{Handles, Object};
use crate::references::References;
use crate::stream::{FLAG_HAS_POSITION, FLAG_METATABLE_FOLLOWS, FLAG_NEGATIVE, Reader, Record, Writer, malformed, tag};
use crate::table::{Table, WeakTable};
use crate::value::{BigInt, Value};

/// The largest integer up to which all integers are doubles, too.
const SAFE_INTEGER_MAX: i64 = (1 << 53) - 1;

/// What the numbers in a stream stand for.
pub struct Names<'a> {
    pub handles: &'a mut Handles,
    pub references: &'a mut References,
    /// Where new tables are noted.
    pub tables: &'a mut Vec<WeakTable>,
}

impl Names<'_> {
    pub fn new_table(&mut self) -> Table {
        let table = Table::new();
        self.tables.push(table.downgrade());
        table
    }

    pub fn table(&self, handle: i32) -> Result<Table, Failure> {
        self.handles.table(handle).ok_or_else(|| Failure::new("stale table"))
    }

    /// Writes one value.
    pub fn write(&mut self, value: &Value, stream: &mut Writer) -> Result<(), Failure> {
        let record = match value {
            Value::Str(bytes) => {
                stream.bytes(tag::STRING, 0, bytes);
                return Ok(());
            }
            Value::BigInt(integer) => {
                let flags = if integer.is_negative() { FLAG_NEGATIVE } else { 0 };
                stream.bytes(tag::BIGINT, flags, integer.magnitude());
                return Ok(());
            }
            Value::Nil => Record::new(tag::NIL, 0),
            Value::Bool(false) => Record::new(tag::FALSE, 0),
            Value::Bool(true) => Record::new(tag::TRUE, 0),
            Value::Int(integer) if is_safe(*integer) => Record::number(tag::INT, *integer as f64),
            Value::Int(integer) => Record::pair(tag::INT64, *integer as i32, (*integer >> 32) as i32),
            Value::Float(number) => Record::number(tag::FLOAT, *number),
            Value::Null => Record::new(tag::NULL, 0),
            Value::Table(_) | Value::Function(_) | Value::Closure(_) | Value::Reference(_) => {
                let (tag, number) = self.number(value)?;
                Record::new(tag, number)
            }
        };
        stream.record(record);
        Ok(())
    }

    /// Writes the error that an import ends with.
    pub fn write_failure(&mut self, failure: &Failure, stream: &mut Writer) -> Result<(), Failure> {
        match &failure.value {
            Value::Str(bytes) => {
                stream.bytes(tag::STRING, if failure.has_position { FLAG_HAS_POSITION } else { 0 }, bytes);
                Ok(())
            }
            value => self.write(value, stream),
        }
    }

    /// Tag and number of a value that crosses as a number.
    pub fn number(&mut self, value: &Value) -> Result<(i32, i32), Failure> {
        match value {
            Value::Table(table) => {
                let tag = if table.metatable().is_nil() { tag::TABLE } else { tag::TABLE_WITH_METATABLE };
                Ok((tag, self.handles.give(Object::Table(table.clone()))))
            }
            Value::Function(function) => Ok((tag::FUNCTION, self.handles.give(Object::Function(function.clone())))),
            Value::Closure(reference) | Value::Reference(reference) => {
                let tag = if matches!(value, Value::Closure(_)) { tag::CLOSURE } else { tag::REFERENCE };
                let number = self.references.number(reference);
                number.map(|number| (tag, number)).ok_or_else(|| Failure::new("a function of another instance"))
            }
            _ => Err(Failure::new("a value without a number")),
        }
    }
}

pub fn is_safe(integer: i64) -> bool {
    (-SAFE_INTEGER_MAX..=SAFE_INTEGER_MAX).contains(&integer)
}

/// Reads the values of one stream, with the plain tables that it describes after them.
pub struct Decoder<'a> {
    names: Names<'a>,
    stream: &'a mut Reader,
    nodes: Vec<Table>,
}

impl<'a> Decoder<'a> {
    pub fn new(names: Names<'a>, stream: &'a mut Reader) -> Decoder<'a> {
        Decoder { names, stream, nodes: Vec::new() }
    }

    /// The next value. A plain table is empty until `finish`.
    pub fn value(&mut self) -> Result<Value, Failure> {
        let record = self.stream.record()?;
        self.value_of(record)
    }

    /// The next value, which is a metatable: a table or nil.
    pub fn metatable(&mut self) -> Result<Value, Failure> {
        match self.value()? {
            metatable @ (Value::Nil | Value::Table(_)) => Ok(metatable),
            _ => Err(malformed("a metatable that is no table")),
        }
    }

    /// A key alone. A plain table is none: it is a key of a new entry only, with the value in the same stream.
    pub fn key(mut self) -> Result<Value, Failure> {
        let key = self.value()?;
        if self.nodes.is_empty() { Ok(key) } else { Err(malformed("a plain table as a key")) }
    }

    /// Reads the descriptions of all plain tables, and returns the tables by their index.
    pub fn finish(mut self) -> Result<Vec<Table>, Failure> {
        let mut described = 0;
        while described < self.nodes.len() {
            let begin = self.stream.record()?;
            if begin.tag != tag::NODE_BEGIN || begin.aux != described as i32 {
                return Err(malformed("a table is not described"));
            }
            let table = self.nodes[described].clone();
            if begin.high() & FLAG_METATABLE_FOLLOWS != 0 {
                table.set_metatable(self.metatable()?);
            }
            self.fill(&table)?;
            described += 1;
        }
        Ok(self.nodes)
    }

    fn fill(&mut self, table: &Table) -> Result<(), Failure> {
        loop {
            let record = self.stream.record()?;
            if record.tag == tag::NODE_END {
                return Ok(());
            }
            let key = self.value_of(record)?;
            let value = self.value()?;
            table.set(&key, value)?;
        }
    }

    /// The value that begins with `record`.
    pub fn value_of(&mut self, record: Record) -> Result<Value, Failure> {
        Ok(match record.tag {
            tag::NIL => Value::Nil,
            tag::FALSE => Value::Bool(false),
            tag::TRUE => Value::Bool(true),
            tag::INT => integer(record.as_number())?,
            tag::INT64 => Value::Int(record.as_integer()),
            tag::FLOAT => Value::Float(record.as_number()),
            tag::STRING => Value::Str(self.stream.bytes_of(record)?.into()),
            tag::BIGINT => Value::BigInt(BigInt::new(record.flags() & FLAG_NEGATIVE != 0, &self.stream.bytes_of(record)?)),
            tag::NULL => Value::Null,
            tag::TABLE => Value::Table(self.names.table(record.aux)?),
            tag::FUNCTION => {
                let function = self.names.handles.function(record.aux);
                Value::Function(function.ok_or_else(|| Failure::new("stale function"))?)
            }
            tag::CLOSURE | tag::REFERENCE if record.aux < 1 => return Err(malformed("an invalid reference")),
            tag::CLOSURE => Value::Closure(self.names.references.receive(record.aux)),
            tag::REFERENCE => Value::Reference(self.names.references.receive(record.aux)),
            tag::NODE => Value::Table(self.node(record.aux)?),
            tag::OPAQUE => return Err(self.refuse_opaque()),
            other => return Err(malformed(&format!("tag {other}"))),
        })
    }

    /// The table with this index; those that no value has named so far are made, too.
    fn node(&mut self, index: i32) -> Result<Table, Failure> {
        let index = usize::try_from(index).ok().filter(|&index| index < self.stream.records_max());
        let index = index.ok_or_else(|| malformed("an invalid node"))?;
        while index >= self.nodes.len() {
            self.nodes.push(self.names.new_table());
        }
        Ok(self.nodes[index].clone())
    }

    fn refuse_opaque(&mut self) -> Failure {
        let name: Result<Rc<[u8]>, Failure> = self.stream.record().and_then(|record| self.stream.bytes_of(record)).map(Rc::from);
        match name {
            Ok(name) => Failure::new(format!("a {} cannot be stored", String::from_utf8_lossy(&name))),
            Err(failure) => failure,
        }
    }
}

pub fn integer(number: f64) -> Result<Value, Failure> {
    let integer = number as i64;
    if integer as f64 == number && is_safe(integer) { Ok(Value::Int(integer)) } else { Err(malformed("an invalid integer")) }
}
