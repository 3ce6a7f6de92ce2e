/** What crosses to an instance in a worker and back: values, errors, output, and what is handed over. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CuLimitError, CuMemoryError, LuaError, MemoryStore, StateFormatError } from "../../js/dist/index.js";
import { CuWorker } from "../../js/dist/worker.js";
import { createCu } from "../js/support.mjs";
import { createWorker, inWorker, withFunctions } from "./support.mjs";

let cu;
let lines;
before(async () => (cu = await createWorker({ store: new MemoryStore(), worker: withFunctions, print: (line, stream) => lines.push(`${stream}: ${line}`) })));
after(() => cu.close());

/** Code, options of the computation, all of its results: those of an instance in this thread as well, unless there is a third column. */
const VALUES = [
  ["return 1, 1.5, -0.0, 1/0, 'text', true, nil, 'ä\\0'"],
  ["return 2^53|0, math.mininteger, bigint.new(2)^200"],
  ["return '\\xff\\0', ext.array(), {}, { 1, 2, { x = 1 } }, { [1.5] = 'a', [true] = 'b' }"],
  ["local t = {} t.self = t return t, t"],
  ["return ..., select('#', ...)", { args: [1, "a", undefined, 2n ** 70n, null] }],
  ["return #_io.input.list, _io.input.map.key, _io.input.bytes[2], _io.input", { input: { list: [1, 2], map: new Map([["key", 7]]), bytes: Uint8Array.of(1, 2) } }],
  ["return _io.meta.x", { meta: { x: 5 } }],
  ["return 'a'", { strings: "bytes" }],
  ["return ({ pcall(error, { code = 1 }) })[2].code"],
  ["_home.t = { 1, { x = 2.5 } } return _home.t, { inside = _home.t }, _home.t", {}, [[1, { x: 2.5 }], { inside: [1, { x: 2.5 }] }, [1, { x: 2.5 }]]],
  ["return os.time(), os.clock()", {}, [86_400, 0]],
  ["return require('host').double(21)", {}, [42]],
  ["return require('host').date()", {}, [new Date(0)]],
];

for (const [code, options = {}, expected] of VALUES) {
  test(`values: ${code}`, async () => {
    const results = await cu.computeAll(code, options);
    if (expected !== undefined) return assert.deepEqual(results, expected);
    const here = await createCu();
    assert.deepEqual(results, await here.cu.computeAll(code, options));
    here.cu.close();
  });
}

