//! Objects of JavaScript as tables: every kind of object, every operation.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::support::{fails, gives, makes};

/// Begins code that looks at the input, and names what `pairs` gives.
macro_rules! each {
    ($code:literal) => {
        concat!(
            "local i = _io.input local function all(t) local s = '' for k, v in pairs(t) do s = s .. tostring(k) .. '=' .. tostring(v) .. ' ' end return s end ",
            $code
        )
    };
}

#[wasm_bindgen_test]
fn arrays() {
    gives(&[
        ("return #_io.input", "[1, 2, 3]", "3"),
        ("local s = 0 for i, v in ipairs(_io.input) do s = s + v end return s", "[1, 2, 3]", "6"),
        (each!("return all(i)"), "[1, undefined, null, , 'x']", "'1=1 5=x '"),
        (each!("return all(i)"), "(() => { const a = []; a[99999] = 1; return a; })()", "'100000=1 '"),
        ("return _io.input[0], _io.input[-1]", "[1]", "undefined"),
        ("return _io.input[1.0]", "['x']", "'x'"),
        ("return _io.input['1']", "['x']", "undefined"),
        ("return _io.input.length", "[1]", "undefined"),
        ("return rawget(_io.input, 1) + rawlen(_io.input)", "[5]", "6"),
        ("return table.concat(_io.input, ',')", "[1, 'b', 2.5]", "'1,b,2.5'"),
        ("return table.unpack(_io.input)", "[7, 8]", "7"),
        ("return next({}, nil) == nil and select('#', table.unpack(_io.input))", "[7, 8]", "2"),
        ("return ext.len(_io.input) + #ext.copy(_io.input, 1, 3, {})", "[1, 2, 3]", "6"),
        ("return ext.is(_io.input) and type(_io.input)", "[]", "'table'"),
        ("return next(_io.input)", "[]", "undefined"),
    ]);
    makes(&[
        ("local a = _io.input a[#a + 1] = 'x' a[1] = 0", "[1]", "[0, 'x']"),
        ("local a = _io.input a[#a] = nil", "[1, 2]", "[1]"),
        ("local a = _io.input a[1] = nil", "[1, 2]", "[undefined, 2]"),
        ("local a = _io.input a[9] = nil", "[1, 2]", "[1, 2]"),
        ("_io.input[4] = 'x'", "[1]", "[1, , , 'x']"),
        ("table.insert(_io.input, 1, 'x')", "[1, 2]", "['x', 1, 2]"),
        ("table.remove(_io.input, 1)", "[1, 2]", "[2]"),
        ("table.sort(_io.input)", "[3, 1, 2]", "[1, 2, 3]"),
        ("table.move({ 7, 8 }, 1, 2, 2, _io.input)", "[1]", "[1, 7, 8]"),
        ("ext.copy({ 1.5, 2.5 }, 1, 2, _io.input)", "[]", "[1.5, 2.5]"),
        ("_io.input[1] = ext.array()", "[0]", "[[]]"),
    ]);
    fails(&[
        ("_io.input.x = 1", "[1]", "compute:1: \"x\" cannot be a key of an array of JavaScript"),
        ("_io.input[0] = 1", "[1]", "compute:1: 0 cannot be a key of an array of JavaScript"),
        ("_io.input[2000] = 1", "[1]", "compute:1: index 2000 is too far behind the end of an array of 1"),
        ("_io.input[1] = 1", "Object.freeze([0])", "compute:1: an object of JavaScript does not allow that '1' is changed"),
        ("next(_io.input, 'x')", "[1]", "compute:1: invalid key to 'next'"),
    ]);
}

