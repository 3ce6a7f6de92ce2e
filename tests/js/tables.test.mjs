/** External tables: each line of what the host's objects do as tables of Lua. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRows, createCu } from "./support.mjs";

/** `[name, code, results]` with an input made anew for each. */
const withInput = (make, rows) => checkRows(rows.map(([name, code, expected]) => [name, code, expected, () => ({ input: make() })]));

withInput(() => ["a", "b", "c"], [
  ["array: its type", "return type(_io.input), #_io.input, rawlen(_io.input)", ["table", 3, 3]],
  ["array: elements from 1", "local t = _io.input return t[1], t[3], t[0], t[4], t[-1], t[1.0], t[1.5], t.x, t.length, t['1'], t[true]",
    ["a", "c", undefined, undefined, undefined, "a", undefined, undefined, undefined, undefined, undefined]],
  ["array: writing", "local t = _io.input t[2] = 5 t[3] = true return t[2], t[3]", [5, true]],
  ["array: appending", "local t = _io.input t[#t + 1] = 'd' t[#t + 1] = 6 return #t, t[4], t[5]", [5, "d", 6]],
  ["array: nil at the end shortens", "local t = _io.input t[3] = nil return #t", [2]],
  ["array: nil inside writes undefined", "local t = _io.input t[2] = nil return #t, t[2], t[3]", [3, undefined, "c"]],
  ["array: pairs", "local r = {} for k, v in pairs(_io.input) do r[#r + 1] = k .. v end return r", [["1a", "2b", "3c"]]],
  ["array: ipairs", "local r = {} for k, v in ipairs(_io.input) do r[#r + 1] = k .. v end return r", [["1a", "2b", "3c"]]],
  ["array: next", "local t = _io.input return next(t), (next(t, 1)), (next(t, 2)), (next(t, 3))", [1, 2, 3, undefined]],
  ["array: rawget, rawset, rawequal", "local t = _io.input rawset(t, 1, 9) return rawget(t, 1), rawequal(t, _io.input)", [9, true]],
  ["array: table.insert and table.remove", "local t = _io.input table.insert(t, 1, 'z') local r = table.remove(t) return #t, t[1], t[3], r", [3, "z", "b", "c"]],
  ["array: table.concat, unpack", "return table.concat(_io.input, ','), table.unpack(_io.input)", ["a,b,c", "a", "b", "c"]],
  ["array: table.sort", "local t = _io.input table.sort(t, function(a, b) return a > b end) return t[1], t[2], t[3]", ["c", "b", "a"]],
  ["array: table.move", "local t = _io.input table.move(t, 1, 3, 2) return #t, t[1], t[4]", [4, "a", "c"]],
  ["array: a field is refused", "_io.input.x = 1", /an array has no field "x"/],
  ["array: nil for what is not there", "_io.input.x = nil _io.input[99] = nil return #_io.input", [3]],
  ["array: far behind the end", "_io.input[1000000] = 1", /too far behind the end/],
  ["array: index zero", "_io.input[0] = 1", /no field/],
  ["array: a nil key", "_io.input[nil] = 1", /nil/],
  ["array: a NaN key", "_io.input[0/0] = 1", /NaN/],
  ["array: shrinking during ipairs", "local t, n = _io.input, 0 for i in ipairs(t) do n = n + 1 t[#t] = nil end return n, #t", [2, 1]],
]);

withInput(() => [1, , null, undefined, 5], [
  ["holes, null and undefined read nil", "local t = _io.input return #t, t[1], t[2], t[3], t[4], t[5]", [5, 1, undefined, undefined, undefined, 5]],
  ["and pairs passes over them", "local r = {} for k in pairs(_io.input) do r[#r + 1] = k end return r", [[1, 5]]],
  ["a hole is written to", "local t = _io.input t[2] = 2 return t[2], #t", [2, 5]],
]);

