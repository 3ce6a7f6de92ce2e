#!/usr/bin/env node
// usage: node --expose-gc tests/soak/run.mjs [NAME...]
//
// Endurance: a million computations, a hundred thousand instances, a hundred thousand errors of each kind, and what the process and the
// module hold afterwards. What is there half-way must be all that is there at the end. With CU_LONG=1 the whole counts, otherwise
// a part of them (FRACTION). With names, only the kinds in whose name one of them is. Prints the figures of each kind; the last line says
// how many passed and failed.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { Cu } from "../../js/dist/index.js";

const FRACTION = process.env.CU_LONG === undefined ? 1 / 200 : 1;
const COMPUTATIONS = 1_000_000;
const INSTANCES = 100_000;
const ERRORS = 100_000;
/** Each needs a new instance, or a timer of the host, so that there are fewer of them. */
const SLOW_ERRORS = 10_000;
/** What the engine itself may keep or give back later, for its code and its collector: bytes, however many turns there were. */
const PROCESS_BYTES_MAX = 24 << 20;
const HEAP_BYTES_MAX = 4 << 20;
/** In the module what is there half-way is there at the end, but for where the last collection found its own lists. */
const MODULE_BYTES_MAX = 512;
const LIST_BYTES_MAX = 256 << 10;
/** After so many turns the event loop runs, which is when finalizers of the engine do. */
const TURNS = 500;

const wasm = await WebAssembly.compile(readFileSync(new URL("../../js/dist/cu.wasm", import.meta.url)));
const create = (options = {}) => Cu.create({ wasm, seed: 1, print: () => {}, ...options });
const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);
const wanted = process.argv.slice(2);
let passed = 0;
let failed = 0;

if (globalThis.gc === undefined) {
  console.error("soak: the collector cannot be called. To mend it: node --expose-gc tests/soak/run.mjs");
  process.exit(2);
}

/** What the process holds when everything was collected that can be. */
async function processBytes() {
  for (let i = 0; i < 4; i++) {
    globalThis.gc();
    await new Promise(setImmediate);
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rss, heap: heapUsed + external };
}

function moduleBytes(cu) {
  cu.collectGarbage();
  const { used, handles, tables } = cu.memory;
  return { used, handles, tables };
}

/** `turn(cu, i)` as often as the fraction says; an instance is given to it, and measured, unless it makes its own. */
async function soak(name, count, turn, { ownInstances = false, moduleBytesMax = MODULE_BYTES_MAX } = {}) {
  if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) return;
  const times = Math.max(200, Math.round(count * FRACTION));
  const started = Date.now();
  const cu = ownInstances ? undefined : await create();
  try {
    const half = await run(cu, turn, 0, times / 2);
    const end = await run(cu, turn, times / 2, times);
    const grown = { rss: end.rss - half.rss, heap: end.heap - half.heap, module: (end.used ?? 0) - (half.used ?? 0) };
    const module = cu === undefined ? "" : `, module ${half.used} → ${end.used} bytes, handles ${half.handles} → ${end.handles}`;
    console.log(`${name}: ${times} in ${((Date.now() - started) / 1000).toFixed(1)} s; process ${mib(half.rss)} → ${mib(end.rss)} MiB, `
      + `heap ${mib(half.heap)} → ${mib(end.heap)} MiB${module}`);
    assert.ok(grown.rss <= PROCESS_BYTES_MAX, `the process grew by ${mib(grown.rss)} MiB`);
    assert.ok(grown.heap <= HEAP_BYTES_MAX, `the host's heap grew by ${mib(grown.heap)} MiB`);
    assert.ok(grown.module <= moduleBytesMax, `the module's heap grew by ${grown.module} bytes`);
    assert.deepEqual([end.handles, end.tables], [half.handles, half.tables], "handles stayed");
    passed++;
  } catch (error) {
    failed++;
    console.log(`${name} failed: ${error.stack?.slice(0, 600) ?? error}`);
  } finally {
    await cu?.close();
  }
}

async function run(cu, turn, from, to) {
  for (let i = from; i < to; i++) {
    await turn(cu, i);
    if (i % TURNS === 0) await new Promise(setImmediate);
  }
  if (cu === undefined) return processBytes();
  // What the one collector lets go of the other may have held.
  cu.collectGarbage();
  await processBytes();
  const held = moduleBytes(cu);
  return { ...held, ...(await processBytes()) };
}

/** A computation that must fail with such a message. */
async function fails(cu, code, pattern, options) {
  const error = await cu.compute(code, options).then(() => undefined, (failure) => failure);
  assert.match(`${error?.name}: ${error?.message}`, pattern);
  return error;
}

const hostError = new RangeError("of the host");
const fail = () => { throw hostError; };
const state = await stateOf("_home.t = { x = 1 } function _home.f() return _home.t end");

async function stateOf(code) {
  const cu = await create();
  await cu.compute(code);
  const bytes = cu.exportState();
  await cu.close();
  return bytes;
}

