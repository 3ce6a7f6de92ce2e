//! What Lua's operations do to objects of JavaScript. Only own properties are seen: nothing inherited is read, called or written, and a key
//! that exists on the prototype chain is defined, not assigned.

use js_sys::{Object as JsObject, Reflect};
use wasm_bindgen::JsValue;

use super::elements;
use super::errors::{Answer, raised};
use super::exposed::{self, Member};
use super::intrinsics::{has_own, is_enumerable, map_delete, map_get, map_set, set_add, set_delete, set_has, typed_length};
use super::object::{Kind, Object};
use super::text::text_of;
use super::values::{from_js, to_js_alone};
use crate::native::error::Failure;
use crate::native::value::Value;

/// How far behind its end an array may be written to, so that none becomes sparse beyond reason.
pub const ARRAY_GAP_MAX: f64 = 1_024.0;
/// The engine aborts at 1.1·10^8 elements of an array that grows; before that there is an error.
const ARRAY_ELEMENTS_MAX: f64 = 100_000_000.0;

/// What Lua sees of an error. `name` is the one thing that is read from a prototype; `stack`, which is not enumerable, stays hidden.
pub const ERROR_FIELDS: [&str; 4] = ["message", "name", "code", "cause"];

pub fn get(object: &Object, key: &Value) -> Answer<Value> {
    let target = object.target();
    match object.kind() {
        Kind::Function => Ok(Value::Nil),
        Kind::Plain => get_field(&target, key),
        Kind::Error => name_of(key).map_or(Ok(Value::Nil), |name| error_field(&target, &name)),
        Kind::Array => match index_of(key) {
            Some(index) => own_value(&target, &JsValue::from_f64(index)),
            None => Ok(Value::Nil),
        },
        Kind::Map => match to_js_alone(key) {
            Ok(key) => from_js(&map_get(&target, &key).map_err(raised)?),
            Err(_) => Ok(Value::Nil),
        },
        Kind::Set => match to_js_alone(key) {
            Ok(key) => Ok(if set_has(&target, &key).map_err(raised)? { true.into() } else { Value::Nil }),
            Err(_) => Ok(Value::Nil),
        },
        kind => index_of(key).map_or(Ok(Value::Nil), |index| elements::read(kind, &target, index)),
    }
}

/// Sets an entry, or removes it if the value is nil. `js` is what the value is in JavaScript.
pub fn set(object: &Object, key: &Value, value: &Value, js: &JsValue) -> Answer<()> {
    let target = object.target();
    match object.kind() {
        Kind::Function => Err("stale table".into()),
        Kind::Error => Err("an error object cannot be changed".into()),
        Kind::Plain => set_field(&target, key, js),
        Kind::Array => set_element(&target, key, js),
        Kind::Map => set_in_map(&target, key, js),
        Kind::Set => set_in_set(&target, key, value),
        kind => elements::write(kind, &target, index_of(key), value),
    }
}

/// The operator `#`: of what has no length, how far its keys go on from 1.
pub fn length(object: &Object) -> Answer<f64> {
    match object.kind() {
        Kind::Array => array_length(&object.target()),
        Kind::Floats | Kind::Integers | Kind::BigInt64 | Kind::BigUint64 => typed_length(&object.target()).map_err(raised),
        _ => {
            let mut length: i64 = 0;
            while !get(object, &Value::Integer(length + 1))?.is_nil() {
                length += 1;
            }
            Ok(length as f64)
        }
    }
}

/// `Name: message` of an error.
pub fn represent(object: &Object) -> Answer<Value> {
    if object.kind() != Kind::Error {
        return Ok(Value::Nil);
    }
    let text = |name: &str| error_field(&object.target(), &name.into()).map(|field| field.as_str().unwrap_or_default().to_owned());
    Ok(format!("{}: {}", text("name")?, text("message")?).into())
}

/// A Proxy can answer anything.
pub fn array_length(array: &JsObject) -> Answer<f64> {
    Ok(Reflect::get(array, &"length".into()).map_err(raised)?.as_f64().unwrap_or_default())
}

/// The index, from 0, that a key of Lua's is.
pub fn index_of(key: &Value) -> Option<f64> {
    match *key {
        Value::Integer(integer) if (1..=i64::from(u32::MAX)).contains(&integer) => Some((integer - 1) as f64),
        _ => None,
    }
}

/// The property that a key of Lua's is: an integer and its string are one. None if there can be none.
pub fn name_of(key: &Value) -> Option<JsValue> {
    match key {
        Value::Integer(integer) => Some(integer.to_string().into()),
        Value::Float(number) if number.fract() == 0.0 => Some(JsValue::from_f64(*number)),
        Value::String(bytes) => text_of(bytes),
        Value::Bigint(_) => to_js_alone(key).ok(),
        _ => None,
    }
}

fn own_value(object: &JsObject, property: &JsValue) -> Answer<Value> {
    if !has_own(object, property).map_err(raised)? {
        return Ok(Value::Nil);
    }
    from_js(&Reflect::get(object, property).map_err(raised)?)
}