withInput(() => { const sparse = [1]; sparse[5_000] = 2; sparse[4_000_000_000] = 3; return sparse; }, [
  ["a sparse array", "local r = {} for k, v in pairs(_io.input) do r[#r + 1] = k r[#r + 1] = v end return r, #_io.input", [[1, 1, 5_001, 2, 4_000_000_001, 3], 4_000_000_001]],
]);

withInput(() => ({ name: "x", 1: "one", 2: "two", n: null, u: undefined, "": 0, fn: (x) => x + 1 }), [
  ["object: fields", "local t = _io.input return t.name, t[1], t['1'], t.n, t.u, t[''], t.missing, t[1.5], t[true]",
    ["x", "one", "one", undefined, undefined, 0, undefined, undefined, undefined]],
  ["object: an integer and its string are one property", "local t = _io.input t[3] = 'a' t['3'] = 'b' return t[3], #t", ["b", 3]],
  ["object: # counts the prefix", "return #_io.input", [2]],
  ["object: pairs gives strings in the host's order", "local r = {} for k in pairs(_io.input) do r[#r + 1] = math.type(k) or k end return r", [["1", "2", "name", "", "fn"]]],
  ["object: writing and deleting", "local t = _io.input t.a = 1 t.name = nil return t.a, t.name", [1, undefined]],
  ["object: a boolean key is refused", "_io.input[true] = 1", /cannot be a key of an object/],
  ["object: a fraction is refused", "_io.input[1.5] = 1", /cannot be a key of an object/],
  ["object: nil for such a key is nothing", "_io.input[true] = nil return 1", [1]],
  ["object: its functions", "return _io.input.fn(41)", [42]],
  ["object: deleting during a traversal", "local t, n = _io.input, 0 for k in pairs(t) do t[k] = nil n = n + 1 end return n, next(t)", [5, undefined]],
  ["object: changing during a traversal", "local t, n = _io.input, 0 for k in pairs(t) do t[k] = 1 n = n + 1 end return n", [5]],
  ["object: two traversals at once", "local n = 0 for k in pairs(_io.input) do for k2 in pairs(_io.input) do n = n + 1 end end return n", [25]],
  ["object: next after an unknown key", "return next(_io.input, 'nowhere')", /invalid key to 'next'/],
  ["object: a key that is not text", "_io.input['\\xFF'] = nil return _io.input['\\xFF']", [undefined]],
  ["object: a key that is not text, written", "_io.input['\\xFF'] = 1", /a string that is not valid UTF-8 cannot be a key/],
  ["object: a function as a key", "_io.input[print] = 1", /a function cannot be a key of an object/],
  ["object: a plain table as a key", "local k = {} local ok = pcall(function() _io.input[k] = 1 end) return ok, ext.is(k)", [false, false]],
  ["object: a large integer and its string", "local t = _io.input t[1 << 60] = 'x' return t['1152921504606846976']", ["x"]],
]);

withInput(() => new Map([["a", 1], [2, "two"], [1.5, "f"], [true, "t"], [NaN, 0], [null, 0], [undefined, 0], [2n ** 60n, "big"]]), [
  ["map: reading", "local t = _io.input return t.a, t[2], t['2'], t[1.5], t[true], t[2.0], t[1 << 60]", [1, "two", undefined, "f", "t", "two", "big"]],
  ["map: writing", "local t = _io.input t.a = nil t[1] = 'one' t[false] = 3 return t.a, #t, t[false]", [undefined, 2, 3]],
  ["map: pairs passes over keys that Lua cannot have", "local n = 0 for k, v in pairs(_io.input) do n = n + 1 if n > 3 then break end end return n", [4]],
  ["map: a table as key", "local t, k = _io.input, ext.array() t[k] = 5 return t[k], t[ext.array()]", [5, undefined]],
  ["map: a key that is not text", "_io.input['\\xFF'] = 1", /not valid UTF-8/],
  ["map: a NaN key", "_io.input[0/0] = 1", /NaN/],
  ["map: null as a key", "_io.input[ext.null] = 1", /must not be null/],
  ["map: keys that Lua cannot have read nil", "local t = _io.input return t[0/0], t[ext.null], t[nil], t[{}], t[print]", [undefined, undefined, undefined, undefined, undefined]],
  ["map: zero has no sign", "local t = _io.input t[-0.0] = 'zero' return t[0], t[0.0]", ["zero", "zero"]],
  ["map: a plain table as a key", "local t, k = _io.input, { 'k' } t[k] = { k } return t[k][1] == k, ext.is(k), t[{}]", [true, true, undefined]],
  ["map: a function of Lua's as a key", "local t, f = _io.input, function() end t[f] = 1 return t[f], t[print]", [1, undefined]],
]);

