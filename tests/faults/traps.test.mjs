/**
 * Traps of every kind that can be forced: each ends the instance and nothing else. Whatever is called on it afterwards says so, a restart goes on
 * with the same `_home`, and what belonged to the old instance is refused.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Cu, CuClosedError, CuTrapError, LuaError, MemoryStore } from "../../js/dist/index.js";
import { instances, instrumented } from "./support.mjs";

const module = await instrumented();
/** Left of the module's stack when its end is brought near. */
const STACK_LEFT = 600;

/** While an import is in here it is replaced. The library makes its imports anew for each instance. */
const hostile = {};
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(module, { env }) {
    const wrapped = Object.entries(env).map(([name, original]) => [name, (...args) => (hostile[name] ?? original)(...args)]);
    super(module, { env: Object.fromEntries(wrapped) });
  }
};

/** Calls `use` with so little of the engine's stack left that it begins, and then traps. */
function atTheEndOfTheStack(use) {
  let result;
  const down = () => {
    try { down(); } catch (error) { if (!(error instanceof RangeError)) throw error; }
    // On the way back there is a little more each time.
    if (result === undefined) try { result = { value: use() }; } catch (error) { if (error instanceof CuTrapError) result = { error }; }
  };
  down();
  if (result?.error) throw result.error;
  return result?.value;
}

const overwrite = (byte) => new Uint8Array(instances[0].exports.memory.buffer, 500_000).fill(byte);
const fill = (byte) => (cu) => {
  overwrite(byte);
  cu.computeSync("return { {} }");
};

/** `[name, what the engine says, how]`. */
const TRAPS = [
  ["the engine's stack", /call stack/, (cu) => atTheEndOfTheStack(() => cu.computeSync("local function f(s) return (s:gsub('.', f)) end return pcall(f, 'x')"))],
  ["the module's stack", /out of bounds/, (cu) => { instances[0].exports.fault_stack.value = STACK_LEFT; cu.computeSync("return ('%s'):format(1)"); }],
  ["memory filled with 0", /unreachable|out of bounds|null function|signature|table index/, fill(0)],
  ["memory filled with 255", /unreachable|out of bounds|null function|signature|table index/, fill(255)],
  ["memory filled with 1", /unreachable|out of bounds|null function|signature|table index/, fill(1)],
  ["an import that throws", /from an import/, (cu) => { hostile.js_ext_table_len = () => { throw new Error("from an import"); }; cu.computeSync("return #_home"); }],
  ["an import that throws while Lua closes", /from an import/, (cu) => {
    hostile.js_ext_table_len = () => { throw new Error("from an import"); };
    cu.computeSync("pcall(function() local x <close> = setmetatable({}, { __close = function() return #_home end }) error('first') end)");
  }],
  ["an import that throws within a coroutine", /from an import/, (cu) => {
    hostile.js_ext_table_len = () => { throw new Error("from an import"); };
    cu.computeSync("return coroutine.wrap(function() return pcall(function() return #_home end) end)()");
  }],
  ["a computation in a computation", /from an import/, (cu) => {
    hostile.js_ext_table_len = () => { throw new Error("from an import"); };
    cu.computeSync("pcall(...) return 'goes on'", { args: [() => cu.computeSync("return #_home")] });
  }],
  ["while a state is exported", /unreachable|out of bounds|null function|signature|table index/, (cu) => {
    overwrite(255);
    cu.exportState();
  }],
  ["while a state is saved", /unreachable|out of bounds|null function|signature|table index/, (cu) => {
    overwrite(255);
    return cu.saveState();
  }],
];

const PREPARE = `
  _home.list = { 1, 2, { "x" } }
  local n, t = 5, { "upvalue" }
  function _home.count() n = n + 1 return n, t[1] end
  function _home.shared() return n end
  _home.account = setmetatable({ balance = 10 }, { __index = function(a, k) return k .. a.balance end })
  global = 1`;

const CALLS = {
  compute: (cu) => cu.compute("return 1"), computeAll: (cu) => cu.computeAll("return 1"), computeSync: (cu) => cu.computeSync("return 1"), call: (cu) => cu.call("print"), callSync: (cu) => cu.callSync("print"),
  setInput: (cu) => cu.setInput(1), getOutput: (cu) => cu.getOutput(), setMeta: (cu) => cu.setMeta(1), clearIo: (cu) => cu.clearIo(), memory: (cu) => cu.memory, collectGarbage: (cu) => cu.collectGarbage(),
  saveState: (cu) => cu.saveState(), loadState: (cu) => cu.loadState(), clearState: (cu) => cu.clearState(), exportState: (cu) => cu.exportState(), importState: (cu, { bytes }) => cu.importState(bytes),
  "a function of Lua": (cu, { f }) => f(), "all of its results": (cu, { f }) => f.all(), "a function of _home": (cu) => cu.home.get("count")(),
};

