//! What the common scripts find, the same on every host that runs them; tests/common/run.test.mjs has it for JavaScript.
//! `_io.input` is what tests/common/input.json says, `require "tools"` gives tests/common/tools/tools.lua, and `require "host"` a table of
//! the functions below.

use std::cell::RefCell;
use std::rc::Rc;

use serde_json::Value as Json;

use crate::context::Context;
use crate::error::Failure;
use crate::table::Table;
use crate::value::{Function, Value};

type Args = Vec<Value>;
type Results = Result<Vec<Value>, Failure>;
type Body = fn(&mut Context<'_>, Args) -> Results;

/// Which number of `cu_heap_get` tells the handles in use.
const HEAP_HANDLES: i32 = 3;

/// The functions that work on their arguments and the instance alone.
const FUNCTIONS: [(&str, Body); 13] = [
    // (...): all of its arguments.
    ("id", |_, args| Ok(args)),
    // (...): how many arguments there are.
    ("count", |_, args| Ok(vec![Value::Int(args.len() as i64)])),
    // (n): the numbers from 1 to n, as n results.
    ("many", many),
    // (a, b): the sum of two integers.
    ("add", add),
    // (n): a new object of the host with the field n.
    ("object", object),
    // (value): raises the value as it is.
    ("fail", |_, args| Err(first(args).into())),
    // (source, ...): computes the source with the arguments, in the same instance, and gives its first result.
    ("reenter", reenter),
    // (f, ...): calls a function of Lua's and gives all its results.
    ("call", call),
    // (path, ...): calls what a dotted path leads to and gives its first result.
    ("path", path),
    // (): a full collection, while Lua waits.
    ("collect", |context, _| context.collect().map(|()| Vec::new()).map_err(Failure::from)),
    // (): how many handles the module has in use.
    ("handles", |context, _| Ok(vec![Value::Int(context.heap(HEAP_HANDLES)?.into())])),
    // (value): the value as the host sees it, as JSON.
    ("json", |_, args| Ok(vec![json_text(&first(args))])),
    // (): `_io.output` as the host sees it, as JSON.
    ("output", |context, _| Ok(vec![json_text(&context.io().get_str("output"))])),
];

/// What `require` finds. `tools` is the source of the module of that name.
pub fn modules(tools: &str) -> Table {
    let modules = Table::new();
    modules.set_str("tools", Value::from(tools));
    let functions = host_functions();
    modules.set_str("host", function(move |_, _| Ok(vec![Value::Table(functions.clone())])));
    modules
}

/// A JSON text as a value: arrays and objects become tables.
pub fn input(text: &str) -> Result<Value, serde_json::Error> {
    Ok(value_of(&serde_json::from_str(text)?))
}

fn host_functions() -> Table {
    let functions = Table::new();
    for (name, body) in FUNCTIONS {
        functions.set_str(name, function(body));
    }
    // keep(value): the host keeps it, in place of what it kept before. kept(): what it keeps.
    let kept = Rc::new(RefCell::new(Value::Nil));
    let shared = kept.clone();
    functions.set_str(
        "keep",
        function(move |_, args| {
            kept.replace(first(args));
            Ok(Vec::new())
        }),
    );
    functions.set_str("kept", function(move |_, _| Ok(vec![shared.borrow().clone()])));
    functions
}

fn function(body: impl Fn(&mut Context<'_>, Args) -> Results + 'static) -> Value {
    Value::Function(Function::new(body))
}

fn many(_: &mut Context<'_>, args: Args) -> Results {
    let Value::Int(count) = first(args) else { return Err(Failure::new("a number expected")) };
    Ok((1..=count).map(Value::Int).collect())
}

fn add(_: &mut Context<'_>, args: Args) -> Results {
    match args[..] {
        [Value::Int(a), Value::Int(b)] => Ok(vec![Value::Int(a + b)]),
        _ => Err(Failure::new("two integers expected")),
    }
}

fn object(_: &mut Context<'_>, args: Args) -> Results {
    let object = Table::new();
    object.set_str("n", first(args));
    Ok(vec![Value::Table(object)])
}

fn reenter(context: &mut Context<'_>, args: Args) -> Results {
    let [Value::Str(source), rest @ ..] = &args[..] else { return Err(Failure::new("a string expected")) };
    let results = context.compute(source, "=inner", rest)?;
    Ok(vec![first(results)])
}

fn call(context: &mut Context<'_>, args: Args) -> Results {
    let [Value::Closure(function), rest @ ..] = &args[..] else { return Err(Failure::new("a function expected")) };
    Ok(context.call_function(function, rest)?)
}

fn path(context: &mut Context<'_>, args: Args) -> Results {
    let text = args.first().and_then(Value::as_str).ok_or_else(|| Failure::new("a string expected"))?;
    let keys: Vec<Value> = text.split('.').map(Value::from).collect();
    let results = context.call(&keys, &args[1..])?;
    Ok(vec![first(results)])
}

fn first(values: Vec<Value>) -> Value {
    values.into_iter().next().unwrap_or_default()
}

fn json_text(value: &Value) -> Value {
    Value::from(json_of(value).to_string().as_str())
}

/// A table with a sequence is an array.
fn json_of(value: &Value) -> Json {
    match value {
        Value::Bool(boolean) => Json::from(*boolean),
        Value::Int(integer) => Json::from(*integer),
        Value::Float(number) => Json::from(*number),
        Value::Str(bytes) => Json::from(String::from_utf8_lossy(bytes)),
        Value::Table(table) if table.length() > 0 => table.entries().iter().map(|(_, value)| json_of(value)).collect(),
        Value::Table(table) => {
            let fields = table.entries().into_iter();
            Json::Object(fields.map(|(key, value)| (key.as_str().unwrap_or_default().to_owned(), json_of(&value))).collect())
        }
        _ => Json::Null,
    }
}

fn value_of(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(boolean) => Value::Bool(*boolean),
        Json::Number(number) => number.as_i64().map_or_else(|| Value::Float(number.as_f64().unwrap_or(f64::NAN)), Value::Int),
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(values) => Value::Table(Table::sequence(values.iter().map(value_of))),
        Json::Object(fields) => {
            let table = Table::new();
            for (name, field) in fields {
                table.set_str(name, value_of(field));
            }
            Value::Table(table)
        }
    }
}