#[wasm_bindgen_test]
fn plain_objects() {
    gives(&[
        (each!("return all(i)"), "{ b: 1, a: 2, 7: 3 }", "'7=3 b=1 a=2 '"),
        (each!("return all(i)"), "Object.create(null, { b: { value: 1, enumerable: true } })", "'b=1 '"),
        ("return _io.input[7] + _io.input['7']", "{ 7: 3 }", "6"),
        ("return #_io.input", "{ 1: 'a', 2: 'b', 4: 'd' }", "2"),
        ("for k in pairs(_io.input) do return type(k) end", "{ 1: 'a' }", "'string'"),
        ("local n = 0 for k in pairs(_io.input) do _io.input[k] = nil n = n + 1 end return n", "{ b: 1, a: 2, c: 3 }", "3"),
        ("local n = 0 for a in pairs(_io.input) do for b in pairs(_io.input) do n = n + 1 end end return n", "{ b: 1, a: 2, c: 3 }", "9"),
        ("return next(_io.input, 'b')", "{ b: 1, a: 2 }", "'a'"),
        ("return next(_io.input)", "{ a: undefined, b: null }", "undefined"),
        ("return _io.input['\\u{e9}']", "{ 'é': 1 }", "1"),
        ("return _io.input['\\xed\\xa0\\x80']", "{ '\\ud800': 1 }", "1"),
        ("return _io.input.a == _io.input.b and _io.input.a ~= _io.input", "(() => { const a = {}; return { a, b: a }; })()", "true"),
        ("local t = {} t[_io.input.a] = 1 return t[_io.input.b]", "(() => { const a = []; return { a, b: a }; })()", "1"),
        ("return _io.input.g", "{ get g() { return 5; } }", "5"),
        ("setmetatable(_io.input, { __call = function(_, n) return n + 1 end }) return _io.input(1)", "{}", "2"),
    ]);
    makes(&[
        ("_io.input.a = nil _io.input.b = 2 _io.input[3] = 4", "{ a: 1, b: 1 }", "{ 3: 4, b: 2 }"),
        ("_io.input.constructor = 1", "{}", "{ constructor: 1 }"),
        ("_io.input.s = 7", "{ set s(value) { this.t = value; } }", "{ s: undefined, t: 7 }"),
        ("_io.input.n = ext.null", "{}", "{ n: null }"),
        ("_io.input.big = 1 << 60 _io.input.bytes = '\\255'", "{}", "{ big: 2n ** 60n, bytes: Uint8Array.of(255) }"),
    ]);
    fails(&[
        ("_io.input[true] = 1", "{}", "compute:1: true cannot be a key of an object of JavaScript"),
        ("_io.input[2.5] = 1", "{}", "compute:1: 2.5 cannot be a key of an object of JavaScript"),
        ("_io.input['\\255'] = 1", "{}", "compute:1: a string that is not valid UTF-8 cannot be a key of a host's table"),
        ("_io.input[ext.null] = 1", "{}", "compute:1: null cannot be a key of a host's table"),
        ("_io.input[0 / 0] = 1", "{}", "compute:1: table index is NaN"),
        ("_io.input.a = 2", "Object.freeze({ a: 1 })", "compute:1: an object of JavaScript does not allow that 'a' is changed"),
        ("_io.input.a = nil", "Object.freeze({ a: 1 })", "compute:1: an object of JavaScript does not allow that 'a' is changed"),
        ("return _io.input.g", "{ get g() { throw new TypeError('bad'); } }", "TypeError: bad"),
    ]);
}

#[wasm_bindgen_test]
fn maps_and_sets() {
    gives(&[
        (
            "return _io.input[1] .. _io.input['1'] .. _io.input[true] .. _io.input[2.5]",
            "new Map([[1, 'a'], ['1', 'b'], [true, 'c'], [2.5, 'd']])",
            "'abcd'",
        ),
        ("return _io.input[_io.input.key]", "(() => { const key = {}; return new Map([['key', key], [key, 5]]); })()", "5"),
        ("return _io.input[bigint.new(5)]", "new Map([[5n, 'big'], [5, 'small']])", "'big'"),
        (each!("return all(i)"), "new Map([['b', 1], [2, 2], [NaN, 3], [null, 4], ['n', null]])", "'b=1 2=2 '"),
        ("return #_io.input", "new Map([[1, 'a'], [2, 'b'], [4, 'd']])", "2"),
        ("return _io.input.size", "new Map([['a', 1]])", "undefined"),
        ("local n = 0 for k in pairs(_io.input) do _io.input[k] = nil n = n + 1 end return n", "new Map([[1, 1], [2, 2]])", "2"),
        ("return _io.input.x, _io.input.y", "new Set(['x'])", "true"),
        ("return _io.input.y", "new Set(['x'])", "undefined"),
        (each!("return all(i)"), "new Set(['b', 1, false])", "'b=true 1=true false=true '"),
        ("return next(_io.input, 'b')", "new Set(['b', 1])", "1"),
        ("local ok, e = pcall(function() return _io.input.a end) return e.name", "Object.create(Map.prototype)", "'TypeError'"),
        ("return _io.input.a", "new (class extends Map { get() { throw new Error('overridden'); } })([['a', 1]])", "1"),
    ]);
    makes(&[
        ("_io.input[1] = 'a' _io.input.b = nil _io.input[{}] = 2", "new Map([['b', 1]])", "new Map([[1, 'a'], [{}, 2]])"),
        ("_io.input.a = true _io.input.b = nil", "new Set(['b', 'c'])", "new Set(['c', 'a'])"),
    ]);
    fails(&[
        ("_io.input.a = 1", "new Set()", "compute:1: a Set holds its keys with the value true only"),
        ("_io.input['\\255'] = 1", "new Map()", "compute:1: a string that is not valid UTF-8 cannot be a key of a host's table"),
    ]);
}

