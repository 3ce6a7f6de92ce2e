//! Functions that outlive their instance: what one instance's functions are made of, and that they are the same functions again in another.
//! And that code and upvalues that are not what they should be end in errors.

mod support;

use std::collections::HashMap;

use cu_test_host::{Binding, Code, Context, Description, Error, ErrorKind, Function, Instance, Kept, Options, Reference, Table, Value};

fn instance() -> Instance {
    Instance::new(&support::wasm(), Options::default()).expect("the module can be loaded")
}

fn compute(instance: &mut Instance, source: &str, args: &[Value]) -> Vec<Value> {
    instance.compute(source.as_bytes(), "=test", args).unwrap_or_else(|error| panic!("{source}: {error}"))
}

/// The functions that a chunk returns.
fn functions(instance: &mut Instance, source: &str) -> Vec<Reference> {
    compute(instance, source, &[])
        .into_iter()
        .map(|value| if let Value::Closure(function) = value { function } else { panic!("{source}: {value:?}") })
        .collect()
}

fn function(instance: &mut Instance, source: &str) -> Reference {
    functions(instance, source).remove(0)
}

fn dump(context: &mut Context<'_>, function: &Reference) -> Description {
    context.dump(function).unwrap_or_else(|error| panic!("{error}"))
}

fn message(result: Result<impl Sized, Error>) -> (ErrorKind, String) {
    match result {
        Err(Error::Lua(error)) => (error.kind, error.message),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("no error"),
    }
}

/// Functions as they are kept, with those in their upvalues: what a host that saves them does.
#[derive(Default)]
struct Saved {
    functions: Vec<Description>,
    numbers: Vec<Reference>,
}

impl Saved {
    fn save(&mut self, context: &mut Context<'_>, function: &Reference) -> usize {
        if let Some(known) = self.numbers.iter().position(|number| number == function) {
            return known;
        }
        let place = self.numbers.len();
        self.numbers.push(function.clone());
        let mut description = dump(context, function);
        self.functions.push(description.clone());
        for (upvalue, index) in description.upvalues.iter_mut().zip(1..) {
            match &upvalue.value {
                Kept::Value(Value::Closure(other)) => {
                    self.save(context, &other.clone());
                }
                Kept::Opaque(kind) if kind == "table" => {
                    upvalue.value = Kept::Value(context.store_upvalue(function, index).unwrap_or_else(|error| panic!("{error}")));
                }
                _ => {}
            }
        }
        self.functions[place] = description;
        place
    }

    /// Makes all of them in another instance.
    fn load(&self, context: &mut Context<'_>) -> Vec<Reference> {
        let code = |description: &Description| if let Code::Binary(code) = &description.code { code.clone() } else { panic!("a name") };
        let loaded: Vec<Reference> =
            self.functions.iter().map(|description| context.load(&code(description)).unwrap_or_else(|error| panic!("{error}"))).collect();
        let mut first = HashMap::new();
        for (description, function) in self.functions.iter().zip(&loaded) {
            let bindings: Vec<Binding> = description
                .upvalues
                .iter()
                .zip(1..)
                .map(|(upvalue, index)| {
                    if let Some((other, place)) = first.get(&upvalue.identity) {
                        return Binding::Shared(Reference::clone(other), *place);
                    }
                    first.insert(upvalue.identity, (function.clone(), index));
                    match &upvalue.value {
                        Kept::Name(name) => Binding::Name(name.clone()),
                        Kept::Value(Value::Closure(other)) => {
                            let place = self.numbers.iter().position(|number| number == other).expect("all are saved");
                            Binding::Value(Value::Closure(loaded[place].clone()))
                        }
                        Kept::Value(value) => Binding::Value(value.clone()),
                        Kept::Opaque(kind) => panic!("a {kind} is not kept"),
                    }
                })
                .collect();
            context.bind(function, &bindings).unwrap_or_else(|error| panic!("{error:?}"));
        }
        loaded
    }
}

