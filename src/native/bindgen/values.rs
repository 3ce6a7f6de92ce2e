//! Values both ways. What has no form on the other side is refused by name.

use std::collections::{HashMap, HashSet};

use js_sys::{BigInt, JsString, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use super::drafts::store;
use super::errors::{Answer, raised};
use super::functions;
use super::object::Object;
use super::text::{bytes_of, text_of};
use crate::native::table::Table;
use crate::native::value::{Bigint, Value};

/// What crosses as a number of Lua's integer subtype, and back.
pub const SAFE_MAX: f64 = 9_007_199_254_740_991.0;

/// A value of JavaScript's for Lua; objects by reference, functions of Lua's as themselves. Fails for symbols.
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
        return Ok(bytes_of(text).into());
    }
    if let Some(integer) = value.dyn_ref::<BigInt>() {
        return bigint(integer);
    }
    if value.is_symbol() {
        return Err("a symbol of JavaScript has no form in Lua".into());
    }
    if let Some(function) = value.dyn_ref().and_then(functions::behind) {
        return Ok(function);
    }
    Object::find(value).map(Value::Object)
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
        Value::String(bytes) => text_of(bytes).unwrap_or_else(|| Uint8Array::from(&bytes[..]).into()),
        Value::Object(object) => object.js().into(),
        Value::Table(table) => match copies.get(&table.address()) {
            Some(copy) => copy.js().into(),
            None => return Err("a table of _home, or of Rust's, cannot be put into an object of JavaScript: copy it".into()),
        },
        Value::Function(_) | Value::LuaFunction(_) => functions::shown(value)?,
        Value::Other(_) => return Err("this value of Lua's has no form in JavaScript".into()),
    })
}

/// The same of a value that is no plain table.
pub fn to_js_alone(value: &Value) -> Answer<JsValue> {
    to_js(value, &Copies::new())
}

/// Copies of all tables that values lead to.
pub fn copies(values: &[Value]) -> Answer<Copies> {
    let mut tables: Vec<Table> = Vec::new();
    let mut met = HashSet::new();
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
        for (key, value) in tables[at].entries() {
            meet(&key, &mut tables);
            meet(&value, &mut tables);
        }
        at += 1;
    }
    containers(&tables)
}

/// What plain tables become: a sequence an array, one with strings as keys an object, any other a Map. They may lead to each other, and
/// to no others. All are drafts.
pub fn containers(tables: &[Table]) -> Answer<Copies> {
    let copies: Copies = tables.iter().map(|table| (table.address(), container(table).into_draft())).collect();
    for table in tables {
        let object = &copies[&table.address()];
        for (key, value) in table.entries() {
            let (key, value) = (copied(key, &copies), copied(value, &copies));
            let js = to_js(&value, &copies)?;
            store(object, &key, &value, &js)?;
        }
    }
    Ok(copies)
}

fn container(table: &Table) -> Object {
    let entries = table.entries();
    if !entries.is_empty() && entries.len() == table.length() {
        return Object::new_array();
    }
    let has_names = entries.iter().all(|(key, _)| key.as_str().is_some());
    if has_names { Object::new_plain() } else { Object::new_map() }
}

/// What a value became.
pub fn copied(value: Value, copies: &Copies) -> Value {
    match &value {
        Value::Table(table) => copies.get(&table.address()).cloned().map_or(value, Value::Object),
        _ => value,
    }
}
