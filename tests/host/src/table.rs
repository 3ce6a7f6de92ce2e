//! The host's tables: Lua's key types exactly, and a fixed order: the sequence 1…n first, then all other keys as they were inserted.
//! Refuses nil and NaN as keys.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::{Rc, Weak};

use crate::value::{BigInt, Value};

/// A table, shared by reference and compared by identity.
#[derive(Clone, Default)]
pub struct Table(Rc<RefCell<Entries>>);

/// A table that may be gone.
pub struct WeakTable(Weak<RefCell<Entries>>);

/// A key that no table has, or that this one does not know.
#[derive(Debug, PartialEq)]
pub enum InvalidKey {
    Nil,
    NaN,
    /// The key given for a traversal is not in the table.
    Unknown,
}

/// What makes keys the same. Objects are known by their address: the entry's own copy of the key keeps them alive.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Bool(bool),
    Int(i64),
    Float(u64),
    Str(Rc<[u8]>),
    BigInt(BigInt),
    Null,
    Object(usize),
}

#[derive(Default)]
struct Entries {
    /// The values of 1…n. The last one is never nil, and n + 1 is not among `others`.
    sequence: Vec<Value>,
    /// How long the sequence was when a key was last added: removed elements up to there are valid for a traversal.
    sequence_max: usize,
    /// All other keys with their values. A removed entry stays, with nil, so that a traversal can go on from it.
    others: Vec<(Value, Value)>,
    places: HashMap<Key, usize>,
    removed: usize,
    /// A table or nil.
    metatable: Value,
}

impl Table {
    pub fn new() -> Table {
        Table::default()
    }

    pub fn sequence(values: impl IntoIterator<Item = Value>) -> Table {
        let table = Table::new();
        for value in values {
            table.push(value);
        }
        table
    }

    pub fn get(&self, key: &Value) -> Value {
        self.0.borrow().get(key)
    }

    pub fn get_str(&self, key: &str) -> Value {
        self.get(&Value::from(key))
    }

    /// Sets an entry, or removes it if `value` is nil.
    pub fn set(&self, key: &Value, value: Value) -> Result<(), InvalidKey> {
        // What is replaced is dropped after the borrow: it may be a table that holds this one.
        let _before = self.0.borrow_mut().set(key, value)?;
        Ok(())
    }

    pub fn set_str(&self, key: &str, value: Value) {
        self.set(&Value::from(key), value).expect("a string is a valid key");
    }

    pub fn push(&self, value: Value) {
        let next = self.0.borrow().sequence.len() as i64 + 1;
        self.set(&Value::Int(next), value).expect("an integer is a valid key");
    }

    /// What Lua gave the table as its metatable: a table or nil.
    pub fn metatable(&self) -> Value {
        self.0.borrow().metatable.clone()
    }

    pub(crate) fn set_metatable(&self, metatable: Value) {
        // Dropped after the borrow, as in `set`.
        let _before = std::mem::replace(&mut self.0.borrow_mut().metatable, metatable);
    }

    /// The operator `#`.
    pub fn length(&self) -> usize {
        self.0.borrow().sequence.len()
    }

    /// The entry after `key`, the first one after nil; None at the end.
    pub fn next(&self, key: &Value) -> Result<Option<(Value, Value)>, InvalidKey> {
        self.0.borrow().next(key)
    }

    /// All entries, in order.
    pub fn entries(&self) -> Vec<(Value, Value)> {
        let mut entries: Vec<(Value, Value)> = Vec::new();
        while let Ok(Some(entry)) = self.next(entries.last().map_or(&Value::Nil, |(key, _)| key)) {
            entries.push(entry);
        }
        entries
    }

    /// Visits all values, all keys but those of the sequence, and the metatable.
    pub(crate) fn visit(&self, mut visitor: impl FnMut(&Value)) {
        let entries = self.0.borrow();
        visitor(&entries.metatable);
        entries.sequence.iter().for_each(&mut visitor);
        entries.others.iter().for_each(|(key, value)| {
            visitor(key);
            visitor(value);
        });
    }

    pub(crate) fn clear(&self) {
        // Dropped after the borrow, as in `set`.
        let _before = self.0.take();
    }

    /// How many copies of the reference to this table there are.
    pub(crate) fn copies(&self) -> usize {
        Rc::strong_count(&self.0)
    }

    pub(crate) fn downgrade(&self) -> WeakTable {
        WeakTable(Rc::downgrade(&self.0))
    }

    /// Tells tables apart; valid while one of the two lives.
    pub(crate) fn address(&self) -> usize {
        Rc::as_ptr(&self.0) as usize
    }
}