/// A chunk that returns functions, a chunk that gets them, in another instance, and what that returns as text.
const MOVED: [(&str, &str, &str); 22] = [
    ("return function(x) return x * 2 end", "local f = ... return f(21)", "42"),
    ("local n = 0 return function() n = n + 1 return n end", "local f = ... return f(), f(), f()", "1 2 3"),
    ("local n = 10 local f = function() n = n + 1 return n end f() f() return f", "local f = ... return f()", "13"),
    ("local n = 0 return function() n = n + 1 return n end, function() return n end", "local add, get = ... add() add() return get()", "2"),
    ("local a, b = 1, 2 return function() a, b = b, a end, function() return a, b end", "local swap, get = ... swap() return get()", "2 1"),
    ("local function fact(n) return n < 2 and 1 or n * fact(n - 1) end return fact", "local f = ... return f(20)", "2432902008176640000"),
    (
        "local even, odd function even(n) return n == 0 or odd(n - 1) end function odd(n) return n ~= 0 and even(n - 1) end return even, odd",
        "local even, odd = ... return even(10), odd(10), even(7), odd(7)",
        "true false false true",
    ),
    (
        "local odd local function even(n) return n == 0 or odd(n - 1) end odd = function(n) return n ~= 0 and even(n - 1) end return even",
        "local even = ... return even(100)",
        "true",
    ),
    ("return function(...) return select('#', ...), ... end", "local f = ... return f(nil, 2, nil)", "3 nil 2 nil"),
    ("local f = string.format return function(...) return f('%05.1f|%s', ...) end", "local f = ... return f(2.25, 'x')", "002.2|x"),
    ("return function() return tostring(_G == _ENV), type(_ENV.print) end", "local f = ... return f()", "true function"),
    ("local _ENV = { x = 5 } return function() x = x + 1 return x end", "local f = ... return f(), f(), x", "6 7 nil"),
    (
        "local t = { n = 1 } return function() t.n = t.n + 1 return t.n end, function() return t end",
        "local add, get = ... add() return get().n",
        "2",
    ),
    ("local t = ... return function() return t end", "local f = ... return f().x", "here"),
    (
        "local s, g, i = string, _G, _io return function() return s == string, g == _G, i == _io end",
        "local f = ... return f()",
        "true true true",
    ),
    ("local p, o = print, io.stdout return function() return p == print, o == io.stdout end", "local f = ... return f()", "true true"),
    (
        "local m, i = math.maxinteger, math.mininteger return function() return m, i, 2^53 == 1 << 53 end",
        "local f = ... return f()",
        "9223372036854775807 -9223372036854775808 true",
    ),
    (
        "local a, b, c, d = nil, true, -0.0, 'a\\0b' return function() return a, b, 1/c, #d end",
        "local f = ... return f()",
        "nil true -inf 3",
    ),
    (
        "local b, n = bigint.new(2) ^ 100, ext.null return function() return b + 1, n == ext.null end",
        "local f = ... local b, n = f() return tostring(b), n",
        "1267650600228229401496703205377 true",
    ),
    ("local s = ('long'):rep(50000) return function() return #s, s:sub(-4) end", "local f = ... return f()", "200000 long"),
    (
        "local a = {} function a:add(x) self.n = (self.n or 0) + x return self.n end return a.add",
        "local add = ... local t = {} add(t, 2) return add(t, 3)",
        "5",
    ),
    (
        "return function() local t = setmetatable({}, { __index = function(_, k) return k .. '!' end }) return t.x, (function(...) return ... end)(1, 2) end",
        "local f = ... return f()",
        "x! 1 2",
    ),
];

/// Runs a row of `MOVED`.
fn move_and_call(made: &str, called: &str, expected: &str) {
    let table = Table::new();
    table.set_str("x", Value::from("here"));
    let mut one = instance();
    let returned = compute(&mut one, made, &[Value::Table(table)]);
    let mut saved = Saved::default();
    let mut save =
        |value: &Value| if let Value::Closure(function) = value { saved.save(&mut one.context(), function) } else { panic!("{value:?}") };
    let places: Vec<usize> = returned.iter().map(&mut save).collect();
    let mut other = instance();
    let loaded = saved.load(&mut other.context());
    let moved: Vec<Value> = places.iter().map(|&place| Value::Closure(loaded[place].clone())).collect();
    let source = format!(
        "local t = table.pack((function(...) {called} end)(...)) for i = 1, t.n do t[i] = tostring(t[i]) end return table.concat(t, ' ')"
    );
    assert_eq!(compute(&mut other, &source, &moved), [Value::from(expected)], "{made}");
}

#[test]
fn functions_are_the_same_elsewhere() {
    for (made, called, expected) in MOVED {
        move_and_call(made, called, expected);
    }
}

