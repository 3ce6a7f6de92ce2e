/** Tables directly under `_home`, which Lua finds by name without asking: whoever changes `_home`, and whenever, what Lua sees is what is there. */
import assert from "node:assert/strict";
import { test } from "node:test";
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

test("tables that are known by name are not held by it", async () => {
  const { cu } = await createCu();
  await cu.compute("for i = 1, 1000 do _home['t' .. i] = { i } end for i = 1, 1000 do assert(_home['t' .. i][1] == i) end");
  cu.collectGarbage();
  assert.ok(cu.memory.tables < 10, `${cu.memory.tables} handles`);
  assert.equal(await cu.compute("local sum = 0 for i = 1, 1000 do sum = sum + _home['t' .. i][1] end return sum"), 500_500);
});