withInput(() => { const [k, f] = [{}, () => 1]; return { k, f, map: new Map([[k, "object"], [f, "function"], [Symbol("s"), 0], [2n ** 53n, "big"], ["\ufeff", "bom"], ["\ud800", "half"]]) }; }, [
  ["map: objects and functions of the host as keys", "local i = _io.input return i.map[i.k], i.map[i.f], next(i.map) == i.k", ["object", "function", true]],
  ["map: odd keys", "local t = _io.input.map return t[1 << 53], t[2^53], t['\\u{FEFF}'], t['\\xED\\xA0\\x80']", ["big", "big", "bom", "half"]],
  ["map: pairs passes over a symbol", "local n = 0 for k in pairs(_io.input.map) do n = n + 1 end return n", [5]],
]);

withInput(() => new Set(["a", 2]), [
  ["set: reading", "local t = _io.input return t.a, t[2], t.b", [true, true, undefined]],
  ["set: adding and removing", "local t = _io.input t.b = true t.a = nil return t.b, t.a", [true, undefined]],
  ["set: pairs", "local n = 0 for k, v in pairs(_io.input) do assert(v == true) n = n + 1 end return n", [2]],
  ["set: another value", "_io.input.x = 1", /true only/],
  ["set: a key that is not text", "_io.input['\\xFF'] = true", /not valid UTF-8/],
  ["set: null as a key", "_io.input[ext.null] = true", /must not be null/],
  ["set: keys that Lua cannot have read nil", "local t = _io.input return t[0/0], t[ext.null], t['\\xFF']", [undefined, undefined, undefined]],
]);

for (const [type, good, bad] of [
  ["Int8Array", "-128", "128"], ["Uint8Array", "255", "-1"], ["Uint8ClampedArray", "255", "256"], ["Int16Array", "-32768", "32768"],
  ["Uint16Array", "65535", "65536"], ["Int32Array", "-2147483648", "2147483648"], ["Uint32Array", "4294967295", "4294967296"],
  ["Float32Array", "0.5", "0.1"], ["Int32Array", "3.0", "3.5"], ["Uint8Array", "0", "0/0"], ["Float32Array", "16777216", "16777217"],
  ["Float64Array", "0.1", "math.maxinteger"], ["BigInt64Array", "math.mininteger", "1.5"], ["BigInt64Array", "7", "1e300"], ["BigUint64Array", "math.maxinteger", "-1"],
]) {
  checkRows([
    [`${type}: ${good} fits`, `local t = _io.input t[1] = ${good} return ${type.startsWith("BigU") ? "true" : `t[1] == ${good}`}, #t`, [true, 3], () => ({ input: new globalThis[type](3) })],
    [`${type}: ${bad} does not fit`, `local t = _io.input local ok, e = pcall(function() t[1] = ${bad} end) return ok, e:match("does not fit") ~= nil`, [false, true], () => ({ input: new globalThis[type](3) })],
    [`${type}: ${good}: outside`, "local t = _io.input t[4] = 1", /outside a typed array of 3 elements/, () => ({ input: new globalThis[type](3) })],
    [`${type}: ${good}: a string`, "local t = _io.input t[1] = 'x'", /must be a number/, () => ({ input: new globalThis[type](3) })],
    [`${type}: ${good}: nil`, "local t = _io.input t[1] = nil", /must be a number/, () => ({ input: new globalThis[type](3) })],
  ]);
}