/// What a function's only upvalue is described as.
#[test]
fn upvalues_are_described() {
    let table = Table::new();
    let host = Function::new(|_, args| Ok(args));
    let rows: [(&str, Kept); 24] = [
        ("nil", Kept::Value(Value::Nil)),
        ("false", Kept::Value(Value::Bool(false))),
        ("3", Kept::Value(Value::Int(3))),
        ("3.0", Kept::Value(Value::Float(3.0))),
        ("math.mininteger", Kept::Value(Value::Int(i64::MIN))),
        ("'text'", Kept::Value(Value::from("text"))),
        ("ext.null", Kept::Value(Value::Null)),
        ("first", Kept::Value(Value::Table(table.clone()))),
        ("second", Kept::Value(Value::Function(host.clone()))),
        ("_G", Kept::Name("_G".into())),
        ("_io", Kept::Name("_io".into())),
        ("string", Kept::Name("string".into())),
        ("bigint", Kept::Name("bigint".into())),
        ("print", Kept::Name("print".into())),
        ("string.format", Kept::Name("string.format".into())),
        ("table.insert", Kept::Name("table.insert".into())),
        ("ext.table", Kept::Name("ext.table".into())),
        ("io.stderr", Kept::Name("io.stderr".into())),
        ("package.loaded", Kept::Name("package.loaded".into())),
        ("{}", Kept::Opaque("table".into())),
        ("setmetatable({}, { __name = 'Account' })", Kept::Opaque("table".into())),
        ("coroutine.create(print)", Kept::Opaque("coroutine".into())),
        ("coroutine.wrap(print)", Kept::Opaque("C function".into())),
        ("(select(2, pcall(coroutine.running)))", Kept::Opaque("coroutine".into())),
    ];
    let mut instance = instance();
    let args = [Value::Table(table), Value::Function(host)];
    for (source, expected) in rows {
        let made = compute(&mut instance, &format!("local first, second = ... local v = {source} return function() return v end"), &args);
        let [Value::Closure(function)] = &made[..] else { panic!("{source}: {made:?}") };
        let upvalues = instance.context().dump_upvalues(function).unwrap_or_else(|error| panic!("{source}: {error}"));
        let [upvalue] = &upvalues[..] else { panic!("{source}: {upvalues:?}") };
        assert_eq!((upvalue.name.as_deref(), &upvalue.value), (Some("v"), &expected), "{source}");
    }
    let home = function(&mut instance, "local h = _home return function() return h end");
    let expected = Kept::Value(Value::Table(instance.context().home()));
    assert_eq!(dump(&mut instance.context(), &home).upvalues[0].value, expected);
}

/// What is there by name is what it was when the instance began, whatever a program does to it.
#[test]
fn names_lead_to_what_they_named() {
    const NAMES: [&str; 8] = ["print", "string.format", "require", "io.stdout", "table", "_io", "_G", "coroutine.wrap"];
    const REPLACE: &str =
        "for _, name in ipairs({ 'print', 'require', 'string', 'table', 'io', '_io' }) do _G[name] = 'gone' package.loaded[name] = nil end";
    let mut instance = instance();
    let keep: Vec<String> = NAMES.iter().map(|name| format!("['{name}'] = {name}")).collect();
    compute(&mut instance, &format!("kept = {{ {} }}", keep.join(", ")), &[]);
    let read = function(&mut instance, "local v return function(name) return v == kept[name] end");
    let Description { code: Code::Binary(code), upvalues } = dump(&mut instance.context(), &read) else { panic!("a name") };
    assert_eq!(upvalues.len(), 2);
    for patch in ["", REPLACE] {
        compute(&mut instance, patch, &[]);
        for name in NAMES {
            let mut context = instance.context();
            let loaded = context.load(&code).expect("it is code");
            context.bind(&loaded, &[name, "_G"].map(|name| Binding::Name(name.into()))).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(
                context.call_function(&loaded, &[Value::from(name)]).expect("it works"),
                [Value::Bool(true)],
                "{name} after {patch:?}"
            );
        }
    }
}

