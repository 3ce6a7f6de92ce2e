//! Functions in both directions: who can be called, what it is handed, that it is the same one, and how it is let go.

use cu::bindgen::Vm;
use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{compute, fails, function, gives, js, message, show};

#[wasm_bindgen_test]
fn of_javascript() {
    gives(&[
        ("return _io.input.add(2, 3)", "{ add: (a, b) => a + b }", "5"),
        ("return _io.input.first({ 'a', 'b' })", "{ first: (list) => list[0] }", "'a'"),
        ("return _io.input.keys({ a = 1, b = { 2 } })", "{ keys: (o) => Object.keys(o).sort().join() + o.b[0] }", "'a,b2'"),
        ("return _io.input.count(nil, nil)", "{ count: (...list) => list.length }", "2"),
        ("return select('#', _io.input.none())", "{ none() {} }", "1"),
        ("return _io.input.this() == nil", "{ this: function () { 'use strict'; return this; } }", "true"),
        ("return _io.input.me(_io.input) == _io.input", "{ me: (o) => o }", "true"),
        ("return type(_io.input)", "class {}", "'function'"),
        ("return _io.input.f == _io.input.g", "(() => { const f = () => 1; return { f, g: f }; })()", "true"),
        ("return pcall(_io.input.f)", "{ f() { throw new Error('no'); } }", "false"),
        ("_home.f = nil return (pcall(function() _home.f = _io.input end))", "() => 1", "true"),
        ("local f <close> = setmetatable({}, { __close = _io.input.f }) return 1", "{ f() {} }", "1"),
        ("local ok, e = pcall(_io.input) return e.name", "class {}", "'TypeError'"),
        (
            "local f = function() return 1 end setmetatable({}, { __gc = function() _io.input(f) end }) return 'closed'",
            "(f) => f()",
            "'closed'",
        ),
        ("return coroutine.wrap(function() return _io.input(1) end)()", "(n) => n + 1", "2"),
        ("return table.concat({ (('abc'):gsub('.', _io.input)) })", "(c) => c.toUpperCase()", "'ABC'"),
    ]);
    fails(&[
        ("_io.input.x = 1", "() => 1", "compute:1: attempt to index a function value (field 'input')"),
        ("_io.input.f(coroutine.create(print))", "{ f() {} }", "a coroutine cannot be passed to the host"),
    ]);
}

#[wasm_bindgen_test]
fn of_lua() {
    // Code that returns a function, an expression with it as `f`, and its value.
    let rows = [
        ("return function(a, b) return a + b end", "f(2, 3)", "5"),
        ("return function(...) return select('#', ...) end", "f(1, undefined, 3) + f()", "3"),
        ("return function() return 1, 2 end", "f()", "1"),
        ("return function() end", "f()", "undefined"),
        ("local n = 0 return function() n = n + 1 return n end", "f() + f() + f()", "6"),
        ("return function(o) o.seen = true return o end", "(() => { const o = {}; return [f(o) === o, o.seen]; })()", "[true, true]"),
        ("return function(g) return g(20) + 1 end", "f((n) => n * 2)", "41"),
        ("return function(g) return g end", "f(f) === f", "true"),
        ("return function(n) if n == 0 then return 0 end return 1 + _io.input.again(n - 1) end", "(input.again = f, f(20))", "20"),
        ("return function() return { 1, a = function() return 5 end } end", "f().get('a')()", "5"),
        ("return tostring", "f(12)", "'12'"),
        ("return function() return _io.input end", "f() === input", "true"),
        ("return function() return 1 end", "typeof f", "'function'"),
        ("return require('round')", "f(2.345)", "2.35"),
        ("return function() return require('round') end", "f() === f()", "true"),
        ("return function(f) return f == require('round') end", "f(f) === false", "true"),
    ];
    for (source, expression, expected) in rows {
        let orders = orders::Orders::new().unwrap();
        let input = js("{}");
        orders.set_input(&input).unwrap();
        let f = orders.compute(source).unwrap();
        let found = function(&format!("(f, input) => {expression}")).call2(&JsValue::UNDEFINED, &f, &input);
        assert_eq!(show(&found.unwrap()), show(&js(expected)), "{source}: {expression}");
    }
}

