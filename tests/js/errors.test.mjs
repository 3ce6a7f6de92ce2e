/** Errors in both directions, and what a hostile or careless caller can do: each a clear error, and the instance usable afterwards. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Cu, CuClosedError, CuLoadError, CuMemoryError, CuTrapError, LuaError } from "../../js/dist/index.js";
import { createCu, wasmBytes, wasmModule } from "./support.mjs";

/** `[name, code or options, what the error must be]`. */
const LUA_ERRORS = [
  ["a run-time error", "local x = nil\nreturn x.y", { name: "LuaError", line: 2, chunkName: "compute", message: /^compute:2: attempt to index a nil value \(local 'x'\)$/ }],
  ["error with a string", "error('boo')", { line: 1, message: "compute:1: boo", value: "compute:1: boo" }],
  ["error with a number", "error(42)", { message: "42", value: 42 }],
  ["error with nil", "error(nil)", { value: undefined }],
  ["error with a boolean", "error(false)", { value: false }],
  ["error without a position", "error('boo', 0)", { message: "boo", value: "boo" }],
  ["error with bytes", "error('\\xFF', 0)", { value: Uint8Array.of(255) }],
  ["a syntax error", "x = = 1", { name: "LuaError", line: 1, chunkName: "compute", message: /^compute:1: unexpected symbol near '='$/ }],
  ["a syntax error on line 70,000", `${"\n".repeat(69_999)}x = = 1`, { line: 70_000, message: /^compute:70000:/ }],
  ["a string without its end", `return "${"x".repeat(300_000)}`, { line: 1, message: /unfinished string/ }],
  ["a long string without its end", `return [==[${"x".repeat(100_000)}`, { message: /unfinished long string/ }],
  ["bytecode", "\x1bLua", { message: /binary chunk|attempt to load a binary/ }],
  ["deep recursion", "local function f() return 1 + f() end return f()", { name: "LuaError", message: /stack overflow/ }],
  ["deep recursion through a library", "local function f(s) return (s:gsub('.', f)) end return f('x')", { message: /stack overflow|C stack/ }],
  ["deep nesting of the source", `return ${"(".repeat(100_000)}1${")".repeat(100_000)}`, { message: /overflow|too many C levels/ }],
  ["an endless string", "local s = 'x' while true do s = s .. s end", { name: "CuMemoryError", message: /not enough memory/ }],
  ["an endless table", "local t = {} for i = 1, 1e9 do t[i] = i end", { name: "CuMemoryError" }],
  ["an endless source", `return "${"x".repeat(3_000_000)}"`, { name: "CuMemoryError" }],
  ["too many results", "return table.unpack({}, 1, 1e7)", { message: /too many results/ }],
];

for (const [name, code, expected] of LUA_ERRORS) {
  test(`Lua: ${name}`, async () => {
    const { cu } = await createCu();
    await assert.rejects(cu.compute(code), (error) => {
      assert.ok(error instanceof LuaError);
      for (const [field, value] of Object.entries(expected)) {
        if (value instanceof RegExp) assert.match(error[field], value);
        else assert.deepEqual(error[field], value);
      }
      return true;
    });
    assert.equal(await cu.compute("return 1 + 1"), 2);
    assert.equal(await cu.compute("local t = {} for i = 1, 1000 do t[i] = tostring(i) end return #t"), 1_000);
    cu.close();
  });
}

test("memory errors are caught in Lua as well, again and again", async () => {
  const { cu } = await createCu();
  for (let round = 0; round < 20; round++) {
    assert.deepEqual(await cu.computeAll("return pcall(function() local t = {} for i = 1, 1e9 do t[i] = i .. 'x' end end)"), [false, "not enough memory"]);
  }
  assert.ok(new CuMemoryError("x") instanceof LuaError);
  cu.close();
});

