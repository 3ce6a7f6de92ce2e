//! Attempts to get from Lua at something that was not handed over, or to change it. None must succeed, and the prototypes and globals of
//! JavaScript are as they were.

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{compute, function, js, message, show};

const INPUT: &str = include_str!("membrane.js");
const ROOTS: &str = include_str!("roots.js");

/// What every attempt may use: the input, the first of some values that is there, and whether something fails.
const PRELUDE: &str = "local i = _io.input
local function seen(...) for n = 1, select('#', ...) do local v = select(n, ...) if v then return v end end end
local function fails(f, ...) return not pcall(f, ...) end ";

const INHERITED: &str =
    "constructor __proto__ toString valueOf hasOwnProperty isPrototypeOf __defineGetter__ __lookupGetter__ prototype then";
const OBJECTS: &str = "object array map sly set typed buffer thing date error regexp promise bare inherits symbol proxy weak frozen generator \
    boxed pretender";

const ATTEMPTS: &[(&str, &str)] = &[
    ("return seen(i.object['con' .. 'structor'], i.object['constructor\\0'], i.object['\\u{63}onstructor'])", "undefined"),
    ("return seen(i.array.push, i.array.map, i.array.length)", "undefined"),
    ("return seen(i.map.get, i.map.set, i.map.size, i.map.clear)", "undefined"),
    ("i.sly.k = 1 local s = i.sly.k for k in pairs(i.sly) do s = s .. k end return s", "'1k'"),
    ("return seen(i.set.add, i.set.size)", "undefined"),
    ("return seen(i.typed.buffer, i.typed.set, i.typed.byteLength, i.typed.length, i.typed[0], i.typed[3], i.typed[-1])", "undefined"),
    ("return seen(i.buffer.slice, i.buffer.byteLength, i.buffer.detached)", "undefined"),
    ("return seen(i.pretender[1], i.pretender.length, i.pretender.buffer)", "undefined"),
    ("return i.thing.method or i.thing.accessor or i.thing['#hidden'] or i.thing.own", "1"),
    ("i.thing.accessor = 5 return i.thing.accessor", "5"),
    ("i.inherits.trap = 5 return seen(i.inherits.inherited) or i.inherits.trap", "5"),
    ("return seen(i.date.setTime, i.date.toLocaleString)", "undefined"),
    ("return fails(i.date.getTime, i.object) and fails(i.date.getTime) and fails(i.date.getTime, 5)", "true"),
    (
        "return seen(i.promise['then'], i.promise.catch, i.regexp.exec, i.regexp.source, i.generator.next, i.generator['return'])",
        "undefined",
    ),
    ("return seen(i.error.stack)", "undefined"),
    ("return seen(i.symbol['Symbol(Symbol.iterator)'], i.symbol['@@iterator'], next(i.symbol))", "undefined"),
    ("return type(i.fn) == 'function' and fails(function() return i.fn.constructor end)", "true"),
    ("return fails(function() return i.fn.call(nil, 1) end) and fails(function() return i.fn:bind(1) end)", "true"),
    ("return fails(function() return i.klass.prototype end) and fails(function() return i.klass.make() end) and fails(i.klass)", "true"),
    ("return fails(function() i.fn.x = 1 end)", "true"),
    ("return seen(i.bound())", "undefined"),
    ("i.object.f = i.bound return seen(i.object:f())", "undefined"),
    ("i.object.__proto__ = { polluted = 1 } return seen(i.object.polluted) or i.object.__proto__.polluted", "1"),
    ("return fails(function() i.object.__proto__.polluted = 1 end)", "true"),
    ("return fails(function() i.object.constructor.prototype.polluted = 1 end)", "true"),
    ("return fails(function() i.array.__proto__ = {} end)", "true"),
    ("rawset(i.object, '__proto__', { x = 1 }) return seen(i.object.x) or rawget(i.object, '__proto__').x", "1"),
    ("i.object.t = { ['__proto__'] = { polluted = 1 }, a = 1 } return seen(i.object.t.polluted) or i.object.t.a", "1"),
    ("_io.output = { ['__proto__'] = { polluted = 1 } } return seen(_io.output.polluted)", "undefined"),
    ("_io.output = {} _io.output.__proto__ = { polluted = 1 } return seen(_io.output.polluted)", "undefined"),
    ("local copy = i.fn({ ['__proto__'] = { polluted = 1 } }) return seen(copy.polluted) or copy.__proto__.polluted", "1"),
    ("i.object.__defineGetter__ = 5 return i.object.__defineGetter__", "5"),
    ("i.object.toString = 5 i.object.valueOf = 6 return i.object.toString + i.object.valueOf", "11"),
    ("i.object.toJSON = function() error('ran') end return tostring(i.object):match('^table')", "'table'"),
    ("return fails(function() i.array.length = 0 end) and #i.array", "3"),
    ("return fails(function() i.array[4294967295] = 1 end) and fails(function() i.array['0'] = 1 end) and #i.array", "3"),
    ("return fails(function() i.array[-1] = 1 end) and fails(function() i.array[0] = 1 end)", "true"),
    ("return seen(i.array['0'], i.array['1'], i.array[1 << 53], i.array[math.maxinteger], i.array[1e300])", "undefined"),
    ("return fails(function() i.typed[3] = 1 end) and fails(function() i.typed.length = 1 end)", "true"),
    ("return fails(function() i.frozen.a = 2 end) and fails(rawset, i.frozen, 'a', 2) and i.frozen.a", "1"),
    ("return type(getmetatable(i.object)) ~= 'table'", "true"),
    ("local m = debug.getmetatable(i.object) return type(m) == 'table' and next(m) or nil", "undefined"),
    ("for _, v in pairs(debug.getregistry()) do if v == i.object then return 'found' end end", "undefined"),
    (
        "local t = setmetatable({}, debug.getmetatable(i.object)) local ok, v = pcall(function() return t.a end) return ok and v or nil",
        "undefined",
    ),
    ("rawset(i.object, 1, 99) return i.object.a + i.object[1]", "100"),
    ("pcall(setmetatable, i.object, { __index = function() return 'x' end }) return i.object.a", "1"),
    ("pcall(debug.setmetatable, i.object, nil) pcall(debug.setuservalue, i.object, 1, 1) return i.array[1] + i.object.a", "2"),
    ("return seen(load('return constructor, toString', 'c', 't', i.object)())", "undefined"),
    ("return seen(process, globalThis, window) or fails(require, 'fs')", "true"),
    ("return fails(require, 'constructor') and fails(require, '__proto__') and fails(require, 'toString')", "true"),
    ("polluted = 1 return _G.polluted", "1"),
    ("local n = '' for k in pairs(i.inherits) do n = n .. k end for k in pairs(i.thing) do n = n .. k end return n", "'own'"),
    ("return fails(next, i.object, 'constructor') and fails(next, i.object, '__proto__')", "true"),
    ("return i.proxy.a + (seen(i.proxy.constructor, i.proxy['then']) or 0)", "1"),
    ("return seen(_home.get, _home.constructor, _io.constructor, _io.__proto__, _io.toString)", "undefined"),
    ("return seen(('x').constructor, i.boxed.split) or i.boxed.length", "3"),
];