#[wasm_bindgen_test]
fn typed_arrays() {
    for kind in ["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array"] {
        let input = format!("{kind}.of(1, 2)");
        gives(&[
            ("return math.type(_io.input[1])", &input, "'integer'"),
            ("return #_io.input + (_io.input[3] or 0) + (_io.input[0] or 0)", &input, "2"),
            (each!("return all(i)"), &input, "'1=1 2=2 '"),
        ]);
        makes(&[("_io.input[1] = 100 _io.input[2] = 7.0", &input, &format!("{kind}.of(100, 7)"))]);
        fails(&[
            ("_io.input[1] = 2.5", &input, "compute:1: 2.5 does not fit into an element of this typed array"),
            ("_io.input[1] = 1 << 32", &input, "compute:1: 4294967296 does not fit into an element of this typed array"),
            ("_io.input[1] = 'x'", &input, "compute:1: an element of a typed array must be a number"),
            ("_io.input[1] = nil", &input, "compute:1: an element of a typed array must be a number"),
            ("_io.input[3] = 1", &input, "compute:1: an index outside a typed array of 2 elements"),
            ("_io.input.x = 1", &input, "compute:1: an index outside a typed array of 2 elements"),
        ]);
    }
    gives(&[
        ("return math.type(_io.input[1])", "Float64Array.of(1)", "'float'"),
        ("return math.type(_io.input[1])", "Float32Array.of(1)", "'float'"),
        ("return math.type(_io.input[1]), _io.input[2]", "BigInt64Array.of(1n)", "'integer'"),
        ("return _io.input[1] == math.mininteger", "BigInt64Array.of(-(2n ** 63n))", "true"),
        ("return type(_io.input[1]) .. tostring(_io.input[1])", "BigUint64Array.of(2n ** 64n - 1n)", "'userdata18446744073709551615'"),
        (each!("return all(i)"), "BigInt64Array.of(5n, -6n)", "'1=5 2=-6 '"),
        (each!("return all(i)"), "Float64Array.of(1, NaN)", "'1=1.0 2=nan '"),
        ("local t = ext.copy(_io.input, 1, 1000, {}) return t[1000] + #t", "Float64Array.from({ length: 1000 }, (_, i) => i)", "1999"),
        ("return ext.string(_io.input, 2, 3)", "Uint8Array.of(65, 66, 67, 68)", "'BC'"),
        ("return #ext.string(_io.input)", "new Uint16Array(50000)", "100000"),
        ("return ext.string(_io.input)", "new Uint8Array(Uint8Array.of(65, 66, 67).buffer, 1, 1)", "'B'"),
        ("return #_io.input .. _io.input[2] .. ext.string(_io.input)", "Uint8Array.of(65, 66).buffer", "'266AB'"),
        ("return #_io.input", "(() => { const b = new ArrayBuffer(8); structuredClone(b, { transfer: [b] }); return b; })()", "0"),
        (
            "return #ext.string(_io.input)",
            "(() => { const a = new Uint8Array(8); structuredClone(a, { transfer: [a.buffer] }); return a; })()",
            "0",
        ),
        ("return _io.input.byteLength", "new DataView(new ArrayBuffer(8))", "undefined"),
    ]);
    makes(&[
        ("_io.input[1] = 1 << 62 _io.input[2] = bigint.new(-5)", "new BigInt64Array(2)", "BigInt64Array.of(2n ** 62n, -5n)"),
        ("_io.input[1] = bigint.new(2) ^ 63 _io.input[2] = 3.0", "new BigUint64Array(2)", "BigUint64Array.of(2n ** 63n, 3n)"),
        ("_io.input[1] = 1 << 60 _io.input[2] = 0 / 0", "new Float64Array(2)", "Float64Array.of(2 ** 60, NaN)"),
        ("_io.input[1] = 255", "new ArrayBuffer(2)", "Uint8Array.of(255, 0).buffer"),
        ("assert(not pcall(function() _io.input[1] = 257 end))", "Uint8Array.of(7)", "Uint8Array.of(7)"),
        ("ext.copy({ 1, 2, 3 }, 1, 3, _io.input)", "new Int16Array(3)", "Int16Array.of(1, 2, 3)"),
    ]);
    fails(&[
        ("_io.input[1] = 0.1", "new Float32Array(1)", "compute:1: 0.1 does not fit into an element of this typed array"),
        (
            "_io.input[1] = math.maxinteger",
            "new Float64Array(1)",
            "compute:1: 9223372036854775807 does not fit into an element of this typed array",
        ),
        ("_io.input[1] = 1.5", "new BigInt64Array(1)", "compute:1: 1.5 does not fit into an element of this typed array"),
        ("_io.input[1] = -1", "new BigUint64Array(1)", "compute:1: -1 does not fit into an element of this typed array"),
        ("_io.input[1] = 256", "new ArrayBuffer(1)", "compute:1: 256 does not fit into an element of this typed array"),
        ("ext.string(_io.input)", "[1]", "compute:1: only an ArrayBuffer or a typed array has bytes"),
    ]);
}