test("source with NUL bytes, invalid UTF-8, and 10 MB of it", async () => {
  const { cu } = await createCu();
  assert.equal(await cu.compute("return #'a\0b'"), 3);
  await assert.rejects(cu.compute("return 1\0"), { name: "LuaError", line: 1 });
  assert.equal(await cu.compute(Uint8Array.from([...Buffer.from("return #'"), 0xff, 0xfe, 0, 0x27])), 3);
  assert.equal(await cu.compute("return #'\ud800'"), 3);
  const large = `local n = 0\n${"n = n + 1 -- a line of source that is here to be long enough: 0123456789 0123456789\n".repeat(2_000)}${`--${"é".repeat(5_000_000)}\n`}return n`;
  assert.equal(await cu.compute(large), 2_000);
  assert.equal(await cu.compute(Buffer.from(large)), 2_000);
  await assert.rejects(cu.compute(`${" ".repeat(10_000_000)}x = = 1`), { name: "LuaError", line: 1 });
  cu.close();
});

test("what Lua says of a long source, whose parts end anywhere", async () => {
  const { cu } = await createCu();
  for (let length = 65_480; length < 65_560; length++) {
    assert.equal(await cu.compute(`--${"x".repeat(length)}\nreturn ...`, { args: [length] }), length);
  }
  cu.close();
});

test("the stack shows Lua's frames, then JavaScript's", async () => {
  const { cu } = await createCu();
  await assert.rejects(cu.compute("local function inner() error('boo') end\nlocal function outer() inner() end\nouter()", { name: "job" }), (error) => {
    assert.equal(error.chunkName, "job");
    assert.match(error.stack, /^LuaError: job:1: boo\n    at \[C\]: in function 'error'\n    at job:1: in .*inner.*\n    at job:2: in .*outer.*\n    at job:3: in main chunk/);
    assert.match(error.stack, /errors\.test\.mjs/);
    return true;
  });
  cu.close();
});

test("an error of JavaScript passes through Lua as itself", async () => {
  const { cu } = await createCu();
  const thrown = Object.assign(new RangeError("too far"), { code: "E_FAR" });
  const fails = () => { throw thrown; };
  await assert.rejects(cu.compute("(...)()", { args: [fails] }), (error) => error instanceof LuaError && error.cause === thrown && error.value === thrown && /RangeError: too far/.test(error.message));
  assert.deepEqual(await cu.computeAll("local ok, e = pcall(...) return ok, e.message, e.name, e.code, tostring(e), e", { args: [fails] }), [false, "too far", "RangeError", "E_FAR", "RangeError: too far", thrown]);
  await assert.rejects(cu.compute("local ok, e = pcall(...) error(e)", { args: [fails] }), { cause: thrown });
  // Deeper: Lua, JavaScript, Lua, JavaScript.
  await assert.rejects(cu.compute("(...)()", { args: [() => cu.computeSync("(...)()", { args: [fails] })] }), { cause: thrown });
  cu.close();
});

/** `[name, code]`: the error that `f` throws comes out of each as the very object. */
for (const [name, code] of [
  ["out of a coroutine", "coroutine.wrap(function() f() end)()"],
  ["out of a coroutine that resume caught", "local _, e = coroutine.resume(coroutine.create(f)) error(e)"],
  ["out of __close", "local c <close> = setmetatable({}, { __close = f }) error('first')"],
  ["through a message handler", "local _, e = xpcall(f, function(e) return e end) error(e)"],
  ["through error with a level", "local _, e = pcall(f) error(e, 2)"],
  ["out of a metamethod", "return setmetatable({}, { __index = f }).x"],
  ["out of a sort", "table.sort({ 1, 2, 3 }, f)"],
  ["out of a replacement", "return (('x'):gsub('x', f))"],
  ["out of a module", "return require 'bad'"],
  ["by way of a table", "local _, e = pcall(f) local t = { e } error(t[1])"],
  ["by way of _io", "local _, e = pcall(f) _io.output = { e } error(_io.output[1])"],
]) {
  test(`an error of JavaScript keeps its identity: ${name}`, async () => {
    const thrown = new RangeError("mine");
    const fails = () => { throw thrown; };
    const { cu } = await createCu({ modules: { bad: fails } });
    await assert.rejects(cu.compute(`local f = ... ${code}`, { args: [fails] }), (error) => {
      assert.equal(error.name, "LuaError");
      assert.equal(error.cause, thrown);
      assert.equal(error.value, thrown);
      return true;
    });
    cu.close();
  });
}

