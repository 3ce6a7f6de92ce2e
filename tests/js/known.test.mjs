/** Tables directly under `_home`, which Lua finds by name without asking: whoever changes `_home`, and whenever, what Lua sees is what is there. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore } from "../../js/dist/index.js";
import { createCu } from "./support.mjs";

const BEFORE = "_home.t = { 'first' } _home.u = { 'other' } assert(_home.t[1] == 'first' and _home.t[1] == 'first')";

/** `change` is what JavaScript does to `_home`, `code` how that comes about while Lua runs; afterwards `_home.t` is as `after` says. */
const CHANGES = [
  ["another table", (cu) => cu.home.set("t", ["second"]), "second"],
  ["another one of its own", (cu) => cu.home.set("t", cu.home.get("u")), "other"],
  ["no table", (cu) => cu.home.set("t", "text"), "text"],
  ["nothing", (cu) => cu.home.delete("t"), "nil"],
  ["nothing, and a table again", (cu) => { cu.home.set("t", null); cu.home.set("t", ["third"]); }, "third"],
];
const OCCASIONS = [
  ["between computations", undefined],
  ["in a function", "_io.input.change()"],
  ["in a function that fails", "pcall(_io.input.changeAndFail)"],
  ["in a getter", "local _ = _io.input.field"],
  ["in a setter", "_io.input.field = 1"],
  ["while it is traversed", "for _ in pairs(_io.input) do end"],
  ["while it prints", "print('now')"],
  ["by Lua that JavaScript calls", "_io.input.nested()"],
];

for (const [what, change, after] of CHANGES) {
  for (const [occasion, code] of OCCASIONS) {
    test(`JavaScript puts ${what} in its place ${occasion}`, async () => {
      let armed = true;
      const once = () => { if (armed) { armed = false; change(cu); } };
      const { cu } = await createCu({ print: once });
      cu.setInput({
        change: once,
        changeAndFail() { once(); throw new Error("after it"); },
        nested() { cu.computeSync("assert(_home.t)"); once(); cu.computeSync("local _ = _home.t, _home.u"); },
        get field() { once(); return 1; },
        set field(_) { once(); },
      });
      const look = "local t = _home.t return type(t) == 'table' and t[1] or tostring(t)";
      if (code === undefined) {
        await cu.compute(BEFORE);
        once();
        assert.equal(await cu.compute(look), after);
      } else {
        assert.equal(await cu.compute(`${BEFORE} ${code} ${look}`), after);
      }
      assert.equal(armed, false);
    });
  }
}

test("between two computations JavaScript changes it, and a finalizer asks", async () => {
  const { cu } = await createCu();
  for (const run of [() => cu.collectGarbage(), () => cu.exportState(), () => cu.home.get("f")()]) {
    const finalizer = "setmetatable({}, { __gc = function() seen = _home.t[1] end })";
    await cu.compute(`function _home.f() end ${BEFORE} kept = _home.t ${finalizer}`);
    cu.home.set("t", ["second"]);
    run();
    assert.deepEqual(await cu.computeAll("collectgarbage() return seen, _home.t[1]"), ["second", "second"]);
  }
});

test("another `_home` in the place of the one that was known", async () => {
  const store = new MemoryStore();
  const { cu } = await createCu({ store });
  await cu.loadState();
  await cu.compute(`${BEFORE} _home.o = setmetatable({}, { __index = { name = 'class' } }) function _home.f() return 'first' end`);
  const bytes = cu.exportState();
  await cu.saveState();
  const look = "local old = kept kept = _home.t return _home.t[1], old and pcall(function() return old[1] end), _home.o.name, _home.f()";
  const other = "_home.t = { 'changed' } _home.o = {} _home.f = {} assert(_home.t[1] == 'changed' and not _home.o.name and not _home.f.name)";
  await cu.compute(`${other} kept = _home.t`);
  await cu.loadState();
  assert.deepEqual(await cu.computeAll(look), ["first", false, "class", "first"]);
  await cu.compute(`${other} kept = _home.t`);
  cu.importState(bytes);
  assert.deepEqual(await cu.computeAll(look), ["first", false, "class", "first"]);
  await cu.compute(`${other} kept = _home.t`);
  await cu.restart();
  assert.deepEqual(await cu.computeAll("return _home.t[1], #_home.o, type(_home.f), _home.t[1]"), ["changed", 0, "table", "changed"]);
  await cu.close();
});

test("a table that is known comes with its metatable", async () => {
  const { cu } = await createCu();
  await cu.compute(`${BEFORE} setmetatable(_home.t, { __index = { name = 'class' }, __len = function() return 7 end })`);
  const look = "return _home.t.name, #_home.t, _home.t[1]";
  for (let turn = 0; turn < 2; turn++) assert.deepEqual(await cu.computeAll(`local _ = _home.t ${look}`), ["class", 7, "first"]);
  await cu.restart();
  for (let turn = 0; turn < 2; turn++) assert.deepEqual(await cu.computeAll(look), ["class", 7, "first"]);
  assert.deepEqual(await cu.computeAll(`setmetatable(_home.t, nil) ${look}`), [undefined, 1, "first"]);
});

test("`_home` with a metatable, and again without", async () => {
  const { cu } = await createCu();
  await cu.compute(`${BEFORE} setmetatable(_home, { __index = function(_, name) return { name } end })`);
  const look = "return _home.t[1], _home.none and _home.none[1]";
  for (let turn = 0; turn < 2; turn++) assert.deepEqual(await cu.computeAll(look), ["first", "none"]);
  await cu.restart();
  for (let turn = 0; turn < 2; turn++) assert.deepEqual(await cu.computeAll(look), ["first", "none"]);
  assert.deepEqual(await cu.computeAll(`setmetatable(_home, nil) ${look}`), ["first", undefined]);
  assert.deepEqual(await cu.computeAll(`_home.t = { 'second' } _home.none = { 'none' } ${look}`), ["second", "none"]);
});

test("a function in `_home` is never known by name: after it was put to sleep it is another one", async () => {
  const { cu } = await createCu();
  await cu.compute("for i = 1, 3000 do _home['f' .. i] = function() return i end end");
  await cu.compute("collectgarbage() for i = 1, 3000 do assert(_home['f' .. i]() == i) end");
  await cu.compute("for i = 1, 3000 do _home['f' .. i] = { i } end for i = 1, 3000 do assert(_home['f' .. i][1] == i) end");
});

test("tables that are known by name are not held by it", async () => {
  const { cu } = await createCu();
  await cu.compute("for i = 1, 1000 do _home['t' .. i] = { i } end for i = 1, 1000 do assert(_home['t' .. i][1] == i) end");
  cu.collectGarbage();
  assert.ok(cu.memory.tables < 10, `${cu.memory.tables} handles`);
  assert.equal(await cu.compute("local sum = 0 for i = 1, 1000 do sum = sum + _home['t' .. i][1] end return sum"), 500_500);
});
