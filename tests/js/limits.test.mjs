/**
 * What Lua can make the host hold is bounded: every way to fill it ends in an error that Lua can catch, and whatever is let go of can be filled
 * again. With CU_LONG=1 the limit is the one that there is without the option.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCu } from "./support.mjs";

const LONG = process.env.CU_LONG === "1";
const HOST_BYTES = LONG ? 536_870_912 : 8_388_608;
const limits = LONG ? undefined : { hostBytes: HOST_BYTES };
const message = `host memory limit reached (${HOST_BYTES} bytes)`;

const FILLS = [
  ["numbers in _home", "_home.t = {} local t, i = _home.t, 0 while true do i = i + 1 t[i] = i end"],
  ["numbers moved in bulk", "_home.t = {} local t, r, i = _home.t, {}, 0 for j = 1, 1000 do r[j] = j end while true do ext.copy(r, 1, 1000, t, i * 1000 + 1) i = i + 1 end"],
  ["strings in _home", "_home.t = {} local t, i = _home.t, 0 while true do i = i + 1 t[i] = 'number ' .. i end"],
  ["long strings in _home", "local s, i = ('x'):rep(50000), 0 while true do i = i + 1 _home[i] = s .. i end"],
  ["keys in _home", "local i = 0 while true do i = i + 1 _home['key' .. i] = true end"],
  ["fractions as keys", "local i = 0 while true do i = i + 1 _home[i + 0.5] = i end"],
  ["tables in _home", "local i = 0 while true do i = i + 1 _home[i] = {i} end"],
  ["a chain of tables", "_home.chain = {} while true do _home.chain = { _home.chain } end"],
  ["ext.table()", "_home.t = {} while true do local t = ext.table() t.last = _home.t _home.t = t end"],
  ["numbers in _io.output", "_io.output = {} local t, i = _io.output, 0 while true do i = i + 1 t[i] = i end"],
  ["numbers moved to an array", "_io.output = ext.array() local t, r, i = _io.output, {}, 0 for j = 1, 1000 do r[j] = j end while true do ext.copy(r, 1, 1000, t, i * 1000 + 1) i = i + 1 end"],
  ["strings in _io.output", "_io.output = {} local t, i = _io.output, 0 while true do i = i + 1 t[i] = 'number ' .. i end"],
  ["fields in _io.output", "_io.output = {} local t, i = _io.output, 0 while true do i = i + 1 t['key' .. i] = i end"],
  ["entries of a Map", "_io.output = {} local t, i = _io.output, 0 while true do i = i + 1 t[i + 0.5] = i end"],
  ["entries of a Set", "local t, i = _io.input.set, 0 while true do i = i + 1 t[i] = true end"],
  ["tables in _io.output", "_io.output = {} local t, i = _io.output, 0 while true do i = i + 1 t[i] = {i} end"],
  ["a chain in _io.output", "_io.output = {} while true do _io.output = { _io.output } end"],
  ["an array of the host's", "local t, i = _io.input.list, 0 while true do i = i + 1 t[i] = i end"],
  ["an object of the host's", "local t, i = _io.input, 0 while true do i = i + 1 t['key' .. i] = ('v'):rep(100) end"],
  ["arrays that the host holds", "local i = 0 while true do i = i + 1 _io.input[i] = ext.array() end"],
  ["a copy of the host's data", "local i = 0 while true do i = i + 1 _home[i] = _io.input.list _io.input.list[i] = {} end"],
];

for (const [name, code] of FILLS) {
  test(`filled without end: ${name}`, { timeout: 600_000 }, async () => {
    const { cu } = await createCu(limits === undefined ? {} : { limits });
    cu.setInput({ list: [], set: new Set() });
    assert.deepEqual(await cu.computeAll(`local ok, e = pcall(function() ${code} end) return ok, e`), [false, `compute:1: ${message}`]);
    // What needs no more goes on, and what is let go of makes room.
    await cu.compute("for k in pairs(_home) do _home[k] = nil end _io.input.list, _io.input.set, _io.output = nil");
    cu.clearIo();
    cu.collectGarbage();
    assert.equal(await cu.compute("local t = {} for i = 1, 1000 do t[i] = 'string' .. i end _home.t = t _io.output = { 1, 2, { x = 3 } } return #_home.t"), 1_000);
    cu.close();
  });
}

/** What lets go as it takes goes on for ever. `[name, code]`: each round holds at least 1,000 bytes for a while. */
for (const [name, code] of [
  ["an entry of _home overwritten", "_home.x = ('x'):rep(1000) .. i"],
  ["a table of _home overwritten", "_home.x = { i, { i }, s = ('x'):rep(300) }"],
  ["tables of _home that hold each other", "local a, b = { s = ('x'):rep(300) }, {} a.b, b.a = b, a _home.x = a"],
  ["a field of _io.output overwritten", "_io.output = _io.output or {} _io.output.x = ('x'):rep(1000) .. i"],
  ["_io.output overwritten", "_io.output = { i, { i }, s = ('x'):rep(300) }"],
  ["an object of the host's overwritten", "_io.input.x = ('x'):rep(1000) .. i"],
  ["tables in an object of the host's", "_io.input.x = { i, s = ('x'):rep(500) }"],
  ["ext.table()", "local t = ext.table() t.self = t t.s = ('x'):rep(500)"],
  ["ext.array()", "local t = ext.array() t[1] = ('x'):rep(500)"],
  ["an array that grows and shrinks", "local t = _io.input.list t[#t + 1] = ('x'):rep(1000) .. i if #t > 100 then while #t > 0 do t[#t] = nil end end"],
  ["a sequence that grows and shrinks", "_home.t = _home.t or {} local t = _home.t t[#t + 1] = ('x'):rep(500) .. i if #t > 100 then while #t > 0 do t[#t] = nil end end"],
]) {
  test(`held for a while, again and again: ${name}`, { timeout: 600_000 }, async () => {
    const { cu } = await createCu({ limits: { hostBytes: 4_194_304 } });
    cu.setInput({ list: [] });
    await cu.compute(`for i = 1, 20000 do ${code} end`);
    cu.close();
  });
}

