//! What this host gives a program: values both ways, errors with all that is known of them, and objects that are released.

mod support;

use std::cell::RefCell;
use std::rc::Rc;

use cu_test_host::{Error, ErrorKind, Failure, Function, Instance, LuaError, Options, Table, Value};

const HEAP_REFERENCES: i32 = 4;

fn instance() -> Instance {
    Instance::new(&support::wasm(), Options::default()).expect("the module can be loaded")
}

fn compute(instance: &mut Instance, source: &str, args: &[Value]) -> Vec<Value> {
    instance.compute(source.as_bytes(), "=test", args).unwrap_or_else(|error| panic!("{source}: {error}"))
}

fn lua_error(result: Result<Vec<Value>, Error>) -> LuaError {
    match result {
        Err(Error::Lua(error)) => *error,
        other => panic!("no error of Lua's: {other:?}"),
    }
}

#[test]
fn values_cross_as_they_are() {
    let mut instance = instance();
    let table = Table::sequence([Value::Int(1)]);
    let values = [
        Value::Nil,
        Value::Bool(true),
        Value::Bool(false),
        Value::Null,
        Value::Int(0),
        Value::Int(-1),
        Value::Int(i64::MAX),
        Value::Int(i64::MIN),
        Value::Int(1 << 53),
        Value::Float(3.0),
        Value::Float(-0.0),
        Value::Float(f64::INFINITY),
        Value::Float(5e-324),
        Value::from(""),
        Value::Str(Rc::from([0, 255, 128, 0])),
        Value::Str(vec![b'x'; 70_000].into()),
        Value::Table(table),
        Value::Function(Function::new(|_, args| Ok(args))),
        Value::Int(17),
    ];
    assert_eq!(compute(&mut instance, "return ...", &values), values);
    let sign = compute(&mut instance, "return ...", &[Value::Float(-0.0)]);
    assert!(matches!(sign[..], [Value::Float(zero)] if zero.is_sign_negative()));
    for value in &values {
        instance.context().home().set_str("value", value.clone());
        assert_eq!(compute(&mut instance, "return _home.value", &[]), std::slice::from_ref(value));
    }
}

#[test]
fn input_and_output_are_the_same_objects() {
    let mut instance = instance();
    let input = Table::new();
    input.set_str("n", Value::Int(20));
    instance.set_input(Value::Table(input.clone()));
    compute(&mut instance, "_io.input.n = _io.input.n + 1  _io.output = { list = { 1, 2.0, 'x' }, input = _io.input }", &[]);
    assert_eq!(input.get_str("n"), Value::Int(21));
    let Value::Table(output) = instance.output() else { panic!("no table: {:?}", instance.output()) };
    let Value::Table(list) = output.get_str("list") else { panic!("no table") };
    let elements: Vec<Value> = list.entries().into_iter().map(|(_, value)| value).collect();
    assert_eq!(elements, [Value::Int(1), Value::Float(2.0), Value::from("x")]);
    assert_eq!(output.get_str("input"), Value::Table(input));
}

#[test]
fn errors_tell_what_is_known() {
    let mut instance = instance();
    let rows: [(&str, ErrorKind, &str, Option<i64>); 8] = [
        ("\nerror('x')", ErrorKind::Runtime, "test:2: x", Some(2)),
        ("return 1 +", ErrorKind::Syntax, "test:1: unexpected symbol near <eof>", Some(1)),
        ("local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end", ErrorKind::Memory, "not enough memory", None),
        ("return coroutine.create(print)", ErrorKind::Result, "a coroutine cannot be passed to the host", None),
        ("error(setmetatable({}, { __tostring = function() return 'made' end }))", ErrorKind::Runtime, "made", None),
        ("return _home.a.b", ErrorKind::Runtime, "test:1: attempt to index a nil value (field 'a')", Some(1)),
        ("_home[nil] = 1", ErrorKind::Runtime, "test:1: table index is nil", Some(1)),
        ("return next(_home, 'none')", ErrorKind::Runtime, "test:1: invalid key to 'next'", Some(1)),
    ];
    for (source, kind, message, line) in rows {
        let error = lua_error(instance.compute(source.as_bytes(), "=test", &[]));
        assert_eq!((error.kind, error.message.as_str()), (kind, message), "{source}");
        if line.is_some() {
            assert_eq!((error.chunk.as_deref(), error.line), (Some("test"), line), "{source}");
        }
        assert_eq!(compute(&mut instance, "return 1 + 1", &[]), [Value::Int(2)], "after {source}");
    }
    let error = lua_error(instance.compute(b"local function f() error('deep') end f()", "=test", &[]));
    let traceback = error.traceback.expect("an error at run time has one");
    assert!(traceback.contains("in local 'f'") && traceback.contains("in main chunk"), "{traceback}");
}

#[test]
fn error_values_go_through() {
    let mut instance = instance();
    let table = Table::new();
    let values = [Value::Int(7), Value::Float(1.5), Value::Bool(false), Value::Nil, Value::Table(table), Value::Int(i64::MIN)];
    for value in values {
        let error = lua_error(instance.compute(b"error((...))", "=test", std::slice::from_ref(&value)));
        assert_eq!(error.value, value);
    }
    // A plain table comes as a reference, with which the host can do nothing but hand it back.
    let error = lua_error(instance.compute(b"thrown = { 'plain' } error(thrown)", "=test", &[]));
    assert!(matches!(error.value, Value::Reference(_)));
    assert_eq!(compute(&mut instance, "return ... == thrown, (...)[1]", &[error.value]), [Value::Bool(true), Value::from("plain")]);
}

