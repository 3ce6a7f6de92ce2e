//! Containers that Lua made, until JavaScript looks at them: a key that does not fit what one is so far makes it something else, an array
//! or a Map. For Lua it is the same table as before.

use wasm_bindgen::JsValue;

use super::access::{ARRAY_GAP_MAX, array_length, get, index_of, set};
use super::errors::Answer;
use super::object::{Kind, Object, note_moved};
use super::traversal::next;
use super::values::to_js_alone;
use crate::native::value::Value;

/// Sets an entry, or removes it if the value is nil. `js` is what the value is in JavaScript.
pub fn store(object: &Object, key: &Value, value: &Value, js: &JsValue) -> Answer<()> {
    if object.is_draft() && !value.is_nil() && !fits(object, key)? {
        convert(object, key)?;
    }
    set(object, key, value, js)?;
    if let Value::Object(stored) = value {
        stored.note_place(object, key);
    }
    // There would be no putting another in the place of a key.
    if let Value::Object(used) = key {
        used.settle();
    }
    Ok(())
}

/// Whether a key is one of those that it has.
fn fits(object: &Object, key: &Value) -> Answer<bool> {
    Ok(match object.kind() {
        Kind::Plain => matches!(key, Value::String(_)),
        Kind::Array => {
            let length = array_length(&object.target())?;
            index_of(key).is_some_and(|index| index - length < ARRAY_GAP_MAX)
        }
        _ => true,
    })
}

/// An empty one becomes an array by the key 1, all else a Map.
fn convert(object: &Object, key: &Value) -> Answer<()> {
    let before = object.js();
    let mut entry = next(object, &Value::Nil)?;
    let is_empty = entry.is_none();
    let successor = if is_empty && *key == Value::Integer(1) { Object::new_array() } else { Object::new_map() };
    while let Some((key, value)) = entry {
        set(&successor, &key, &value, &to_js_alone(&value)?)?;
        entry = next(object, &key)?;
    }
    object.become_like(&successor);
    if !is_empty {
        note_moved(&before, &object.js());
    }
    let itself = Value::Object(object.clone());
    for (container, key) in object.places() {
        let container = Object::find(&container)?;
        if get(&container, &key)? == itself {
            set(&container, &key, &itself, &object.js())?;
        }
    }
    Ok(())
}
