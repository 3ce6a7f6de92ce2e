// The example, built as its script `build` says, in Node: values both ways, objects by reference, errors, and what is refused by name. A
// page of Chromium loads it, too.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { launch, newProfile } from "../../tests/browser/browsers.mjs";
import { serve } from "../../tests/browser/server.mjs";

const BUILT = new URL("../../target/examples/orders/", import.meta.url);

execFileSync(fileURLToPath(new URL("build", import.meta.url)), { stdio: "inherit" });
const { default: init, Orders } = await import(new URL("orders.js", BUILT).href);
await init({ module_or_path: readFileSync(new URL("orders_bg.wasm", BUILT)) });

/** What `source` gives with `input` as `_io.input`, in a state of its own. */
function compute(source, input) {
  const orders = new Orders();
  try {
    orders.setInput(input);
    return orders.compute(source);
  } finally {
    orders.free();
  }
}

const frozen = () => Object.freeze({ a: 1 });
const inherited = () => Object.create(Object.create({ secret: 1 }));

for (const [source, input, expected] of [
  ["return 1 + 1", undefined, 2],
  ["return 7 / 2", undefined, 3.5],
  ["return math.type(_io.input)", 3, "integer"],
  ["return math.type(_io.input)", 3.5, "float"],
  ["return _io.input", "text é", "text é"],
  ["return nil", undefined, undefined],
  ["return true", undefined, true],
  ["return math.maxinteger", undefined, 2n ** 63n - 1n],
  ["return _io.input * _io.input", 10n ** 30n, 10n ** 60n],
  ["return -_io.input", 10n ** 30n, -(10n ** 30n)],
  ["return '\\255'", undefined, Uint8Array.of(255)],
  ["return { 1, { a = 'b' } }", undefined, [1, { a: "b" }]],
  ["return {}", undefined, {}],
  ["return #_io.input", [1, 2, 3], 3],
  ["local s = 0 for i, v in ipairs(_io.input) do s = s + v end return s", [1, 2, 3], 6],
  ["local s = '' for k, v in pairs(_io.input) do s = s .. k .. v end return s", { b: 1, a: 2 }, "b1a2"],
  ["local n = 0 for k in pairs(_io.input) do _io.input[k] = nil n = n + 1 end return n", { b: 1, a: 2, c: 3 }, 3],
  ["return next(_io.input)", {}, undefined],
  [
    "local s = '' for k, t in pairs(_io.input) do for l in pairs(t) do s = s .. k .. l .. ' ' end end return s",
    { a: { x: 1, y: 2 }, b: { z: 3 } },
    "ax ay bz ",
  ],
  ["return _io.input.b", Object.assign(Object.create(null), { b: 1 }), 1],
  ["return _io.input.constructor", {}, undefined],
  ["return _io.input.__proto__", {}, undefined],
  ["return _io.input.a == _io.input.b and _io.input.a ~= _io.input", (() => { const a = {}; return { a, b: a }; })(), true],
  ["return _io.input.add(2, 3)", { add: (a, b) => a + b }, 5],
  ["return _io.input.first({ 'a', 'b' })", { first: (list) => list[0] }, "a"],
  ["return require('round')(2.345)", undefined, 2.35],
  ["local ok, e = pcall(error, { code = 7 }) return e.code", undefined, 7],
  ["local ok, e = pcall(function() _io.input.a = 2 end) return ok", frozen(), false],
  ["local c = coroutine.wrap(function() coroutine.yield(1) error('x') end) c() return (select(2, pcall(c)))", undefined, "compute:1: x"],
  ["return ext.len(_io.input) + #ext.copy(_io.input, 1, 3, {})", [1, 2, 3], 6],
]) test(`${source} gives ${typeof expected}`, () => assert.deepEqual(compute(source, input), expected));

