//! Members of classes that Lua may use: nothing inherited is visible but what was named. A method or getter runs only on an object of its
//! class.

use std::cell::RefCell;
use std::collections::HashMap;

use js_sys::{Array, Date, Function as JsFunction, Object as JsObject, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use super::errors::{Answer, raised};
use super::intrinsics::is_prototype_of;
use super::values::{copies, from_js, to_js};
use crate::native::error::Failure;
use crate::native::value::{Function, Value};

const DATE_MEMBERS: &str = "getTime getTimezoneOffset toISOString toJSON valueOf \
    getDate getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds \
    getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds";

#[derive(Clone)]
pub enum Member {
    Method(Function),
    Getter(JsFunction),
}

struct Class {
    prototype: JsObject,
    members: HashMap<String, Member>,
}

thread_local!(static CLASSES: RefCell<Vec<Class>> = const { RefCell::new(Vec::new()) });

/// Date alone is exposed.
pub fn reset() -> Answer<()> {
    CLASSES.take();
    let date = Reflect::get_prototype_of(&Date::new_0()).map_err(raised)?;
    add("Date", date, DATE_MEMBERS.split(' '))
}

/// Exposes members of a class, which are looked up once: a class that is changed later exposes nothing more.
pub fn expose(class: &JsFunction, names: &[&str]) -> Answer<()> {
    let prototype = Reflect::get(class, &"prototype".into()).map_err(raised)?;
    if !prototype.is_object() {
        return Err("expose takes a class".into());
    }
    let name = Reflect::get(class, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default();
    add(&name, prototype.unchecked_into(), names.iter().copied())
}

fn add<'n>(class: &str, prototype: JsObject, names: impl Iterator<Item = &'n str>) -> Answer<()> {
    let members = names.map(|name| Ok((name.to_owned(), find_member(class, &prototype, name)?)));
    let members = members.collect::<Answer<HashMap<String, Member>>>()?;
    CLASSES.with_borrow_mut(|classes| match classes.iter_mut().find(|class| class.prototype == prototype) {
        Some(class) => class.members.extend(members),
        None => classes.push(Class { prototype, members }),
    });
    Ok(())
}

/// The member of that name which the class of an object, or one that it extends, exposes.
pub fn member(object: &JsObject, name: &str) -> Answer<Option<Member>> {
    let mut step = Reflect::get_prototype_of(object).map_err(raised)?;
    while !step.is_null() {
        let found = CLASSES.with_borrow(|classes| {
            let class = classes.iter().find(|class| class.prototype == step);
            class.and_then(|class| class.members.get(name).cloned())
        });
        if found.is_some() {
            return Ok(found);
        }
        step = Reflect::get_prototype_of(&step).map_err(raised)?;
    }
    Ok(None)
}

fn find_member(class: &str, prototype: &JsObject, name: &str) -> Answer<Member> {
    let mut step = prototype.clone();
    while !step.is_null() {
        let descriptor = Reflect::get_own_property_descriptor(&step, &name.into()).map_err(raised)?;
        if descriptor.is_object() {
            let field = |field: &str| Reflect::get(&descriptor, &field.into()).ok().and_then(|value| value.dyn_into::<JsFunction>().ok());
            return match (field("get"), field("value")) {
                (Some(getter), _) => Ok(Member::Getter(getter)),
                (None, Some(function)) => Ok(Member::Method(method(format!("{class}.{name}"), class, prototype.clone(), function))),
                (None, None) => Err(missing(class, name)),
            };
        }
        step = Reflect::get_prototype_of(&step).map_err(raised)?;
    }
    Err(missing(class, name))
}

fn missing(class: &str, name: &str) -> Failure {
    format!("expose: {class} has no method or getter \"{name}\"").into()
}

/// A method as a function whose first argument is its `this`.
fn method(name: String, class: &str, prototype: JsObject, function: JsFunction) -> Function {
    let refusal = format!("{name} needs an object of class {class} (call it with a colon)");
    Function::new(move |arguments| {
        let receiver = match arguments.first() {
            Some(Value::Object(object)) if is_prototype_of(&prototype, &object.js()).map_err(raised)? => object.js(),
            _ => return Err(refusal.as_str().into()),
        };
        let copies = copies(&arguments)?;
        let arguments = arguments[1..].iter().map(|argument| to_js(argument, &copies)).collect::<Answer<Array>>()?;
        let result: JsValue = Reflect::apply(&function, &receiver, &arguments).map_err(raised)?;
        Ok(vec![from_js(&result)?])
    })
}
