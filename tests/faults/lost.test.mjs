/**
 * What crossed in vain is not lost: handles that the host gave out for a read that failed, uses of references in a stream that was never handed
 * over, and what both cost. Each row fails again and again; nothing may pile up, for the module or for the host, and tables work as before.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "./support.mjs";

const ROUNDS = 100;
const object = () => ({ x: 1 });
const many = (n) => Array.from({ length: n }, object);

/** `[name, what fails, rounds]`: a function of the instance and its class. */
const ROWS = [
  ["results beyond Lua's stack", (cu, Cu) => cu.computeSync("return (...)()", { args: [() => Cu.multi(...many(25_000))] }), 4],
  ["results beyond Lua's stack, caught in Lua", (cu, Cu) => cu.computeSync("for i = 1, 3 do pcall(...) end", { args: [() => Cu.multi(...many(25_000))] }), 2],
  ["results with what has no form in Lua", (cu, Cu) => cu.computeSync("pcall(...)", { args: [() => Cu.multi(object(), object(), Symbol("s"))] })],
  ["arguments of a chunk that does not compile", (cu) => cu.computeSync("= =", { args: many(5) })],
  ["arguments with what has no form in Lua", (cu) => cu.computeSync("return 1", { args: [object(), object(), Symbol("s")] })],
  ["arguments for a path that leads nowhere", (cu) => cu.callSync("no.such.path", object(), object())],
  ["too many arguments", (cu) => cu.callSync("print", ...many(25_000)), 4],
  ["a function before what has no form outside", (cu) => cu.computeSync("local x = ... return function() return x end, coroutine.create(print)", { args: [object()] })],
  ["a function in arguments for the host", (cu) => cu.computeSync("pcall(..., function() end, coroutine.create(print))", { args: [() => {}] })],
  ["functions in a table for the host", (cu) => cu.computeSync("pcall(..., { function() end, function() end, coroutine.create(print) })", { args: [() => {}] })],
  ["results of what a limit ends", (cu) => cu.computeSync("local t = {} for i = 1, 50 do t[i] = function() return i end end return t", { maxInstructions: 30 })],
];

/** An instance drops all that it can, then tells what it has in use. */
function inUse(cu) {
  for (let i = 0; i < 4; i++) cu.collectGarbage();
  const { used, handles, tables } = cu.memory;
  return { used, handles, tables };
}

for (const [name, fail, rounds = ROUNDS] of ROWS) {
  test(`nothing is lost: ${name}`, async () => {
    const cu = await create();
    const attempt = () => { try { fail(cu, cu.constructor); } catch { /* That is what it does. */ } };
    // What grows with the number of handles that there ever were at once shall not grow later.
    cu.computeSync("local kept = {} for i, v in ipairs((...)) do kept[i] = v end", { args: [many(1_500)] });
    for (let i = 0; i < 3; i++) attempt();
    const before = inUse(cu);
    for (let i = 0; i < rounds; i++) attempt();
    const after = inUse(cu);
    assert.deepEqual({ ...after, used: 0 }, { ...before, used: 0 });
    assert.ok(after.used <= before.used + 2 * rounds, `${before.used} bytes became ${after.used}`);
    assert.deepEqual(await cu.computeAll("local t = ... _io.output = { t } return t.x, #_io.output, _io.output[1] == t", { args: [object()] }), [1, 1, true]);
    await cu.close();
  });
}

test("handles that were lost do not stand in the way while Lua runs on", async () => {
  const cu = await create();
  const code = "local many, input = ... for i = 1, 3 do pcall(many) end local n = 0 for i = 1, 2000 do n = n + input[i].x end _io.output = { {}, { {} } } return n";
  assert.equal(await cu.compute(code, { args: [() => cu.constructor.multi(...many(25_000)), many(2_000)] }), 2_000);
  assert.deepEqual(cu.getOutput(), [{}, [{}]]);
  await cu.close();
});

test("finalizers that cross do not disturb what is being read", async () => {
  const cu = await create();
  cu.setInput({ rows: many(500), names: Object.fromEntries(many(500).map((o, i) => [`name ${i} ${"x".repeat(i % 60)}`, o])) });
  const name = "n".repeat(5_000);
  await cu.compute("collectgarbage('generational') function garbage() for i = 1, 30 do setmetatable({}, { __gc = function() _io.note = ('z'):rep(300) end }) end end");
  for (let i = 0; i < 400; i++) {
    const code = "garbage() local a, b = ... for k, v in pairs(_io.input.names) do assert(#k >= 6 and v.x == 1) break end return a.x + b.x, _io.input.rows[1].x";
    const result = await cu.computeAll(code, { name: name + i, args: [object(), object()] });
    assert.deepEqual(result, [2, 1]);
  }
  await cu.close();
});
