/** Hosts' objects and Lua programs that mean no good: clear errors, nothing lost, and the instance goes on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkRows, createCu } from "./support.mjs";

checkRows([
  ["a getter that throws", "return _io.input.x", /boom/, () => ({ input: { get x() { throw new Error("boom"); } } })],
  ["an element that throws", "return #ext.copy(_io.input, 1, 30, {})", /boom/, () => ({ input: Object.defineProperty(new Array(30).fill(1), 7, { get() { throw new Error("boom"); } }) })],
  ["an array that shrinks during ipairs", "local n = 0 for i in ipairs(_io.input) do n = n + 1 if n == 2 then _io.input[#_io.input] = nil _io.input[#_io.input] = nil end end return n", [2],
    () => ({ input: [1, 2, 3, 4] })],
  ["an array that a getter empties during ipairs", "local n = 0 for i, v in ipairs(_io.input) do n = n + 1 end return n", [2],
    () => { const input = [1, 2, 3, 4]; return { input: Object.defineProperty(input, 1, { get() { input.length = 0; return 2; } }) }; }],
  ["an array that a getter empties during ext.copy", "local r = ext.copy(_io.input, 1, 40, {}) return r[3]", [undefined],
    () => { const input = new Array(40).fill(1); return { input: Object.defineProperty(input, 1, { get() { input.length = 0; return 2; } }) }; }],
  ["a table adopted while it is traversed", "local t, seen = {1, 2, 3, x = 4}, 0 for k, v in pairs(t) do _home.t = t seen = seen + v end return seen, ext.is(t)", [10, true]],
  ["a subtable adopted while it is traversed", "local t, seen = {1, 2, 3, x = 4}, 0 for k, v in pairs(t) do _io.output = { t } seen = seen + v end return seen", [10]],
  ["a string larger than the heap", "return #_io.input.s", /not enough memory/, () => ({ input: { s: "x".repeat(3_000_000) } })],
  ["a key larger than the heap", "for k in pairs(_io.input) do return k end", /not enough memory/, () => ({ input: { ["x".repeat(3_000_000)]: 1 } })],
  ["nil as a key", "_home[nil] = 1", /nil/],
  ["NaN as a key", "_home[0/0] = 1", /NaN/],
  ["_G", "_home.g = _G", /_home\.g: a table of globals cannot be stored/],
  ["a library", "_home.s = { string }", /_home\.s\[1\]: a library 'string' cannot be stored/],
  ["__mode", "_home.w = setmetatable({}, { __mode = 'k' })", /_home\.w: a metatable with __mode cannot be stored/],
  ["__gc", "_home.w = setmetatable({}, { __gc = print })", /_home\.w: a metatable with __gc cannot be stored/],
  ["a coroutine, with its path", "_home.a = {} _home.a.b = { c = coroutine.create(print) }", /_home\.a\.b\.c: a coroutine cannot be stored|_home\.a\.b\.c: a thread cannot be stored/],
  ["a Proxy whose traps throw", "return _io.input.x", /trap/, () => ({ input: new Proxy({}, { get() { throw new Error("trap"); }, getOwnPropertyDescriptor() { throw new Error("trap"); } }) })],
  ["a Proxy that lies about its length", "return #_io.input", [0], () => ({ input: new Proxy([], { get: (target, name) => (name === "length" ? "many" : target[name]) }) })],
  ["a revoked Proxy", "return _io.input.x", /TypeError/, () => { const { proxy, revoke } = Proxy.revocable([], {}); const input = { get x() { return proxy; } }; revoke(); return { input }; }],
  ["a detached buffer", "return #_io.input, _io.input[1]", [0, undefined], () => { const input = new ArrayBuffer(8); structuredClone(input, { transfer: [input] }); return { input }; }],
  ["an infinite chain of getters", "local o = _io.input for i = 1, 50000 do o = o.next end return o.n", [50_000], () => { const make = (n) => ({ n, get next() { return make(n + 1); } }); return { input: make(0) }; }],
]);

test("a getter that re-enters and closes the instance is refused, and nothing is lost", async () => {
  const { cu } = await createCu();
  let refused;
  const input = {
    get x() {
      try { cu.close(); } catch (error) { refused = error; }
      return cu.computeSync("_home.inner = 1 return 7");
    },
  };
  assert.deepEqual(await cu.computeAll("_home.before = 1 return _io.input.x, _home.before, _home.inner", { input }), [7, 1, 1]);
  assert.match(refused.message, /cannot be closed while it is computing/);
  await assert.rejects(cu.compute("return _io.input.x", { input: { get x() { cu.close(); } } }), { message: /cannot be closed/ });
  assert.equal(await cu.compute("return _home.inner"), 1);
  cu.close();
});

test("re-entrance several levels deep, errors included", async () => {
  const { cu } = await createCu();
  const levels = (n, fail) => cu.computeSync(
    `local n, again, fail = ... local t = { n = n } _home["level" .. n] = t
     if n == 0 then if fail then error({ code = 42 }) end return 0 end
     local ok, result = pcall(again, n - 1, fail)
     if not ok then error(result, 0) end
     assert(_home["level" .. n] == t and t.n == n)
     return result + 1`, { args: [n, (m, f) => levels(m, f), fail] });
  assert.equal(levels(8, false), 8);
  let thrown;
  try { levels(8, true); } catch (error) { thrown = error; }
  assert.equal(thrown.name, "LuaError");
  assert.equal(cu.home.size, 9);
  // The very table came through eight levels of JavaScript.
  assert.equal(await cu.compute("local throw = ... local ok, e = pcall(throw) return type(e), e.code", { args: [() => { throw thrown; }] }), "table");
  cu.close();
});

test("error values keep their identity in both directions", async () => {
  const { cu } = await createCu();
  const error = new RangeError("mine");
  const fail = () => { throw error; };
  const caught = await cu.compute("local f = ... local ok, e = pcall(f) return rawequal(e, e) and e", { args: [fail] });
  assert.equal(caught, error);
  await assert.rejects(cu.compute("(...)()", { args: [fail] }), (thrown) => thrown.cause === error && thrown.value === error && thrown.name === "LuaError");
  assert.deepEqual(await cu.computeAll(`
    local call = ...
    local value = { 1 }
    local function raise() error(value) end
    local ok, e = pcall(call, raise)
    local ok2, e2 = pcall(call, function() call(raise) end)
    return rawequal(e, value), rawequal(e2, value)`, { args: [(f) => f()] }), [true, true]);
  for (const value of ["'text'", "42", "true", "nil", "2.5"]) {
    assert.equal(await cu.compute(`local call = ... local v = ${value} local ok, e = pcall(call, function() error(v, 0) end) return rawequal(e, v)`, { args: [(f) => f()] }), true, value);
  }
  cu.close();
});

test("many error values that JavaScript holds go back when the instance closes, or before", async () => {
  const { cu } = await createCu();
  const held = [];
  for (let i = 0; i < 2_000; i++) await cu.compute("error({})").catch((error) => held.push(error));
  assert.ok(held.every(({ value }) => typeof value === "object"));
  assert.equal(await cu.compute("return 1"), 1);
  cu.close();
});