test("what belongs to another instance is refused, or comes as an error of JavaScript's", async () => {
  const { cu } = await createCu();
  const other = (await createCu()).cu;
  let foreign;
  try { other.computeSync("error({})"); } catch (error) { foreign = error; }
  assert.equal((await cu.computeAll("return pcall(...)", { args: [() => { throw foreign; }] }))[1], foreign);
  await other.compute("_home.t = {}");
  for (const value of [foreign.value, other.home, other.home.get("t")]) {
    await assert.rejects(cu.compute("return 1", { args: [value] }), { name: "TypeError", message: /of another instance cannot be used here/ });
    assert.deepEqual(await cu.computeAll("local ok, e = pcall(...) return ok, e:match('another instance')", { args: [() => value] }), [false, "another instance"]);
  }
  // A function of the other is a function of the host here.
  assert.equal(await cu.compute("return (...)(20) + 1", { args: [await other.compute("return function(x) return x * 2 end")] }), 41);
  cu.close();
  other.close();
});

for (const [name, thrown, expected] of [
  ["a string", "text", "compute:1: text"],
  ["a number", 7, 7],
  ["undefined", undefined, undefined],
  ["null", null, undefined],
  ["an object", { a: 1 }, { a: 1 }],
  ["a bigger text", "x".repeat(100_000), `compute:1: ${"x".repeat(100_000)}`],
]) {
  test(`thrown into Lua: ${name}`, async () => {
    const { cu } = await createCu();
    assert.deepEqual(await cu.computeAll("local f = ... local ok, e = pcall(function() f() end) return ok, e", { args: [() => { throw thrown; }] }), [false, expected]);
    cu.close();
  });
}

test("thrown into Lua: a symbol", async () => {
  const { cu } = await createCu();
  assert.match((await cu.computeAll("return pcall(...)", { args: [() => { throw Symbol("s"); }] }))[1], /symbol was thrown/);
  cu.close();
});

test("an error of Lua passes through JavaScript as itself", async () => {
  const { cu } = await createCu();
  const again = (f) => f();
  assert.deepEqual(await cu.computeAll("local again = ... return pcall(again, function() error('once') end)", { args: [again] }), [false, "compute:1: once"]);
  assert.deepEqual(await cu.computeAll("local again = ... local e = {} local ok, e2 = pcall(again, function() error(e) end) return ok, e == e2", { args: [again] }), [false, true]);
  assert.deepEqual(await cu.computeAll("local again = ... local c = coroutine.create(print) local ok, e = pcall(again, function() error(c) end) return ok, e == c", { args: [again] }), [false, true]);
  assert.deepEqual(await cu.computeAll("local again = ... return pcall(again, function() error(nil) end)", { args: [again] }), [false, undefined]);
  cu.close();
});

test("re-entrance, several levels deep, errors included", async () => {
  const { cu } = await createCu();
  const down = (n) => (n === 0 ? cu.computeSync("return 'x'") : cu.computeSync("local down, n = ... return 'x' .. down(n - 1)", { args: [down, n] }));
  assert.equal(down(10), "x".repeat(11));
  const fail = (n) => cu.computeSync("local fail, n = ... if n == 0 then error('bottom') end return fail(n - 1)", { args: [fail, n], name: `level${n}` });
  assert.throws(() => fail(5), { message: "level0:1: bottom" });
  const endless = () => cu.computeSync("return (...)()", { args: [endless] });
  assert.throws(endless, { name: "LuaError", message: /overflow/ });
  assert.equal(await cu.compute("return 1"), 1);
  // While a stream waits: the arguments are taken out before anything can overwrite them.
  const noisy = (...args) => { cu.computeSync("return ('y'):rep(70000)"); return Cu.multi(...args); };
  assert.deepEqual(await cu.computeAll("return (...)(1, ('x'):rep(70000), 3)", { args: [noisy] }), [1, "x".repeat(70_000), 3]);
  cu.close();
});

test("a getter that throws, one that re-enters, one that closes", async () => {
  const { cu } = await createCu();
  const input = {
    get throws() { throw new Error("from the getter"); },
    get computes() { return cu.computeSync("return _io.input.value + 1"); },
    get closes() { cu.close(); return 1; },
    value: 41,
  };
  await assert.rejects(cu.compute("return _io.input.throws", { input }), { message: /Error: from the getter/ });
  assert.equal(await cu.compute("return _io.input.computes"), 42);
  await assert.rejects(cu.compute("return _io.input.closes"), { message: /cannot be closed while it is computing/ });
  await assert.rejects(cu.compute("for k, v in pairs(_io.input) do end"), { message: /from the getter/ });
  assert.equal(await cu.compute("return _io.input.value"), 41);
  cu.close();
});