#[wasm_bindgen_test]
fn instances() {
    gives(&[
        ("return _io.input:getTime() + 1", "new Date(5)", "6"),
        ("return _io.input:toISOString()", "new Date(0)", "'1970-01-01T00:00:00.000Z'"),
        ("return _io.input.getTime == _io.input.getTime", "new Date(5)", "true"),
        ("return _io.input.setTime or _io.input.constructor or _io.input.toLocaleString", "new Date(5)", "undefined"),
        ("return _io.input:getDate()", "new (class extends Date { getDate() { return 'own'; } })(0)", "new Date(0).getDate()"),
        ("return next(_io.input)", "new Date(5)", "undefined"),
        (each!("return all(i)"), "new (class { a = 1; #b = 2; c() {} get d() { return 3; } })()", "'a=1 '"),
        ("return _io.input.c or _io.input.d", "new (class { c() {} get d() { return 3; } })()", "undefined"),
        (
            "return _io.input.message .. _io.input.name .. tostring(_io.input.code)",
            "Object.assign(new RangeError('far'), { code: 7 })",
            "'farRangeError7'",
        ),
        ("return tostring(_io.input)", "new RangeError('far')", "'RangeError: far'"),
        (each!("return all(i)"), "Object.assign(new Error('m', { cause: 'c' }), { x: 1 })", "'message=m name=Error cause=c x=1 '"),
    ]);
    makes(&[("_io.input.a = 2 _io.input.c = 3", "new (class { a = 1; c() {} })()", "{ a: 2, c: 3 }")]);
    fails(&[
        ("_io.input.message = 'x'", "new Error('m')", "compute:1: an error object cannot be changed"),
        (
            "_io.input.d.getTime(_io.input)",
            "{ d: new Date(0) }",
            "compute:1: Date.getTime needs an object of class Date (call it with a colon)",
        ),
        ("_io.input.d.getTime()", "{ d: new Date(0) }", "compute:1: Date.getTime needs an object of class Date (call it with a colon)"),
        ("_io.input:toISOString()", "new Date(NaN)", "RangeError: Invalid time value"),
    ]);
}