for (const [source, input, message] of [
  ["error('no')", undefined, /^Error: compute:1: no$/],
  ["return +", undefined, /^Error: compute:1: unexpected symbol near '\+'$/],
  ["return _io.input.fail()", { fail() { throw new TypeError("bad") } }, /TypeError: bad/],
  ["_io.input.a = 2", frozen(), /an object of JavaScript does not allow that 'a' is changed/],
  ["_io.input.a = function() end", {}, /a function of Lua's cannot be passed to JavaScript here/],
  ["_io.input.a = { 1, b = 2 }", {}, /neither a sequence nor has strings alone as keys/],
  ["_io.input[5] = 1", [1], /takes the keys 1 to its length \+ 1/],
  ["_io.input[0 / 0] = 1", {}, /index is NaN/],
  ["return _io.input.d", { d: new Date(0) }, /an object of class Date cannot be handed to Lua here/],
  ["return 1", inherited(), /an object of class Object cannot be handed to Lua here/],
  ["return _io.input.a", new Proxy({}, { getOwnPropertyDescriptor() { throw new Error("trap") } }), /Error: trap/],
  ["return #_io.input", new Proxy([], { get() { throw 7 } }), /JavaScript threw what is no error/],
  ["return 1", new Map(), /an object of class Map cannot be handed to Lua here/],
  ["return 1", Symbol("s"), /a symbol of JavaScript has no form in Lua/],
  ["return print", undefined, /a function of Lua's cannot be passed to JavaScript here/],
  ["local function f() return 1 + f() end return f()", undefined, /stack overflow/],
  ["local t = {} for i = 1, 1e9 do t[i] = i end", undefined, /not enough memory/],
]) test(`${source} fails with ${message}`, () => assert.throws(() => compute(source, input), message));

test("objects are passed by reference, and plain tables become a part of them", () => {
  const orders = new Orders();
  const input = { items: [{ price: 2.5 }, { price: 4 }] };
  orders.setInput(input);
  const items = orders.compute(`
    local items = _io.input.items
    local new = { price = 0 }
    items[#items + 1] = new
    new.price = 1.5
    local total = 0
    for _, item in ipairs(items) do total = total + item.price end
    _io.input.total = total
    _io.output = { total = total, by = { 'lua' } }
    print('total', total)
    return items`);
  assert.equal(items, input.items);
  assert.deepEqual(input, { items: [{ price: 2.5 }, { price: 4 }, { price: 1.5 }], total: 8 });
  assert.deepEqual(orders.output(), { total: 8, by: ["lua"] });
  assert.equal(orders.takePrinted(), "total\t8.0\n");
  assert.throws(() => new Orders(), /this thread has a Vm already/);
  orders.free();
});

test("an error leaves the state as it was, a thousand times", () => {
  const orders = new Orders();
  orders.setInput({ n: 0 });
  const failing = () => orders.compute("n = (n or 0) + 1 _io.input.n = n _io.input.f()");
  for (let i = 0; i < 1000; i++) assert.throws(failing, /attempt to call a nil value/);
  assert.equal(orders.compute("return n + _io.input.n"), 2000);
  orders.free();
});

test("a page of Chromium", async () => {
  const files = { "/orders.js": new URL("orders.js", BUILT), "/orders_bg.wasm": new URL("orders_bg.wasm", BUILT) };
  const server = await serve(files);
  const browser = await launch("chromium", newProfile("orders"));
  try {
    const page = await browser.newPage();
    await page.goto(server.address);
    const result = await page.evaluate(`(async () => {
      const { default: init, Orders } = await import("/orders.js");
      await init();
      const orders = new Orders();
      const input = { prices: [2.5, 4] };
      orders.setInput(input);
      const total = orders.compute("local p = _io.input.prices p[#p + 1] = 1 return p[1] + p[2] + p[3]");
      const error = (() => { try { orders.compute("error('no')") } catch (error) { return error.message } })();
      return { total, error, prices: input.prices };
    })()`);
    assert.deepEqual(result, { total: 7.5, error: "compute:1: no", prices: [2.5, 4, 1] });
  } finally {
    await browser.close();
    await server.close();
  }
});