test("printing: whole lines, both streams, what has no end, any bytes", async () => {
  const { cu, lines } = await createCu();
  await cu.compute("print('a', 1, nil) io.write('b\\nc') io.stderr:write('e\\n') io.write('d\\n', '\\u{20AC}', '\\xFF', '\\n') io.write('end')");
  assert.deepEqual(lines, ["a\t1\tnil", "b", "stderr: e", "cd", "€\ufffd", "end"]);
  lines.length = 0;
  await cu.compute("for _, c in utf8.codes('€uro') do io.write(utf8.char(c)) end print() print(('x'):rep(200000))");
  assert.deepEqual(lines, ["€uro", "x".repeat(200_000)]);
  cu.close();
  const failing = await Cu.create({ wasm: await wasmModule(), print: () => { throw new Error("full"); } });
  await assert.rejects(failing.compute("print('a')"), { message: "full" });
  assert.equal(await failing.compute("return 1"), 1);
  failing.close();
});

test("seed and now make everything repeatable", async () => {
  const code = "local t = {} for i = 1, 5 do t[i] = math.random(1000) end return t, os.time(), os.clock(), os.date('%Y')";
  const results = [];
  for (const seed of [1, 1, 2]) {
    const { cu } = await createCu({ seed, now: 1_000_000_000_000 });
    results.push(await cu.computeAll(code));
    cu.close();
  }
  assert.deepEqual(results[0], results[1]);
  assert.notDeepEqual(results[0][0], results[2][0]);
  assert.deepEqual(results[0].slice(1), [1_000_000_000, 0, "2001"]);
});

test("modules of the host", async () => {
  const { cu } = await createCu({ modules: { lib: "local n = ... return {name = n, f = function() return 'lib' end}", native: () => ({ answer: 42 }), broken: "x = = 1" } });
  assert.deepEqual(await cu.computeAll("local l = require 'lib' return l.name, l.f(), require 'lib' == l"), ["lib", "lib", true]);
  assert.equal(await cu.compute("return require('native').answer"), 42);
  await assert.rejects(cu.compute("require 'nowhere'"), { message: /module 'nowhere' not found/ });
  await assert.rejects(cu.compute("require 'broken'"), { message: /unexpected symbol/ });
  assert.equal(await cu.compute("return require 'toString' == nil", {}).catch((error) => /not found/.test(error.message)), true);
  cu.close();
});

test("a closed instance refuses everything, and closing again is nothing", async () => {
  const { cu, lines } = await createCu();
  const f = await cu.compute("setmetatable({}, {__gc = function() print('gc') end}) return function() return 1 end");
  cu.close();
  cu.close();
  assert.deepEqual(lines, ["gc"]);
  await assert.rejects(cu.compute("return 1"), CuClosedError);
  for (const use of [() => cu.computeSync("return 1"), () => cu.setInput(1), () => cu.getOutput(), () => cu.setMeta(1), () => cu.clearIo(), () => cu.memory, () => cu.collectGarbage(), f, () => f.all()]) {
    assert.throws(use, CuClosedError);
  }
});

test("dispose", async () => {
  if (Symbol.dispose === undefined) return;
  const { cu } = await createCu();
  cu[Symbol.dispose]();
  assert.throws(() => cu.computeSync("return 1"), CuClosedError);
  const other = (await createCu()).cu;
  await other[Symbol.asyncDispose]();
  assert.throws(() => other.computeSync("return 1"), CuClosedError);
});

/** A module of the given imports and exports, for the loader to refuse. */
const EMPTY_MODULE = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const section = (id, ...content) => [id, content.length, ...content];
const name = (text) => [text.length, ...Buffer.from(text)];
const FOREIGN_MODULE = [...EMPTY_MODULE, ...section(1, 1, 0x60, 0, 0), ...section(2, 1, ...name("wasi"), ...name("fd_write"), 0, 0)];