#[wasm_bindgen_test]
fn adoption() {
    makes(&[
        ("local new = { price = 0 } _io.input[1] = new new.price = 1.5", "[]", "[{ price: 1.5 }]"),
        ("_io.input.t = { 1, { a = 'b' } }", "{}", "{ t: [1, { a: 'b' }] }"),
        ("_io.input.t = { [1] = 'x', [false] = 2 }", "{}", "{ t: new Map([[1, 'x'], [false, 2]]) }"),
        ("local s = {} _io.input.t = { s, s } s[1] = 1", "{}", "(() => { const s = [1]; return { t: [s, s] }; })()"),
        ("local t = {} t.me = t _io.input.t = t", "{}", "(() => { const t = {}; t.me = t; return { t }; })()"),
        ("_io.input.t = _io.input", "{}", "(() => { const t = {}; t.t = t; return t; })()"),
        ("_io.input.list = {} for i = 1, 3 do _io.input.list[i] = i end", "{}", "{ list: [1, 2, 3] }"),
        ("_io.input.list = {} _io.input.list.a = 1 _io.input.list[1] = 2", "{}", "{ list: new Map([['a', 1], [1, 2]]) }"),
        ("_io.input.list = { 1, 2 } _io.input.list.n = 2", "{}", "{ list: new Map([[1, 1], [2, 2], ['n', 2]]) }"),
        (
            "local e = { 1 } _io.input.t = { { e } } _io.input.t.n = 1 _io.input.t[1].n = 2 e.n = 3",
            "{}",
            "{ t: new Map([[1, new Map([[1, new Map([[1, 1], ['n', 3]])], ['n', 2]])], ['n', 1]]) }",
        ),
        (
            "local t = { 5 } t[2] = t _io.input.t = t t.n = 1",
            "{}",
            "(() => { const t = new Map([[1, 5]]); t.set(2, t).set('n', 1); return { t }; })()",
        ),
        ("_io.input.t = {} for n = 3, 1, -1 do _io.input.t[n] = n end", "{}", "{ t: new Map([[3, 3], [2, 2], [1, 1]]) }"),
        ("for n = 1, 1000 do _io.input.t = { {} } _io.input.t[1][1] = n end", "{}", "{ t: [[1000]] }"),
        ("_io.input.list = {} _io.input.list[true] = 1", "{}", "{ list: new Map([[true, 1]]) }"),
        (
            "local e = {} _io.input.a = e _io.input.b = { e } _io.input.m[e] = e e[1] = 1",
            "{ m: new Map() }",
            "(() => { const e = { 1: 1 }; return { m: new Map([[e, e]]), a: e, b: [e] }; })()",
        ),
        ("local e = {} _io.input.a = e _io.input.b = { e } e[1] = 1", "{}", "(() => { const e = [1]; return { a: e, b: [e] }; })()"),
        ("_io.input.list = {} _io.input.look() _io.input.list[1] = 1", "{ look() {} }", "{ look() {}, list: { 1: 1 } }"),
        ("_io.input.t = setmetatable({ 1 }, { __index = { x = 5 } }) assert(_io.input.t.x == 5)", "{}", "{ t: [1] }"),
    ]);
    fails(&[
        ("_io.input.t = { ['\\255'] = 1 }", "{}", "compute:1: a string that is not valid UTF-8 cannot be a key of a host's table"),
        ("_io.input.t = { { coroutine.create(print) } }", "{}", "compute:1: a coroutine cannot be stored in an external table"),
        ("_io.input.t = _G", "{}", "compute:1: a table of globals cannot be stored in an external table"),
    ]);
    gives(&[
        ("local t = { 1 } _io.output = t t[2] = 2 return _io.output == t and #_io.output", "undefined", "2"),
        (
            "local t = {} for i = 1, 8000 do t = { t } end _io.output = t t.n = 1 t = nil collectgarbage() return _io.output.n",
            "undefined",
            "1",
        ),
        (
            "_io.output = { { list = {} } } local list = _io.output[1].list collectgarbage() collectgarbage() list[1] = 5 return _io.output",
            "undefined",
            "[{ list: [5] }]",
        ),
        ("_io.output = {} _io.output[1] = 5 return _io.output", "undefined", "[5]"),
        (
            "_io.output = { list = {} } for n = 1, 3 do table.insert(_io.output.list, n) end return _io.output",
            "undefined",
            "{ list: [1, 2, 3] }",
        ),
        (
            "local ok = pcall(function() _io.input.t = { { coroutine.create(print) } } end) return not ok and _io.input",
            "{ a: 1 }",
            "{ a: 1 }",
        ),
    ]);
}