/// Modules of the host are named, and loaded when they are needed.
#[test]
fn modules_are_required() {
    let source = "local m = { n = 0, wrapped = coroutine.wrap(function() while true do coroutine.yield('resumed') end end) } function m.f() return m.n end return m";
    let modules = || {
        let modules = Table::new();
        modules.set_str("m", Value::from(source));
        modules.set_str("a.b", Value::from("return { name = ... }"));
        modules.set_str("broken", Value::from("error('no module')"));
        modules
    };
    let new = || Instance::new(&support::wasm(), Options { modules: modules(), ..Options::default() }).expect("the module can be loaded");
    let mut one = new();
    let made =
        function(&mut one, "local m, ab = require 'm', require 'a.b' local w = m.wrapped return function() return m.n, ab.name, w() end");
    let Description { code: Code::Binary(code), upvalues } = dump(&mut one.context(), &made) else { panic!("a name") };
    let names: Vec<&Kept> = upvalues.iter().map(|upvalue| &upvalue.value).collect();
    assert_eq!(names, [&Kept::Name("m".into()), &Kept::Name("a.b".into()), &Kept::Name("m.wrapped".into())]);
    let mut other = new();
    let mut context = other.context();
    let loaded = context.load(&code).expect("it is code");
    let names = ["m", "a.b", "m.wrapped"].map(|name| Binding::Name(name.into()));
    // The function comes first: its module is not loaded yet.
    for order in [[2, 1, 0], [0, 1, 2]] {
        let bindings: Vec<Binding> = order.iter().map(|&place| names[place].clone()).collect();
        context.bind(&loaded, &bindings).expect("the modules are there");
    }
    assert_eq!(context.call_function(&loaded, &[]).expect("it works"), [Value::Int(0), Value::from("a.b"), Value::from("resumed")]);
    for (name, expected) in [
        ("nowhere", "\"nowhere\" is not there: module 'nowhere' not found"),
        ("m.n", "\"m.n\" is not there"),
        ("m.none.x", "\"m.none.x\" is not there"),
        ("string.none", "\"string.none\" is not there"),
        ("broken", "\"broken\" is not there: broken:1: no module"),
        ("", "\"\" is not there"),
        (".", "\".\" is not there"),
    ] {
        let bindings = [Binding::Value(Value::Int(1)), Binding::Value(Value::Int(2)), Binding::Name(name.into())];
        let (kind, message) = message(context.bind(&loaded, &bindings));
        assert!(kind == ErrorKind::Runtime && message.contains(expected), "{name}: {message}");
    }
    // None of those was bound.
    assert_eq!(context.call_function(&loaded, &[]).expect("it works")[0], Value::Int(0));
}

#[test]
fn functions_in_c_are_their_names() {
    let mut instance = instance();
    for name in ["print", "string.rep", "require", "load", "bigint.new", "math.sin", "ext.copy", "next", "pairs"] {
        let function = function(&mut instance, &format!("return {name}"));
        assert_eq!(dump(&mut instance.context(), &function), Description { code: Code::Name(name.into()), upvalues: Vec::new() });
        assert_eq!(instance.context().dump_upvalues(&function).expect("it has none"), []);
    }
    let nameless = function(&mut instance, "string.added = coroutine.wrap(print) return string.added");
    for result in [instance.context().dump(&nameless).map(|_| ()), instance.context().dump_upvalues(&nameless).map(|_| ())] {
        assert_eq!(message(result), (ErrorKind::Runtime, "a C function has no form outside".into()));
    }
    assert_eq!(compute(&mut instance, "return 1", &[]), [Value::Int(1)]);
}

#[test]
fn lines_are_those_of_the_source() {
    let mut one = instance();
    let made = function(&mut one, "local n\n\nreturn function()\n  local x = 1\n  return n.x + x\nend");
    let Code::Binary(code) = dump(&mut one.context(), &made).code else { panic!("a name") };
    let mut other = instance();
    let loaded = other.context().load(&code).expect("it is code");
    let Err(Error::Lua(error)) = other.call_function(&loaded, &[]) else { panic!("no error") };
    assert_eq!(error.message, "test:5: attempt to index a nil value (upvalue 'n')");
    assert_eq!((error.chunk.as_deref(), error.line), (Some("test"), Some(5)));
}

/// The code is longer than the buffer, in the dump and in the load.
#[test]
fn long_functions_come_in_parts() {
    let mut one = instance();
    let made = function(
        &mut one,
        "local t = {} for i = 1, 2000 do t[i] = 'x = x + ' .. i .. ' y = \"' .. i .. '\" .. y' end
        return assert(load('local x, y, big = 0, \"\", \"' .. ('z'):rep(60000) .. '\" return function() ' .. table.concat(t, ' ') .. ' return x, #y, #big end'))()",
    );
    let description = dump(&mut one.context(), &made);
    let Code::Binary(code) = &description.code else { panic!("a name") };
    assert!(code.len() > 2 * 65_536, "{}", code.len());
    let mut saved = Saved::default();
    saved.save(&mut one.context(), &made);
    let mut other = instance();
    let loaded = saved.load(&mut other.context());
    assert_eq!(other.call_function(&loaded[0], &[]).expect("it works"), [Value::Int(2_001_000), Value::Int(6_893), Value::Int(60_000)]);
    drop(loaded);
    for _ in 0..20 {
        saved.load(&mut other.context());
    }
}

