//! External tables in this process's memory. Keys keep Lua's exact types; the order is that of the sequence 1…n, then that in which the
//! other keys were inserted. Refuses nil and NaN as keys.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::rc::{Rc, Weak};

use super::value::Value;

/// An external table: shared by reference, compared by identity.
#[derive(Clone, Default)]
pub struct Table(Rc<RefCell<Entries>>);

/// A key that no table takes, or that a traversal cannot go on from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InvalidKey {
    Nil,
    NaN,
    /// It is not in the table.
    Unknown,
}

/// A table that others keep alive, or not.
pub struct WeakTable(Weak<RefCell<Entries>>);

impl WeakTable {
    pub fn upgrade(&self) -> Option<Table> {
        self.0.upgrade().map(Table)
    }

    pub fn is_alive(&self) -> bool {
        self.0.strong_count() > 0
    }
}

/// What is in a table.
#[derive(Default)]
struct Entries {
    /// The values of 1…n; the last one is never nil.
    sequence: Vec<Value>,
    /// How long the sequence was since a key was added: a traversal that removes what it meets goes on from elements up to here.
    sequence_max: usize,
    /// All other keys, as they were inserted; n + 1 is not among them. What is removed stays, as nil, so that a traversal can go on
    /// from it.
    others: Vec<(Value, Value)>,
    /// Where each key was inserted last.
    places: HashMap<Key, usize>,
    removed: usize,
    /// Whether this is `_home`, or was adopted into it.
    is_home: bool,
    /// What Lua gave it as its metatable, if it is: a table or nil.
    metatable: Value,
}

/// What was replaced or removed. It must be dropped when no table is borrowed: that may run code of the program's.
type Replaced = (Value, Vec<(Value, Value)>);

/// A valid key, by which its place is found. What has an identity is told by its address, which is its own as long as the table holds the
/// object: so a table has one copy of each key, and who counts them (`cycles`) can tell the table's from others'.
#[derive(PartialEq)]
enum Key {
    Plain(Value),
    Object(usize),
}

/// NaN, the only value that differs from itself, is no key.
impl Eq for Key {}

impl Hash for Key {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        match self {
            Key::Object(address) => address.hash(hasher),
            Key::Plain(Value::Boolean(boolean)) => boolean.hash(hasher),
            Key::Plain(Value::Integer(integer)) => integer.hash(hasher),
            Key::Plain(Value::Float(number)) => number.to_bits().hash(hasher),
            Key::Plain(Value::Bigint(bigint)) => bigint.hash(hasher),
            Key::Plain(Value::String(bytes)) => bytes.hash(hasher),
            // Null, of which there is one.
            Key::Plain(_) => {}
        }
    }
}

impl Key {
    fn of(valid: &Value) -> Key {
        match valid {
            Value::Table(table) => Key::Object(table.address()),
            Value::Function(function) => Key::Object(function.address()),
            #[cfg(cu_bindgen)]
            Value::Object(object) => Key::Object(object.address()),
            Value::LuaFunction(reference) | Value::Other(reference) => Key::Object(reference.address()),
            plain => Key::Plain(plain.clone()),
        }
    }
}

/// A key as tables keep it: a float with an integral value is the integer.
fn valid(key: Value) -> Result<Value, InvalidKey> {
    /// 2^63, the first float beyond all integers.
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    match key {
        Value::Nil => Err(InvalidKey::Nil),
        Value::Float(number) if number.is_nan() => Err(InvalidKey::NaN),
        Value::Float(number) if number.fract() == 0.0 && (-BEYOND..BEYOND).contains(&number) => Ok(Value::Integer(number as i64)),
        _ => Ok(key),
    }
}

impl Table {
    pub fn new() -> Table {
        Table::default()
    }

    /// The value of a key; nil if there is none.
    pub fn get(&self, key: impl Into<Value>) -> Value {
        valid(key.into()).map_or(Value::Nil, |key| self.0.borrow().get(&key))
    }