/** What is asked of it, and the error that comes of it, by class and what else there is. */
const ERRORS = [
  ["an error of Lua's", () => cu.compute("local t\nreturn t.x", { name: "mine" }),
    { constructor: LuaError, name: "LuaError", message: "mine:2: attempt to index a nil value (local 't')", chunkName: "mine", line: 2,
    traceback: "stack traceback:\n\tmine:2: in main chunk\n\t[C]: in ?", value: "mine:2: attempt to index a nil value (local 't')", cause: undefined }],
  ["its stack shows Lua's frames", async () => { throw (await cu.compute("error('x')").catch((error) => error)).stack; }, /^LuaError: compute:1: x\n {4}at \[C\]: in function 'error'\n {4}at compute:1: in main chunk/],
  ["of syntax", () => cu.compute("return ("), { constructor: LuaError, message: "compute:1: unexpected symbol near <eof>", line: 1 }],
  ["of memory", () => cu.compute("local t = {} for i = 1, math.huge do t[i] = i end"), { constructor: CuMemoryError, message: "not enough memory" }],
  ["of a limit", () => cu.compute("while true do end", { maxInstructions: 1000 }), { constructor: CuLimitError, limit: "maxInstructions", message: "instruction limit reached (1000)" }],
  ["a value that is a table stays behind", () => cu.compute("error({ 1 })"), { constructor: LuaError, value: undefined }],
  ["a number as its value", () => cu.compute("error(1.5)"), { constructor: LuaError, value: 1.5 }],
  ["of a function of the host", () => cu.compute("require('host').fail()"), (error) => {
    assert.equal(error.constructor, LuaError);
    assert.equal(error.cause, error.value);
    assert.deepEqual([error.cause.name, error.cause.message, error.cause.code], ["Failure", "it failed", "E_FAILURE"]);
    assert.deepEqual([error.cause.cause.constructor, error.cause.cause.message], [RangeError, "too far"]);
    assert.match(error.cause.stack, /with_functions\.mjs/);
  }],
  ["whose cause is itself", () => cu.compute("require('host').failWithCircle()"), (error) => assert.equal(error.cause.cause.cause.message, "round")],
  ["of the state's format", () => cu.importState(new Uint8Array(100)), { constructor: StateFormatError }],
  ["of the caller", () => cu.compute(7), { constructor: TypeError, message: "code must be a string or a Uint8Array, not number" }],
  ["an option that nobody knows", () => cu.compute("", { tiemout: 1 }), { constructor: TypeError, message: /compute: unknown option "tiemout"/ }],
  ["a signal that is none", () => cu.compute("", { signal: {} }), { constructor: TypeError, message: "signal must be an AbortSignal" }],
  ["arguments that cannot be cloned", () => cu.compute("", { args: [() => {}] }), { constructor: TypeError, message: /^what is handed to a worker must be cloneable: .*belongs into serve\(\)/ }],
  ["input that cannot be cloned", () => cu.setInput({ a: Symbol("x") }), { constructor: TypeError, message: /must be cloneable/ }],
  ["a result that is a function", () => cu.compute("return { a = { print } }"), { constructor: TypeError, message: /^the result\.a\[1\] is a function, which cannot leave the worker: keep it in _home/ }],
  ["a function within a table of _home", () => cu.compute("_home.f = { g = function() end } return _home.f"), { constructor: TypeError, message: /^the result\.g is a function/ }],
  ["a result that cannot be cloned", () => cu.compute("return require('host').uncloneable()"), { constructor: TypeError, message: /^the result cannot leave the worker: .*could not be cloned/ }],
  ["a path that is none", () => cu.call(7), { constructor: TypeError, message: /path must be a string/ }],
];

for (const [name, ask, expected] of ERRORS) {
  test(`errors: ${name}`, async () => {
    const error = await ask().then(() => assert.fail("it succeeded"), (reason) => reason);
    if (expected instanceof RegExp) assert.match(error, expected);
    else if (typeof expected === "function") expected(error);
    else {
      for (const [field, value] of Object.entries(expected)) {
        if (value instanceof RegExp) assert.match(error[field], value);
        else assert.equal(error[field], value, field);
      }
    }
    assert.equal(await cu.compute("return 1 + 1"), 2);
  });
}

test("input, output, meta", async () => {
  await cu.setInput({ list: [1, 2, 3] });
  await cu.setMeta({ who: "me" });
  assert.equal(await cu.compute("_io.output = { n = #_io.input.list, who = _io.meta.who } return _io.output.n"), 3);
  assert.deepEqual(await cu.getOutput(), { n: 3, who: "me" });
  await cu.clearIo();
  assert.equal(await cu.getOutput(), undefined);
});

test("what is handed over is moved, not copied, now and when it has to wait", async () => {
  const buffers = [1, 2].map(() => Float64Array.of(1, 2, 3));
  const results = buffers.map((data) => cu.compute("return #_io.input + _io.input[3]", { input: data, transfer: [data.buffer] }));
  assert.deepEqual(buffers.map((data) => data.length), [0, 0]);
  assert.deepEqual(await Promise.all(results), [6, 6]);
  const data = Uint8Array.of(5);
  await cu.setInput(data, { transfer: [data.buffer] });
  assert.deepEqual([data.length, await cu.compute("return _io.input[1]")], [0, 5]);
  // What Lua returns by reference is copied: it is still there.
  assert.deepEqual(await cu.compute("return _io.input"), Uint8Array.of(5));
  assert.equal(await cu.compute("return _io.input[1]"), 5);
  await assert.rejects(cu.setInput(data, { transfer: [data.buffer] }), TypeError);
});