#[test]
fn identities_tell_upvalues_apart() {
    let mut instance = instance();
    let made = functions(
        &mut instance,
        "local a, b = 1, 1 return function() return a, b end, function() return b end, function() return function() return a end end, (function() local a = 1 return function() return a end end)()",
    );
    let of = |instance: &mut Instance, at: usize| -> Vec<i64> {
        instance.context().dump_upvalues(&made[at]).expect("it works").iter().map(|upvalue| upvalue.identity).collect()
    };
    let (ab, b, a, other) = (of(&mut instance, 0), of(&mut instance, 1), of(&mut instance, 2), of(&mut instance, 3));
    assert_eq!((&ab[1..], &ab[..1]), (&b[..], &a[..]));
    assert!(ab[0] != ab[1] && !ab.contains(&other[0]));
    compute(&mut instance, "collectgarbage()", &[]);
    assert_eq!(of(&mut instance, 0), ab);
}

/// A host function that takes a function apart, and makes it again, while Lua runs.
#[test]
fn exports_work_while_lua_runs() {
    let mut instance = instance();
    let remake = Function::new(|context, args| {
        let Value::Closure(function) = &args[0] else { panic!("no function") };
        let mut saved = Saved::default();
        let place = saved.save(context, function);
        let loaded = saved.load(context);
        Ok(vec![Value::Closure(loaded[place].clone())])
    });
    let source = "
        local remake = ...
        setmetatable({}, { __gc = function() _home.finalized = { remake(function() end) } end })
        local open, t = 1, { 5 }
        local function f() open = open + 1 return open + t[1] end
        local kept = { f }
        for i = 1, 300 do kept[i + 1] = remake(kept[i]) end
        open = 100
        local co = coroutine.wrap(function() local n = 7 local g = remake(function() n = n + 1 return n end) coroutine.yield(g()) return n end)
        return f(), kept[2](), kept[301](), kept[2] ~= f, t == select(2, debug.getupvalue(kept[301], 2)), co(), co()";
    let expected = [Value::Int(106), Value::Int(7), Value::Int(7), Value::Bool(true), Value::Bool(true), Value::Int(8), Value::Int(7)];
    assert_eq!(compute(&mut instance, source, &[Value::Function(remake)]), expected);
}

/// Each is wrong in its own way; the instance goes on.
#[test]
fn wrong_numbers_are_errors() {
    let mut instance = instance();
    let made = functions(&mut instance, "local a, b = 1, 2 return function() return a, b end, function() end, print");
    let mut context = instance.context();
    let one = |n| Binding::Value(Value::Int(n));
    let rows: [(Reference, Vec<Binding>, &str); 9] = [
        (made[0].clone(), vec![], "host sent an invalid number of upvalues (0)"),
        (made[0].clone(), vec![one(1)], "host sent an invalid number of upvalues (1)"),
        (made[0].clone(), vec![one(1), one(1), one(1)], "host sent an invalid number of upvalues (3)"),
        (made[0].clone(), vec![one(1); 300], "host sent an invalid number of upvalues (300)"),
        (made[1].clone(), vec![one(1)], "host sent an invalid number of upvalues (1)"),
        (made[2].clone(), vec![], "host sent a reference that is no Lua function"),
        (made[0].clone(), vec![one(5), Binding::Shared(made[0].clone(), 3)], "host sent an invalid upvalue to share"),
        (made[0].clone(), vec![one(5), Binding::Shared(made[0].clone(), -1)], "host sent an invalid upvalue to share"),
        (made[0].clone(), vec![one(5), Binding::Shared(made[2].clone(), 1)], "host sent a reference that is no Lua function"),
    ];
    for (function, bindings, expected) in rows {
        assert_eq!(message(context.bind(&function, &bindings)), (ErrorKind::Runtime, expected.into()));
    }
    for (function, index) in [(&made[0], 0), (&made[0], 3), (&made[0], i32::MAX), (&made[1], 1), (&made[2], 1)] {
        let (_, message) = message(context.store_upvalue(function, index));
        assert_eq!(message, format!("host sent an invalid upvalue ({index})"));
    }
    assert_eq!(message(context.store_upvalue(&made[0], -1)).1, "host sent a negative number of values");
    assert_eq!(context.call_function(&made[0], &[]).expect("it works"), [Value::Int(1), Value::Int(2)]);
    assert_eq!(context.store_upvalue(&made[0], 2).expect("it works"), Value::Int(2));
}

