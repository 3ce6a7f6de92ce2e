//! Objects of JavaScript, by reference: what kind of table one is for Lua, found out once, and by what it is told from others.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use js_sys::{Array, ArrayBuffer, Error, Map, Object as JsObject, Reflect, Set, SharedArrayBuffer, WeakMap};
use wasm_bindgen::{JsCast, JsValue};

use super::errors::{Answer, raised};
use super::intrinsics::{buffer_bytes, is_array, typed_name};
use crate::native::value::Value;

/// An object or a function of JavaScript. Copies share what is known of it.
#[derive(Clone)]
pub struct Object(Rc<Parts>);

struct Parts {
    /// What JavaScript sees.
    object: RefCell<JsObject>,
    /// What operations work on: of a buffer its bytes.
    target: RefCell<JsObject>,
    kind: Cell<Kind>,
    address: usize,
    /// The traversal that is under way: its keys, and the place of the one that was given last.
    traversal: RefCell<Option<(Array, u32)>>,
    /// If it is a draft: Lua made it, and JavaScript has not looked since.
    draft: RefCell<Option<Places>>,
}

/// Kinds of tables, and functions, which are none.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Function,
    /// Also an instance of a class: own properties, and what its class exposes.
    Plain,
    Array,
    Map,
    Set,
    Error,
    Floats,
    /// The arrays of 8, 16 and 32 bit integers, and buffers.
    Integers,
    /// Their elements are integers of Lua's.
    BigInt64,
    /// Their elements are bigints.
    BigUint64,
}

/// Where a draft lies: containers and keys. Containers as JavaScript has them, which outlive what is known of them here.
type Places = Vec<(JsObject, Value)>;

thread_local! {
    /// Each object's number, while the object lives.
    static NUMBERS: RefCell<(WeakMap, usize)> = RefCell::new((WeakMap::new(), 0));
    /// All drafts, and how many there may be before those that ended are looked for.
    static DRAFTS: RefCell<(Vec<Weak<Parts>>, usize)> = const { RefCell::new((Vec::new(), 0)) };
}

/// JavaScript runs, and may look at what Lua made: there are no drafts any more.
pub fn note_look() {
    for draft in DRAFTS.take().0.iter().filter_map(Weak::upgrade) {
        draft.draft.take();
    }
}

/// What lies in a container lies in another now.
pub fn note_moved(before: &JsObject, after: &JsObject) {
    let drafts: Vec<Rc<Parts>> = DRAFTS.with_borrow(|(drafts, _)| drafts.iter().filter_map(Weak::upgrade).collect());
    for draft in drafts {
        for (container, _) in draft.draft.borrow_mut().iter_mut().flatten().filter(|(container, _)| container == before) {
            *container = after.clone();
        }
    }
}

impl Object {
    pub fn find(value: &JsValue) -> Answer<Object> {
        let object: &JsObject = value.unchecked_ref();
        let kind = kind_of(value)?;
        let is_buffer = kind == Kind::Integers && !ArrayBuffer::is_view(value);
        let target = if is_buffer { buffer_bytes(value).unchecked_into() } else { object.clone() };
        Ok(Object::new(object.clone(), target, kind))
    }

    fn new(object: JsObject, target: JsObject, kind: Kind) -> Object {
        Object(Rc::new(Parts {
            address: address_of(&object),
            object: object.into(),
            target: target.into(),
            kind: kind.into(),
            traversal: RefCell::default(),
            draft: RefCell::default(),
        }))
    }

    fn made(object: JsObject, kind: Kind) -> Object {
        Object::new(object.clone(), object, kind)
    }

    pub fn new_array() -> Object {
        Object::made(Array::new().unchecked_into(), Kind::Array)
    }

    pub fn new_map() -> Object {
        Object::made(Map::new().unchecked_into(), Kind::Map)
    }

    pub fn new_plain() -> Object {
        Object::made(JsObject::new(), Kind::Plain)
    }

