/**
 * The boundary itself, seen from between module and host: how often an operation of Lua's crosses, that no import ever throws, whatever it is
 * handed, and that a host may lack services.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCu, randomFrom } from "./support.mjs";

/** An instance whose imports go through `wrap(name, import)`, and its imports and exports. */
async function createWrapped(wrap, options) {
  const { Instance } = WebAssembly;
  let between;
  WebAssembly.Instance = function WatchedInstance(module, { env }) {
    const wrapped = Object.fromEntries(Object.entries(env).map(([name, f]) => [name, wrap(name, f)]));
    const { exports } = new Instance(module, { env: wrapped });
    between = { env, exports };
    return { exports };
  };
  const { cu } = await createCu(options).finally(() => { WebAssembly.Instance = Instance; });
  return { cu, ...between };
}

class Point { x = 1; norm() { return this.x; } }
const ROUNDS = 20;

/** `[name, one operation, the imports that it calls]`, where `t` is the array, `o` the object, `h` a table of `_home`, `f` a function, `i` counts. */
for (const [name, operation, expected] of [
  ["an element", "local v = t[i]", { get: 1 }],
  ["a field", "local v = o.name", { get: 1 }],
  ["a field that is not there", "local v = o.none", { get: 1 }],
  ["a field that is an object", "local v = o.inner", { get: 1 }],
  ["an element written", "t[i] = 1.5", { set: 1 }],
  ["a field written", "o.name = 'text'", { set: 1 }],
  ["a field removed", "o.gone = nil", { set: 1 }],
  ["an element appended", "t[#t + 1] = i", { len: 1, set: 1 }],
  ["the length", "local n = #t", { len: 1 }],
  ["rawget, rawset, rawlen", "local v = rawget(t, i) rawset(t, i, v) v = rawlen(t)", { get: 1, set: 1, len: 1 }],
  ["next", "local k, v = next(o)", { next: 1 }],
  ["a fraction as a key", "local v = h[i + 0.5]", { get: 1 }],
  ["a large integer as a key", "h[i << 40] = i", { set: 1 }],
  ["a table as a key", "local v = h[h]", { get: 1 }],
  ["a number of _home", "h.n = i", { set: 1 }],
  ["a large integer of _home", "h.n = i << 60", { set: 1 }],
  ["a text of 60,000 bytes", "h.s = LONG", { set: 1 }],
  ["a table of _home", "local v = h.inner", { get: 1 }],
  ["a call", "local v = f(i, i)", { call: 1 }],
  ["a method of a class", "local v = p:norm()", { get: 1, call: 1 }],
  ["a plain table assigned: the value, then the handles", "h.new = { i, { i } }", { set: 1, op: 1 }],
  ["a function assigned", "h.f = print", { set: 1 }],
  ["a function as a key", "h[print] = i local v = h[print]", { set: 1, get: 1 }],
  ["a plain table as a key", "h[{}] = i", { set: 1, op: 1 }],
  ["a new table", "local v = ext.table()", { op: 1 }],
  ["what no table has as a key", "local v = h[next], h[{}], h[nil]", {}],
  ["ext.is and identity", "local v = ext.is(t), t == o, type(t), rawequal(t, t)", {}],
  ["getmetatable", "local v = getmetatable(t)", {}],
  ["table.insert", "table.insert(t, i)", { len: 1, set: 1 }],
]) {
  test(`crossings of one operation: ${name}`, async () => {
    const calls = {};
    const count = (name, f) => (...args) => {
      const short = name.replace(/^js_(ext_table_|function_|stream_)?/, "");
      calls[short] = (calls[short] ?? 0) + 1;
      return f(...args);
    };
    const { cu } = await createWrapped(count, { expose: [[Point, ["norm"]]] });
    const input = { t: Array.from({ length: 50 }, (_, i) => i), o: { name: "n", inner: {} }, p: new Point(), f: (a) => a };
    await cu.compute("_home.h = { inner = {} } LONG = ('x'):rep(60000)");
    const run = async (rounds) => {
      for (const key of Object.keys(calls)) delete calls[key];
      await cu.compute(`local t, o, p, f, h = _io.input.t, _io.input.o, _io.input.p, _io.input.f, _home.h local s = h.inner for i = 1, ${rounds} do ${operation} end`, { input });
      return { ...calls };
    };
    // The first time keys and handles become known.
    await run(ROUNDS);
    const idle = await run(0);
    const busy = await run(ROUNDS);
    const names = new Set([...Object.keys(idle), ...Object.keys(busy)]);
    const each = Object.fromEntries([...names].map((key) => [key, ((busy[key] ?? 0) - (idle[key] ?? 0)) / ROUNDS]).filter(([, n]) => n !== 0));
    assert.deepEqual(each, expected);
    cu.close();
  });
}

