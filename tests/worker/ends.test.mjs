/** How calls and workers end: at deadlines, by signals, by faults, by being closed; and what is left then. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { CuClosedError, CuLimitError, CuLoadError, CuTrapError, MemoryStore, StateFormatError, StateLockedError, StoreError } from "../../js/dist/index.js";
import { DirectoryStore } from "../../js/dist/stores/directory.js";
import { CuWorker } from "../../js/dist/worker.js";
import { createWorker, inWorker, scriptAt, withFunctions } from "./support.mjs";

const STUCK = "require('host').stuck()";
const failure = (promise) => promise.then((value) => assert.fail(`it succeeded with ${value}`), (error) => error);

/** Name, code, options; whether the worker is the same afterwards, and what the call fails with. */
const ENDS = [
  ["a deadline that Lua keeps", "while true do pcall(error) end", { timeoutMs: 50 }, true, { constructor: CuLimitError, limit: "timeoutMs", message: "time limit reached (50 ms)", line: 1 }],
  ["a deadline in a function of the host", STUCK, { timeoutMs: 50 }, false,
    { constructor: CuLimitError, limit: "timeoutMs", message: "time limit reached (50 ms): the worker was terminated, and what was not saved is lost" }],
  ["a signal that stops Lua", "while true do pcall(error) end", { abortMs: 50 }, true, { message: "enough" }],
  ["a signal in a function of the host", STUCK, { abortMs: 50 }, false, { message: "enough" }],
  ["a worker that exits", "require('host').exit()", {}, false, { constructor: CuTrapError, message: "the worker ended, and what was not saved is lost: it exited with code 7" }],
];

for (const [name, code, { abortMs, ...options }, isSame, expected] of ENDS) {
  test(name, () => inWorker({ store: new MemoryStore(), worker: withFunctions }, async (cu) => {
    await cu.compute("_home.kept = 1 function _home.get() return _home.kept end");
    await cu.saveState();
    await cu.compute("_home.kept = 2 global = 3");
    const controller = new AbortController();
    if (abortMs !== undefined) setTimeout(() => controller.abort(new Error("enough")), abortMs);
    const ended = cu.compute(code, { ...options, ...(abortMs === undefined ? {} : { signal: controller.signal }) });
    // Those that wait are done.
    const waiting = [1, 2, 3].map((n) => cu.compute("return ..., _home.get()", { args: [n] }));
    const error = await failure(ended);
    for (const [field, value] of Object.entries(expected)) assert.equal(error[field], value, field);
    assert.deepEqual(await Promise.all(waiting), [1, 2, 3]);
    assert.deepEqual(await cu.computeAll("return _home.get(), global"), isSame ? [2, 3] : [1, undefined]);
    await cu.compute("_home.kept = 4");
    await cu.saveState();
    await cu.loadState();
    assert.equal(await cu.call("_home.get"), 4);
  }));
}

test("without a store a new worker begins with nothing", () => inWorker({ worker: withFunctions, limits: { timeoutMs: 50 } }, async (cu) => {
  await cu.compute("_home.x = 1");
  assert.ok((await failure(cu.compute(STUCK))) instanceof CuLimitError);
  assert.equal(await cu.compute("return _home.x"), undefined);
}));

test("a state that was never loaded is not loaded by a new worker either", async () => {
  const store = new MemoryStore();
  await inWorker({ store }, async (cu) => { await cu.compute("_home.x = 1"); await cu.saveState(); });
  await inWorker({ store, worker: withFunctions }, async (cu) => {
    await failure(cu.compute(STUCK, { timeoutMs: 20 }));
    assert.equal(await cu.compute("return _home.x"), undefined);
    assert.match((await failure(cu.saveState())).message, /call loadState\(\) first/);
    await cu.loadState();
    await failure(cu.compute(STUCK, { timeoutMs: 20 }));
    assert.equal(await cu.compute("return _home.x"), 1);
  });
});

test("a call that is aborted while it waits is never made", () => inWorker({}, async (cu) => {
  const controller = new AbortController();
  const first = cu.compute("for i = 1, 1e6 do end return 'first'");
  const second = failure(cu.compute("called = true", { signal: controller.signal }));
  controller.abort(new Error("not any more"));
  assert.equal((await second).message, "not any more");
  assert.deepEqual([await first, await cu.compute("return called")], ["first", undefined]);
  assert.equal((await failure(cu.compute("called = true", { signal: controller.signal }))).message, "not any more");
}));

test("a signal that comes after the end does nothing", () => inWorker({}, async (cu) => {
  const controller = new AbortController();
  assert.equal(await cu.compute("x = 1 return 1", { signal: controller.signal }), 1);
  controller.abort();
  assert.equal(await cu.compute("for i = 1, 1e6 do end return x"), 1);
}));

