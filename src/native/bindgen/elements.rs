//! Elements of typed arrays and bytes of buffers: numbers of the subtype that the array has, written only if nothing is lost by it.

use js_sys::{BigInt, Object as JsObject, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::errors::{Answer, raised};
use super::intrinsics::{number_of, typed_length};
use super::object::Kind;
use super::values::{SAFE_MAX, from_js, to_js_alone};
use crate::native::error::Failure;
use crate::native::value::Value;

/// The element at an index from 0 on; nil outside.
pub fn read(kind: Kind, array: &JsObject, index: f64) -> Answer<Value> {
    let element = Reflect::get_f64(array, index).map_err(raised)?;
    match (kind, element.as_f64()) {
        (Kind::Floats, Some(number)) => Ok(number.into()),
        (Kind::BigInt64, None) if !element.is_undefined() => i64::try_from(element.unchecked_into::<BigInt>())
            .map(Value::Integer)
            .map_err(|_| "a BigInt64Array with an element of more than 64 bits".into()),
        _ => from_js(&element),
    }
}

/// Writes a number; restores the element if it is not read back as the same one.
pub fn write(kind: Kind, array: &JsObject, index: Option<f64>, value: &Value) -> Answer<()> {
    let length = typed_length(array).map_err(raised)?;
    let index = index.filter(|&index| index < length).ok_or_else(|| format!("an index outside a typed array of {length} elements"))?;
    let wanted = match kind {
        Kind::BigInt64 | Kind::BigUint64 => as_bigint(value)?,
        _ => as_number(value)?,
    };
    let wanted = wanted.ok_or_else(|| does_not_fit(value))?;
    let before = Reflect::get_f64(array, index).map_err(raised)?;
    let put = |element: &JsValue| Reflect::set(array, &index.into(), element).map_err(raised);
    put(&wanted)?;
    let after = Reflect::get_f64(array, index).map_err(raised)?;
    let is_nan = |element: &JsValue| element.as_f64().is_some_and(f64::is_nan);
    if after == wanted || is_nan(&after) && is_nan(&wanted) {
        return Ok(());
    }
    put(&before)?;
    Err(does_not_fit(value))
}

fn does_not_fit(value: &Value) -> Failure {
    format!("{value:?} does not fit into an element of this typed array").into()
}

/// The number that a value is; None if it is none of JavaScript's, which are floats.
fn as_number(value: &Value) -> Answer<Option<JsValue>> {
    Ok(match *value {
        Value::Float(number) => Some(number.into()),
        Value::Integer(integer) if integer.unsigned_abs() <= SAFE_MAX as u64 => Some((integer as f64).into()),
        Value::Integer(_) | Value::Bigint(_) => {
            let integer = bigint(value)?;
            let number = number_of(&integer).map_err(raised)?;
            let back = BigInt::new(&number.into()).map(JsValue::from);
            (back == Ok(integer)).then(|| number.into())
        }
        _ => return Err(no_number()),
    })
}

/// The BigInt that a value is; None for a fraction.
fn as_bigint(value: &Value) -> Answer<Option<JsValue>> {
    match value {
        Value::Float(number) => Ok(BigInt::new(&JsValue::from_f64(*number)).ok().map(JsValue::from)),
        Value::Integer(_) | Value::Bigint(_) => bigint(value).map(Some),
        _ => Err(no_number()),
    }
}

fn bigint(value: &Value) -> Answer<JsValue> {
    match value {
        Value::Integer(integer) => Ok(BigInt::from(*integer).into()),
        _ => to_js_alone(value),
    }
}

fn no_number() -> Failure {
    "an element of a typed array must be a number".into()
}
