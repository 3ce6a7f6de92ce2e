/**
 * Attempts to get from Lua at something that the host did not hand over, or to change it. None must succeed: each row is code, and what it
 * must give. After each, the prototypes and globals of the host are as they were.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCu } from "./support.mjs";

class Thing {
  own = 1;
  #hidden = 2;
  method() { return "method"; }
  get accessor() { throw new Error("the getter of a prototype was called"); }
  set accessor(value) { throw new Error("the setter of a prototype was called"); }
  static make() { return "static"; }
}

/** Whoever asks for its class runs into a getter. */
class Guarded {}
Object.defineProperty(Guarded.prototype, "constructor", { get() { throw new Error("the getter of a prototype was called"); } });

const traps = [];
function createInput() {
  traps.length = 0;
  return {
    object: { a: 1 },
    array: [1, 2, 3],
    map: new Map([["k", 1]]),
    set: new Set(["k"]),
    typed: new Float64Array(2),
    buffer: new ArrayBuffer(2),
    thing: new Thing(),
    date: new Date(0),
    error: new Error("m"),
    regexp: /x/g,
    promise: Promise.resolve(1),
    fn: (x) => x,
    bound: function () { return this; },
    klass: Thing,
    bare: Object.create(null),
    inherits: Object.create({ inherited: "secret", set trap(v) { throw new Error("an inherited setter was called"); } }),
    symbol: { [Symbol.iterator]: "secret", [Symbol.toPrimitive]: "secret" },
    proxy: new Proxy({ a: 1 }, { get(target, key) { traps.push(key); return target[key]; } }),
    weak: new WeakMap(),
    frozen: Object.freeze({ a: 1 }),
    generator: (function* () { yield 1; })(),
    boxed: new String("abc"),
    guarded: new Guarded(),
  };
}

/** What every chunk may use: walks a path of keys as far as it goes. */
const WALK = "local function walk(v, ...) for _, k in ipairs {...} do if type(v) ~= 'table' then return 'stopped' end v = v[k] if v == nil then return nil end end return v end local i = _io.input ";