checkRows([
  ["types of elements", "local t = _io.input return math.type(t[1][1]), math.type(t[2][1]), math.type(t[3][1]), math.type(t[4][1]), math.type(t[5][1])", ["float", "float", "integer", "integer", "integer"],
    () => ({ input: [Float64Array.of(1), Float32Array.of(1), Int32Array.of(1), BigInt64Array.of(1n), Uint8Array.of(1).buffer] })],
  ["elements of a BigInt64Array", "return _io.input[1], _io.input[2]", [2n ** 62n, -5], { input: BigInt64Array.of(2n ** 62n, -5n) }],
  ["floats exactly", "local t = _io.input return 1 / t[1], t[2] ~= t[2], t[3]", [-Infinity, true, 1e300], { input: Float64Array.of(-0, NaN, 1e300) }],
  ["pairs over a typed array", "local s = 0 for i, v in pairs(_io.input) do s = s + i * v end return s", [14], { input: Float64Array.of(1, 2, 3) }],
  ["an ArrayBuffer is its bytes", "local t = _io.input t[2] = 7 return #t, t[1], t[2], t[3]", [2, 1, 7, undefined], () => ({ input: Uint8Array.of(1, 2).buffer })],
  ["an ArrayBuffer: lossy", "_io.input[1] = 256", /256 does not fit/, () => ({ input: new ArrayBuffer(2) })],
  ["a SharedArrayBuffer is its bytes", "local t = _io.input t[2] = 7 return #t, t[1], t[2], t[3], ext.string(t)", [2, 0, 7, undefined, "\0\x07"], () => ({ input: new SharedArrayBuffer(2) })],
  ["a SharedArrayBuffer has no fields", "_io.input.x = 7", /outside a typed array/, () => ({ input: new SharedArrayBuffer(2) })],
  ["a typed array on shared memory", "local t = _io.input t[1] = 7 return #t, t[1]", [4, 7], () => ({ input: new Uint8Array(new SharedArrayBuffer(4)) })],
  ["a buffer that grows", "local t = _io.input.buffer local before = #t _io.input.grow() t[12] = 5 return before, #t, t[12]", [8, 12, 5],
    () => { const buffer = new ArrayBuffer(8, { maxByteLength: 16 }); return { input: { buffer, grow: () => buffer.resize(12) } }; }],
  ["a typed array that shrinks during ipairs", "local t, n = _io.input.array, 0 for i in ipairs(t) do n = n + 1 if n == 2 then _io.input.shrink() end end return n, #t, ext.string(t), #ext.copy(t, 1, 8, {})",
    [3, 3, "\0\0\0", 3], () => { const buffer = new ArrayBuffer(8, { maxByteLength: 16 }); return { input: { array: new Uint8Array(buffer), shrink: () => buffer.resize(3) } }; }],
  ["a typed array whose buffer is transferred away", "local t = _io.input.array local before = #t _io.input.detach() return before, #t, t[1], next(t), (pcall(function() t[1] = 1 end)), #ext.copy(t, 1, 8, {})",
    [8, 0, undefined, undefined, false, 0], () => { const array = new Uint8Array(8); return { input: { array, detach: () => structuredClone(array.buffer, { transfer: [array.buffer] }) } }; }],
  ["a BigUint64Array gives bigints", "local v = _io.input[1] return type(v), bigint.eq(v, 5), tostring(v), v", ["userdata", true, "5", 5n], () => ({ input: BigUint64Array.of(5n) })],
  ["bigints into typed arrays", "local t = _io.input t.a[1] = bigint.new(7) t.b[1] = bigint.new(2)^53 t.c[1] = bigint.new(2)^64 - 1 return t.a[1], t.b[1], t.c[1]", [7, 2 ** 53, 2n ** 64n - 1n],
    () => ({ input: { a: new BigInt64Array(1), b: new Float64Array(1), c: new BigUint64Array(1) } })],
  ["a bigint too large for a typed array", "_io.input[1] = bigint.new(2)^63", /does not fit/, () => ({ input: new BigInt64Array(1) })],
  ["a bigint that a Float64Array would round", "_io.input[1] = bigint.new(2)^53 + 1", /does not fit/, () => ({ input: new Float64Array(1) })],
  ["special numbers into a Float32Array", "local t = _io.input t[1], t[2], t[3] = 0/0, -0.0, 1/0 return t[1] ~= t[1], 1 / t[2], t[3]", [true, -Infinity, Infinity], () => ({ input: new Float32Array(3) })],
  ["a DataView has no elements", "local t = _io.input return #t, t[1], next(t)", [0, undefined, undefined], () => ({ input: new DataView(new ArrayBuffer(4)) })],
  ["a frozen object", "_io.input.x = 2", /TypeError/, { input: Object.freeze({ x: 1 }) }],
  ["a frozen object is read", "local s = 0 for _, v in pairs(_io.input) do s = s + v end return s, #_io.input", [6, 3], { input: Object.freeze([1, 2, 3]) }],
  ["a frozen object: nil", "_io.input.x = nil", /TypeError/, { input: Object.freeze({ x: 1 }) }],
  ["a frozen array: appending", "_io.input[2] = 1", /TypeError/, { input: Object.freeze([1]) }],
  ["a frozen array: nil at the end", "_io.input[1] = nil", /TypeError/, { input: Object.freeze([1]) }],
  ["a sealed object changes", "_io.input.x = 5 return _io.input.x", [5], () => ({ input: Object.seal({ x: 1 }) })],
  ["a sealed object keeps its fields", "_io.input.x = nil", /TypeError/, { input: Object.seal({ x: 1 }) }],
  ["a sealed array keeps its elements", "_io.input[1] = nil", /TypeError/, { input: Object.seal([1]) }],
  ["an object that is not extensible", "_io.input.y = 1", /TypeError/, { input: Object.preventExtensions({ x: 1 }) }],
  ["a property that is not writable", "_io.input.y = 1", /TypeError/, { input: Object.defineProperty({}, "y", { value: 0 }) }],
  ["a property that is not enumerable", "return _io.input.y, next(_io.input)", [0, undefined], { input: Object.defineProperty({}, "y", { value: 0 }) }],
  ["a getter without a setter", "_io.input.y = 1", /TypeError/, { input: { get y() { return 0; } } }],
  ["a setter that throws", "_io.input.y = 1", /RangeError: no/, { input: { set y(v) { throw new RangeError("no"); } } }],
  ["a setter that throws, a text", "_io.input.y = 'text'", /RangeError: no/, { input: { set y(v) { throw new RangeError("no"); } } }],
  ["a frozen array", "_io.input[1] = 2", /TypeError/, { input: Object.freeze([1]) }],
  ["a sealed object has no new field", "_io.input.y = 2", /TypeError/, { input: Object.seal({ x: 1 }) }],
  ["an object without a prototype", "local t = _io.input t.b = 2 return t.a, t.b, t.toString", [1, 2, undefined], () => ({ input: Object.assign(Object.create(null), { a: 1 }) })],
  ["a getter of its own", "return _io.input.x, _io.input.x", [1, 2], () => { let n = 0; return { input: { get x() { return ++n; } } }; }],
  ["a setter of its own", "_io.input.x = 5 return _io.input.y", [5], () => ({ input: { set x(v) { this.y = v; }, y: 0 } })],
  ["a class instance: own fields only", "local t = _io.input return t.a, t.method, t.constructor, t.inherited", [1, undefined, undefined, undefined],
    () => ({ input: new (class { a = 1; method() {} get inherited() { return 1; } })() })],
  ["a Date: exposed methods", "local d = _io.input return d:getTime(), d:toISOString(), d.setTime", [0, "1970-01-01T00:00:00.000Z", undefined], { input: new Date(0) }],
  ["a Date's method on something else", "return _io.input[1].getTime(_io.input[2])", /needs an object of class Date/, { input: [new Date(0), {}] }],
  ["a Date's method without an object", "return _io.input.getTime()", /needs an object of class Date/, { input: new Date(0) }],
  ["an error object", "local e = _io.input return e.message, e.name, e.code, e.cause, e.stack, tostring(e)", ["m", "RangeError", 7, "c", undefined, "RangeError: m"],
    () => ({ input: Object.assign(new RangeError("m", { cause: "c" }), { code: 7 }) })],
  ["an error object is not changed", "_io.input.message = 'x'", /cannot be changed/, { input: new Error("m") }],
]);