/** Name, turn, and what is another than for most: `count`, what is `prepared` in the instance, `moduleBytesMax`. */
const KINDS = [
  ["syntax", (cu) => fails(cu, "x = = 1", /LuaError: .*unexpected symbol/)],
  ["run time", (cu) => fails(cu, "local t = nil return t.x", /LuaError: .*attempt to index/)],
  // JavaScript's collector decides how many of them wait, and so how large the module's list of them is; when that is full, the value is missing.
  ["error objects", (cu) => fails(cu, "error({ code = 5 })", /LuaError: table: /), { moduleBytesMax: LIST_BYTES_MAX }],
  ["errors caught in Lua", (cu) => cu.compute("for i = 1, 3 do assert(not pcall(error, { i })) end")],
  ["errors of the host through Lua", async (cu) => assert.equal((await fails(cu, "(...)()", /of the host/, { args: [fail] })).cause, hostError)],
  ["errors of the host, caught in Lua", (cu) => cu.compute("local ok, e = pcall(...) assert(not ok and e.name == 'RangeError')", { args: [fail] })],
  ["out of memory", (cu) => fails(cu, "return ('x'):rep(1 << 24)", /not enough memory/)],
  ["out of memory in small steps", (cu) => fails(cu, "local t = {} while true do t = { t, ('x'):rep(20000 + #t) } end", /not enough memory/), { count: SLOW_ERRORS }],
  // Garbage may lie where the last part of the stack would: then memory is short first.
  ["stack overflow", (cu) => fails(cu, "local function f() return 1 + f() end f()", /stack overflow|not enough memory/), { count: SLOW_ERRORS }],
  ["steps", (cu) => fails(cu, "while true do end", /CuLimitError|instruction|steps/, { maxInstructions: 1000 })],
  ["time", (cu) => fails(cu, "while true do end", /time/i, { timeoutMs: 1 }), { count: SLOW_ERRORS }],
  ["aborted", (cu) => fails(cu, "while true do end", /abort/i, { signal: AbortSignal.abort() })],
  ["stale tables", async (cu) => {
    cu.importState(state);
    await cu.compute("t = _home.t");
    cu.importState(state);
    await fails(cu, "return t.x", /stale table/);
  }],
  ["released functions", async (cu) => {
    const f = await cu.compute("return function() return 1 end");
    f[Symbol.dispose ?? "release"]?.();
    assert.throws(() => f(), /released/);
  }],
  ["coroutines", (cu) => fails(cu, "local co = coroutine.wrap(function() coroutine.yield() error('inside') end) co() co()", /inside/)],
  ["coroutines left alone", (cu) => cu.compute("for i = 1, 3 do local co = coroutine.wrap(function() local t = {} coroutine.yield(t) end) co() end")],
  ["coroutines that fail while they are closed", (cu) => cu.compute(`
    local co = coroutine.create(function() local x <close> = setmetatable({}, { __close = function() error("closing") end }) coroutine.yield() end)
    coroutine.resume(co) assert(not coroutine.close(co))`)],
  ["finalizers", (cu) => cu.compute("setmetatable({}, { __gc = function() error('in a finalizer') end })")],
  ["__close", (cu) => fails(cu, "local x <close> = setmetatable({}, { __close = function() error('closing') end }) error('first')", /closing/)],
  ["message handlers", (cu) => cu.compute("assert(not xpcall(error, function(m) error(m) end, 'again'))")],
  ["what cannot be stored", (cu) => fails(cu, "_home.t = { a = { coroutine.create(print) } }", /cannot be stored/)],
  ["results without a form outside", (cu) => fails(cu, "return coroutine.create(print)", /LuaError/)],
  ["damaged states", async (cu, i) => {
    const bytes = state.slice();
    bytes[i % bytes.length] ^= 1 + (i % 255);
    assert.throws(() => cu.importState(bytes), { name: "StateFormatError" });
  }],
  ["traps and restarts", async (cu) => {
    new Uint8Array(cu.exports.memory.buffer).fill(0xff);
    assert.throws(() => cu.computeSync("return 1"), { name: "CuTrapError" });
    await cu.restart();
    assert.equal(await cu.compute("return _home.n"), 1);
  }, { count: SLOW_ERRORS / 10, prepared: "_home.n = 1" }],
];

await soak("computations", COMPUTATIONS, async (cu, i) => {
  assert.equal(await cu.compute("local n = ... local t = {} for i = 1, 3 do t[i] = { n + i } end return t[3][1]", { args: [i] }), i + 3);
});
await soak("requests with data", COMPUTATIONS / 10, async (cu, i) => {
  const input = { list: [i, i + 1], text: "some text", f: (x) => x + 1 };
  const result = await cu.compute("_io.output = { sum = _io.input.f(_io.input.list[1]), kept = {} } return _io.input.text", { input });
  assert.deepEqual([result, cu.getOutput().sum], ["some text", i + 1]);
  cu.clearIo();
});
await soak("values stored and replaced", COMPUTATIONS / 10, async (cu) => {
  await cu.compute("local n = 0 _home.t = { 1, 2, { x = 'y' } } function _home.f() n = n + 1 return n, _home.t end assert(_home.f() == 1)");
});
await soak("circles through both heaps", COMPUTATIONS / 10, async (cu, i) => {
  const input = { button: { label: "some text" } };
  const label = await cu.compute("local b = _io.input.button b.onclick = function() return b, _io.input.button end _io.input.button = { n = ... } return b.label", { input, args: [i] });
  assert.deepEqual([label, input.button.n], ["some text", i]);
  // JavaScript's collector knows nothing of the module's heap, and may come too late for it.
  if (i % TURNS === 1) globalThis.gc();
}, { moduleBytesMax: LIST_BYTES_MAX });
await soak("instances", INSTANCES, async () => {
  const cu = await create();
  assert.equal(await cu.compute("_home.t = { 1 } return #_home.t"), 1);
  await cu.close();
}, { ownInstances: true });
await soak("instances that are not closed", INSTANCES / 100, async () => {
  const cu = await create();
  assert.equal(await cu.compute("_home.f = function() end return 1"), 1);
}, { ownInstances: true });
for (const [name, turn, { count = ERRORS, prepared, ...options } = {}] of KINDS) {
  const first = prepared === undefined ? turn : async (cu, i) => {
    if (i === 0) await cu.compute(prepared);
    await turn(cu, i);
  };
  await soak(`errors: ${name}`, count, first, options);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
