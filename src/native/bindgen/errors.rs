//! Errors both ways. What JavaScript throws is a value in Lua, an error object as itself. What Lua raises is an `Error` of JavaScript's,
//! and becomes Lua's own value again if it comes back.

use std::cell::RefCell;

use js_sys::{Error as JsError, Reflect, WeakSet};
use wasm_bindgen::{JsCast, JsValue};

use super::intrinsics::has_own;
use super::object::Kind;
use super::values::{copies, from_js, to_js};
use crate::native::error::{Error, Failure};
use crate::native::value::Value;

/// What JavaScript raised, or why something cannot be.
pub type Answer<T> = Result<T, Failure>;

thread_local! {
    /// The errors that were made of Lua's.
    static OF_LUA: RefCell<WeakSet> = RefCell::new(WeakSet::new());
}

/// What JavaScript threw, for Lua.
pub fn raised(thrown: JsValue) -> Failure {
    if thrown.is_object() && OF_LUA.with_borrow(|errors| errors.has(thrown.unchecked_ref())) {
        return raised_again(&thrown);
    }
    let kind = thrown.js_typeof().as_string().unwrap_or_default();
    from_js(&thrown).map_or_else(|_| format!("a {kind} was thrown, which has no form in Lua").into(), Failure::from)
}

/// An error of Lua's comes back. Without a value that has a form outside it goes on as its message.
fn raised_again(error: &JsValue) -> Failure {
    let field = |name: &str| Reflect::get(error, &name.into()).and_then(|field| from_js(&field).map_err(|_| field));
    let value = match has_own(error, &"value".into()) {
        Ok(true) => field("value"),
        _ => field("message"),
    };
    Failure { value: value.unwrap_or_default(), is_positioned: true }
}

/// An error with the fields `chunkName`, `line`, `traceback` and `value` where they are known; an error of JavaScript's that passed through
/// Lua is its `cause` as well.
impl From<Error> for JsValue {
    fn from(error: Error) -> JsValue {
        let made = JsError::new(&error.message);
        made.set_name("LuaError");
        let mut fields = vec![
            ("chunkName", error.chunk.as_deref().map(JsValue::from_str)),
            ("line", error.line.map(JsValue::from)),
            ("traceback", error.traceback.as_deref().map(JsValue::from_str)),
            ("value", value_of(&error.value)),
        ];
        if matches!(&error.value, Value::Object(object) if object.kind() == Kind::Error) {
            fields.push(("cause", value_of(&error.value)));
        }
        for (name, value) in fields {
            // A new error takes every property.
            let _ = value.map(|value| Reflect::set(&made, &name.into(), &value));
        }
        OF_LUA.with_borrow(|errors| errors.add(&made));
        made.into()
    }
}

fn value_of(value: &Value) -> Option<JsValue> {
    copies(std::slice::from_ref(value)).and_then(|copies| to_js(value, &copies)).ok()
}

/// A failure that is no error of Lua's, for JavaScript.
pub fn js_error(failure: &Failure) -> JsValue {
    match value_of(&failure.value) {
        Some(value) if !value.is_string() => value,
        message => JsError::new(&message.and_then(|message| message.as_string()).unwrap_or_default()).into(),
    }
}
