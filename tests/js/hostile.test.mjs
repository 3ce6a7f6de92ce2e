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
  ["a string larger than the heap", "return #_io.input.s", /not enough memory/, () => ({ input: { s: "x".repeat(4_000_000) } })],
  ["a key larger than the heap", "for k in pairs(_io.input) do return k end", /not enough memory/, () => ({ input: { ["x".repeat(4_000_000)]: 1 } })],
  ["nil as a key", "_home[nil] = 1", /nil/],
  ["NaN as a key", "_home[0/0] = 1", /NaN/],
  ["_G", "_home.g = _G", /_home\.g: a table of globals cannot be stored/],
  ["a library", "_home.s = { string }", /_home\.s\[1\]: a library 'string' cannot be stored/],
  ["__mode", "_home.w = setmetatable({}, { __mode = 'k' })", /_home\.w: a metatable with __mode cannot be stored/],
  ["__gc", "_home.w = setmetatable({}, { __gc = print })", /_home\.w: a metatable with __gc cannot be stored/],
  ...["_home", "_io"].flatMap((root) => [
    [`_G inside a table, into ${root}`, `${root}.g = { a = { _G } }`, /a table of globals (cannot be stored|has no form)/],
    [`a library inside a table, into ${root}`, `${root}.s = { { math } }`, /a library 'math' (cannot be stored|has no form)/],
    [`a module that was required, into ${root}`, `package.loaded.mine = {} ${root}.s = package.loaded.mine`, /a library 'mine' (cannot be stored|has no form)/],
    [`_G in a key, into ${root}`, `${root}.t = ext.table() ${root}.t[{ _G }] = 1`, /a table of globals (cannot be stored|has no form)/],
    [`__mode, into ${root}`, `${root}.w = { setmetatable({}, { __mode = 'v' }) }`, /__mode/],
    [`__gc, into ${root}`, `${root}.w = { setmetatable({}, { __gc = print }) }`, /__gc/],
    [`what is refused has not moved, into ${root}`, `local t = { 1, { 2 }, bad = { _G } } local ok = pcall(function() ${root}.x = t end) return ok, ext.is(t), ext.is(t[2]), t[2][1], ${root}.x`,
      [false, false, false, 2, undefined]],
  ]),
  ["__gc given to an adopted table", "_io.output = {} setmetatable(_io.output, { __gc = print })", /cannot have a metatable with __gc/],
  ["__mode given to an adopted table", "_io.output = {} setmetatable(_io.output, { __mode = 'k' })", /cannot have a metatable with __mode/],
  ["a userdata", "_io.output = io.stdout", /a FILE\* has no form in JavaScript/],
  ["a userdata inside", "_home.x = { f = io.stdout }", /_home\.x\.f: a FILE\* cannot be stored/],
  ["a userdata as a key inside", "_home.x = { y = { [io.stdout] = 1 } }", /_home\.x\.y: a FILE\* cannot be stored/],
  ["pairs goes on from every place", `for stop = 1, 6 do local t, n = {1, 2, 3, a = 4, b = 5, c = 6}, 0
    for k, v in pairs(t) do n = n + 1 if n == stop then _home.t = t end end assert(n == 6 and ext.is(t)) end return true`, [true]],
  ["next goes on from every place", `for stop = 1, 6 do local t, n, sum = {10, 20, 30, x = 1, y = 2, z = 3}, 0, 0 local k, v = next(t)
    while k do n, sum = n + 1, sum + v if n == stop then _io.output = t end k, v = next(t, k) end assert(n == 6 and sum == 66 and ext.is(t)) end return true`, [true]],
  ["an adopted table gives its memory back while it is held", `local t, u = {}, {} for i = 1, 16000 do t[i] = i end for i = 1, 6000 do u['k' .. i] = i end
    collectgarbage() local before = collectgarbage('count') _home.t, _home.u = t, u collectgarbage() return before - collectgarbage('count') > 400, #t, u.k6000`, [true, 16_000, 6_000]],
  ["a string as large as the heap has left, again and again", "local n = 0 for i = 1, 20 do if not pcall(function() local s = _io.input.s local t = s .. s .. s end) then n = n + 1 end end return n, #_io.input.s",
    [20, 500_000], () => ({ input: { s: "x".repeat(500_000) } })],
  ["a coroutine, with its path", "_home.a = {} _home.a.b = { c = coroutine.create(print) }", /_home\.a\.b\.c: a coroutine cannot be stored|_home\.a\.b\.c: a thread cannot be stored/],
  ["a Proxy whose traps throw", "return _io.input.x", /trap/, () => ({ input: new Proxy({}, { get() { throw new Error("trap"); }, getOwnPropertyDescriptor() { throw new Error("trap"); } }) })],
  ["a Proxy that lies about its length", "return #_io.input", [0], () => ({ input: new Proxy([], { get: (target, name) => (name === "length" ? "many" : target[name]) }) })],
  ["a Proxy whose names throw", "for k in pairs(_io.input) do end", /names/, () => ({ input: new Proxy({}, { ownKeys() { throw new Error("names"); } }) })],
  ["a Proxy that refuses a field", "_io.input.x = 1", /TypeError/, () => ({ input: new Proxy({}, { defineProperty: () => false }) })],
  ["a Proxy that refuses to lose a field", "_io.input.x = nil", /TypeError/, () => ({ input: new Proxy({ x: 1 }, { deleteProperty: () => false }) })],
  ["a Proxy of a Map", "return _io.input.x", /TypeError/, () => ({ input: new Proxy(new Map([["x", 1]]), {}) })],
  ["a Proxy of a Date", "return _io.input:getTime()", /Date/, () => ({ input: new Proxy(new Date(0), {}) })],
  ["a Proxy of an array", "local t = _io.input t[#t + 1] = 5 return #t, t[1], t[2]", [2, 1, 5], () => ({ input: new Proxy([1], {}) })],
  ["a Proxy whose prototype throws", "return _io.input.x", /prototype/, () => ({ input: { get x() { return new Proxy({}, { getPrototypeOf() { throw new Error("prototype"); } }); } } })],
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