test("100 calls at once are done in their order", () => inWorker({}, async (cu) => {
  const calls = Array.from({ length: 100 }, (_, i) => cu.compute("n = (n or 0) + 1 return { ..., n }", { args: [i + 1] }));
  assert.deepEqual(await Promise.all(calls), Array.from({ length: 100 }, (_, i) => [i + 1, i + 1]));
}));

test("100 calls, each of which ends its worker or not", () => inWorker({ worker: withFunctions }, async (cu) => {
  const calls = Array.from({ length: 100 }, (_, i) => cu.compute(i % 25 === 3 ? "require('host').exit()" : "return ...", { args: [i] }).catch((error) => error.name));
  assert.deepEqual(await Promise.all(calls), Array.from({ length: 100 }, (_, i) => (i % 25 === 3 ? "CuTrapError" : i)));
}));

test("a worker that fails while nothing is computed is replaced when it is needed", () => inWorker({ store: new MemoryStore(), worker: withFunctions }, async (cu) => {
  await cu.compute("_home.x = 1");
  await cu.saveState();
  await cu.compute("require('host').throwLater()");
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(await cu.compute("return _home.x"), 1);
}));

/** Workers that cannot be started, and what that is called. */
for (const [name, options, type, message] of [
  ["a script that is not there", { worker: scriptAt("no_such_file.mjs") }, CuLoadError, /^the worker could not be started: .*no_such_file/],
  ["a script that fails", { worker: scriptAt("fails.mjs") }, CuLoadError, /^the worker could not be started: broken script$/],
  ["a script that serves nobody", { worker: scriptAt("never_serves.mjs") }, CuLoadError, /^the worker could not be started: it exited with code 0$/],
  ["a worker that cannot be made", { worker: () => { throw new Error("no more threads"); } }, Error, /^no more threads$/],
  ["a module that is none", { wasm: new Uint8Array(8) }, CuLoadError, /not a WebAssembly file/],
  ["a module that is not there", { wasm: new URL("no.wasm", import.meta.url) }, CuLoadError, /no\.wasm cannot be read/],
  ["a store that fails", { store: { open: async () => { throw new StoreError("no store"); } } }, StoreError, /^no store$/],
  ["a state that cannot be read", { store: { open: async () => ({ read: async () => { throw new StoreError("no pages"); }, close: async () => {} }) } }, StoreError, /^no pages$/],
]) {
  test(`it cannot be started: ${name}`, async () => {
    const error = await failure(createWorker(options));
    assert.equal(error.constructor, type);
    assert.match(error.message, message);
  });
}

test("the state is free again when it could not be started", async () => {
  const store = new MemoryStore();
  await failure(createWorker({ store, worker: scriptAt("fails.mjs") }));
  await inWorker({ store }, (cu) => cu.compute("return 1"));
});

test("a new worker that cannot be started: all calls say so, until restart() can", async () => {
  let broken = false;
  const worker = () => scriptAt(broken ? "fails.mjs" : "with_functions.mjs")();
  await inWorker({ worker, store: new MemoryStore() }, async (cu) => {
    await cu.compute("_home.x = 1");
    await cu.saveState();
    broken = true;
    const ended = failure(cu.compute("require('host').exit()"));
    const waiting = failure(cu.compute("return 1"));
    assert.ok((await ended) instanceof CuTrapError);
    assert.ok((await waiting) instanceof CuLoadError);
    assert.match((await failure(cu.compute("return 1"))).message, /could not be started: broken script/);
    assert.ok((await failure(cu.restart())) instanceof CuLoadError);
    broken = false;
    await cu.restart();
    assert.equal(await cu.compute("return _home.x"), 1);
  });
});

test("a saved state that cannot be read any more is what calls fail with", async () => {
  const inner = new MemoryStore();
  let isDamaged = false;
  const store = { open: async (name) => {
    const state = await inner.open(name);
    const read = async () => (isDamaged ? new Map([[0, new Uint8Array(100)]]) : state.read());
    return { read, write: (...args) => state.write(...args), close: () => state.close() };
  } };
  await inWorker({ store, worker: withFunctions }, async (cu) => {
    await cu.saveState();
    await cu.compute("_home.x = 1");
    await cu.saveState();
    isDamaged = true;
    await failure(cu.compute("require('host').exit()"));
    assert.ok((await failure(cu.compute("return 1"))) instanceof StateFormatError);
    isDamaged = false;
    await cu.restart();
    assert.equal(await cu.compute("return _home.x"), 1);
  });
});

test("terminated in a save: the store has the state whole, of before or after", async () => {
  const inner = new MemoryStore();
  let goOn;
  let begun;
  const store = { open: async (name) => {
    const state = await inner.open(name);
    const write = async (...args) => {
      begun?.();
      await new Promise((resolve) => (goOn === undefined ? resolve() : (goOn = resolve)));
      await state.write(...args);
    };
    return { read: () => state.read(), write, close: () => state.close() };
  } };
  const cu = await createWorker({ store });
  await cu.compute("_home.x = 1");
  await cu.saveState();
  await cu.compute("for i = 1, 10000 do _home[i] = i end _home.x = 2");
  goOn = null;
  const writing = new Promise((resolve) => (begun = resolve));
  const save = failure(cu.saveState());
  const waiting = failure(cu.compute("return 1"));
  await writing;
  const ended = cu.terminate();
  assert.ok((await save) instanceof CuClosedError);
  assert.ok((await waiting) instanceof CuClosedError);
  goOn();
  await ended;
  await inWorker({ store: inner }, async (again) => {
    await again.loadState();
    assert.deepEqual(await again.computeAll("return _home.x, #_home"), [2, 10_000]);
  });
});

