//! What the tests share: rows of Lua code, of expressions of JavaScript, and of what is to come of them.

use js_sys::{Function, Reflect};
use orders::Orders;
use wasm_bindgen::{JsCast, JsValue};

/// The function that makes a text of a value.
const SHOW: &str = include_str!("show.js");

/// The value of an expression.
pub fn js(expression: &str) -> JsValue {
    js_sys::eval(&format!("(\n{expression}\n)")).unwrap_or_else(|error| panic!("{expression}: {error:?}"))
}

pub fn function(expression: &str) -> Function {
    js(expression).unchecked_into()
}

pub fn show(value: &JsValue) -> String {
    let text = function(SHOW).call1(&JsValue::UNDEFINED, value);
    text.ok().and_then(|text| text.as_string()).unwrap_or_else(|| "cannot be shown".to_owned())
}

/// The message of what was thrown.
pub fn message(error: &JsValue) -> String {
    Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string()).unwrap_or_else(|| show(error))
}

/// The result of Lua code in a state of its own.
pub fn compute(source: &str, input: &JsValue) -> Result<JsValue, JsValue> {
    let orders = Orders::new()?;
    orders.set_input(input)?;
    orders.compute(source)
}

/// A row: Lua code, the input, and the result; the last two as expressions.
pub fn gives(rows: &[(&str, &str, &str)]) {
    check(rows, |source, input| match compute(source, &js(input)) {
        Ok(result) => show(&result),
        Err(error) => format!("error: {}", message(&error)),
    });
}

/// A row: Lua code, the input, and what the input is afterwards.
pub fn makes(rows: &[(&str, &str, &str)]) {
    check(rows, |source, input| {
        let input = js(input);
        match compute(source, &input) {
            Ok(_) => show(&input),
            Err(error) => format!("error: {}", message(&error)),
        }
    });
}

/// A row: Lua code, the input, and the message of the error.
pub fn fails(rows: &[(&str, &str, &str)]) {
    let outcome = |source: &str, input: &str| match compute(source, &js(input)) {
        Ok(result) => format!("no error, but {}", show(&result)),
        Err(error) => message(&error),
    };
    let wrong = rows.iter().filter_map(|&(source, input, expected)| {
        let found = outcome(source, input);
        (found != expected).then(|| format!("\n{source}\n  with {input}\n  gave     {found}\n  expected {expected}"))
    });
    report(rows.len(), wrong.collect());
}

fn check(rows: &[(&str, &str, &str)], outcome: impl Fn(&str, &str) -> String) {
    let wrong = rows.iter().filter_map(|&(source, input, expected)| {
        let (found, expected) = (outcome(source, input), show(&js(expected)));
        (found != expected).then(|| format!("\n{source}\n  with {input}\n  gave     {found}\n  expected {expected}"))
    });
    report(rows.len(), wrong.collect());
}

fn report(rows: usize, wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{} of {rows} rows are wrong:{}", wrong.len(), wrong.concat());
}
