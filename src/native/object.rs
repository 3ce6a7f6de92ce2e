//! Objects of JavaScript, by reference: plain objects and arrays are external tables, functions are functions. Lua sees own properties and
//! nothing else. What is of another class is refused by its name.

use std::cell::RefCell;
use std::collections::HashMap;

use js_sys::{Array, BigInt, Function, JsString, Object as JsObject, Reflect, Uint8Array, WeakMap};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::table::Table;
use super::value::{Bigint, Value};

/// What crosses as a number of Lua's integer subtype, and back.
const SAFE_MAX: f64 = 9_007_199_254_740_991.0;

/// A plain object, an array, or a function. Everything that could run code of its own, a Proxy's traps too, catches what that throws: an
/// exception would pass over Lua's frames.
#[derive(Clone, PartialEq)]
pub struct Object {
    object: JsObject,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Plain,
    Array,
    Function,
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = Object, js_name = hasOwn)]
    fn has_own(object: &JsObject, property: &JsValue) -> Result<bool, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> Result<bool, JsValue>;
}

/// What JavaScript raised, or why something cannot be: a message.
type Answer<T> = Result<T, Value>;

thread_local! {
    /// Each object's number, while the object lives.
    static NUMBERS: RefCell<(WeakMap, usize)> = RefCell::new((WeakMap::new(), 0));
    /// The traversal that is under way: of which object, its keys, and the place of the key that was given last.
    static TRAVERSAL: RefCell<Option<(Object, Array, u32)>> = const { RefCell::new(None) };
}

impl Object {
    pub fn is_function(&self) -> bool {
        self.kind == Kind::Function
    }

    fn is_array(&self) -> bool {
        self.kind == Kind::Array
    }

    /// The property `length` of an array.
    fn array_length(&self) -> Answer<u32> {
        let length = Reflect::get(&self.object, &"length".into()).map_err(raised)?;
        length.as_f64().map(|length| length as u32).ok_or_else(|| "an array without a length".into())
    }

    fn has_own(&self, property: &JsValue) -> Answer<bool> {
        has_own(&self.object, property).map_err(raised)
    }

    /// Tells objects apart. Odd, as no address of a table or function is.
    pub fn address(&self) -> usize {
        NUMBERS.with_borrow_mut(|(numbers, last)| {
            if let Some(number) = numbers.get(&self.object).as_f64() {
                return number as usize;
            }
            *last += 1;
            let number = 2 * *last + 1;
            numbers.set(&self.object, &JsValue::from_f64(number as f64));
            number
        })
    }

    pub fn get(&self, key: &Value) -> Answer<Value> {
        let Some(property) = self.property(key) else { return Ok(Value::Nil) };
        if !self.has_own(&property)? {
            return Ok(Value::Nil);
        }
        from_js(&Reflect::get(&self.object, &property).map_err(raised)?)
    }

    /// Sets an own property, or removes it if the value is undefined; never runs what is inherited.
    pub fn set(&self, key: &Value, value: &JsValue) -> Answer<()> {
        let property = self.property(key);
        let property = if self.is_array() {
            let length = f64::from(self.array_length()?);
            let index = property.and_then(|index| index.as_f64()).filter(|&index| index <= length);
            let index = index.ok_or("an array of JavaScript takes the keys 1 to its length + 1")?;
            if value.is_undefined() && index + 1.0 >= length {
                return self.shorten(index.min(length) as u32);
            }
            JsValue::from_f64(index)
        } else {
            property.ok_or("an object of JavaScript takes strings and integers as keys")?
        };
        let is_set = if value.is_undefined() && !self.is_array() {
            Reflect::delete_property(&self.object, &property)
        } else if self.has_own(&property)? {
            Reflect::set(&self.object, &property, value)
        } else {
            Reflect::define_property(&self.object, &property, &field(value))
        };
        if is_set.map_err(raised)? { Ok(()) } else { Err(refused(&property)) }
    }