test("names of fields have at most 4,096 numbers, given anew", async () => {
  const seen = new Set();
  let defined = 0;
  const { cu, exports } = await createWrapped((name, f) => (handle, ktag, k, ...rest) => {
    if (name.startsWith("js_ext_table_") && (ktag === 7 || ktag === 8)) {
      seen.add(k);
      defined += Number(ktag === 8);
    }
    return f(handle, ktag, k, ...rest);
  });
  const most = exports.cu_layout_get(4);
  assert.ok(most <= 4_096);
  await cu.compute("local t = ext.table() for round = 1, 2 do for i = 1, 10000 do t['k' .. i] = i assert(t['k' .. i] == i) end end");
  assert.ok(defined >= 10_000);
  assert.ok(seen.size <= most && Math.max(...seen) < most, `${seen.size} numbers up to ${Math.max(...seen)}`);
  cu.close();
});

const SEED = 31;
test(`no import throws, whatever it is handed (seed ${SEED})`, async () => {
  const { cu, env, exports } = await createWrapped((_, f) => f);
  const random = randomFrom(SEED);
  const objects = { list: [1, { a: 1 }], map: new Map([["k", 1]]), set: new Set([1]), floats: new Float64Array(4), date: new Date(0), error: new Error("e"), f: () => 1 };
  await cu.compute("held = {} for k, v in pairs(_io.input) do held[k] = v end _home.t = { 1, 2, x = { 3 } } held.home = _home.t", { input: objects });
  const [buffer, , cell] = [0, 1, 2].map((which) => exports.cu_layout_get(which));
  const memory = new DataView(exports.memory.buffer);
  const EXTREMES = [0, 1, -1, 2, 3, 4, 5, 6, 7, 16, 19, 20, 21, 99, 2_047, 2_048, 65_536, 65_537, 2 ** 31 - 1, -(2 ** 31)];
  const number = () => (random(3) === 0 ? random(24) : EXTREMES[random(EXTREMES.length)]);
  const names = Object.keys(env).filter((name) => name !== "js_output_write" && name !== "js_clock_get");
  let failed = 0;
  for (let round = 0; round < 20_000; round++) {
    const name = names[random(names.length)];
    // A stream of records, some of which make sense.
    for (let record = 0; record < 6; record++) [random(22), number(), number(), number()].forEach((n, i) => memory.setInt32(buffer + record * 16 + i * 4, n, true));
    memory.setInt32(cell + 8, [0, 16, 32, 48, 96, number()][random(6)], true);
    memory.setFloat64(cell, [0, 1, -0, NaN, Infinity, 8_192, 8_193, 0.5][random(8)], true);
    const args = Array.from({ length: env[name].length }, number);
    const answer = env[name](...args);
    if (answer === -1) failed++;
    assert.ok(answer === undefined || Number.isInteger(answer), `${name}(${args}) answered ${answer}`);
  }
  assert.ok(failed > 5_000, `${failed} failed`);
  for (const stream of [0, 1, 2, 3, -1]) for (const address of [-1, 0, 2 ** 21, 2 ** 31 - 1]) for (const bytes of [-1, 0, 1, 2 ** 31 - 1]) env.js_output_write(stream, address, bytes);
  for (const which of [-1, 0, 1, 2, 99]) assert.equal(typeof env.js_clock_get(which), "number");
  assert.equal({}.polluted, undefined);
  cu.close();
});

test("a host without output and clocks: functions that do nothing", async () => {
  const nothing = { js_output_write() {}, js_clock_get: () => 0 };
  const { cu } = await createWrapped((name, f) => nothing[name] ?? f);
  assert.deepEqual(await cu.computeAll("print('x') io.write('y') io.stderr:write('z') warn('@on') warn('w') return os.time(), os.clock(), os.date('!%Y')"), [0, 0, "1970"]);
  cu.close();
});