    /// Sets the value of a key, or removes it if the value is nil. Fails when the key is nil or NaN.
    pub fn set(&self, key: impl Into<Value>, value: impl Into<Value>) -> Result<(), InvalidKey> {
        self.put(valid(key.into())?, value.into());
        Ok(())
    }

    fn put(&self, key: Value, value: Value) {
        // Bound to a name, so that it outlives the borrow.
        let _replaced = self.0.borrow_mut().set(key, value);
    }

    /// Appends to the sequence.
    pub fn push(&self, value: impl Into<Value>) {
        let next = self.length() as i64 + 1;
        self.put(Value::Integer(next), value.into());
    }

    /// The operator `#`: the length of the sequence.
    pub fn length(&self) -> usize {
        self.0.borrow().sequence.len()
    }

    /// Whether there is no entry at all.
    pub fn is_empty(&self) -> bool {
        self.0.borrow().from(0, 0).is_none()
    }

    /// The entry after `key`, the first one after nil; None at the end. A key that was removed since the traversal began is valid.
    /// Fails when the key is not in the table.
    pub fn next(&self, key: impl Into<Value>) -> Result<Option<(Value, Value)>, InvalidKey> {
        match valid(key.into()) {
            Err(InvalidKey::Nil) => Ok(self.0.borrow().from(0, 0)),
            Err(_) => Err(InvalidKey::Unknown),
            Ok(key) => self.0.borrow().next(&key),
        }
    }

    /// All entries, in order.
    pub fn entries(&self) -> Vec<(Value, Value)> {
        let entries = self.0.borrow();
        let sequence = entries.sequence.iter().enumerate().map(|(at, value)| (Value::Integer(at as i64 + 1), value.clone()));
        let others = entries.others.iter().cloned();
        sequence.chain(others).filter(|(_, value)| !value.is_nil()).collect()
    }

    /// Whether this is `_home`, or a table that was adopted into it.
    pub(super) fn is_home(&self) -> bool {
        self.0.borrow().is_home
    }

    pub(super) fn make_home(&self) {
        self.0.borrow_mut().is_home = true;
    }

    pub(super) fn metatable(&self) -> Value {
        self.0.borrow().metatable.clone()
    }

    pub(super) fn set_metatable(&self, metatable: Value) {
        // Bound to a name, so that it outlives the borrow.
        let _before = std::mem::replace(&mut self.0.borrow_mut().metatable, metatable);
    }

    /// How many copies of this reference to the table there are.
    pub(super) fn holders(&self) -> usize {
        Rc::strong_count(&self.0)
    }

    /// All that the table holds, as often as it does: keys that were removed too, as long as they stay, and the metatable.
    pub(super) fn held(&self) -> Vec<Value> {
        let entries = self.0.borrow();
        let others = entries.others.iter().flat_map(|(key, value)| [key, value]);
        entries.sequence.iter().chain(others).chain([&entries.metatable]).cloned().collect()
    }

    /// Empties the table, and returns what was in it.
    pub(super) fn take_values(&self) -> Vec<Value> {
        self.0.take().take_values().collect()
    }

    pub(super) fn downgrade(&self) -> WeakTable {
        WeakTable(Rc::downgrade(&self.0))
    }

    /// Tells tables apart while both live.
    pub(super) fn address(&self) -> usize {
        Rc::as_ptr(&self.0) as usize
    }
}

impl<T: Into<Value>> FromIterator<T> for Table {
    /// A sequence. Values that are nil leave holes.
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Table {
        let table = Table::new();
        for (value, at) in values.into_iter().zip(1..) {
            table.put(Value::Integer(at), value.into());
        }
        table
    }
}

impl PartialEq for Table {
    fn eq(&self, other: &Table) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

/// Without what is inside: tables have cycles.
impl fmt::Debug for Table {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Table({:#x})", self.address())
    }
}

impl Entries {
    fn get(&self, key: &Value) -> Value {
        let found = match self.in_sequence(key) {
            Some(at) => self.sequence.get(at),
            None => self.places.get(&Key::of(key)).map(|&place| &self.others[place].1),
        };
        found.cloned().unwrap_or_default()
    }