fn get_field(object: &JsObject, key: &Value) -> Answer<Value> {
    let Some(property) = name_of(key) else { return Ok(Value::Nil) };
    if has_own(object, &property).map_err(raised)? {
        return from_js(&Reflect::get(object, &property).map_err(raised)?);
    }
    match key.as_str().map_or(Ok(None), |name| exposed::member(object, name))? {
        Some(Member::Method(method)) => Ok(method.into()),
        Some(Member::Getter(getter)) => from_js(&Reflect::apply(&getter, object, &js_sys::Array::new()).map_err(raised)?),
        None => Ok(Value::Nil),
    }
}

fn error_field(error: &JsObject, property: &JsValue) -> Answer<Value> {
    let name = property.as_string().unwrap_or_default();
    if !ERROR_FIELDS.contains(&name.as_str()) {
        return if is_enumerable(error, property).map_err(raised)? { own_value(error, property) } else { Ok(Value::Nil) };
    }
    let own = own_value(error, property)?;
    if !own.is_nil() || name != "name" {
        return Ok(own);
    }
    let inherited = Reflect::get(error, property).map_err(raised)?;
    Ok(inherited.as_string().map_or(Value::Nil, Value::from))
}

/// Sets a property, whatever the prototypes have of that name.
fn define(object: &JsObject, property: &JsValue, value: &JsValue) -> Answer<()> {
    let is_inherited = Reflect::has(object, property).map_err(raised)? && !has_own(object, property).map_err(raised)?;
    let is_set =
        if is_inherited { Reflect::define_property(object, property, &ordinary(value)) } else { Reflect::set(object, property, value) };
    if is_set.map_err(raised)? { Ok(()) } else { Err(refused(property)) }
}

/// An ordinary property.
fn ordinary(value: &JsValue) -> JsObject {
    let descriptor = JsObject::new();
    let fields = [("value", value), ("writable", &JsValue::TRUE), ("enumerable", &JsValue::TRUE), ("configurable", &JsValue::TRUE)];
    for (name, value) in fields {
        // A new object takes every property.
        let _ = Reflect::set(&descriptor, &name.into(), value);
    }
    descriptor
}

fn set_field(object: &JsObject, key: &Value, value: &JsValue) -> Answer<()> {
    let Some(property) = name_of(key) else {
        return if value.is_undefined() { Ok(()) } else { Err(no_key(key, "an object")) };
    };
    if !value.is_undefined() {
        define(object, &property, value)
    } else if has_own(object, &property).map_err(raised)? && !Reflect::delete_property(object, &property).map_err(raised)? {
        Err(refused(&property))
    } else {
        Ok(())
    }
}

/// Nil at the end shortens the array; inside it is undefined.
fn set_element(array: &JsObject, key: &Value, value: &JsValue) -> Answer<()> {
    let length = array_length(array)?;
    let index = index_of(key);
    if value.is_undefined() {
        return match index {
            Some(index) if index + 1.0 == length => define(array, &"length".into(), &index.into()),
            Some(index) if index < length => define(array, &index.into(), value),
            _ => Ok(()),
        };
    }
    let index = index.ok_or_else(|| no_key(key, "an array"))?;
    if index - length >= ARRAY_GAP_MAX {
        return Err(format!("index {} is too far behind the end of an array of {length}", index + 1.0).into());
    }
    if index >= ARRAY_ELEMENTS_MAX {
        return Err(format!("an array ends at {ARRAY_ELEMENTS_MAX} elements: use ext.table()").into());
    }
    define(array, &index.into(), value)
}

fn set_in_map(map: &JsObject, key: &Value, value: &JsValue) -> Answer<()> {
    let key = to_js_alone(key)?;
    let result = if value.is_undefined() { map_delete(map, &key).map(|_| ()) } else { map_set(map, &key, value).map(|_| ()) };
    result.map_err(raised)
}

fn set_in_set(set: &JsObject, key: &Value, value: &Value) -> Answer<()> {
    let key = to_js_alone(key)?;
    match value {
        Value::Nil => set_delete(set, &key).map(|_| ()),
        Value::Boolean(true) => set_add(set, &key).map(|_| ()),
        _ => return Err("a Set holds its keys with the value true only".into()),
    }
    .map_err(raised)
}

/// Fails for a key that no container of JavaScript takes from Lua.
pub fn check_key(key: &Value) -> Answer<()> {
    match key {
        Value::Nil => Err("table index is nil".into()),
        Value::Float(number) if number.is_nan() => Err("table index is NaN".into()),
        Value::Null => Err("null cannot be a key of a host's table".into()),
        Value::String(bytes) if text_of(bytes).is_none() => {
            Err("a string that is not valid UTF-8 cannot be a key of a host's table".into())
        }
        _ => Ok(()),
    }
}

fn no_key(key: &Value, of: &str) -> Failure {
    format!("{key:?} cannot be a key of {of} of JavaScript").into()
}

fn refused(property: &JsValue) -> Failure {
    let name = property.as_string().or_else(|| property.as_f64().map(|index| (index + 1.0).to_string())).unwrap_or_default();
    format!("an object of JavaScript does not allow that '{name}' is changed").into()
}