/// What cannot be stored stays where it is.
#[test]
fn upvalues_that_cannot_be_stored_are_errors() {
    let mut instance = instance();
    for (value, expected) in [
        ("coroutine.create(print)", "a coroutine cannot be stored"),
        ("{ { io.stdout } }", "a FILE* cannot be stored"),
        ("{ string }", "a library 'string' cannot be stored"),
    ] {
        let made = functions(&mut instance, &format!("local v = {value} return function() return v end"));
        let (_, message) = message(instance.context().store_upvalue(&made[0], 1));
        assert_eq!(message, expected);
    }
}

const SMALL: &str = "local n, t = 5, 'upvalue' return function(a, ...) local s = t .. a for i = 1, n do s = s .. select('#', ...) .. 1.5 .. (1 << 40) end return s, function() return n, s end, nil, true end";

/// Code that is cut off, or has one bit changed, is refused or becomes some function. Those are not called, but described and let go.
#[test]
fn altered_code_never_traps() {
    let mut one = instance();
    let made = function(&mut one, SMALL);
    let Code::Binary(code) = dump(&mut one.context(), &made).code else { panic!("a name") };
    let mut other = instance();
    let mut context = other.context();
    for length in 0..code.len() {
        let (kind, message) = message(context.load(&code[..length]));
        assert!(kind == ErrorKind::Syntax && !message.is_empty(), "{length} bytes: {message}");
    }
    let mut refused = 0;
    for bit in 0..8 * code.len() {
        let mut altered = code.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        match context.load(&altered) {
            Ok(function) => {
                let upvalues = context.dump_upvalues(&function).unwrap_or_else(|error| panic!("bit {bit}: {error}"));
                let bindings = vec![Binding::Value(Value::Int(1)); upvalues.len()];
                context.bind(&function, &bindings).unwrap_or_else(|error| panic!("bit {bit}: {error}"));
                dump(&mut context, &function);
            }
            Err(Error::Lua(error)) => {
                assert!(matches!(error.kind, ErrorKind::Syntax | ErrorKind::Memory), "bit {bit}: {}", error.message);
                refused += 1;
            }
            Err(other) => panic!("bit {bit}: {other}"),
        }
        if bit % 64 == 0 {
            context.collect().expect("it works");
        }
    }
    assert!(refused > code.len(), "{refused} of {} refused", 8 * code.len());
    for (bytes, expected) in [
        ([&code[..], &[0]].concat(), "bytes after the end"),
        (vec![b' '; 20], "attempt to load a text chunk"),
        ([&code[..4], &[0x53], &code[5..]].concat(), "version mismatch"),
        // The length of the name of the source; then functions within each other; then the number of upvalues of the closure.
        ([&code[..32], &[0x0F, 0x7F, 0x7F, 0x7F, 0xF8], &code[33..]].concat(), "a length beyond the memory"),
        ([&code[..31], &[0], &[0x80, 0x80, 0x80, 0, 0, 2, 0x80, 0x80, 0x80, 0x81].repeat(15_000)].concat(), "functions nested too deeply"),
        ([&code[..31], &[9], &code[32..]].concat(), "two numbers of upvalues"),
    ] {
        let (kind, message) = message(context.load(&bytes));
        assert!(kind == ErrorKind::Syntax && message.contains(expected), "{message}");
    }
    assert_eq!(compute(&mut other, "return 1", &[]), [Value::Int(1)]);
}

/// The same with more than a bit changed: bytes replaced, doubled, cut out, moved.
#[test]
fn damaged_code_never_traps() {
    const SEED: u64 = 0x5EED;
    const ROUNDS: u64 = 5_000;
    println!("seed {SEED:#x}, {ROUNDS} rounds");
    let mut instance = instance();
    let made = function(&mut instance, SMALL);
    let mut context = instance.context();
    let Code::Binary(code) = dump(&mut context, &made).code else { panic!("a name") };
    let mut accepted = 0;
    for round in 0..ROUNDS {
        let mut random = support::Random::new(SEED, round);
        let mut damaged = code.clone();
        for _ in 0..=random.below(4) {
            // Not the header: that is looked at first, and nothing else then.
            let at = 31 + random.below(damaged.len() - 31);
            let end = damaged.len().min(at + 1 + random.below(12));
            match random.below(4) {
                0 => damaged[at] = random.next() as u8,
                1 => damaged[at] = random.pick(&[0, 1, 0x7F, 0x80, 0x81, 0xFF]),
                2 => drop(damaged.drain(at..end)),
                _ => {
                    let piece = damaged[at..end].to_vec();
                    let to = 31 + random.below(damaged.len() - 31);
                    damaged.splice(to..to, piece);
                }
            }
        }
        match context.load(&damaged) {
            Ok(function) => {
                accepted += 1;
                dump(&mut context, &function);
            }
            Err(Error::Lua(error)) => {
                assert!(matches!(error.kind, ErrorKind::Syntax | ErrorKind::Memory), "round {round}: {}", error.message)
            }
            Err(other) => panic!("round {round}: {other}"),
        }
    }
    assert!(accepted > 100 && accepted < ROUNDS, "{accepted} accepted");
    assert_eq!(compute(&mut instance, "collectgarbage() return 1", &[]), [Value::Int(1)]);
}