    fn in_sequence(&self, key: &Value) -> Option<usize> {
        match *key {
            Value::Integer(i) if 1 <= i && i <= self.sequence.len() as i64 => Some(i as usize - 1),
            _ => None,
        }
    }

    fn set(&mut self, key: Value, value: Value) -> Replaced {
        if let Some(at) = self.in_sequence(&key) {
            let replaced = std::mem::replace(&mut self.sequence[at], value);
            while self.sequence.last().is_some_and(Value::is_nil) {
                self.sequence.pop();
            }
            return (replaced, Vec::new());
        }
        match self.places.get(&Key::of(&key)) {
            Some(&place) if !self.others[place].1.is_nil() => {
                self.removed += usize::from(value.is_nil());
                (std::mem::replace(&mut self.others[place].1, value), Vec::new())
            }
            _ if value.is_nil() => (Value::Nil, Vec::new()),
            _ => (Value::Nil, self.add(key, value)),
        }
    }

    /// A key that has no value yet. Lua leaves a traversal undefined that meets this, so what was removed may go for good; it is
    /// returned.
    fn add(&mut self, key: Value, value: Value) -> Vec<(Value, Value)> {
        let removed = if self.removed > self.others.len() / 2 { self.compact() } else { Vec::new() };
        if key == Value::Integer(self.sequence.len() as i64 + 1) {
            self.places.remove(&Key::of(&key));
            self.sequence.push(value);
            self.take_successors();
        } else {
            self.places.insert(Key::of(&key), self.others.len());
            self.others.push((key, value));
        }
        self.sequence_max = self.sequence.len();
        removed
    }

    fn compact(&mut self) -> Vec<(Value, Value)> {
        let others = std::mem::take(&mut self.others).into_iter();
        let (removed, left): (Vec<_>, _) = others.partition(|(_, value)| value.is_nil());
        self.others = left;
        self.places = self.others.iter().zip(0..).map(|((key, _), place)| (Key::of(key), place)).collect();
        self.removed = 0;
        removed
    }

    /// Moves the keys that now continue the sequence into it.
    fn take_successors(&mut self) {
        while let Some(place) = self.places.remove(&Key::Plain(Value::Integer(self.sequence.len() as i64 + 1))) {
            let value = std::mem::take(&mut self.others[place].1);
            if value.is_nil() {
                return;
            }
            self.sequence.push(value);
            self.removed += 1;
        }
    }

    fn next(&self, key: &Value) -> Result<Option<(Value, Value)>, InvalidKey> {
        if let Some(at) = self.in_sequence(key) {
            return Ok(self.from(at + 1, 0));
        }
        match (self.places.get(&Key::of(key)), key) {
            (Some(place), _) => Ok(self.from(self.sequence.len(), place + 1)),
            (None, Value::Integer(i)) if (1..=self.sequence_max as i64).contains(i) => Ok(self.from(self.sequence.len(), 0)),
            _ => Err(InvalidKey::Unknown),
        }
    }

    /// The first entry at or after these two positions.
    fn from(&self, in_sequence: usize, in_others: usize) -> Option<(Value, Value)> {
        let elements = self.sequence.iter().zip(1..).skip(in_sequence).map(|(value, i)| (Value::Integer(i), value));
        let others = self.others[in_others..].iter().map(|(key, value)| (key.clone(), value));
        elements.chain(others).find(|(_, value)| !value.is_nil()).map(|(key, value)| (key, value.clone()))
    }

    /// Takes all keys and values and the metatable out; the entries are of no use afterwards.
    fn take_values(&mut self) -> impl Iterator<Item = Value> + use<> {
        let others = std::mem::take(&mut self.others).into_iter().flat_map(|(key, value)| [key, value]);
        std::mem::take(&mut self.places);
        std::mem::take(&mut self.sequence).into_iter().chain(others).chain([std::mem::take(&mut self.metatable)])
    }