#[wasm_bindgen_test]
fn the_same_one_each_time() {
    gives(&[
        ("local function f() end _io.input.a = f _io.input.b = f return _io.input.same(_io.input)", "{ same: (o) => o.a === o.b }", "true"),
        ("local function f() end _io.input.list = { f, f } return _io.input.list[1] == f", "{}", "true"),
        ("local function f() end return _io.input(f, f)", "(a, b) => a === b", "true"),
        ("return _io.input(print, print)", "(a, b) => a === b", "true"),
        ("return _io.input(print, function() end)", "(a, b) => a === b", "false"),
        ("local function f() end _io.input[f] = 5 return _io.input[f]", "new Map()", "5"),
    ]);
}

#[wasm_bindgen_test]
fn getters_and_setters_that_call_lua() {
    gives(&[
        ("_io.input.f = function() return #_io.input.list end return _io.input.g", "{ list: [1, 2], get g() { return this.f(); } }", "2"),
        (
            "local n = 0 _io.input.f = function() n = n + 1 _io.input.other = { n } end _io.input.s = { 7 } return _io.input.other[1]",
            "{ set s(value) { this.f(); } }",
            "1",
        ),
        (
            "local seen = '' _io.input.f = function(key) seen = seen .. key end local _ = _io.input.p['long name'] return seen",
            "(() => { const o = {}; o.p = new Proxy({}, { getOwnPropertyDescriptor(_, key) { o.f(key); } }); return o; })()",
            "'long name'",
        ),
        (
            "_io.input.f = function() error('in Lua') end local ok, e = pcall(function() return _io.input.g end) return e",
            "{ get g() { return this.f(); } }",
            "'compute:1: in Lua'",
        ),
    ]);
}

#[wasm_bindgen_test]
fn released() {
    let vm = Vm::new(1).unwrap();
    let held = || {
        vm.rust().collect();
        vm.rust().held()
    };
    let before = held();
    let first = vm.compute("return function() return 1 end").unwrap().unchecked_into::<Function>();
    let second = vm.compute("return function() return 2 end").unwrap().unchecked_into::<Function>();
    assert_eq!(held(), (before.0, before.1 + 2));
    assert!(vm.release(&first));
    assert!(!vm.release(&first) && !vm.release(&function("() => 1")));
    assert_eq!(held(), (before.0, before.1 + 1));
    function("(f) => { f[Symbol.dispose]?.() }").call1(&JsValue::UNDEFINED, &second).unwrap();
    vm.release(&second);
    assert_eq!(held(), before);
    // One that takes the place of the first in memory is another all the same.
    let third = vm.compute("return function() return 3 end").unwrap();
    vm.set_input(&first).unwrap();
    assert_eq!(show(&vm.compute("local ok, e = pcall(_io.input) return e.message").unwrap()), "\"this function was released\"");
    drop(third);
    for function in [first, second] {
        let error = function.call0(&JsValue::UNDEFINED).unwrap_err();
        assert_eq!(message(&error), "this function was released");
    }
}

#[wasm_bindgen_test]
fn of_a_closed_state() {
    let lua = compute("return function() end", &JsValue::UNDEFINED).unwrap().unchecked_into::<Function>();
    assert_eq!(message(&lua.call0(&JsValue::UNDEFINED).unwrap_err()), "the state of this function was closed");
    let error = compute("return 1", &lua).and_then(|_| compute("return _io.input", &lua)).unwrap_err();
    assert_eq!(message(&error), "compute:1: a value of another instance cannot be used");
}

#[wasm_bindgen_test]
fn handles_are_given_back() {
    let vm = Vm::new(1).unwrap();
    vm.set_input(&js("{ make: () => ({ f: () => 1, list: [[1]] }) }")).unwrap();
    let before = vm.rust().held();
    vm.compute("for n = 1, 20000 do local made = _io.input.make() made.f() made.list[1][2] = { n } end").unwrap();
    vm.compute("local all = {} for n = 1, 500 do all[n] = _io.input.make() end").unwrap();
    vm.rust().collect();
    assert_eq!(vm.rust().held(), before);
    vm.compute("kept = { _io.input, _io.input.make }").unwrap();
    vm.rust().collect();
    assert_eq!(vm.rust().held(), (before.0 + 2, before.1));
}
