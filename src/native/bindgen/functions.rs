//! Functions of Lua's and of Rust's that JavaScript holds: for the same function always the same one, while JavaScript holds it. What it
//! stands for is let go when JavaScript's collector finds it unused, or when it is released.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::{Rc, Weak};

use js_sys::{Array, Function as JsFunction, Object as JsObject, Proxy, Reflect, WeakMap, WeakRef};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

use super::errors::{Answer, js_error};
use super::intrinsics::DISPOSE;
use super::object::note_look;
use super::values::{copies, from_js, to_js};
use crate::native::error::Failure;
use crate::native::memory::Memory;
use crate::native::value::Value;

/// What a function of JavaScript's stands for: nil after it was released.
type Grip = RefCell<Value>;

/// By the address of what it stands for, which is its own while the grip lives.
struct Shown {
    grip: Weak<Grip>,
    function: WeakRef<JsFunction>,
}

#[derive(Default)]
struct Functions {
    shown: HashMap<usize, Shown>,
    /// How many there may be before those that ended are looked for.
    sweep_at: usize,
    /// The address for each function.
    addresses: Option<WeakMap>,
}

thread_local! {
    static FUNCTIONS: RefCell<Functions> = RefCell::default();
    /// The state whose functions are handed out.
    static MEMORY: RefCell<Weak<Memory>> = const { RefCell::new(Weak::new()) };
}

/// From now on functions of this state are handed out.
pub fn open(memory: &Rc<Memory>) {
    MEMORY.replace(Rc::downgrade(memory));
}

/// What a function of JavaScript's stands for, if it was made here.
pub fn behind(function: &JsFunction) -> Option<Value> {
    grip_of(function).map(|grip| grip.borrow().clone()).filter(|value| !value.is_nil())
}

/// Lets go of what a function stands for: from then on it cannot be called. No: it was not made here, or was released before.
pub fn release(function: &JsFunction) -> bool {
    grip_of(function).is_some_and(|grip| !grip.take().is_nil())
}

fn grip_of(function: &JsFunction) -> Option<Rc<Grip>> {
    FUNCTIONS.with_borrow(|functions| {
        let address = functions.addresses.as_ref()?.get(function).as_f64()?;
        let shown = functions.shown.get(&(address as usize))?;
        // The address may be another's by now.
        shown.function.deref().filter(|known| known == function)?;
        shown.grip.upgrade()
    })
}

/// The function of JavaScript's that stands for one of Lua's or Rust's.
pub fn shown(value: &Value) -> Answer<JsValue> {
    let address = match value {
        Value::LuaFunction(reference) => reference.address(),
        Value::Function(function) => function.address(),
        _ => return Err("not a function".into()),
    };
    if let Some(function) = known(address) {
        return Ok(function.into());
    }
    let grip = Rc::new(RefCell::new(value.clone()));
    let function = create(&grip);
    FUNCTIONS.with_borrow_mut(|functions| functions.note(address, &grip, &function));
    Ok(function.into())
}

fn known(address: usize) -> Option<JsFunction> {
    FUNCTIONS.with_borrow(|functions| {
        let shown = functions.shown.get(&address)?;
        let is_held = shown.grip.upgrade().is_some_and(|grip| !grip.borrow().is_nil());
        shown.function.deref().filter(|_| is_held)
    })
}

impl Functions {
    fn note(&mut self, address: usize, grip: &Rc<Grip>, function: &JsFunction) {
        const SWEEP_MIN: usize = 64;
        if self.shown.len() >= self.sweep_at {
            self.shown.retain(|_, shown| shown.grip.strong_count() > 0);
            self.sweep_at = SWEEP_MIN + 2 * self.shown.len();
        }
        self.shown.insert(address, Shown { grip: Rc::downgrade(grip), function: WeakRef::new(function) });
        self.addresses.get_or_insert_with(WeakMap::new).set(function, &JsValue::from_f64(address as f64));
    }
}

/// A function that takes any number of arguments: closures have a fixed one, but the trap of a Proxy gets them as a list.
fn create(grip: &Rc<Grip>) -> JsFunction {
    type Trap = dyn Fn(JsValue, JsValue, Array) -> Result<JsValue, JsValue>;
    let (memory, held) = (MEMORY.with_borrow(Weak::clone), grip.clone());
    let trap = Closure::<Trap>::new(move |_, _, arguments| call(&memory, &held, &arguments)).into_js_value();
    let handler = JsObject::new();
    // A new object takes every property.
    let _ = Reflect::set(&handler, &"apply".into(), &trap);
    let dispose = DISPOSE.with(JsValue::clone);
    if dispose.is_symbol() {
        let held = grip.clone();
        let release = Closure::<dyn Fn()>::new(move || drop(held.take())).into_js_value();
        let _ = Reflect::set(&trap, &dispose, &release);
    }
    Proxy::new(&trap, &handler).unchecked_into()
}

/// JavaScript calls. It gets the first result.
fn call(memory: &Weak<Memory>, grip: &Grip, arguments: &Array) -> Result<JsValue, JsValue> {
    let callee = grip.borrow().clone();
    let failed = |failure: Failure| js_error(&failure);
    let arguments: Vec<Value> = arguments.iter().map(|argument| from_js(&argument)).collect::<Answer<_>>().map_err(failed)?;
    let results = match (&callee, memory.upgrade()) {
        (Value::Function(function), _) => function.call(arguments).map_err(failed)?,
        (Value::LuaFunction(function), Some(memory)) => memory.call_function(function, &arguments)?,
        (Value::LuaFunction(_), None) => return Err(failed("the state of this function was closed".into())),
        _ => return Err(failed("this function was released".into())),
    };
    note_look();
    let result = &results[..results.len().min(1)];
    let copies = copies(result).map_err(failed)?;
    result.first().map_or(Ok(JsValue::UNDEFINED), |result| to_js(result, &copies).map_err(failed))
}