/// A chunk that returns functions; for each a letter: `.` it is not asked for, `-` it is and stays, `z` it is let go.
const SLEEPERS: [(&str, &str); 24] = [
    ("return function() end", "z"),
    ("local n = 0 return function() n = n + 1 return n end", "z"),
    ("g = function() end return g", "-"),
    ("local n = 0 function g() return n end return function() n = n + 1 end", "-"),
    ("local n = 0 local h = function() return n end h() return function() n = n + 1 end", "z"),
    ("local n = 0 return function() n = n + 1 end, function() return n end", "zz"),
    ("local n = 0 return function() n = n + 1 end, function() return n end", "-."),
    ("local n = 0 return function() n = n + 1 end, function() return n end", ".-"),
    ("local a, b function a() return b end function b() return a end return a, b", "zz"),
    ("local a, b function a() return b end function b() return a end return a, b", "-."),
    ("local n = 0 local f, h, k = function() n = 1 end, function() return n end, function() n = 2 end g = h return f, h, k", "---"),
    ("local x, y local a, b, c = function() return x end, function() return x, y end, function() return y end return a, b, c", "zzz"),
    (
        "local x, y = {}, 2 local a, b, c = function() return x end, function() return x, y end, function() return y end g = a return a, b, c",
        "---",
    ),
    (
        "local x, y = {}, 2 local a, b, c = function() return x end, function() return x, y end, function() return y end g = { c } return a, b, c, function() end",
        "---z",
    ),
    (
        "local x, y, z = 1, 2, 3 local a, b, c = function() return x end, function() return x, y end, function() return y, z end function g() return z end return a, b, c",
        "---",
    ),
    ("local h = function() end local f = function() return h end return h, f", "zz"),
    ("local h = function() end local f = function() return h end g = f return h, f", "--"),
    ("local h = function() end local f = function() return h end g = h return h, f", "-z"),
    ("function g() return print end return function() return print end, function() return type end", "zz"),
    ("local _ENV = { } function g() return x end return function() return x end", "-"),
    (
        "co = coroutine.create(function() local n = 0 h = function() n = n + 1 return n end coroutine.yield() end) coroutine.resume(co) return h, (function() h = nil return function() end end)()",
        "-z",
    ),
    (
        "co = coroutine.create(function() local n = 0 h = function() n = n + 1 return n end end) coroutine.resume(co) return h, (function() h = nil return function() end end)()",
        "zz",
    ),
    ("co = coroutine.wrap(function(f) coroutine.yield() f() end) local f = function() end co(f) return f, function() end", "-z"),
    ("return coroutine.wrap(print), print, function() end", "--z"),
];