/// What came of an attempt, as text.
fn attempt(source: &str) -> String {
    compute(&format!("{PRELUDE}{source}"), &js(INPUT)).map_or_else(|error| format!("error: {}", message(&error)), |result| show(&result))
}

#[wasm_bindgen_test]
fn nothing_else_is_reached() {
    let roots = function(ROOTS);
    let before = roots.call0(&JsValue::UNDEFINED).unwrap();
    let pairs = OBJECTS.split(' ').flat_map(|object| INHERITED.split(' ').map(move |name| (object, name)));
    // Date's alone is exposed.
    let pairs = pairs.filter(|&pair| pair != ("date", "valueOf"));
    let inherited = pairs.map(|(object, name)| (format!("return seen(i.{object}[{name:?}])"), "undefined".to_owned()));
    let others = ATTEMPTS.iter().map(|&(source, expected)| (source.to_owned(), expected.to_owned()));
    for (source, expected) in inherited.chain(others) {
        assert_eq!(attempt(&source), show(&js(&expected)), "{source}");
        assert_eq!(roots.call0(&JsValue::UNDEFINED).unwrap(), before, "{source}");
        assert!(js("({}).polluted").is_undefined(), "{source}");
    }
}

#[wasm_bindgen_test]
fn what_is_exposed_is_reached() {
    let class = function(
        "class Account { #balance = 10; deposit(n) { return (this.#balance += n); } get balance() { return this.#balance; } close() {} }",
    );
    let orders = orders::Orders::new().unwrap();
    orders.expose(&class, vec!["deposit".to_owned(), "balance".to_owned()]).unwrap();
    let account = js_sys::Reflect::construct(&class, &js_sys::Array::new()).unwrap();
    orders.set_input(&account).unwrap();
    let rows = [
        ("return _io.input:deposit(5)", "15"),
        ("return _io.input.balance", "15"),
        ("return _io.input.close", "undefined"),
        ("return (pcall(_io.input.deposit, {}, 1))", "false"),
        ("_io.input.deposit = 1 return _io.input.deposit", "1"),
    ];
    for (source, expected) in rows {
        assert_eq!(show(&orders.compute(source).unwrap()), expected, "{source}");
    }
    let error = orders.expose(&class, vec!["missing".to_owned()]).unwrap_err();
    assert_eq!(message(&error), "expose: Account has no method or getter \"missing\"");
}