test("a save that the store refuses is refused here, and the next one has it all", async () => {
  const inner = new MemoryStore();
  let isFull = false;
  const store = { open: async (name) => {
    const state = await inner.open(name);
    const write = async (...args) => { if (isFull) throw new StoreError("full"); return state.write(...args); };
    return { read: () => state.read(), write, close: () => state.close() };
  } };
  await inWorker({ store }, async (cu) => {
    await cu.compute("_home.x = 1");
    isFull = true;
    assert.deepEqual(await failure(cu.saveState()).then(({ name, message }) => [name, message]), ["StoreError", "full"]);
    isFull = false;
    await cu.saveState();
    assert.deepEqual(await cu.loadState(), { found: true, problems: [] });
  });
});

test("a state is one instance's, also while workers come and go", async () => {
  const folder = mkdtempSync(join(tmpdir(), "cu-worker-"));
  try {
    const cu = await createWorker({ store: new DirectoryStore(folder), worker: withFunctions });
    await cu.compute("_home.x = 1");
    await cu.saveState();
    const other = failure(createWorker({ store: new DirectoryStore(folder) }));
    await failure(cu.compute(STUCK, { timeoutMs: 20 }));
    assert.equal(await cu.compute("return _home.x"), 1);
    assert.ok((await other) instanceof StateLockedError);
    await cu.close();
    await inWorker({ store: new DirectoryStore(folder) }, async (again) => assert.equal((await again.loadState()).found, true));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("autosave saves, and tells when it cannot", async () => {
  const store = new MemoryStore();
  await inWorker({ store, autosave: { everyMs: 10 } }, async (cu) => {
    await cu.compute("_home.x = 1");
    while ((await store.list()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  });
  await new Promise((resolve, reject) => {
    const onError = (error) => resolve(assert.match(error.message, /a coroutine cannot be stored/));
    inWorker({ store, state: "other", autosave: { everyMs: 10, onError } }, async (cu) => {
      await cu.compute("local co = coroutine.create(print) function _home.f() return co end");
      await new Promise((done) => setTimeout(done, 200));
    }).catch(reject);
  });
});

test("closing waits for the calls before it, happens once, and refuses what comes after", async () => {
  const cu = await createWorker({ worker: withFunctions });
  const call = cu.compute("for i = 1, 1e6 do end return 1");
  const closing = cu.close();
  assert.equal(cu.close(), closing);
  assert.ok((await failure(cu.compute("return 1"))) instanceof CuClosedError);
  assert.equal(await call, 1);
  await closing;
  await cu.terminate();
  for (const ask of [() => cu.compute(""), () => cu.memory(), () => cu.restart(), () => cu.saveState()]) assert.ok((await failure(ask())) instanceof CuClosedError);
});

test("closing goes on with calls that end their worker", async () => {
  const cu = await createWorker({ worker: withFunctions });
  const calls = [cu.compute("require('host').exit()"), cu.compute("return 2")].map((call) => call.catch((error) => error.name));
  await cu.close();
  assert.deepEqual(await Promise.all(calls), ["CuTrapError", 2]);
});

test("a close that hangs is ended by terminate()", async () => {
  const cu = await createWorker({ worker: withFunctions });
  const stuck = failure(cu.compute(STUCK));
  const closing = cu.close();
  await cu.terminate();
  await closing;
  assert.ok((await stuck) instanceof CuClosedError);
});

test("a finalizer of the last moment is bounded too", async () => {
  const cu = await createWorker({ worker: withFunctions, limits: { timeoutMs: 50 } });
  await cu.compute("setmetatable({}, { __gc = function() require('host').stuck() end }) require('host')");
  assert.ok((await failure(cu.close())) instanceof CuLimitError);
});

test("an idle worker keeps no process alive, a busy one does", async () => {
  const library = JSON.stringify(new URL("../../js/dist/worker.js", import.meta.url));
  const program = `import { CuWorker } from ${library};
    const cu = await CuWorker.create();
    console.log(await cu.compute("return 1"));
    cu.compute("for i = 1, 1e6 do end return 2").then(console.log);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], { timeout: 60_000 });
  assert.equal(stdout, "1\n2\n");
});

test("await using", { skip: Symbol.asyncDispose === undefined }, async () => {
  const cu = await CuWorker.create();
  await cu[Symbol.asyncDispose]();
  assert.ok((await failure(cu.compute(""))) instanceof CuClosedError);
});
