//! Handles: the numbers by which the module knows tables and functions of this side. The lowest free number is given out, one for
//! each object while it lives. A number that was not given out, or was released, names nothing.

use std::collections::{BTreeSet, HashMap};

use super::table::Table;
use super::value::Value;

/// The last of the handles that exist from the start, `_io`, `_home` and the modules, which are never released.
const FIXED: usize = 3;

/// The numbers of one instance.
#[derive(Default)]
pub struct Handles {
    /// By handle, less one: a table, a function, or nil.
    objects: Vec<Value>,
    free: BTreeSet<usize>,
    by_address: HashMap<usize, usize>,
}

impl Handles {
    /// The handle of a table or function, a new one if it has none.
    pub fn give(&mut self, address: usize, object: Value) -> i32 {
        let Handles { objects, free, by_address } = self;
        let place = by_address.entry(address).or_insert_with(|| match free.pop_first() {
            Some(place) => {
                objects[place] = object;
                place
            }
            None => {
                objects.push(object);
                objects.len() - 1
            }
        });
        *place as i32 + 1
    }

    /// The table or function of a handle; nil if it names nothing.
    pub fn get(&self, handle: i32) -> Value {
        self.place(handle).map_or(Value::Nil, |place| self.objects[place].clone())
    }

    /// Takes a handle back, and returns what it named.
    pub fn release(&mut self, handle: i32) -> Value {
        let Some(place) = self.place(handle).filter(|&place| place >= FIXED) else { return Value::Nil };
        let object = std::mem::take(&mut self.objects[place]);
        let address = match &object {
            Value::Table(table) => table.address(),
            Value::Function(function) => function.address(),
            #[cfg(cu_bindgen)]
            Value::Object(object) => object.address(),
            _ => return Value::Nil,
        };
        self.by_address.remove(&address);
        self.free.insert(place);
        object
    }

    /// Gives the first handle, that of `_io`, to another object.
    #[cfg(cu_bindgen)]
    pub fn replace_first(&mut self, address: usize, object: Value) {
        self.by_address.retain(|_, place| *place != 0);
        self.by_address.insert(address, 0);
        self.objects[0] = object;
    }

    fn place(&self, handle: i32) -> Option<usize> {
        usize::try_from(handle).ok()?.checked_sub(1).filter(|&place| place < self.objects.len())
    }

    /// All tables that have a handle.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.objects.iter().filter_map(|object| if let Value::Table(table) = object { Some(table) } else { None })
    }

    /// No handle above it was given out.
    pub fn highest(&self) -> i32 {
        self.objects.len() as i32
    }

    /// Handles in use.
    pub fn count(&self) -> usize {
        self.by_address.len()
    }
}