#[test]
fn functions_are_called_both_ways() {
    let mut instance = instance();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let noted = seen.clone();
    let note = Function::new(move |_, args| {
        noted.borrow_mut().extend(args.iter().cloned());
        Ok(args.into_iter().rev().collect())
    });
    let function = compute(&mut instance, "local note = ... return function(a, b) return note(a, b) end", &[Value::Function(note)]);
    let [Value::Closure(function)] = &function[..] else { panic!("no function") };
    let results = instance.call_function(function, &[Value::Int(1), Value::from("b")]).expect("it works");
    assert_eq!(results, [Value::from("b"), Value::Int(1)]);
    assert_eq!(*seen.borrow(), [Value::Int(1), Value::from("b")]);
    let path = ["string", "rep"].map(Value::from);
    assert_eq!(instance.call(&path, &[Value::from("ab"), Value::Int(3)]).expect("it works"), [Value::from("ababab")]);
    let error = lua_error(instance.call(&["no", "where"].map(Value::from), &[]));
    assert!(error.message.contains("no"), "{}", error.message);
}

#[test]
fn a_host_function_fails_with_its_value() {
    let mut instance = instance();
    let fail = Function::new(|_, args| Err(Failure::from(args.into_iter().next().unwrap_or_default())));
    let source = "local fail, value = ... local ok, e = pcall(fail, value) return ok, e";
    for value in [Value::Int(1), Value::Nil, Value::from("text"), Value::Table(Table::new())] {
        let results = compute(&mut instance, source, &[Value::Function(fail.clone()), value.clone()]);
        assert_eq!(results, [Value::Bool(false), value]);
    }
}

#[test]
fn references_are_given_back() {
    let mut instance = instance();
    let before = instance.context().heap(HEAP_REFERENCES).expect("it works");
    for round in 0..50 {
        let functions =
            compute(&mut instance, "local t = {} for i = 1, 200 do t[i] = function() return i end end return table.unpack(t)", &[]);
        assert_eq!(functions.len(), 200);
        let held = instance.context().heap(HEAP_REFERENCES).expect("it works");
        assert!(held - before <= 400, "round {round}: {held} references");
    }
    instance.context().collect().expect("it works");
    assert_eq!(instance.context().heap(HEAP_REFERENCES).expect("it works"), before);
}

#[test]
fn handles_are_the_lowest_free_numbers() {
    let mut instance = instance();
    compute(&mut instance, "local seen for i = 1, 50000 do _home.t = { i } seen = _home.t[1] end _home.t = nil", &[]);
    instance.context().collect().expect("it works");
    assert!(instance.context().handle_count() <= 4, "{}", instance.context().handle_count());
}

#[test]
fn what_belongs_to_another_instance_is_refused() {
    let (mut one, mut other) = (instance(), instance());
    let functions = compute(&mut one, "return print", &[]);
    let [Value::Closure(function)] = &functions[..] else { panic!("no function") };
    assert!(matches!(other.call_function(function, &[]), Err(Error::Boundary(_))));
    assert!(matches!(other.compute(b"return ...", "=test", &functions), Err(Error::Boundary(_))));
    other.context().home().set_str("f", functions[0].clone());
    let error = lua_error(other.compute(b"return _home.f", "=test", &[]));
    assert!(error.message.contains("another instance"), "{}", error.message);
    // A table is the program's own, and can be in both.
    let shared = Table::new();
    one.context().home().set_str("shared", Value::Table(shared.clone()));
    other.context().home().set_str("shared", Value::Table(shared.clone()));
    compute(&mut one, "_home.shared.x = 1", &[]);
    assert_eq!(compute(&mut other, "return _home.shared.x", &[]), [Value::Int(1)]);
}

#[test]
fn closing_runs_what_is_pending() {
    let mut instance = instance();
    compute(&mut instance, "kept = setmetatable({}, { __gc = function() print('finalized') end })", &[]);
    assert_eq!(instance.close().expect("it works"), b"finalized\n");
}

#[test]
fn modules_are_looked_at_before_they_run() {
    let version_2 = wat::parse_str("(module (func (export \"cu_abi_version\") (result i32) i32.const 2))").expect("it is valid");
    let rows: [(&[u8], &str); 3] = [(b"no module", "magic"), (b"\0asm\x01\0\0\0", "function"), (&version_2, "version 2")];
    for (wasm, message) in rows {
        match Instance::new(wasm, Options::default()) {
            Err(Error::Dead(reason)) => assert!(reason.contains(message), "{reason}"),
            Err(other) => panic!("{other:?}"),
            Ok(_) => panic!("it was taken"),
        }
    }
}

#[test]
fn limits_end_a_call_and_nothing_else() {
    let mut instance = instance();
    let code = "n = 0 pcall(function() while true do n = n + 1 end end) after = true";
    let mut counts = Vec::new();
    for _ in 0..2 {
        instance.context().limit(Some(10_000), None).expect("set");
        let error = lua_error(instance.compute(code.as_bytes(), "=test", &[]));
        assert_eq!((error.kind, error.message.as_str(), error.line), (ErrorKind::Steps, "instruction limit reached (10000)", Some(1)));
        counts.push(compute(&mut instance, "return n, after", &[]));
    }
    assert_eq!(counts[0], counts[1]);
    assert_eq!(counts[0][1], Value::Nil);
    instance.context().limit(None, Some(30)).expect("set");
    let error = lua_error(instance.compute(code.as_bytes(), "=test", &[]));
    assert_eq!((error.kind, error.message.as_str()), (ErrorKind::Time, "time limit reached (30 ms)"));
    // What was set held for one call.
    assert_eq!(compute(&mut instance, "for i = 1, 100000 do end return 1", &[]), [Value::Int(1)]);
}