    /// Nil at the end of an array: it ends before, and before the holes there.
    fn shorten(&self, mut length: u32) -> Answer<()> {
        while length > 0 && self.get(&Value::Integer(length.into()))?.is_nil() {
            length -= 1;
        }
        let is_set = Reflect::set(&self.object, &"length".into(), &length.into()).map_err(raised)?;
        if is_set { Ok(()) } else { Err(refused(&"length".into())) }
    }

    /// The operator `#`: the length of an array, and of an object how far its keys go on from 1.
    pub fn length(&self) -> Answer<f64> {
        if self.is_array() {
            return self.array_length().map(f64::from);
        }
        let mut length: u32 = 0;
        while self.has_own(&(length + 1).to_string().into())? {
            length += 1;
        }
        Ok(length.into())
    }

    /// The entry after `key`, the first one after nil; None at the end. Entries that were removed meanwhile, or are nil, are passed over.
    pub fn next(&self, key: &Value) -> Answer<Option<(Value, Value)>> {
        if self.is_array() {
            let from = match key {
                Value::Nil => 0,
                _ => self.property(key).and_then(|index| index.as_f64()).ok_or("invalid key to 'next'")? as u32 + 1,
            };
            let keys = (from..self.array_length()?).map(|index| Value::Integer(i64::from(index) + 1));
            return self.first_of(keys);
        }
        let (keys, from) = self.traverse(key)?;
        let texts = (from..keys.length()).map(|at| keys.get(at).as_string().unwrap_or_default().into());
        let entry = self.first_of(texts.clone())?;
        // At the end nothing is kept, or the object would be.
        TRAVERSAL.set(entry.as_ref().map(|(key, _)| {
            let passed = texts.take_while(|text: &Value| text != key).count() as u32;
            (self.clone(), keys.clone(), from + passed)
        }));
        Ok(entry)
    }

    /// Ends the traversal that is under way: a state that is closed keeps no object.
    pub fn forget_traversal() {
        TRAVERSAL.set(None);
    }

    fn first_of(&self, keys: impl Iterator<Item = Value>) -> Answer<Option<(Value, Value)>> {
        for key in keys {
            let value = self.get(&key)?;
            if !value.is_nil() {
                return Ok(Some((key, value)));
            }
        }
        Ok(None)
    }

    /// The keys of a traversal, and the place after `key`.
    fn traverse(&self, key: &Value) -> Answer<(Array, u32)> {
        let Some(property) = self.property(key) else {
            return if key.is_nil() { Ok((self.keys()?, 0)) } else { Err("invalid key to 'next'".into()) };
        };
        let known = TRAVERSAL.with_borrow(|traversal| match traversal {
            Some((object, keys, at)) if object == self && keys.get(*at) == property => Some((keys.clone(), at + 1)),
            _ => None,
        });
        if let Some(known) = known {
            return Ok(known);
        }
        let keys = self.keys()?;
        match keys.index_of(&property, 0) {
            -1 => Err("invalid key to 'next'".into()),
            at => Ok((keys, at as u32 + 1)),
        }
    }

    fn keys(&self) -> Answer<Array> {
        let keys = Reflect::own_keys(&self.object).map_err(raised)?;
        Ok(keys.filter(&mut |key, _, _| key.is_string()))
    }

    /// The property of a key: for an array its index, from 0; for an object a string. None if there can be none.
    fn property(&self, key: &Value) -> Option<JsValue> {
        let integer = match *key {
            Value::Integer(integer) => Some(integer),
            Value::Float(number) if number.fract() == 0.0 && number.abs() <= SAFE_MAX => Some(number as i64),
            _ => None,
        };
        match (integer, key) {
            (Some(i), _) if self.is_array() => (1..=i64::from(u32::MAX)).contains(&i).then(|| JsValue::from_f64((i - 1) as f64)),
            (Some(i), _) => Some(i.to_string().into()),
            (None, Value::String(_)) if !self.is_array() => key.as_str().map(JsValue::from_str),
            _ => None,
        }
    }