test("the table of calls has every method", () => {
  const methods = Object.getOwnPropertyNames(Cu.prototype).filter((name) => !["constructor", "restart", "close"].includes(name));
  const inner = ["attach", "createFunctions", "createFunctionPort"];
  const missing = methods.filter((name) => !(name in CALLS) && !inner.includes(name) && isPublic(name));
  assert.deepEqual(missing, []);
});

/** The library's own are private in its types, which says nothing at run time: these are all that the README and docs name. */
function isPublic(name) {
  return /^(compute|call|set|get|clear|collect|save|load|export|import|memory)/.test(name) && !["callPath", "callFunction", "callWith"].includes(name);
}

for (const [name, says, trap] of TRAPS) {
  test(`a trap: ${name}`, async () => {
    const cu = await Cu.create({ wasm: module, seed: 1, now: 0, print: () => {}, store: new MemoryStore() });
    const input = { value: 41 };
    await cu.compute(PREPARE, { input });
    assert.deepEqual(await cu.computeAll("return _home.count()"), [6, "upvalue"]);
    await cu.saveState();
    const bytes = cu.exportState();
    assert.deepEqual(await cu.computeAll("return _home.count()"), [7, "upvalue"]);
    const f = await cu.compute("return function() return 'old' end");
    const foreign = (() => { try { cu.computeSync("error({})"); } catch (error) { return error; } })();
    const list = cu.home.get("list");
    const account = cu.home.get("account");

    await assert.rejects(async () => trap(cu), (error) => {
      assert.equal(error.name, "CuTrapError", error.stack);
      assert.match(error.message, says);
      assert.match(error.message, /restart\(\)/);
      assert.ok(error.cause !== undefined);
      return true;
    }).finally(() => { for (const key of Object.keys(hostile)) delete hostile[key]; });
    for (const [call, use] of Object.entries(CALLS)) {
      await assert.rejects(async () => use(cu, { f, bytes }), (error) => error instanceof CuTrapError || assert.fail(`${call}: ${error.stack}`));
    }
    // The data was in the host all along.
    assert.equal(list.get(2), 2);
    list.set(4, "while it was dead");

    await cu.restart();
    assert.deepEqual(await cu.computeAll("return global, _io.input.value"), [undefined, 41]);
    const [count, upvalue, shared] = await cu.computeAll("local n, u = _home.count() return n, u, _home.shared()");
    // As last kept, by the save and the export, or by those of the trap itself.
    assert.ok(count === 7 || count === 8, `${count}`);
    assert.equal(upvalue, "upvalue");
    assert.equal(shared, count);
    assert.equal(await cu.compute("return _home.account.owner"), "owner10");
    assert.equal(cu.home.get("list"), list);
    assert.equal(cu.home.get("account"), account);
    assert.deepEqual(await cu.computeAll("return #_home.list, _home.list[4], (...) == _home.list", { args: [list] }), [4, "while it was dead", true]);

    for (const use of [f, () => f.all()]) assert.throws(use, (error) => error instanceof CuClosedError && /released/.test(error.message));
    await assert.rejects(cu.compute("return 1", { args: [foreign.value] }), { name: "TypeError", message: /another instance|value of Lua/ });
    // An old function is a function of the host like any other, which fails when it is called.
    await assert.rejects(cu.compute("return (...)()", { args: [f] }), (error) => error instanceof LuaError && /released/.test(error.message));
    await cu.saveState();
    await cu.loadState();
    assert.equal(await cu.compute("return _home.count()"), count + 1);
    await cu.close();
  });
}

test("a trap again and again, and a restart each time", async () => {
  const cu = await Cu.create({ wasm: module, seed: 1, now: 0, print: () => {} });
  await cu.compute("local n = 0 function _home.count() n = n + 1 return n end _home.runs = 0");
  const ROUNDS = 50;
  for (let i = 0; i < ROUNDS; i++) {
    await cu.compute("_home.runs = _home.runs + 1 _home.count()");
    cu.exportState();
    assert.throws(() => fill(255)(cu), CuTrapError);
    await cu.restart();
  }
  assert.deepEqual(await cu.computeAll("return _home.runs, _home.count()"), [ROUNDS, ROUNDS + 1]);
  assert.equal(cu.memory.tables, 0);
  await cu.close();
});

test("a closed instance is closed, also after a trap", async () => {
  const cu = await Cu.create({ wasm: module, seed: 1, now: 0, print: () => {} });
  assert.throws(() => fill(255)(cu), CuTrapError);
  await cu.close();
  assert.throws(() => cu.computeSync("return 1"), CuClosedError);
  await assert.rejects(cu.restart(), CuClosedError);
});
