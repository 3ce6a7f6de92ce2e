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
    given_back: Rc<RefCell<Vec<(i32, i32)>>>,
}

/// All references of one instance.
#[derive(Default)]
pub struct References {
    held: HashMap<i32, Weak<Held>>,
    /// References and uses that the module has still to be told of.
    given_back: Rc<RefCell<Vec<(i32, i32)>>>,
}

impl References {
    /// The value with this number, which crossed just now.
    pub fn receive(&mut self, number: i32) -> Reference {
        if let Some(held) = self.held.get(&number).and_then(Weak::upgrade) {
            held.uses.set(held.uses.get() + 1);
            return Reference(held);
        }
        let held = Rc::new(Held { number, uses: Cell::new(1), given_back: self.given_back.clone() });
        self.held.insert(number, Rc::downgrade(&held));
        Reference(held)
    }

    /// The number of a reference, if it is one of this instance.
    pub fn number(&self, reference: &Reference) -> Option<i32> {
        Rc::ptr_eq(&reference.0.given_back, &self.given_back).then_some(reference.0.number)
    }

    /// Takes out up to `count` pairs of reference and uses to give back.
    pub fn take_given_back(&mut self, count: usize) -> Vec<(i32, i32)> {
        let mut given_back = self.given_back.borrow_mut();
        let count = count.min(given_back.len());
        given_back.drain(..count).collect()
    }
}

impl Reference {
    pub(crate) fn uses(&self) -> i32 {
        self.0.uses.get()
    }

    /// Sets the number of uses, and returns how many fewer they are now.
    pub(crate) fn reduce_uses(&self, uses: i32) -> i32 {
        self.0.uses.replace(uses) - uses
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
        self.given_back.borrow_mut().push((self.number, self.uses.get()));
    }
}