    /// Calls it. Plain tables among the arguments are copied.
    pub fn call(&self, arguments: &[Value]) -> Answer<Value> {
        let copies = copies(arguments)?;
        let arguments = arguments.iter().map(|argument| to_js(argument, &copies)).collect::<Answer<Array>>()?;
        let function: &Function = self.object.unchecked_ref();
        from_js(&Reflect::apply(function, &JsValue::UNDEFINED, &arguments).map_err(raised)?)
    }
}

/// An ordinary property.
fn field(value: &JsValue) -> JsObject {
    let descriptor = JsObject::new();
    let fields = [("value", value), ("writable", &JsValue::TRUE), ("enumerable", &JsValue::TRUE), ("configurable", &JsValue::TRUE)];
    for (name, value) in fields {
        // A new object takes every property.
        let _ = Reflect::set(&descriptor, &name.into(), value);
    }
    descriptor
}

fn refused(property: &JsValue) -> Value {
    let name = property.as_string().or_else(|| property.as_f64().map(|index| (index + 1.0).to_string())).unwrap_or_default();
    format!("an object of JavaScript does not allow that '{name}' is changed").into()
}

/// What JavaScript threw, as a message.
fn raised(error: JsValue) -> Value {
    let text = |name: &str| Reflect::get(&error, &name.into()).ok().and_then(|value| value.as_string());
    match (error.as_string(), text("name"), text("message")) {
        (Some(message), _, _) | (None, None, Some(message)) => message.into(),
        (None, Some(name), Some(message)) => format!("{name}: {message}").into(),
        _ => "JavaScript threw what is no error".into(),
    }
}

/// A value of JavaScript's for Lua; objects by reference. Fails for symbols, text with half a surrogate pair, and objects that are not
/// plain.
pub fn from_js(value: &JsValue) -> Answer<Value> {
    if value.is_undefined() || value.is_null() {
        return Ok(Value::Nil);
    }
    if let Some(boolean) = value.as_bool() {
        return Ok(boolean.into());
    }
    if let Some(number) = value.as_f64() {
        let is_integer = number.fract() == 0.0 && number.abs() <= SAFE_MAX && !(number == 0.0 && number.is_sign_negative());
        return Ok(if is_integer { Value::Integer(number as i64) } else { Value::Float(number) });
    }
    if let Some(text) = value.dyn_ref::<JsString>() {
        return if text.is_valid_utf16() {
            Ok(String::from(text).into())
        } else {
            Err("a string with half a surrogate pair is no text".into())
        };
    }
    if let Some(integer) = value.dyn_ref::<BigInt>() {
        return bigint(integer);
    }
    if value.is_symbol() {
        return Err("a symbol of JavaScript has no form in Lua".into());
    }
    let object: &JsObject = value.unchecked_ref();
    let kind = match value.is_function() {
        true => Some(Kind::Function),
        false if is_array(value).map_err(raised)? => Some(Kind::Array),
        false => is_plain(object).then_some(Kind::Plain),
    };
    if let Some(kind) = kind {
        return Ok(Value::Object(Object { object: object.clone(), kind }));
    }
    let class = Reflect::get(object, &"constructor".into()).and_then(|class| Reflect::get(&class, &"name".into()));
    let class = class.ok().and_then(|name| name.as_string()).unwrap_or_default();
    Err(format!("an object of class {class} cannot be handed to Lua here: plain objects, arrays and functions can").into())
}

fn is_plain(object: &JsObject) -> bool {
    let Ok(prototype) = Reflect::get_prototype_of(object) else { return false };
    prototype.is_null() || Reflect::get_prototype_of(&prototype).is_ok_and(|above| above.is_null())
}

