//! References: Lua's values that this side holds by number (docs/ABI.md §3). The uses of a number are given back when its last holder is
//! dropped; not at once, because that may be while a stream is being written or read.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::{Rc, Weak};

/// A value of Lua's that stays in Lua. Clones and values that arrive later are equal as long as one of them lives.
#[derive(Clone)]
pub struct Reference(Rc<Held>);

struct Held {
    number: i32,
    uses: Cell<i32>,
    owner: Rc<References>,
}

/// All references of one instance.
#[derive(Default)]
pub struct References {
    live: RefCell<HashMap<i32, Weak<Held>>>,
    /// Number and uses.
    dropped: RefCell<Vec<[i32; 2]>>,
}

impl References {
    /// What a number that has just crossed stands for.
    pub fn hold(self: &Rc<Self>, number: i32) -> Reference {
        let mut live = self.live.borrow_mut();
        if let Some(held) = live.get(&number).and_then(Weak::upgrade) {
            held.uses.set(held.uses.get() + 1);
            return Reference(held);
        }
        let held = Rc::new(Held { number, uses: Cell::new(1), owner: self.clone() });
        live.insert(number, Rc::downgrade(&held));
        Reference(held)
    }

    /// Numbers and uses that can be given back now.
    pub fn take_dropped(&self) -> Vec<[i32; 2]> {
        self.dropped.take()
    }
}

impl Reference {
    /// The number, if this is a reference of the instance that `owner` belongs to.
    pub fn number(&self, owner: &Rc<References>) -> Option<i32> {
        Rc::ptr_eq(&self.0.owner, owner).then_some(self.0.number)
    }

    /// How often the number crossed.
    pub(super) fn uses(&self) -> i32 {
        self.0.uses.get()
    }

    /// How many copies there are.
    pub(super) fn holders(&self) -> usize {
        Rc::strong_count(&self.0)
    }

    /// Tells references apart while both live.
    pub(super) fn address(&self) -> usize {
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
        self.owner.live.borrow_mut().remove(&self.number);
        self.owner.dropped.borrow_mut().push([self.number, self.uses.get()]);
    }
}
