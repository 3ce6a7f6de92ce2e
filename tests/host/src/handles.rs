//! Handles: the numbers by which the module knows the host's tables and functions. The lowest free number is given out, one for each
//! object while it lives. A number that was not given out, or was released, names nothing.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use crate::table::Table;
use crate::value::Function;

/// The handles that exist from the start and are never released.
pub const IO: i32 = 1;
pub const HOME: i32 = 2;
pub const MODULES: i32 = 3;

#[derive(Clone)]
pub enum Object {
    Table(Table),
    Function(Function),
}

pub struct Handles {
    /// At the index of the handle, less one.
    objects: Vec<Option<Object>>,
    free: BinaryHeap<Reverse<i32>>,
    by_address: HashMap<usize, i32>,
}

impl Object {
    fn address(&self) -> usize {
        match self {
            Object::Table(table) => table.address(),
            Object::Function(function) => function.address(),
        }
    }
}

impl Handles {
    pub fn new(modules: Table) -> Handles {
        let mut handles = Handles { objects: Vec::new(), free: BinaryHeap::new(), by_address: HashMap::new() };
        for (handle, table) in [(IO, Table::new()), (HOME, Table::new()), (MODULES, modules)] {
            let given = handles.give(Object::Table(table));
            debug_assert_eq!(given, handle);
        }
        handles
    }

    /// The handle of an object, a new one if it has none.
    pub fn give(&mut self, object: Object) -> i32 {
        let address = object.address();
        if let Some(&handle) = self.by_address.get(&address) {
            return handle;
        }
        let handle = self.free.pop().map_or_else(|| self.objects.len() as i32 + 1, |Reverse(handle)| handle);
        let at = handle as usize - 1;
        self.objects.resize(self.objects.len().max(at + 1), None);
        self.objects[at] = Some(object);
        self.by_address.insert(address, handle);
        handle
    }

    pub fn get(&self, handle: i32) -> Option<&Object> {
        let at = usize::try_from(handle).ok()?.checked_sub(1)?;
        self.objects.get(at)?.as_ref()
    }

    pub fn table(&self, handle: i32) -> Option<Table> {
        match self.get(handle)? {
            Object::Table(table) => Some(table.clone()),
            Object::Function(_) => None,
        }
    }

    pub fn function(&self, handle: i32) -> Option<Function> {
        match self.get(handle)? {
            Object::Function(function) => Some(function.clone()),
            Object::Table(_) => None,
        }
    }

    /// Takes a handle back. What was not given out is ignored, and so are the handles that stay for ever.
    pub fn release(&mut self, handle: i32) {
        if handle <= MODULES || self.get(handle).is_none() {
            return;
        }
        if let Some(object) = self.objects[handle as usize - 1].take() {
            self.by_address.remove(&object.address());
            self.free.push(Reverse(handle));
        }
    }

    /// All tables with their handles, in ascending order.
    pub fn tables(&self) -> impl Iterator<Item = (i32, &Table)> {
        self.objects.iter().zip(1..).filter_map(|(object, handle)| match object {
            Some(Object::Table(table)) => Some((handle, table)),
            _ => None,
        })
    }

    /// No handle above it was given out.
    pub fn highest(&self) -> i32 {
        self.objects.len() as i32
    }

    pub fn count(&self) -> usize {
        self.by_address.len()
    }
}