/** A module with the exports of the real one, whose every function returns `version`. */
function moduleOfVersion(version) {
  const functions = [
    "cu_abi_version", "cu_layout_get", "cu_vm_create", "cu_chunk_call", "cu_function_call", "cu_path_call", "cu_reference_release",
    "cu_home_forget", "cu_function_dump", "cu_upvalue_store", "cu_function_load", "cu_function_bind", "cu_functions_sleep", "cu_heap_collect",
    "cu_heap_get", "cu_limit_set", "cu_task_set", "cu_task_resume", "cu_vm_close",
  ];
  const exports = [...functions.flatMap((text) => [...name(text), 0, 0]), ...name("memory"), 2, 0];
  const size = exports.length + 1;
  return Uint8Array.from([
    ...EMPTY_MODULE, ...section(1, 1, 0x60, 0, 1, 0x7f), ...section(3, 1, 0), ...section(5, 1, 1, 32, 32),
    7, (size & 0x7f) | 0x80, size >> 7, functions.length + 1, ...exports, ...section(10, 1, 4, 0, 0x41, version, 0x0b),
  ]);
}

const BAD_MODULES = [
  ["nothing", () => new Uint8Array(0), /not a WebAssembly file, it is empty/],
  ["text", () => Buffer.from("<html>"), /not a WebAssembly file, it begins with 3c 68 74 6d/],
  ["an empty module", () => Uint8Array.from(EMPTY_MODULE), /it exports nothing, but not memory, cu_abi_version/],
  ["a foreign module", () => Uint8Array.from(FOREIGN_MODULE), /it imports wasi\.fd_write/],
  ["half of the module", () => wasmBytes().subarray(0, 100_000), /100000 bytes that cannot be compiled \(truncated or damaged\?\)/],
  ["a damaged module", () => { const bytes = wasmBytes(); bytes.fill(0xee, 20_000, 20_100); return bytes; }, /cannot be compiled/],
  ["a file that is not there", () => new URL("nowhere.wasm", import.meta.url), /nowhere\.wasm cannot be read: .*ENOENT/],
  ["another version of the boundary", () => moduleOfVersion(7), /speaks version 7 of the boundary, this library version 1/],
  ["a module that names places outside its memory", () => moduleOfVersion(1), /names places outside its memory/],
  ["a compiled foreign module", () => new WebAssembly.Module(Uint8Array.from(FOREIGN_MODULE)), /it imports wasi\.fd_write/],
];
for (const [what, make, message] of BAD_MODULES) {
  test(`loading refuses ${what}`, async () => {
    await assert.rejects(Cu.create({ wasm: make() }), (error) => {
      assert.ok(error instanceof CuLoadError, String(error));
      assert.match(error.message, message);
      return true;
    });
  });
}

test("loading takes a URL, bytes, a buffer, a compiled module, and by default the file beside it", async () => {
  const url = new URL("../../js/dist/cu.wasm", import.meta.url);
  for (const wasm of [undefined, url, url.href, wasmBytes(), wasmBytes().buffer, await wasmModule()]) {
    const cu = await Cu.create({ wasm });
    assert.equal(await cu.compute("return 1"), 1);
    cu.close();
  }
});

/** `[what, the call]`: each a TypeError with a message. */
const { cu: subject } = await createCu();
for (const [what, call] of [
  ["an unknown option", () => Cu.create({ colour: 1 })],
  ["options that are none", () => Cu.create(null)],
  ["wasm that is none", () => Cu.create({ wasm: 5 })],
  ["a path as wasm", () => Cu.create({ wasm: "./cu.wasm" })],
  ["print that is none", () => Cu.create({ print: "x" })],
  ["a seed that is none", () => Cu.create({ seed: 0.5 })],
  ["a seed that is too large", () => Cu.create({ seed: 2 ** 32 })],
  ["now that is none", () => Cu.create({ now: "noon" })],
  ["nulls that are none", () => Cu.create({ nulls: "x" })],
  ["modules that are none", () => Cu.create({ modules: 1 })],
  ["a module that is none", () => Cu.create({ modules: { a: 1 } })],
  ["expose that is none", () => Cu.create({ expose: [Date] })],
  ["a member that is not there", () => Cu.create({ expose: [[Date, ["fly"]]] })],
  ["code that is none", () => subject.compute(5)],
  ["no code", () => subject.compute()],
  ["an unknown option of compute", () => subject.compute("", { colour: 1 })],
  ["args that are none", () => subject.compute("", { args: "x" })],
  ["a name that is none", () => subject.compute("", { name: 5 })],
  ["strings that are none", () => subject.compute("", { strings: "x" })],
]) {
  test(`arguments are checked: ${what}`, async () => {
    await assert.rejects(async () => call(), (error) => error instanceof TypeError && error.message !== "");
  });
}

