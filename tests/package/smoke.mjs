/**
 * The suite that the package passes on every host: one instance from end to end, by what a user imports. It runs in the host itself, so that
 * it uses nothing of Node. `library` is the package's main entry; `openStore` makes the host's store anew, if it has one.
 */
const PARTS = [
  ["compute", async ({ Cu }) => {
    const cu = await Cu.create({ modules: { shapes: "return { area = function(r) return math.pi * r ^ 2 end }" } });
    equal(await cu.compute("return require('shapes').area(...)", { args: [2] }), 4 * Math.PI);
    equal(await cu.computeAll("return 7 // 2, 7 / 2, ('%q'):format('ä'), #'ä'"), [3, 3.5, '"ä"', 2]);
    equal(await cu.compute("local co = coroutine.wrap(function() coroutine.yield(1) end) co() return coroutine.isyieldable()"), false);
    equal(cu.memory.total, 2_097_152);
    await cu.close();
  }],
  ["errors", async ({ Cu, LuaError, CuLimitError, CuLoadError }) => {
    const cu = await Cu.create();
    const error = await failure(cu.compute("local t = nil\nreturn t.x", { name: "mistake" }));
    equal([error instanceof LuaError, error.message, error.line], [true, "mistake:2: attempt to index a nil value (local 't')", 2]);
    const thrown = new RangeError("from the host");
    equal((await failure(cu.compute("_io.input.fail()", { input: { fail() { throw thrown; } } }))).cause === thrown, true);
    equal(await cu.compute("return select(2, pcall(error, 'caught', 0))"), "caught");
    equal((await failure(cu.compute("while true do end", { maxInstructions: 10_000 }))) instanceof CuLimitError, true);
    equal((await failure(cu.compute("while true do end", { timeoutMs: 50, maxInstructions: 100_000_000 }))) instanceof CuLimitError, true);
    equal(await cu.compute("local t, s = {}, ('x'):rep(1000) local ok, e = pcall(function() while true do t[#t + 1] = s .. #t end end) t = nil return e"), "not enough memory");
    equal((await failure(Cu.create({ wasm: new Uint8Array(8) }))) instanceof CuLoadError, true);
    equal(await cu.compute("return 1 + 1"), 2);
    await cu.close();
  }],
  ["external tables", async ({ Cu }) => {
    const cu = await Cu.create();
    const input = { list: [1, 2, 3], typed: Float64Array.of(0.5, 1.5), map: new Map([["k", { deep: true }]]), add: (a, b) => a + b };
    cu.setInput(input);
    const code = "local i = _io.input i.list[#i.list + 1] = i.add(i.typed[1], 4) i.map.k.deep = #i.list _io.output = { all = { 1, 2 }, same = i.list } return i.list == i.list";
    equal(await cu.compute(code), true);
    equal([input.list, input.map.get("k").deep, cu.getOutput().all, cu.getOutput().same === input.list], [[1, 2, 3, 4.5], 4, [1, 2], true]);
    await cu.close();
  }],
  ["BigInt", async ({ Cu }) => {
    const cu = await Cu.create();
    equal(await cu.compute("return ... * 3 + 1", { args: [2n ** 200n] }), 2n ** 200n * 3n + 1n);
    equal(await cu.computeAll("return math.maxinteger, bigint.new('-7') // 2, tostring(bigint.new(2) ^ 100)"), [2n ** 63n - 1n, -4n, String(2n ** 100n)]);
    await cu.close();
  }],
  ["state as bytes", async ({ Cu }) => {
    const first = await Cu.create();
    await first.compute("local n = 0 function _home.count() n = n + 1 return n end _home.count()");
    const second = await Cu.create();
    second.importState(first.exportState());
    equal(await second.call("_home.count"), 2);
    await first.close();
    await second.close();
  }],
];

const PERSISTENCE = ["persistence", async ({ Cu }, openStore) => {
  const store = openStore();
  const first = await Cu.create({ store });
  await first.compute("_home.list = { 1, 2.5, 'three' } function _home.calc(x) return x * #_home.list end");
  await first.saveState();
  await first.close();
  await store.close();
  const again = openStore();
  const second = await Cu.create({ store: again });
  await second.loadState();
  equal([await second.call("_home.calc", 14), second.home.get("list").toJS()], [42, [1, 2.5, "three"]]);
  await second.close();
  await again.close();
}];

/** Gives the names of the parts that went well, and what went wrong by the name of the part. */
export async function smoke(library, openStore) {
  const result = { passed: [], failed: {} };
  for (const [name, part] of openStore === undefined ? PARTS : [...PARTS, PERSISTENCE]) {
    try {
      await part(library, openStore);
      result.passed.push(name);
    } catch (error) {
      result.failed[name] = `${error.message}\n${error.stack}`;
    }
  }
  return result;
}

/** The parts that a host passes, with a store and without. */
export const partsOf = (hasStore) => (hasStore ? [...PARTS, PERSISTENCE] : PARTS).map(([name]) => name);

function equal(actual, expected) {
  const [found, wanted] = [show(actual), show(expected)];
  if (found !== wanted) throw new Error(`${found} instead of ${wanted}`);
}

const show = (value) => JSON.stringify(value, (_, part) => (typeof part === "bigint" ? `${part}n` : Object.is(part, -0) ? "-0" : part));

function failure(promise) {
  return promise.then((value) => { throw new Error(`no error, but ${show(value)}`); }, (error) => error);
}
