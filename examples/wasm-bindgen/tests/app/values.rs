//! Values both ways, with their exact types.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{fails, gives};

#[wasm_bindgen_test]
fn results() {
    gives(&[
        ("return 1 + 1", "undefined", "2"),
        ("return 7 / 2", "undefined", "3.5"),
        ("return -0.0", "undefined", "-0"),
        ("return 0 / 0", "undefined", "NaN"),
        ("return math.huge", "undefined", "Infinity"),
        ("return 3.0", "undefined", "3"),
        ("return nil", "undefined", "undefined"),
        ("return", "undefined", "undefined"),
        ("return true", "undefined", "true"),
        ("return (1 << 53) - 1", "undefined", "2 ** 53 - 1"),
        ("return 1 << 53", "undefined", "2n ** 53n"),
        ("return math.maxinteger", "undefined", "2n ** 63n - 1n"),
        ("return math.mininteger", "undefined", "-(2n ** 63n)"),
        ("return 'text'", "undefined", "'text'"),
        ("return '\\u{feff}\\0\\u{10ffff}'", "undefined", "'\\ufeff\\0\\u{10ffff}'"),
        ("return '\\255'", "undefined", "Uint8Array.of(255)"),
        ("return ext.null", "undefined", "null"),
        ("return bigint.new('-123456789012345678901234567890')", "undefined", "-123456789012345678901234567890n"),
        ("return { 1, { a = 'b' } }", "undefined", "[1, { a: 'b' }]"),
        ("return {}", "undefined", "{}"),
        ("return { [1] = 'x', a = 2 }", "undefined", "new Map([[1, 'x'], ['a', 2]])"),
        ("return { [true] = 1 }", "undefined", "new Map([[true, 1]])"),
        ("return { ['\\255'] = 1 }", "undefined", "new Map([[Uint8Array.of(255), 1]])"),
        ("local t = {} t.me = t return t", "undefined", "(() => { const t = {}; t.me = t; return t; })()"),
        ("local s = { 1 } return { s, s }", "undefined", "(() => { const s = [1]; return [s, s]; })()"),
        ("local t = {} for i = 1, 50 do t = { t } end return #t", "undefined", "1"),
        (
            "local t = {} for i = 1, 8000 do t = { t } end return _io.input(t)",
            "(t) => { let n = 0; while (Array.isArray(t)) { t = t[0]; n++; } return n; }",
            "8000",
        ),
        ("_home.t = { 1, x = { 2 } } return _home.t", "undefined", "new Map([[1, 1], ['x', [2]]])"),
        ("return print", "undefined", "() => 1"),
        ("return require('round')(2.345)", "undefined", "2.35"),
        ("local ok, e = pcall(error, { code = 7 }) return e.code", "undefined", "7"),
    ]);
}

#[wasm_bindgen_test]
fn input() {
    gives(&[
        ("return math.type(_io.input)", "3", "'integer'"),
        ("return math.type(_io.input)", "3.5", "'float'"),
        ("return math.type(_io.input)", "-0", "'float'"),
        ("return math.type(_io.input)", "2 ** 53", "'float'"),
        ("return math.type(_io.input)", "2 ** 53 - 1", "'integer'"),
        ("return _io.input", "1e300", "1e300"),
        ("return _io.input", "-Infinity", "-Infinity"),
        ("return _io.input ~= _io.input", "NaN", "true"),
        ("return _io.input", "null", "undefined"),
        ("return _io.input", "false", "false"),
        ("return #_io.input", "'é'", "2"),
        ("return _io.input", "'\\ufeffa\\0b'", "'\\ufeffa\\0b'"),
        ("return #_io.input", "'\\ud800'", "3"),
        ("return _io.input", "'a\\udc00b\\ud83d\\ude00\\ud83d'", "'a\\udc00b\\ud83d\\ude00\\ud83d'"),
        ("return #_io.input", "'x'.repeat(200000)", "200000"),
        ("return _io.input .. _io.input", "'y'.repeat(100000)", "'y'.repeat(200000)"),
        ("return _io.input * _io.input", "10n ** 30n", "10n ** 60n"),
        ("return -_io.input", "10n ** 30n", "-(10n ** 30n)"),
        ("return type(_io.input)", "0n", "'userdata'"),
        ("return _io.input", "Object(1n)", "Object(1n)"),
    ]);
}

#[wasm_bindgen_test]
fn refused() {
    fails(&[
        ("return 1", "Symbol('s')", "a symbol of JavaScript has no form in Lua"),
        ("return _io.input.s", "{ s: Symbol('s') }", "compute:1: a symbol of JavaScript has no form in Lua"),
        ("return coroutine.create(print)", "undefined", "a coroutine cannot be passed to the host"),
        ("_io.input.a = coroutine.create(print)", "{}", "compute:1: a coroutine cannot be stored in an external table"),
        (
            "_home.t = {} _io.input.a = _home.t",
            "{}",
            "compute:1: a table of _home, or of Rust's, cannot be put into an object of JavaScript: copy it",
        ),
        ("return +", "undefined", "compute:1: unexpected symbol near '+'"),
        ("local function f() return 1 + f() end return f()", "undefined", "compute:1: stack overflow"),
        ("local t = {} for i = 1, 1e9 do t[i] = i end", "undefined", "not enough memory"),
    ]);
}