test("memory: the numbers are those of the module, and stay", async () => {
  const { cu } = await createCu();
  const work = () => {
    for (let i = 0; i < 10_000; i++) cu.computeSync("return {...}", { args: [i, {}, "x"] });
    cu.collectGarbage();
    return cu.memory;
  };
  const before = work();
  assert.equal(before.total, 2_097_152);
  assert.equal(before.heap, 1_572_864);
  const after = work();
  assert.ok(after.used <= before.used + 1_000, `${before.used} → ${after.used}`);
  assert.ok(after.tables <= before.tables, `${before.tables} → ${after.tables}`);
  assert.ok(after.peak >= after.used);
  cu.close();
});

test("the functions of Lua that JavaScript holds are limited, and can be given back", async () => {
  const { cu } = await createCu();
  const limit = /JavaScript holds 65536 functions|not enough memory/;
  const held = [];
  assert.throws(() => { for (let i = 0; i < 100_000; i++) held.push(cu.computeSync("local i = ... return function() return i end", { args: [i] })); }, { message: limit });
  assert.equal(held[5](), 5);
  if (Symbol.dispose) {
    for (const f of held) f[Symbol.dispose]();
    cu.collectGarbage();
    assert.equal(cu.computeSync("return function() return 1 end")(), 1);
  }
  cu.close();
});

test("functions of Lua that JavaScript drops are given back by finalisation", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const { cu } = await createCu();
  await cu.compute("function make(i) return function() return i end end");
  // More than may be held at once, and more than the heap has room for.
  for (let round = 0; round < 24; round++) {
    for (let i = 0; i < 3_000; i++) cu.callSync("make", i);
    // What was just made lives until the task ends, and finalisation is a task of its own.
    await new Promise((resolve) => setTimeout(resolve, 5));
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.equal(await cu.compute("return 1"), 1);
  cu.close();
});

test("where an instance cannot be made at once it is made in the background", async () => {
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function TooLargeInstance() { throw new RangeError("WebAssembly.Instance is disallowed on the main thread"); };
  const { cu } = await createCu().finally(() => { WebAssembly.Instance = Instance; });
  assert.equal(await cu.compute("return 1 + 1"), 2);
  cu.close();
});

test("errors that JavaScript holds take memory, and then lose their value, not their message", async () => {
  const { cu } = await createCu();
  const errors = [];
  for (let i = 0; i < 8300; i++) {
    errors.push(await cu.compute("mt = mt or { __tostring = function() return 'of its own' end } error(setmetatable({}, mt))").catch((error) => error));
  }
  assert.deepEqual([...new Set(errors.map((error) => `${error.name}: ${error.message}`))], ["LuaError: of its own"]);
  assert.ok(errors[0].value !== undefined && errors.at(-1).value === undefined);
  assert.equal(await cu.compute("return 1 + 1"), 2);
  cu.close();
});

test("a trap ends the instance, and says so, also from within a function that Lua called", async () => {
  const { Instance } = WebAssembly;
  for (const nested of [false, true]) {
    WebAssembly.Instance = function TrappingInstance(...args) {
      const { exports } = new Instance(...args);
      return { exports: { ...exports, cu_path_call() { throw new WebAssembly.RuntimeError("unreachable"); } } };
    };
    const { cu } = await createCu().finally(() => { WebAssembly.Instance = Instance; });
    const trap = () => cu.callSync("print", 1);
    await assert.rejects(nested ? cu.compute("pcall(...) return 'went on'", { args: [trap] }) : async () => trap(), {
      name: "CuTrapError", message: "the instance ended by a trap: unreachable (restart() goes on with the same _home)",
    });
    for (const use of [() => cu.computeSync("return 1"), () => cu.setInput(1), () => cu.memory, () => cu.collectGarbage()]) assert.throws(use, CuTrapError);
    cu.close();
    assert.throws(() => cu.computeSync("return 1"), CuClosedError);
  }
});