    /// The same as a draft.
    pub fn into_draft(self) -> Object {
        const SWEEP_MIN: usize = 64;
        self.0.draft.replace(Some(Places::new()));
        DRAFTS.with_borrow_mut(|(drafts, sweep_at)| {
            if drafts.len() >= *sweep_at {
                drafts.retain(|draft| draft.strong_count() > 0);
                *sweep_at = SWEEP_MIN + 2 * drafts.len();
            }
            drafts.push(Rc::downgrade(&self.0));
        });
        self
    }

    pub fn kind(&self) -> Kind {
        self.0.kind.get()
    }

    pub fn is_function(&self) -> bool {
        self.kind() == Kind::Function
    }

    pub fn js(&self) -> JsObject {
        self.0.object.borrow().clone()
    }

    pub fn target(&self) -> JsObject {
        self.0.target.borrow().clone()
    }

    /// Tells objects apart. Odd, as no address of a table or function is.
    pub fn address(&self) -> usize {
        self.0.address
    }

    pub fn traversal(&self) -> Option<(Array, u32)> {
        self.0.traversal.borrow().clone()
    }

    pub fn set_traversal(&self, traversal: Option<(Array, u32)>) {
        self.0.traversal.replace(traversal);
    }

    pub fn is_draft(&self) -> bool {
        self.0.draft.borrow().is_some()
    }

    /// From now on it stays what it is.
    pub fn settle(&self) {
        self.0.draft.take();
    }

    /// Notes where a draft lies.
    pub fn note_place(&self, container: &Object, key: &Value) {
        if let Some(places) = self.0.draft.borrow_mut().as_mut() {
            places.push((container.js(), key.clone()));
        }
    }

    pub fn places(&self) -> Places {
        self.0.draft.borrow().clone().unwrap_or_default()
    }

    /// From now on it is what `successor` is, for Lua the same table.
    pub fn become_like(&self, successor: &Object) {
        NUMBERS.with_borrow(|(numbers, _)| numbers.set(&successor.js(), &JsValue::from_f64(self.0.address as f64)));
        self.0.object.replace(successor.js());
        self.0.target.replace(successor.target());
        self.0.kind.set(successor.kind());
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Object) -> bool {
        self.address() == other.address()
    }
}

fn address_of(object: &JsObject) -> usize {
    NUMBERS.with_borrow_mut(|(numbers, last)| {
        if let Some(number) = numbers.get(object).as_f64() {
            return number as usize;
        }
        *last += 1;
        let number = 2 * *last + 1;
        numbers.set(object, &JsValue::from_f64(number as f64));
        number
    })
}

/// What kind of table an object is. Objects of built-in classes are told by what no other object can pretend, or by `instanceof`: then the
/// operations of the class refuse one that pretends.
fn kind_of(value: &JsValue) -> Answer<Kind> {
    if value.is_function() {
        return Ok(Kind::Function);
    }
    if is_array(value).map_err(raised)? {
        return Ok(Kind::Array);
    }
    let prototype = Reflect::get_prototype_of(value).map_err(raised)?;
    if prototype.is_null() || Reflect::get_prototype_of(&prototype).map_err(raised)?.is_null() {
        return Ok(Kind::Plain);
    }
    if ArrayBuffer::is_view(value) {
        return typed_kind(value);
    }
    if value.is_instance_of::<ArrayBuffer>() || value.is_instance_of::<SharedArrayBuffer>() {
        return Ok(Kind::Integers);
    }
    let classes = [(value.is_instance_of::<Map>(), Kind::Map), (value.is_instance_of::<Set>(), Kind::Set)];
    let class = classes.into_iter().find_map(|(is_one, kind)| is_one.then_some(kind));
    Ok(class.unwrap_or(if value.is_instance_of::<Error>() { Kind::Error } else { Kind::Plain }))
}

/// A DataView, the view without elements, is an instance like any other.
fn typed_kind(view: &JsValue) -> Answer<Kind> {
    Ok(match typed_name(view).map_err(raised)?.as_str() {
        "" => Kind::Plain,
        "Float64Array" | "Float32Array" | "Float16Array" => Kind::Floats,
        "BigInt64Array" => Kind::BigInt64,
        "BigUint64Array" => Kind::BigUint64,
        _ => Kind::Integers,
    })
}
