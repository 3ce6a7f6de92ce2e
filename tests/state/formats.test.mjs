/**
 * A state of every released version of the format is kept under data/, and later code reads it. What it must hold stands here; CU_BLESS=1
 * writes the state of the present version anew, which only a new version may need.
 */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { create } from "./support.mjs";

const VERSION = 1;
const file = (version) => new URL(`data/version-${version}.state`, import.meta.url);

const CONTENTS = `
  _home.integer, _home.float, _home.text, _home.bytes = 3, 3.0, "αβγ", "\\255\\0"
  _home.large, _home.big, _home.null = math.maxinteger, -(bigint.new(3) ^ 90), ext.null
  _home[1], _home["1"], _home[true], _home[1.5] = "one", "text one", "true", "half"
  local shared = { "shared" }
  _home.a, _home.b, shared.self = shared, { shared }, shared
  _home.numbers = {} for i = 1, 9000 do _home.numbers[i] = i / 8 end
  _home.fields = {} for i = 1, 1500 do _home.fields["k" .. i] = i end
  local n = 40
  function _home.step() n = n + 1 return n end
  function _home.steps() return n end
  local Point = {} Point.__index = Point
  Point.__add = function(p, q) return p.x + q.x end
  function Point:twice() return 2 * self.x end
  _home.point = setmetatable({ x = 21 }, Point)
  _home.format = string.format`;

const CHECKS = [
  ["return _home.integer, math.type(_home.float), _home.text, #_home.bytes, _home.large == math.maxinteger", [3, "float", "αβγ", 2, true]],
  ["return tostring(_home.big), _home.null == ext.null", [String(-(3n ** 90n)), true]],
  ["return _home[1], _home['1'], _home[true], _home[1.5]", ["one", "text one", "true", "half"]],
  ["return _home.a == _home.b[1], _home.a.self == _home.a, _home.a[1]", [true, true, "shared"]],
  ["return #_home.numbers, _home.numbers[8], _home.numbers[9000], _home.fields.k1500", [9_000, 1, 1_125, 1_500]],
  ["return _home.step(), _home.steps()", [41, 41]],
  ["return _home.point:twice(), _home.point + _home.point", [42, 42]],
  ["return _home.format('%03d', 7), _home.format == string.format", ["007", true]],
];

for (let version = 1; version <= VERSION; version++) {
  test(`a state of version ${version} is read`, async () => {
    if (process.env.CU_BLESS !== undefined && version === VERSION) await bless();
    assert.ok(existsSync(file(version)), "CU_BLESS=1 makes it");
    const cu = await create();
    cu.importState(new Uint8Array(readFileSync(file(version))));
    for (const [code, expected] of CHECKS) assert.deepEqual(await cu.computeAll(code), expected, code);
    await cu.close();
  });
}

test("the present version writes the same bytes as ever", async () => {
  const cu = await create();
  await cu.compute(CONTENTS);
  assert.deepEqual(Buffer.from(cu.exportState()), readFileSync(file(VERSION)));
  await cu.close();
});

async function bless() {
  const cu = await create();
  await cu.compute(CONTENTS);
  writeFileSync(file(VERSION), cu.exportState());
  await cu.close();
}