fn bigint(integer: &BigInt) -> Answer<Value> {
    let text = integer.to_string(16).map_err(|error| raised(error.into()))?;
    let text = String::from(text);
    let digits = text.trim_start_matches('-').as_bytes();
    let byte = |pair: &[u8]| std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok());
    let magnitude: Option<Vec<u8>> = digits.rchunks(2).map(byte).collect();
    Ok(Bigint::new(text.starts_with('-'), &magnitude.ok_or("a BigInt without digits")?).into())
}

/// What tables became, by their address.
pub type Copies = HashMap<usize, Object>;

/// A value of Lua's for JavaScript; `copies` has what its tables became.
pub fn to_js(value: &Value, copies: &Copies) -> Answer<JsValue> {
    Ok(match value {
        Value::Nil => JsValue::UNDEFINED,
        Value::Null => JsValue::NULL,
        Value::Boolean(boolean) => JsValue::from_bool(*boolean),
        Value::Integer(integer) if integer.unsigned_abs() <= SAFE_MAX as u64 => JsValue::from_f64(*integer as f64),
        Value::Integer(integer) => BigInt::from(*integer).into(),
        Value::Float(number) => JsValue::from_f64(*number),
        Value::Bigint(integer) => {
            let digits: String = integer.magnitude().iter().rev().map(|byte| format!("{byte:02x}")).collect();
            let magnitude = BigInt::new(&format!("0x0{digits}").into()).map_err(|error| raised(error.into()))?;
            if integer.is_negative() { (-magnitude).into() } else { magnitude.into() }
        }
        Value::String(bytes) => match value.as_str() {
            Some(text) => JsValue::from_str(text),
            None => Uint8Array::from(&bytes[..]).into(),
        },
        Value::Object(Object { object, .. }) => object.clone().into(),
        Value::Table(table) => match copies.get(&table.address()) {
            Some(copy) => copy.object.clone().into(),
            None => return Err("a table of Rust's cannot be put into an object of JavaScript".into()),
        },
        Value::Function(_) => return Err("a function of Rust's cannot be passed to JavaScript here".into()),
        Value::LuaFunction(_) | Value::Other(_) => return Err("a function of Lua's cannot be passed to JavaScript here".into()),
    })
}

/// Copies of all tables that values lead to.
pub fn copies(values: &[Value]) -> Answer<Copies> {
    let mut tables: Vec<Table> = Vec::new();
    let mut met = std::collections::HashSet::new();
    let mut meet = |value: &Value, tables: &mut Vec<Table>| {
        if let Value::Table(table) = value
            && met.insert(table.address())
        {
            tables.push(table.clone());
        }
    };
    values.iter().for_each(|value| meet(value, &mut tables));
    let mut at = 0;
    while at < tables.len() {
        let entries = tables[at].entries();
        entries.iter().for_each(|(_, value)| meet(value, &mut tables));
        at += 1;
    }
    containers(&tables)
}

/// What plain tables become: a sequence an array, all else with strings as keys an object. They may lead to each other, and to no others.
pub fn containers(tables: &[Table]) -> Answer<Copies> {
    let is_sequence = |table: &Table| table.length() > 0 && table.entries().len() == table.length();
    let container = |table: &Table| if is_sequence(table) { new_array() } else { new_object() };
    let copies: Copies = tables.iter().map(|table| (table.address(), container(table))).collect();
    for table in tables {
        let object = &copies[&table.address()];
        for (key, value) in table.entries() {
            if !object.is_array() && !matches!(key, Value::String(_)) {
                return Err("a table that is neither a sequence nor has strings alone as keys cannot become an object of JavaScript".into());
            }
            object.set(&key, &to_js(&value, &copies)?)?;
        }
    }
    Ok(copies)
}

/// The object that a table became.
pub fn object_of(table: &Table, copies: &Copies) -> Value {
    copies.get(&table.address()).map_or(Value::Nil, |copy| Value::Object(copy.clone()))
}

/// A new array, for Lua.
pub fn new_array() -> Object {
    Object { object: Array::new().unchecked_into(), kind: Kind::Array }
}

fn new_object() -> Object {
    Object { object: JsObject::new(), kind: Kind::Plain }
}
