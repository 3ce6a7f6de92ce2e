//! Traversals of objects of JavaScript, in their own order. An object keeps the keys of the traversal that is under way, so that going
//! through it is linear; entries may be removed meanwhile.

use js_sys::{Array, JsString};
use wasm_bindgen::{JsCast, JsValue};

use super::access::{ERROR_FIELDS, array_length, get, index_of, name_of};
use super::errors::{Answer, raised};
use super::intrinsics::{list_of, map_keys, own_names, set_values, typed_length};
use super::object::{Kind, Object};
use super::text::bytes_of;
use super::values::{from_js, to_js_alone};
use crate::native::error::Failure;
use crate::native::value::Value;

/// Holes of an array in a row that are looked at one by one.
const HOLES_MAX: u32 = 1_024;

/// The entry after `key`, the first one after nil; None at the end. Entries that are nil are passed over.
pub fn next(object: &Object, key: &Value) -> Answer<Option<(Value, Value)>> {
    match object.kind() {
        Kind::Function => Err("stale table".into()),
        Kind::Plain | Kind::Error | Kind::Map | Kind::Set => next_entry(object, key),
        kind => {
            let from = if key.is_nil() { 0.0 } else { index_of(key).ok_or_else(invalid_key)? + 1.0 };
            let length =
                if kind == Kind::Array { array_length(&object.target())? } else { typed_length(&object.target()).map_err(raised)? };
            next_element(object, from, length)
        }
    }
}

fn next_element(object: &Object, mut index: f64, length: f64) -> Answer<Option<(Value, Value)>> {
    let mut holes = 0;
    while index < length {
        let key = Value::Integer(index as i64 + 1);
        let value = get(object, &key)?;
        if !value.is_nil() {
            return Ok(Some((key, value)));
        }
        index += 1.0;
        holes += 1;
        if holes == HOLES_MAX {
            // The rest of so wide a hole is passed over by the names of what is there.
            let names = own_names(&object.target()).map_err(raised)?;
            let indices = names.iter().filter_map(|name| name.as_string()?.parse().ok());
            index = indices.filter(|&at: &f64| at >= index).fold(f64::INFINITY, f64::min);
            holes = 0;
        }
    }
    Ok(None)
}

fn next_entry(object: &Object, key: &Value) -> Answer<Option<(Value, Value)>> {
    let (keys, from) = traverse(object, key)?;
    for at in from..keys.length() {
        let key = key_of(object.kind(), &keys.get(at))?;
        let value = if key.is_nil() { Value::Nil } else { get(object, &key)? };
        if !value.is_nil() {
            object.set_traversal(Some((keys, at)));
            return Ok(Some((key, value)));
        }
    }
    // What the keys lead to is not kept.
    object.set_traversal(None);
    Ok(None)
}

/// The keys of a traversal, and the place after `key`.
fn traverse(object: &Object, key: &Value) -> Answer<(Array, u32)> {
    if key.is_nil() {
        return Ok((keys_of(object)?, 0));
    }
    let sought = match object.kind() {
        Kind::Map | Kind::Set => to_js_alone(key).ok(),
        _ => name_of(key),
    };
    let sought = sought.ok_or_else(invalid_key)?;
    if let Some((keys, at)) = object.traversal().filter(|(keys, at)| keys.get(*at) == sought) {
        return Ok((keys, at + 1));
    }
    let keys = keys_of(object)?;
    match keys.index_of(&sought, 0) {
        -1 => Err(invalid_key()),
        at => Ok((keys, at as u32 + 1)),
    }
}

fn keys_of(object: &Object) -> Answer<Array> {
    let target = object.target();
    match object.kind() {
        Kind::Map => map_keys(&target).and_then(|keys| list_of(&keys)),
        Kind::Set => set_values(&target).and_then(|values| list_of(&values)),
        Kind::Error => own_names(&target).map(|names| {
            let others = names.filter(&mut |name, _, _| !name.as_string().is_some_and(|name| ERROR_FIELDS.contains(&name.as_str())));
            ERROR_FIELDS.iter().map(|&name| JsValue::from_str(name)).chain(others.iter()).collect()
        }),
        _ => own_names(&target),
    }
    .map_err(raised)
}

/// A key as Lua has it; nil for one that no table of Lua's has.
fn key_of(kind: Kind, key: &JsValue) -> Answer<Value> {
    match kind {
        // Also a name like "7" is a string.
        Kind::Plain | Kind::Error => Ok(key.dyn_ref::<JsString>().map_or(Value::Nil, |name| bytes_of(name).into())),
        _ => Ok(from_js(key).ok().filter(|key| !matches!(key, Value::Float(number) if number.is_nan())).unwrap_or_default()),
    }
}

fn invalid_key() -> Failure {
    "invalid key to 'next'".into()
}