const nothing = [undefined];
const INHERITED = ["constructor", "__proto__", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf", "__defineGetter__", "__defineSetter__", "__lookupGetter__", "prototype"];

const rows = [
  ...INHERITED.map((name) => [`${name} of an object`, `return i.object[${JSON.stringify(name)}]`, nothing]),
  ...["array", "map", "set", "typed", "buffer", "thing", "date", "error", "regexp", "promise", "bare", "inherits", "proxy", "weak", "generator", "boxed"]
    .map((name) => [`constructor of ${name}`, `return i.${name}.constructor, i.${name}.__proto__`, [undefined, undefined]]),
  ["constructor in another spelling", "return i.object['con' .. 'structor'], i.object['constructor\\0'], i.object['\\u{63}onstructor']", [undefined, undefined, undefined]],
  ["constructor of the constructor", "return walk(i.object, 'constructor', 'constructor')", nothing],
  ["methods of arrays", "return i.array.push, i.array.map, i.array.concat, i.array.length", [undefined, undefined, undefined, undefined]],
  ["methods of maps", "return i.map.get, i.map.set, i.map.size, i.map.clear", [undefined, undefined, undefined, undefined]],
  ["methods of sets", "return i.set.add, i.set.size", [undefined, undefined]],
  ["methods of typed arrays", "return i.typed.buffer, i.typed.set, i.typed.byteLength", [undefined, undefined, undefined]],
  ["methods of classes", "return i.thing.method, i.thing.own", [undefined, 1]],
  ["getters of classes", "return i.thing.accessor", nothing],
  ["the class of what _home refuses", "local ok, e = pcall(function() _home.x = i.guarded end) return ok, e", [false, "compute:1: _home.x: such an object cannot be stored"]],
  ["the class of what _home refuses, inside", "local ok, e = pcall(function() _home.x = { i.guarded } end) return ok, e", [false, "compute:1: _home.x[1]: such an object cannot be stored"]],
  ["a class as a key", "_home.x = nil return (pcall(function() _home[i.thing] = 1 end)), _home[i.thing]", [false, undefined]],
  ["private fields", "return i.thing['#hidden'], i.thing.hidden", [undefined, undefined]],
  ["setters of classes", "i.thing.accessor = 5 return i.thing.accessor", [5]],
  ["inherited fields", "return i.inherits.inherited", nothing],
  ["inherited setters", "i.inherits.trap = 5 return i.inherits.trap", [5]],
  ["not exposed methods of Date", "return i.date.setTime, i.date.toLocaleString, i.date.constructor", [undefined, undefined, undefined]],
  ["a method of Date on another object", "return (pcall(i.date.getTime, i.object))", [false]],
  ["then of a promise", "return i.promise['then'], i.promise.catch", [undefined, undefined]],
  ["exec of a regular expression", "return i.regexp.exec, i.regexp.source", [undefined, undefined]],
  ["next of a generator", "return i.generator.next, i.generator['return']", [undefined, undefined]],
  ["the stack of an error", "return i.error.stack, i.error.constructor", [undefined, undefined]],
  ["symbols", "return i.symbol['Symbol(Symbol.iterator)'], i.symbol['@@iterator'], next(i.symbol)", [undefined, undefined, undefined]],
  ["a function is no table", "return type(i.fn), pcall(function() return i.fn.constructor end)", (results) => assert.deepEqual(results.slice(0, 2), ["function", false])],
  ["call of a function", "return (pcall(function() return i.fn.call(nil, 1) end))", [false]],
  ["apply of a function", "return (pcall(function() return i.fn['apply'](nil, {}) end))", [false]],
  ["bind of a function", "return (pcall(function() return i.fn:bind(1) end))", [false]],
  ["prototype of a class", "return (pcall(function() return i.klass.prototype end))", [false]],
  ["static members of a class", "return (pcall(function() return i.klass.make() end))", [false]],
  ["fields set on a function", "return (pcall(function() i.fn.x = 1 end))", [false]],
  ["this of a function", "return i.bound(), i.object.a", [undefined, 1]],
  ["this by a colon", "i.object.f = i.bound return i.object:f()", nothing],
  ["calling a class", "return (pcall(i.klass))", [false]],
  ["metatable of a function", "return getmetatable(i.fn)", nothing],
  ["writing __proto__", "i.object.__proto__ = {polluted = 1} return i.object.polluted, i.object.__proto__.polluted", [undefined, 1]],
  ["writing into __proto__", "return (pcall(function() i.object.__proto__.polluted = 1 end))", [false]],
  ["writing constructor.prototype", "return (pcall(function() i.object.constructor.prototype.polluted = 1 end))", [false]],
  ["writing __proto__ of an array", "return (pcall(function() i.array.__proto__ = {} end))", [false]],
  ["rawset of __proto__", "rawset(i.object, '__proto__', {x = 1}) return i.object.x, rawget(i.object, '__proto__').x", [undefined, 1]],
  ["adopting a table with __proto__", "i.object.t = {['__proto__'] = {polluted = 1}, a = 1} return i.object.t.polluted, i.object.t.a", [undefined, 1]],
  ["pollution through the output", "_io.output = {['__proto__'] = {polluted = 1}} return _io.output.polluted", nothing],
  ["pollution through a field of the output", "_io.output = {} _io.output.__proto__ = {polluted = 1} return _io.output.polluted", nothing],
  ["__defineGetter__ is just a field", "i.object.__defineGetter__ = 5 return i.object.__defineGetter__", [5]],
  ["toString is just a field", "i.object.toString = 5 i.object.valueOf = 6 return i.object.toString + i.object.valueOf", [11]],
  ["toJSON does not run", "i.object.toJSON = function() error('ran') end return tostring(i.object):match('^table')", ["table"]],
  ["the length of an array", "return (pcall(function() i.array.length = 0 end)), #i.array", [false, 3]],
  ["a huge length of an array", "return (pcall(function() i.array[4294967295] = 1 end)), #i.array", [false, 3]],
  ["a negative index", "return i.array[-1], (pcall(function() i.array[-1] = 1 end))", [undefined, false]],
  ["index zero", "return i.array[0], (pcall(function() i.array[0] = 1 end))", [undefined, false]],
  ["an index as text", "return i.array['0'], i.array['1'], (pcall(function() i.array['0'] = 1 end))", [undefined, undefined, false]],
  ["an index of 2^53", "return i.array[1 << 53], i.array[math.maxinteger], i.array[1e300]", [undefined, undefined, undefined]],
  ["an index outside a typed array", "return i.typed[3], i.typed[0], i.typed[-1], i.typed['length']", [undefined, undefined, undefined, undefined]],
  ["writing outside a typed array", "return (pcall(function() i.typed[3] = 1 end)), (pcall(function() i.typed.length = 1 end))", [false, false]],
  ["writing to a frozen object", "return (pcall(function() i.frozen.a = 2 end)), i.frozen.a", [false, 1]],
  ["rawset on a frozen object", "return (pcall(rawset, i.frozen, 'a', 2)), i.frozen.a", [false, 1]],
  ["the metatable of a proxy", "return type(getmetatable(i.object))", (results) => assert.notEqual(results[0], "table")],
  ["the metatable of a proxy by debug", "local m = debug.getmetatable(i.object) return type(m) == 'table' and next(m) or nil", nothing],
  ["the registry", "for k, v in pairs(debug.getregistry()) do if type(v) == 'table' and getmetatable(v) == nil and v == i.object then return 'found' end end", []],
  ["upvalues of a function of the host", "return debug.getupvalue(i.fn, 1)", (results) => assert.ok(results[1] === undefined || typeof results[1] !== "object")],
  ["a forged proxy", "local t = setmetatable({}, debug.getmetatable(i.object)) return (pcall(function() return t.a end))", (results) => assert.notEqual(results[1], 1)],
  ["a forged handle in a table", "local t = setmetatable({[1] = 1, handle = 1, id = 1}, {__index = i.object}) return rawget(t, 'a')", nothing],
  ["rawset cannot hide a handle in a proxy", "rawset(i.object, 1, 99) return i.object.a, i.object[1]", [1, 99]],
  ["replacing the metatable of a proxy", "pcall(setmetatable, i.object, {__index = function() return 'x' end}) return i.object.a", [1]],
  ["debug.setmetatable on a proxy", "pcall(debug.setmetatable, i.object, nil) return i.array[1], #i.array", [1, 3]],
  ["debug.setuservalue", "pcall(debug.setuservalue, i.object, 1, 1) return i.object.a", [1]],
  ["load with the environment of a proxy", "return load('return constructor, toString', 'c', 't', i.object)()", [undefined, undefined]],
  ["globals of the host", "return process, globalThis, window, require and pcall(require, 'fs')", (results) => assert.deepEqual(results.slice(0, 4), [undefined, undefined, undefined, false])],
  ["modules by inherited names", "return (pcall(require, 'constructor')), (pcall(require, '__proto__')), (pcall(require, 'toString'))", [false, false, false]],
  ["a global of the chunk is none of the host", "polluted = 1 return _G.polluted", [1]],
  ["pairs shows own names only", "local n = {} for k in pairs(i.inherits) do n[#n + 1] = k end for k in pairs(i.thing) do n[#n + 1] = k end return n", [["own"]]],
  ["next with inherited names", "return (pcall(next, i.object, 'constructor')), (pcall(next, i.object, '__proto__'))", [false, false]],
  ["the trap of a Proxy sees own names only", "return i.proxy.a, i.proxy.constructor, i.proxy['then']", [1, undefined, undefined]],
  ["the view of _home has no methods", "return _home.get, _home.set, _home.constructor, _home.toJS", [undefined, undefined, undefined, undefined]],
  ["_io itself", "return _io.constructor, _io.__proto__, _io.toString", [undefined, undefined, undefined]],
  ["replacing _io is Lua's own affair", "_io = nil return _io", nothing],
  ["a function of the host as a method of a string", "return (pcall(function() return ('x').constructor end)), ('x').constructor", [true, undefined]],
  ["a boxed string", "return i.boxed.length, i.boxed.constructor, i.boxed.split", [3, undefined, undefined]],
];

const roots = () => [Object.prototype, Array.prototype, Function.prototype, Map.prototype, Set.prototype, Thing.prototype, Date.prototype, Error.prototype, Thing, globalThis]
  .map((object) => Object.entries(Object.getOwnPropertyDescriptors(object)).map(([name, { value, get, set }]) => [name, typeof value, get, set]));

test(`there are ${rows.length} attempts, at least 60`, () => assert.ok(rows.length >= 60));

// Node puts these in place when they are first asked for, which the library does at its first text.
void [TextEncoder, TextDecoder];
const before = roots();
for (const [name, code, expected] of rows) {
  test(`escape: ${name}`, async () => {
    const { cu } = await createCu();
    const io = await cu.compute("return _io");
    let input;
    // The second time the keys are known on both sides, which is another way through the library.
    for (let round = 0; round < 2; round++) {
      input = createInput();
      await cu.compute("_io = ...", { args: [io] });
      const results = await cu.computeAll(WALK + code, { input });
      if (typeof expected === "function") expected(results);
      else assert.deepEqual(results, expected);
      cu.getOutput();
    }
    assert.deepEqual(roots(), before);
    assert.equal({}.polluted, undefined);
    assert.equal(Object.getPrototypeOf(input.object), Object.prototype);
    assert.equal(Object.getPrototypeOf(input.array), Array.prototype);
    assert.ok(!traps.includes("constructor") && !traps.includes("then"));
    assert.equal(await cu.compute("return 1 + 1"), 2);
    cu.close();
  });
}