test("what waits is as it was when it was handed over", async () => {
  const input = { n: 1 };
  const first = cu.compute("return _io.input.n", { input });
  input.n = 2;
  const second = cu.compute("return _io.input.n", { input });
  input.n = 3;
  assert.deepEqual([await first, await second], [1, 2]);
});

test("output comes in order, before the result, and the last line without its end", async () => {
  lines = [];
  await cu.compute("print('a') io.stderr:write('b\\n') io.write('c') io.write('ä', 'd')");
  assert.deepEqual(lines, ["stdout: a", "stderr: b", "stdout: cäd"]);
});

test("output that nobody takes makes Lua wait, where memory is shared", async () => {
  let taken = 0;
  await inWorker({ write: (bytes) => (taken += bytes.length) }, async (own) => {
    const printed = new Int32Array(new SharedArrayBuffer(4));
    const call = own.compute("local line = ('x'):rep(999) for i = 1, 5000 do print(line) _io.input[1] = i end", { input: printed });
    // This thread takes nothing.
    Atomics.wait(printed, 0, 0, 20_000);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    assert.ok(printed[0] <= 2 ** 20 / 1000, `${printed[0]} lines`);
    await call;
    assert.deepEqual([printed[0], taken], [5000, 5_000_000]);
  });
});

test("a call that waits for its output to be taken can be ended", () => inWorker({ write: () => {} }, async (own) => {
  const controller = new AbortController();
  const call = own.compute("g = 1 local line = ('x'):rep(99999) while true do print(line) end", { signal: controller.signal }).catch((error) => error.name);
  setTimeout(() => controller.abort(), 50);
  assert.deepEqual([await call, await own.compute("return g")], ["AbortError", 1]);
}));

test("what print throws is what the call fails with", () => inWorker({ print: () => { throw new Error("full"); } }, async (own) => {
  await assert.rejects(own.compute("print(1)"), { message: "full" });
  assert.equal(await own.compute("return 2"), 2);
}));

test("bytes as Lua writes them", async () => {
  const written = [];
  await inWorker({ write: (bytes, stream) => written.push([stream, ...bytes]) }, (own) => own.compute("io.write('\\xff')"));
  assert.deepEqual(written, [["stdout", 255]]);
});

test("_home: saved, exported, imported, cleared", async () => {
  const store = new MemoryStore();
  await inWorker({ store, state: "mine" }, async (own) => {
    await own.compute("local n = 0 function _home.count() n = n + 1 return n end _home.count()");
    await own.saveState();
    assert.equal(await own.call("_home.count"), 2);
    const bytes = await own.exportState();
    await own.clearState();
    await own.importState(bytes);
    assert.equal(await own.call(["_home", "count"]), 3);
    await own.saveState();
  });
  await inWorker({ store, state: "mine" }, async (own) => {
    assert.deepEqual(await own.loadState(), { found: true, problems: [] });
    assert.equal(await own.call("_home.count"), 4);
    await own.restart();
    assert.equal(await own.call("_home.count"), 4);
  });
});

test("memory and garbage", async () => {
  await cu.compute("for i = 1, 1000 do local t = { i } end");
  const before = (await cu.memory()).used;
  await cu.collectGarbage();
  const { total, used } = await cu.memory();
  assert.equal(total, 2_097_152);
  assert.ok(used < before);
});

for (const [name, options, message] of [
  ["no object", null, /the options of CuWorker\.create must be an object/],
  ["an option that nobody knows", { tiemout: 1 }, /unknown option "tiemout"/],
  ["a function for the clock", { now: () => 1 }, /give them to serve\(\)/],
  ["a function among the modules", { modules: { f: () => 1 } }, /give them to serve\(\)/],
  ["classes", { expose: [] }, /give them to serve\(\)/],
  ["print and write", { print: () => {}, write: () => {} }, /print and write cannot both be given/],
  ["a worker that is no function", { worker: 1 }, /worker must be a function/],
  ["a store that is none", { store: {} }, /store must be a store/],
  ["a state without a store", { state: "x" }, /state needs a store/],
]) {
  test(`options: ${name}`, () => assert.rejects(CuWorker.create(options), { name: "TypeError", message }));
}
