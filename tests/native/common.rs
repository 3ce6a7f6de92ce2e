//! The scripts of tests/common on the in-memory host: what NAME.lua prints is NAME.out, as on every other host
//! (tests/common/run.test.mjs says what they find).

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::{Rc, Weak};

use cu::{Failure, Function, Table, Value, Vm};
use serde_json::Value as Json;

type Body = fn(&Vm, Vec<Value>) -> Results;
type Results = Result<Vec<Value>, Failure>;

/// The functions that need the instance or nothing.
const FUNCTIONS: [(&str, Body); 13] = [
    ("id", |_, args| Ok(args)),
    ("count", |_, args| Ok(vec![(args.len() as i64).into()])),
    ("many", many),
    ("add", add),
    ("object", object),
    ("fail", |_, args| Err(first(args).into())),
    ("reenter", reenter),
    ("call", call),
    ("path", path),
    ("collect", |vm, _| {
        vm.collect();
        Ok(Vec::new())
    }),
    ("handles", |vm, _| Ok(vec![(vm.held().0 as i64).into()])),
    ("json", |_, args| Ok(vec![json_of(&first(args)).to_string().into()])),
    ("output", |vm, _| Ok(vec![json_of(&vm.output()).to_string().into()])),
];

#[test]
fn common_scripts_print_what_they_print_everywhere() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/common");
    let mut scripts: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "lua"))
        .collect();
    scripts.sort();
    assert!(!scripts.is_empty());
    let differing: Vec<String> = scripts.iter().filter_map(|script| difference(&folder, script)).collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// What is wrong with the output of a script, if anything is.
fn difference(folder: &Path, script: &Path) -> Option<String> {
    let name = script.file_name().unwrap().to_string_lossy();
    let (result, printed) = run(folder, script, &name);
    if let Err(error) = result {
        return Some(format!("{name}: {error}"));
    }
    let expected = std::fs::read_to_string(script.with_extension("out")).unwrap();
    let mut lines = printed.lines().zip(expected.lines()).zip(1..);
    match lines.find(|((is, should_be), _)| is != should_be) {
        Some(((is, should_be), line)) => Some(format!("{name}: line {line} is\n  {is}\n, not\n  {should_be}")),
        None if printed != expected => Some(format!("{name}: {} bytes, not {}", printed.len(), expected.len())),
        None => None,
    }
}

fn run(folder: &Path, script: &Path, name: &str) -> (Result<Vec<Value>, cu::Error>, String) {
    let vm = Rc::new(Vm::new(1).unwrap());
    let tools = std::fs::read(folder.join("tools/tools.lua")).unwrap();
    vm.modules().set("tools", tools).unwrap();
    let functions = host_functions(&vm);
    vm.modules().set("host", Function::new(move |_| Ok(vec![functions.clone().into()]))).unwrap();
    let input = std::fs::read_to_string(folder.join("input.json")).unwrap();
    vm.set_input(value_of(&serde_json::from_str(&input).unwrap()));
    let result = vm.compute(std::fs::read(script).unwrap(), &format!("={name}"), &[]);
    (result, String::from_utf8(vm.take_printed()).unwrap())
}

fn host_functions(vm: &Rc<Vm>) -> Table {
    let functions = Table::new();
    for (name, body) in FUNCTIONS {
        let vm: Weak<Vm> = Rc::downgrade(vm);
        functions.set(name, Function::new(move |args| body(&vm.upgrade().unwrap(), args))).unwrap();
    }
    // keep(value): the host keeps it, in place of what it kept before. kept(): what it keeps.
    let kept = Rc::new(RefCell::new(Value::Nil));
    let shared = kept.clone();
    let keep = move |args| {
        kept.replace(first(args));
        Ok(Vec::new())
    };
    functions.set("keep", Function::new(keep)).unwrap();
    functions.set("kept", Function::new(move |_| Ok(vec![shared.borrow().clone()]))).unwrap();
    functions
}

fn many(_: &Vm, args: Vec<Value>) -> Results {
    let Value::Integer(count) = first(args) else { return Err("a number expected".into()) };
    Ok((1..=count).map(Value::from).collect())
}

fn add(_: &Vm, args: Vec<Value>) -> Results {
    match args[..] {
        [Value::Integer(a), Value::Integer(b)] => Ok(vec![(a + b).into()]),
        _ => Err("two integers expected".into()),
    }
}

fn object(_: &Vm, args: Vec<Value>) -> Results {
    let object = Table::new();
    object.set("n", first(args)).unwrap();
    Ok(vec![object.into()])
}

fn reenter(vm: &Vm, args: Vec<Value>) -> Results {
    let [Value::String(source), rest @ ..] = &args[..] else { return Err("a string expected".into()) };
    Ok(vec![first(vm.compute(source, "=inner", rest)?)])
}

fn call(vm: &Vm, args: Vec<Value>) -> Results {
    let [Value::LuaFunction(function), rest @ ..] = &args[..] else { return Err("a function expected".into()) };
    Ok(vm.call_function(function, rest)?)
}

fn path(vm: &Vm, args: Vec<Value>) -> Results {
    let [Value::String(path), rest @ ..] = &args[..] else { return Err("a string expected".into()) };
    let path = String::from_utf8_lossy(path);
    Ok(vec![first(vm.call(&path.split('.').collect::<Vec<_>>(), rest)?)])
}

fn first(values: Vec<Value>) -> Value {
    values.into_iter().next().unwrap_or_default()
}

/// A table with a sequence is an array.
fn json_of(value: &Value) -> Json {
    match value {
        Value::Boolean(boolean) => Json::from(*boolean),
        Value::Integer(integer) => Json::from(*integer),
        Value::Float(number) => Json::from(*number),
        Value::String(bytes) => Json::from(String::from_utf8_lossy(bytes)),
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
        Json::Bool(boolean) => (*boolean).into(),
        Json::Number(number) => number.as_i64().map_or_else(|| number.as_f64().unwrap_or(f64::NAN).into(), Value::from),
        Json::String(text) => text.as_str().into(),
        Json::Array(values) => values.iter().map(value_of).collect::<Table>().into(),
        Json::Object(fields) => {
            let table = Table::new();
            for (name, field) in fields {
                table.set(name.as_str(), value_of(field)).unwrap();
            }
            table.into()
        }
    }
}
