//! Errors in both directions.

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{compute, fails, function, gives, js, show};

#[wasm_bindgen_test]
fn of_lua() {
    // Code that fails, a field of the error, and its value.
    let rows = [
        ("error('no')", "message", "'compute:1: no'"),
        ("error('no')", "name", "'LuaError'"),
        ("\n\nerror('no')", "line", "3"),
        ("error('no')", "chunkName", "'compute'"),
        ("error('no')", "value", "'compute:1: no'"),
        ("error('no', 0)", "message", "'no'"),
        ("error({ code = 7 })", "line", "1"),
        ("error(7)", "value", "7"),
        ("error()", "message", "'nil'"),
        ("error(setmetatable({}, { __tostring = function() return 'own text' end }))", "message", "'own text'"),
        ("error(_io.input)", "value", "{ a: 1 }"),
        ("return +", "line", "1"),
        ("local t = nil; t.x = 1", "message", "\"compute:1: attempt to index a nil value (local 't')\""),
    ];
    for (source, field, expected) in rows {
        let error = compute(source, &js("{ a: 1 }")).unwrap_err();
        assert_eq!(show(&Reflect::get(&error, &field.into()).unwrap()), show(&js(expected)), "{source}: {field}");
    }
    let error = compute("local function inner() error('x') end inner()", &JsValue::UNDEFINED).unwrap_err();
    let traceback = Reflect::get(&error, &"traceback".into()).unwrap().as_string().unwrap();
    assert!(traceback.contains("in upvalue 'inner'") || traceback.contains("in local 'inner'"), "{traceback}");
    assert!(show(&error).starts_with("LuaError: compute:1: x"));
}

#[wasm_bindgen_test]
fn of_javascript_in_lua() {
    gives(&[
        ("local ok, e = pcall(_io.input) return e.message .. e.name", "() => { throw new TypeError('bad'); }", "'badTypeError'"),
        ("local ok, e = pcall(_io.input) return tostring(e)", "() => { throw new TypeError('bad'); }", "'TypeError: bad'"),
        ("local ok, e = pcall(_io.input) return e.code", "() => { throw Object.assign(new Error(''), { code: 'E' }); }", "'E'"),
        ("local ok, e = pcall(_io.input) return e.stack", "() => { throw new Error(''); }", "undefined"),
        ("local ok, e = pcall(_io.input) return e", "() => { throw 7; }", "7"),
        ("local ok, e = pcall(_io.input) return e", "() => { throw 'text'; }", "'text'"),
        ("local ok, e = pcall(_io.input) return e", "() => { throw null; }", "undefined"),
        ("local ok, e = pcall(_io.input) return e.a", "() => { throw { a: 1 }; }", "1"),
        ("local ok, e = pcall(_io.input) return e", "() => { throw Symbol('s'); }", "'a symbol was thrown, which has no form in Lua'"),
        (
            "local ok, e = pcall(function() return _io.input.a end) return e.message",
            "new Proxy({}, { getOwnPropertyDescriptor() { throw new Error('trap'); } })",
            "'trap'",
        ),
        ("local ok, e = pcall(function() return #_io.input end) return e", "new Proxy([], { get() { throw 7; } })", "7"),
        (
            "local ok, e = pcall(function() for k in pairs(_io.input) do end end) return e.message",
            "new Proxy({}, { ownKeys() { throw new Error('trap'); } })",
            "'trap'",
        ),
        (
            "local ok, e = pcall(function() return _io.input.p end) return e.name",
            "(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return { p: proxy }; })()",
            "'TypeError'",
        ),
    ]);
}

#[wasm_bindgen_test]
fn through_both() {
    // JavaScript's own error comes out as the value and the cause, the very object.
    let thrown = js("new RangeError('far')");
    let thrower = function("(error) => () => { throw error; }").call1(&JsValue::UNDEFINED, &thrown).unwrap();
    let error = compute("_io.input()", &thrower).unwrap_err();
    for field in ["value", "cause"] {
        assert_eq!(Reflect::get(&error, &field.into()), Ok(thrown.clone()), "{field}");
    }
    // Lua's comes back as its own value, with its own position.
    gives(&[
        ("local ok, e = pcall(_io.input, function() error('deep') end) return e", "(f) => f()", "'compute:1: deep'"),
        ("local ok, e = pcall(_io.input, function() error(5) end) return e", "(f) => f()", "5"),
        ("local ok, e = pcall(_io.input, function() error(_io.input) end) return e == _io.input", "(f) => f()", "true"),
        (
            "return _io.input(function() error('deep') end)",
            "(f) => { try { f(); } catch (error) { return error.message; } }",
            "'compute:1: deep'",
        ),
        (
            "return _io.input(function() local x = nil + 1 end)",
            "(f) => { try { f(); } catch (error) { return error.name; } }",
            "'LuaError'",
        ),
    ]);
    fails(&[
        ("_io.input(function() error('deep') end)", "(f) => f()", "compute:1: deep"),
        ("_io.input(function() _io.input(function() error('deeper') end) end)", "(f) => f()", "compute:1: deeper"),
        ("_io.input()", "() => { throw new TypeError('bad'); }", "TypeError: bad"),
        ("local function again() return _io.input(again) end again()", "(f) => f()", "C stack overflow"),
        ("require('round')('x')", "undefined", "compute:1: round takes a number"),
    ]);
}

#[wasm_bindgen_test]
fn the_state_goes_on() {
    let orders = orders::Orders::new().unwrap();
    orders.set_input(&js("{ n: 0, f() { throw new Error('no'); } }")).unwrap();
    for _ in 0..1000 {
        orders.compute("n = (n or 0) + 1 _io.input.n = n _io.input.f()").unwrap_err();
    }
    assert_eq!(orders.compute("return n + _io.input.n").unwrap(), 2000);
    assert!(orders::Orders::new().is_err_and(|error| show(&error) == "LuaError: this thread has a Vm already"));
}
