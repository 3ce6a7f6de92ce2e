/** Tables of `_home` without the module: a random sequence of operations against a simple model, and the live view. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { innerModules, randomFrom } from "./support.mjs";

const { account, exact, functions, home, space, view: views } = await innerModules(["account", "exact", "functions", "home", "space", "view"]);
const { LuaFloat, LuaBigint, LuaBytes, keyOf, valueOfKey } = exact;

/** The tables of an instance without a module. */
function createSpace(limits = {}) {
  return new space.Space(new account.Account(limits), new functions.Functions(() => [], () => {}));
}

const createTable = () => new home.HomeTable(createSpace());
const createView = () => views.viewOf(createSpace().root);

const SEED = 4711;
test(`a table behaves like a map, whatever is done to it (seed ${SEED})`, () => {
  const random = randomFrom(SEED);
  const VALUES = [1, 0.5, new LuaFloat(3), "x", true, false, null, 2n ** 60n, new LuaBigint(5n), new LuaBytes(Uint8Array.of(255))];
  for (let round = 0; round < 300; round++) {
    const table = createTable();
    const model = new Map();
    const keys = 1 + random(40);
    for (let step = 0; step < 200; step++) {
      const key = [random(keys) + 1, random(keys) - 5, `k${random(5)}`, random(4) === 0 ? 4_095 + random(4) : 1.5][random(4)];
      if (random(3) === 0) {
        table.delete(key);
        model.delete(key);
      } else {
        const value = VALUES[random(VALUES.length)];
        table.set(key, value);
        model.set(key, value);
      }
    }
    assert.equal(table.size, model.size);
    for (const [key, value] of model) assert.deepEqual(table.get(key), value, `round ${round}, key ${key}`);
    assert.deepEqual(new Map(table.entries()), model);
    const border = table.length;
    assert.ok((border === 0 || model.has(border)) && !model.has(border + 1), `${border} is a border`);
  }
});

test("a sequence filled from behind, and emptied again", () => {
  const table = createTable();
  for (let key = 100_000; key >= 1; key--) table.set(key, key);
  assert.equal(table.length, 100_000);
  assert.equal(table.get(54_321), 54_321);
  for (let key = 1; key <= 100_000; key++) table.delete(key);
  assert.deepEqual([table.length, table.size, table.chunks.length], [0, 0, 0]);
});

test("keys of every type stay apart", () => {
  const values = ["1", 1, "\0", "\0b", "\0bx", "\0n5", new LuaBytes(Uint8Array.of(200)), new LuaBigint(5n), 2n ** 60n, new LuaBigint(2n ** 60n), true, "true", null, ""];
  const keys = values.map(keyOf);
  assert.equal(new Set(keys).size, values.length);
  assert.deepEqual(keys.map(valueOfKey), values);
});

test("the view: what JavaScript puts in and gets out", () => {
  const view = createView();
  const shared = { deep: [1, 2] };
  const source = { list: [1, 2.5, "x", null, true], map: new Map([[1.5, "a"], [true, "b"]]), set: new Set(["s"]), floats: Float64Array.of(1, 2), bigs: BigInt64Array.of(1n, 2n ** 60n), a: shared, b: shared };
  source.self = source;
  view.set("data", source);
  shared.deep.push(3);
  const data = view.get("data");
  assert.equal(view.get("data"), data);
  assert.equal(data.get("self"), data);
  assert.equal(data.get("a"), data.get("b"));
  const copy = data.toJS();
  assert.equal(copy.self, copy);
  assert.equal(copy.a, copy.b);
  assert.deepEqual(copy.a, { deep: [1, 2] });
  assert.deepEqual(copy.list, new Map([[1, 1], [2, 2.5], [3, "x"], [5, true]]));
  assert.deepEqual(copy.map, new Map([[1.5, "a"], [true, "b"]]));
  assert.deepEqual(copy.set, { s: true });
  assert.deepEqual(copy.floats, [1, 2]);
  assert.deepEqual(copy.bigs, [1, 2n ** 60n]);
  assert.equal(view.has("data"), true);
  assert.equal(view.size, 1);
  assert.deepEqual([...view.entries()], [["data", data]]);
  assert.equal(view.delete("data"), true);
  assert.equal(view.delete("data"), false);
  assert.equal(view.size, 0);
  assert.deepEqual(view.toJS(), {});
});

const cyclic = () => {};
for (const [name, value, message] of [
  ["a function", { a: { f: cyclic } }, "_home.x.a.f: a function of the host cannot be stored"],
  ["a symbol", [1, Symbol("s")], "_home.x[2]: a symbol cannot be stored"],
  ["a Date", { at: new Date(0) }, "_home.x.at: an object of class Date cannot be stored"],
  ["a class instance", new (class Thing {})(), "_home.x: an object of class Thing cannot be stored"],
  ["an undefined key", new Map([[undefined, 1]]), "_home.x: undefined cannot be a key"],
  ["a table of another instance", { t: createView() }, "_home.x.t: a table of another instance cannot be stored"],
]) {
  test(`what cannot be kept is an error with its path, and the table is as it was: ${name}`, () => {
    const view = createView();
    view.set("x", 1);
    assert.throws(() => view.set("x", value), { name: "TypeError", message });
    assert.deepEqual([...view.entries()], [["x", 1]]);
  });
}

for (const key of [undefined, null, NaN, {}, []]) {
  test(`the view has no key ${String(key)}`, () => {
    const view = createView();
    assert.throws(() => view.get(key), TypeError);
    assert.throws(() => view.set(key, 1), TypeError);
  });
}
