//! References: the numbers by which the host knows values of Lua's. Every crossing counts one use. When the host's last copy is gone,
//! the uses are noted, to be given back at the next occasion: a value may be dropped at any time, the module be called only at some.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};

/// A value of Lua's that the host holds.
#[derive(Clone, Debug)]
pub struct Reference(Rc<Held>);

#[derive(Debug)]
struct Held {
    number: i32,
    uses: Cell<i32>,
    /// The search for cycles that named all of its uses, if it was the last one.
    search: Cell<u32>,
    shared: Rc<Shared>,
}

/// What references find when they are dropped.
#[derive(Debug, Default)]
struct Shared {
    given_back: RefCell<Vec<(i32, i32)>>,
    /// How many searches for cycles there were.
    searches: Cell<u32>,
    /// The module has forgotten what the last search named.
    forgotten: Cell<bool>,
}

/// All references of one instance.
#[derive(Default)]
pub struct References {
    held: HashMap<i32, Weak<Held>>,
    shared: Rc<Shared>,
}

impl References {
    /// The value with this number, which crossed just now.
    pub fn receive(&mut self, number: i32) -> Reference {
        if let Some(held) = self.held.get(&number).and_then(Weak::upgrade) {
            held.uses.set(held.uses.get() + 1);
            return Reference(held);
        }
        let held = Rc::new(Held { number, uses: Cell::new(1), search: Cell::new(0), shared: self.shared.clone() });
        self.held.insert(number, Rc::downgrade(&held));
        Reference(held)
    }

    /// The number of a reference, if it is one of this instance.
    pub fn number(&self, reference: &Reference) -> Option<i32> {
        Rc::ptr_eq(&reference.0.shared, &self.shared).then_some(reference.0.number)
    }

    /// Takes out up to `count` pairs of reference and uses to give back.
    pub fn take_given_back(&mut self, count: usize) -> Vec<(i32, i32)> {
        let mut given_back = self.shared.given_back.borrow_mut();
        let count = count.min(given_back.len());
        given_back.drain(..count).collect()
    }
}

impl References {
    /// A search for cycles begins.
    pub fn begin_search(&mut self) {
        self.shared.searches.set(self.shared.searches.get() + 1);
    }

    /// Has the search name `uses` uses of a reference, which must be all. Returns how many more there were, which are no longer counted.
    pub fn name_all(&mut self, reference: &Reference, uses: i32) -> i32 {
        reference.0.search.set(self.shared.searches.get());
        reference.0.uses.replace(uses) - uses
    }

    /// Whether references that the last search named are dropped without being given back.
    pub fn set_forgotten(&mut self, forgotten: bool) {
        self.shared.forgotten.set(forgotten);
    }
}

impl Reference {
    pub(crate) fn uses(&self) -> i32 {
        self.0.uses.get()
    }

    /// How many copies the host has.
    pub(crate) fn copies(&self) -> usize {
        Rc::strong_count(&self.0)
    }

    /// Tells references apart; valid while one of the two lives.
    pub(crate) fn address(&self) -> usize {
        Rc::as_ptr(&self.0) as usize
    }
}

impl PartialEq for Reference {
    fn eq(&self, other: &Reference) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let forgotten = self.shared.forgotten.get() && self.search.get() == self.shared.searches.get();
        if !forgotten {
            self.shared.given_back.borrow_mut().push((self.number, self.uses.get()));
        }
    }
}