    fn take_tables(&mut self) -> Vec<Table> {
        self.take_values().filter_map(|value| if let Value::Table(table) = value { Some(table) } else { None }).collect()
    }
}

/// Without recursion: a chain of tables may be longer than the stack is deep.
impl Drop for Entries {
    fn drop(&mut self) {
        let mut doomed = self.take_tables();
        while let Some(Table(table)) = doomed.pop() {
            if let Ok(entries) = Rc::try_unwrap(table) {
                doomed.extend(entries.into_inner().take_tables());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Miri takes a thousand times as long.
    const SHARE: usize = if cfg!(miri) { 1000 } else { 1 };

    fn keys(table: &Table) -> Vec<Value> {
        table.entries().into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn keeps_types_and_order_of_keys() {
        let table = Table::new();
        let given: [Value; 9] =
            [3.into(), "1".into(), 2.into(), 1.0.into(), true.into(), (-0.0).into(), 0.5.into(), Value::Null, Table::new().into()];
        for (i, key) in given.iter().enumerate() {
            table.set(key.clone(), i as i64).unwrap();
        }
        for (i, key) in given.iter().enumerate() {
            assert_eq!(table.get(key.clone()), Value::from(i as i64), "{key:?}");
        }
        // 1.0 completed the sequence 1, 2, 3; -0.0 is the integer 0.
        let expected: [Value; 9] =
            [1.into(), 2.into(), 3.into(), "1".into(), true.into(), 0.into(), 0.5.into(), Value::Null, given[8].clone()];
        assert_eq!(keys(&table), expected);
        assert_eq!(table.length(), 3);
        assert_eq!(table.set(Value::Nil, 1), Err(InvalidKey::Nil));
        assert_eq!(table.set(f64::NAN, 1), Err(InvalidKey::NaN));
        assert_eq!(table.get(f64::NAN), Value::Nil);
    }

    #[test]
    fn traversal_goes_on_when_entries_are_removed() {
        for step in 1..4 {
            let table: Table = (1..=10).collect();
            for i in 0..10 {
                table.set(format!("k{i}"), i).unwrap();
            }
            let mut met = 0;
            let mut key = Value::Nil;
            while let Some((next, _)) = table.next(key).unwrap() {
                met += 1;
                if met % step == 0 {
                    table.set(next.clone(), Value::Nil).unwrap();
                }
                key = next;
            }
            assert_eq!(met, 20, "step {step}");
            assert_eq!(table.entries().len(), 20 - 20 / step, "step {step}");
        }
    }

    #[test]
    fn a_foreign_key_ends_a_traversal() {
        let table: Table = (1..=3).collect();
        for key in [4.into(), 0.into(), Value::from("a"), Value::from(i64::MIN)] {
            assert_eq!(table.next(key), Err(InvalidKey::Unknown));
        }
    }

    #[test]
    fn agrees_with_a_plain_map() {
        let (table, mut model) = (Table::new(), std::collections::BTreeMap::new());
        // A fixed seed; numbers of Knuth's (TAOCP 3.3.4).
        let mut state = 1_u64;
        for round in 0..100_000 / SHARE as i64 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let key = (state >> 40) as i64 % 24;
            if state >> 33 & 3 == 0 {
                table.set(key, Value::Nil).unwrap();
                model.remove(&key);
            } else {
                table.set(key, round).unwrap();
                model.insert(key, round);
            }
            assert_eq!(table.entries().len(), model.len(), "round {round}");
            assert_eq!(table.get(key), model.get(&key).map_or(Value::Nil, |&value| value.into()), "round {round}");
            let length = table.length() as i64;
            assert!((length == 0 || model.contains_key(&length)) && !model.contains_key(&(length + 1)), "round {round}: {length}");
        }
    }

    #[test]
    fn a_long_chain_is_dropped_without_recursion() {
        let mut chain = Table::new();
        for _ in 0..1_000_000 / SHARE {
            chain = [chain].into_iter().collect();
        }
        drop(chain);
    }
}