test("entries have a limit of their own", async () => {
  const { cu } = await createCu({ limits: { hostEntries: 1_000 } });
  for (const code of ["local i = 0 while true do i = i + 1 _home[i] = i end", "local i = 0 while true do i = i + 1 _home[-i] = i end", "_io.output = {} local i = 0 while true do i = i + 1 _io.output[i] = i end"]) {
    await assert.rejects(cu.compute(code), { message: "compute:1: host entry limit reached (1000 entries)" });
    await cu.compute("for k in pairs(_home) do _home[k] = nil end _io.output = nil");
    cu.collectGarbage();
  }
  await cu.compute("for i = 1, 900 do _home[i] = i end");
  cu.close();
});

test("what is refused has not happened", async () => {
  const { cu } = await createCu({ limits: { hostBytes: 100_000 } });
  await cu.compute("_home.t = { x = 'old' } _home.list = { 1, 2 }");
  for (const code of ["_home.t.x = ('x'):rep(60000)", "_home.t = { ('x'):rep(60000) }", "_home.list[3] = ('x'):rep(60000)", "_home.list[1] = ('x'):rep(60000)", "_home.new = ('x'):rep(60000)"]) {
    await assert.rejects(cu.compute(code), { message: /host memory limit reached \(100000 bytes\)/ });
  }
  assert.deepEqual(cu.home.toJS(), { t: { x: "old" }, list: [1, 2] });
  assert.throws(() => cu.home.set("x", "x".repeat(60_000)), { name: "TypeError", message: "host memory limit reached (100000 bytes)" });
  cu.close();
});

for (const bad of [{ hostBytes: 0 }, { hostBytes: "1" }, { hostEntries: -1 }, { hostBytes: NaN }, { memory: 1 }, null, 5]) {
  test(`limits refused: ${JSON.stringify(bad)}`, async () => {
    await assert.rejects(createCu({ limits: bad }), TypeError);
  });
}

// Small blocks that wait for the next of their size must not lie where a large one would go.
for (const [name, code, most] of [
  ["tables with an element", "local t = {} for i = 1, 9000 do t[i] = { i } end", 550_000],
  ["tables with a field", "local t = {} for i = 1, 9000 do t[i] = { x = i } end", 540_000],
  ["closures", "local t = {} for i = 1, 9000 do t[i] = function() return i end end", 540_000],
  ["strings of all sizes", "local t = {} for i = 1, 9000 do t[i] = ('x'):rep(i % 60) .. i end", 400_000],
]) {
  test(`what is collected leaves room for a large string: ${name}`, async () => {
    const { cu } = await createCu();
    await cu.compute(`${code} t = nil collectgarbage()`);
    assert.equal(await cu.compute(`collectgarbage() local s = ("x"):rep(${most}) return #s`), most);
    await cu.close();
  });
}