impl WeakTable {
    pub(crate) fn upgrade(&self) -> Option<Table> {
        self.0.upgrade().map(Table)
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Table) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Without recursion: a chain of tables may be longer than the stack is deep.
impl Drop for Entries {
    fn drop(&mut self) {
        let mut doomed = self.take_tables();
        while let Some(table) = doomed.pop() {
            if let Ok(entries) = Rc::try_unwrap(table.0) {
                doomed.extend(entries.into_inner().take_tables());
            }
        }
    }
}

/// Without what is inside: tables have cycles.
impl fmt::Debug for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Table({:#x})", self.address())
    }
}

impl Key {
    fn of(value: &Value) -> Result<Key, InvalidKey> {
        Ok(match value {
            Value::Nil => return Err(InvalidKey::Nil),
            Value::Float(number) if number.is_nan() => return Err(InvalidKey::NaN),
            Value::Bool(boolean) => Key::Bool(*boolean),
            Value::Int(integer) => Key::Int(*integer),
            Value::Float(number) => integer_of(*number).map_or(Key::Float(number.to_bits()), Key::Int),
            Value::Str(bytes) => Key::Str(bytes.clone()),
            Value::BigInt(integer) => Key::BigInt(integer.clone()),
            Value::Null => Key::Null,
            Value::Table(table) => Key::Object(table.address()),
            Value::Function(function) => Key::Object(function.address()),
            Value::Closure(reference) | Value::Reference(reference) => Key::Object(reference.address()),
        })
    }
}

/// A float with an integral value is the same key as the integer.
fn integer_of(number: f64) -> Option<i64> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    (number.fract() == 0.0 && (-BEYOND..BEYOND).contains(&number)).then_some(number as i64)
}

impl Entries {
    fn get(&self, key: &Value) -> Value {
        let Ok(key) = Key::of(key) else { return Value::Nil };
        if let Some(at) = self.in_sequence(&key) {
            return self.sequence[at].clone();
        }
        self.places.get(&key).map_or(Value::Nil, |&place| self.others[place].1.clone())
    }

    /// Returns what was replaced.
    fn set(&mut self, key: &Value, value: Value) -> Result<Value, InvalidKey> {
        let id = Key::of(key)?;
        if let Some(at) = self.in_sequence(&id) {
            let before = std::mem::replace(&mut self.sequence[at], value);
            while self.sequence.last().is_some_and(Value::is_nil) {
                self.sequence.pop();
            }
            return Ok(before);
        }
        match self.places.get(&id) {
            Some(&place) if !self.others[place].1.is_nil() => {
                self.removed += usize::from(value.is_nil());
                Ok(std::mem::replace(&mut self.others[place].1, value))
            }
            _ if value.is_nil() => Ok(Value::Nil),
            _ => {
                self.add(id, key, value);
                Ok(Value::Nil)
            }
        }
    }

    fn in_sequence(&self, key: &Key) -> Option<usize> {
        match key {
            Key::Int(integer) if (1..=self.sequence.len() as i64).contains(integer) => Some(*integer as usize - 1),
            _ => None,
        }
    }

    /// A key that is not in the table. From here on no traversal that began before is owed anything.
    fn add(&mut self, id: Key, key: &Value, value: Value) {
        if self.removed > self.others.len() / 2 {
            self.compact();
        }
        if id == Key::Int(self.sequence.len() as i64 + 1) {
            self.places.remove(&id);
            self.sequence.push(value);
            self.take_successors();
        } else {
            // The id of a float key may be an integer: that is then also what the traversal gives.
            let key = if let Key::Int(integer) = id { Value::Int(integer) } else { key.clone() };
            self.places.insert(id, self.others.len());
            self.others.push((key, value));
        }
        self.sequence_max = self.sequence.len();
    }

    /// Moves the keys that now continue the sequence into it.
    fn take_successors(&mut self) {
        while let Some(place) = self.places.remove(&Key::Int(self.sequence.len() as i64 + 1)) {
            let value = std::mem::take(&mut self.others[place].1);
            if value.is_nil() {
                return;
            }
            self.removed += 1;
            self.sequence.push(value);
        }
    }

    fn compact(&mut self) {
        self.others.retain(|(_, value)| !value.is_nil());
        self.removed = 0;
        let keys = self.others.iter().enumerate();
        self.places = keys.filter_map(|(place, (key, _))| Some((Key::of(key).ok()?, place))).collect();
    }

    /// Takes all tables out of the entries, which are of no use afterwards.
    fn take_tables(&mut self) -> Vec<Table> {
        let others = std::mem::take(&mut self.others).into_iter().flat_map(|(key, value)| [key, value]);
        let values = std::mem::take(&mut self.sequence).into_iter().chain(others).chain([std::mem::take(&mut self.metatable)]);
        values.filter_map(|value| if let Value::Table(table) = value { Some(table) } else { None }).collect()
    }

    fn next(&self, key: &Value) -> Result<Option<(Value, Value)>, InvalidKey> {
        if key.is_nil() {
            return Ok(self.from(0, 0));
        }
        let key = Key::of(key).map_err(|_| InvalidKey::Unknown)?;
        if let Some(at) = self.in_sequence(&key) {
            return Ok(self.from(at + 1, 0));
        }
        if let Some(&place) = self.places.get(&key) {
            return Ok(self.from(self.sequence.len(), place + 1));
        }
        match key {
            Key::Int(integer) if (1..=self.sequence_max as i64).contains(&integer) => Ok(self.from(self.sequence.len(), 0)),
            _ => Err(InvalidKey::Unknown),
        }
    }

    /// The first entry from these two positions on.
    fn from(&self, in_sequence: usize, in_others: usize) -> Option<(Value, Value)> {
        let mut rest = self.sequence.iter().enumerate().skip(in_sequence);
        if let Some((at, value)) = rest.find(|(_, value)| !value.is_nil()) {
            return Some((Value::Int(at as i64 + 1), value.clone()));
        }
        self.others[in_others..].iter().find(|(_, value)| !value.is_nil()).cloned()
    }
}