fn asleep(context: &mut Context<'_>, functions: &[Reference]) -> Vec<Reference> {
    context.sleep(functions).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn what_nothing_else_needs_is_let_go() {
    for (source, expected) in SLEEPERS {
        let mut instance = instance();
        let made = functions(&mut instance, source);
        let mut context = instance.context();
        let describe = |context: &mut Context<'_>, function: &Reference| context.dump_upvalues(function).ok();
        let before: Vec<_> = made.iter().map(|function| describe(&mut context, function)).collect();
        let asked: Vec<Reference> =
            made.iter().zip(expected.bytes()).filter(|(_, letter)| *letter != b'.').map(|(function, _)| function.clone()).collect();
        let gone = asleep(&mut context, &[&asked[..], &asked[..]].concat());
        let letter = |(at, function): (usize, &Reference)| match (asked.contains(function), gone.contains(function)) {
            (false, _) => '.',
            (true, false) => {
                assert_eq!(describe(&mut instance.context(), function), before[at], "{source}");
                '-'
            }
            (true, true) => {
                let result = instance.call_function(function, &[]);
                assert!(message(result).1.starts_with("host sent an invalid reference"), "{source}");
                'z'
            }
        };
        assert_eq!(made.iter().enumerate().map(letter).collect::<String>(), expected, "{source}");
        assert_eq!(gone.len(), expected.matches('z').count(), "{source}");
    }
}

/// While it runs, or something that would see its variables does, a function is not let go; then it is.
#[test]
fn what_runs_stays_awake() {
    let mut instance = instance();
    let sleep = Function::new(|context, args| {
        let functions: Vec<Reference> =
            args.into_iter().map(|value| if let Value::Closure(function) = value { function } else { panic!("{value:?}") }).collect();
        Ok(vec![Value::Int(context.sleep(&functions)?.len() as i64)])
    });
    let source = "
        local sleep = ...
        local n, results = 0, {}
        local function f() n = n + 1 results[#results + 1] = sleep(f) end
        f()
        local t = setmetatable({}, { __gc = function() results[#results + 1] = sleep((function() local n = 0 return function() return n end end)()) end })
        t = nil
        collectgarbage()
        for i = 1, 5 do local function h() return i, h end results[#results + 1] = sleep(h) end
        for i = 1, 5 do results[#results + 1] = sleep((function() local function h() return i, h end return h end)()) end
        return table.concat(results, ' ')";
    // The argument itself is on the stack of the host function only until it is called.
    assert_eq!(compute(&mut instance, source, &[Value::Function(sleep)]), [Value::from("0 0 0 0 0 0 0 0 0 0 0 0")]);
}

/// A counter that is let go and made again each time it is called, with one that shares its variable, and one that stays.
#[test]
fn functions_sleep_and_wake_ten_thousand_times() {
    const ROUNDS: i64 = 10_000;
    let mut instance = instance();
    let mut made = functions(
        &mut instance,
        "local n, t = 0, string.format local function add() n = n + 1 return add, n, t end return add, function() return n end",
    );
    let mut heap = 0;
    for round in 1..=ROUNDS {
        let mut context = instance.context();
        assert_eq!(context.call_function(&made[0], &[]).expect("it works")[1], Value::Int(round));
        let mut saved = Saved::default();
        let places: Vec<usize> = made.iter().map(|function| saved.save(&mut context, function)).collect();
        assert_eq!(asleep(&mut context, &made).len(), 2, "round {round}");
        let loaded = saved.load(&mut context);
        made = places.iter().map(|&place| loaded[place].clone()).collect();
        if round % 1_000 == 0 {
            drop((saved, loaded));
            context.collect().expect("it works");
            let used = context.heap(0).expect("it works");
            assert!(heap == 0 || used <= heap + 256, "round {round}: {used} bytes, after {heap}");
            heap = used;
        }
    }
    assert_eq!(instance.call_function(&made[1], &[]).expect("it works"), [Value::Int(ROUNDS)]);
}

/// Thousands at once, two hundred of which share a variable.
#[test]
fn thousands_go_at_once() {
    const MADE: &str = "local t, x = {} for i = 1, 200 do local n = i t[i] = function() x = n return x end end return table.unpack(t)";
    let mut instance = instance();
    let kept: Vec<Reference> = (0..30).flat_map(|_| functions(&mut instance, MADE)).collect();
    let mut context = instance.context();
    context.collect().expect("it works");
    let before = context.heap(0).expect("it works");
    assert_eq!(asleep(&mut context, &kept).len(), 6_000);
    context.collect().expect("it works");
    let after = context.heap(0).expect("it works");
    assert!(after < before - 6_000 * 50, "{before} bytes before, {after} after");
}

/// When memory is short, nothing is let go, and nothing is lost.
#[test]
fn sleeping_fails_as_a_whole() {
    let mut instance = instance();
    // Two functions that share many variables: what needs memory is the links, one by one.
    let names: Vec<String> = (0..150).map(|number| format!("v{number}")).collect();
    let names = names.join(", ");
    let kept = functions(&mut instance, &format!("local {names} = ... return function() return {names} end, function() {names} = 1 end"));
    let upvalues = |instance: &mut Instance| -> Vec<_> {
        kept.iter().map(|function| instance.context().dump_upvalues(function).expect("it works")).collect()
    };
    let before = upvalues(&mut instance);
    let fill = "for size = 14, 3, -1 do repeat until not pcall(function() list = { list, ('x'):rep(1 << size) .. tostring(list) } end) end";
    let free = function(&mut instance, "return function() for i = 1, 3 do list = list[1] end end");
    compute(&mut instance, fill, &[]);
    let mut failures = 0;
    loop {
        let gone = asleep(&mut instance.context(), &kept).len();
        if gone > 0 {
            assert_eq!(gone, kept.len());
            break;
        }
        failures += 1;
        assert!(upvalues(&mut instance) == before, "after {failures} failures");
        instance.call_function(&free, &[]).unwrap_or_else(|error| panic!("{error}"));
    }
    assert!(failures >= 5, "{failures} failures");
}