test("exposed methods and getters of a class, also of one that extends it", async () => {
  class Account {
    #balance = 10;
    owner = "o";
    deposit(amount) { this.#balance += amount; return this.#balance; }
    get balance() { return this.#balance; }
    secret() { return "secret"; }
  }
  class Special extends Account {}
  const { cu } = await createCu({ expose: [[Account, ["deposit", "balance"]]] });
  for (const input of [new Account(), new Special()]) {
    assert.deepEqual(await cu.computeAll("local a = _io.input return a:deposit(5), a.balance, a.owner, a.secret, a.deposit == a.deposit", { input }), [15, 15, "o", undefined, true]);
  }
  await assert.rejects(cu.compute("return _io.input.deposit({}, 1)", { input: new Account() }), { message: /needs an object of class Account/ });
  cu.close();
});

test("adoption: contents move, names stay, sharing and cycles are kept", async () => {
  const { cu } = await createCu();
  assert.deepEqual(await cu.computeAll(`
    local t = {1, 2, x = 1}
    local list, shared = {"a"}, {s = 1}
    t.list, t.a, t.b, t.self = list, shared, shared, t
    _io.output = t
    t.later = true
    list[2] = "b"
    shared.s = 2
    return ext.is(t), ext.is(list), _io.output == t, t.a == t.b, t.self == t, #list`), [true, true, true, true, true, 2]);
  const output = cu.getOutput();
  assert.ok(output instanceof Map);
  assert.equal(output.get("later"), true);
  assert.deepEqual(output.get("list"), ["a", "b"]);
  assert.equal(output.get("a"), output.get("b"));
  assert.deepEqual(output.get("a"), { s: 2 });
  assert.equal(output.get("self"), output);
  cu.close();
});

/** `[name, code, what getOutput() must give]`. */
for (const [name, code, expected] of [
  ["a sequence", "_io.output = {1, 2}", [1, 2]],
  ["fields", "_io.output = {a = {b = 1}}", { a: { b: 1 } }],
  ["an empty table", "_io.output = {}", {}],
  ["an empty array", "_io.output = ext.array()", []],
  ["empty, then key 1", "_io.output = {} for i = 1, 3 do _io.output[i] = i end", [1, 2, 3]],
  ["empty inside, then appended to", "_io.output = {list = {}} local l = _io.output.list for i = 1, 3 do l[#l + 1] = i * i end", { list: [1, 4, 9] }],
  ["empty, then a string", "_io.output = {} _io.output.a = 1", { a: 1 }],
  ["empty, then another key", "_io.output = {} _io.output[true] = 1", new Map([[true, 1]])],
  ["empty, then key 5", "_io.output = {} _io.output[5] = 1", new Map([[5, 1]])],
  ["an array that gets a field", "_io.output = {1} _io.output.x = 2", new Map([[1, 1], ["x", 2]])],
  ["an object that gets an index", "_io.output = {x = 1} _io.output[1] = 2", new Map([["x", 1], [1, 2]])],
  ["converted inside others", "local l = {} _io.output = {a = l, b = {l}} l[1] = 1 l.x = 2", (() => { const map = new Map([[1, 1], ["x", 2]]); return { a: map, b: [map] }; })()],
  ["converted with children", "_io.output = {{{}}} local o = _io.output o.x = 1 o[1][1][1] = 'deep'", new Map([[1, [["deep"]]], ["x", 1]])],
  ["stored elsewhere meanwhile", "local e = {} _io.output = {} _io.output.a = e _io.output.b = e e[1] = 1", { a: [1], b: [1] }],
  ["moved before it was decided", "local e = {} _io.output = {a = e} _io.output.b, _io.output.a = _io.output.a, nil e[1] = 1", { b: [1] }],
  ["a list made of removed entries", "_io.output = {1, 2, 3} table.remove(_io.output, 1)", [2, 3]],
  ["a string that is not text", "_io.output = {'\\xFF'}", [Uint8Array.of(255)]],
  ["the type of the tables in a large graph", "local t = {} for i = 1, 2000 do t[i] = {i = i, l = {}} end _io.output = t for i = 1, 2000 do t[i].l[1] = i end",
    Array.from({ length: 2_000 }, (_, i) => ({ i: i + 1, l: [i + 1] }))],
]) {
  test(`output: ${name}`, async () => {
    const { cu } = await createCu();
    await cu.compute(code);
    assert.deepEqual(cu.getOutput(), expected);
    cu.close();
  });
}

test("once JavaScript has looked, a table keeps its kind", async () => {
  const { cu } = await createCu();
  await cu.compute("_io.output = {list = {1}, empty = {}}");
  const output = cu.getOutput();
  await assert.rejects(cu.compute("_io.output.list.x = 1"), { message: /an array has no field "x"/ });
  await cu.compute("_io.output.empty[1] = 'one'");
  assert.deepEqual(output, { list: [1], empty: { 1: "one" } });
  // A function of the host that gets one looks as well.
  await cu.compute("_io.output = {a = {}, b = {}} (...)(_io.output.a) _io.output.a[1] = 1 _io.output.b[1] = 1", { args: [() => {}] });
  assert.deepEqual(cu.getOutput(), { a: { 1: 1 }, b: [1] });
  // So does the end of a computation, for what is in objects of the host's own.
  const input = {};
  await cu.compute("_io.input.a = {} _io.input.a[1] = 1 _io.input.b = {}", { input });
  assert.deepEqual(input, { a: [1], b: {} });
  cu.close();
});

/** `[name, what Lua gets, code, what is there afterwards]`. */
for (const [name, input, code, expected] of [
  ["nil inside an array is undefined, not a hole", [1, 2, 3], "_io.input[2] = nil", [1, undefined, 3]],
  ["nil at the end of an array shortens it", [1, 2, 3], "_io.input[3] = nil", [1, 2]],
  ["an element behind the end leaves holes", [1], "_io.input[3] = 3", [1, , 3]],
  ["a field that is nil is gone", { a: 1, b: 2 }, "_io.input.a = nil", { b: 2 }],
  ["integers, floats and their strings", {}, "local t = _io.input t[1], t['2'], t.f, t.i = 'one', 'two', 3.0, 3", { 1: "one", 2: "two", f: 3, i: 3 }],
  ["numbers", {}, "local t = _io.input t.a, t.b, t.c, t.d = -0.0, 0/0, math.maxinteger, 1e300", { a: -0, b: NaN, c: 2n ** 63n - 1n, d: 1e300 }],
  ["null", {}, "_io.input.n = ext.null _io.input.l = { ext.null, 1 }", { n: null, l: [null, 1] }],
  ["texts and bytes", {}, "local t = _io.input t.bom, t.half, t.bytes, t.nul = '\\u{FEFF}a', '\\xED\\xA0\\x80', '\\xFF', 'a\\0b'", { bom: "\ufeffa", half: "\ud800", bytes: Uint8Array.of(255), nul: "a\0b" }],
  ["a Map keeps types of keys", new Map(), "local t = _io.input t[1], t['1'], t[1.5], t[true] = 'i', 's', 'f', 'b'", new Map([[1, "i"], ["1", "s"], [1.5, "f"], [true, "b"]])],
  ["a Map with tables as keys and values", new Map(), "local k = { 'k' } _io.input[k] = { k }", (() => { const k = ["k"]; return new Map([[k, [k]]]); })()],
  ["a Set of tables", new Set(), "_io.input[{ 'k' }] = true", new Set([["k"]])],
  ["a Set", new Set([1, 2]), "_io.input.x, _io.input[1] = true, nil", new Set([2, "x"])],
]) {
  test(`what JavaScript finds: ${name}`, async () => {
    const { cu } = await createCu();
    await cu.compute(code, { input });
    assert.deepEqual(input, expected);
    if (Array.isArray(input)) assert.deepEqual(Object.keys(input), Object.keys(expected));
    cu.close();
  });
}

test("_io is by reference, and empties", async () => {
  const { cu } = await createCu();
  const input = { list: [1, 2, 3] };
  cu.setInput(input);
  cu.setMeta({ user: "u" });
  assert.equal(await cu.compute("_io.input.list[4] = 4 _io.output = _io.input.list return _io.meta.user"), "u");
  assert.equal(cu.getOutput(), input.list);
  assert.deepEqual(input.list, [1, 2, 3, 4]);
  cu.clearIo();
  assert.deepEqual(await cu.computeAll("return _io.input, _io.output, _io.meta, next(_io)"), [undefined, undefined, undefined, undefined]);
  cu.close();
});

test("tables of ext.table hold everything with its type", async () => {
  const { cu } = await createCu();
  assert.deepEqual(await cu.computeAll(`
    local t = ext.table()
    for i = 1, 10000 do t[i] = i % 3 == 0 and i / 1 or i % 3 == 1 and i or tostring(i) end
    t[1.5], t.x, t["1"], t[true] = 1, 2, 3, 4
    local n, types = 0, {}
    for k, v in pairs(t) do n = n + 1 types[math.type(v) or type(v)] = (types[math.type(v) or type(v)] or 0) + 1 end
    return #t, n, types.integer, types.float, types.string, t[1.5], t["1"]`), [10_000, 10_004, 3_338, 3_333, 3_333, 1, 3]);
  cu.close();
});

test("a traversal of 10^5 keys is linear", { timeout: 60_000 }, async () => {
  const { cu } = await createCu();
  const input = { object: {}, map: new Map() };
  for (let i = 0; i < 100_000; i++) {
    input.object[`k${i}`] = i;
    input.map.set(`k${i}`, i);
  }
  // Were it quadratic, it would take minutes.
  assert.deepEqual(await cu.computeAll(`
    local function sum(t) local s = 0 for k, v in pairs(t) do s = s + v end return s end
    local h = ext.table() for k, v in pairs(_io.input.object) do h[k] = v end
    return sum(_io.input.object), sum(_io.input.map), sum(h)`, { input }), [4_999_950_000, 4_999_950_000, 4_999_950_000]);
  cu.close();
});

test("handles come back: many objects, few handles", async () => {
  const { cu } = await createCu();
  const input = Array.from({ length: 200_000 }, (_, v) => ({ v }));
  assert.equal(await cu.compute("local s = 0 for i = 1, #_io.input do s = s + _io.input[i].v end return s", { input }), 19_999_900_000);
  assert.ok(cu.memory.tables < 50_000, `${cu.memory.tables} tables`);
  cu.collectGarbage();
  assert.ok(cu.memory.tables < 10, `${cu.memory.tables} tables`);
  cu.close();
});
