// Functions of the module's own that Lua code can come by through a call hook: called with anything, they raise errors.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Cu } from "../../js/dist/index.js";

const COLLECT = `
  found = {}
  debug.sethook(function()
    local info = debug.getinfo(2, "fS")
    if info.what == "C" then found[info.func] = true end
  end, "c")
  _io.output = {}
  local metatable = {
    __index = function() end,
    __newindex = function(t, k, v) rawset(t, k, v) end,
    __len = function() return 1 end,
    __pairs = function(t) return next, t end,
  }
  local o = setmetatable({ x = 5, f = function() end }, metatable)
  _io.output.o = o
  o.y = 1
  local _ = #o, o.none
  for k in pairs(o) do end
  _home.x = { 1, { 2 } }
  for k, v in pairs(_home) do end
  for i = 1, 3000 do _home.q = { f = function() end } end
  collectgarbage()
  debug.sethook()
  local n = 0
  for _ in pairs(found) do n = n + 1 end
  return n`;

const CALL = `
  local values = { nil, 1, "x", 1.5, io.stdout, {}, _io, _io.output.o, print, ext.null, coroutine.create(print), true }
  local skip = { [debug.sethook] = true, [coroutine.yield] = true, [error] = true }
  local calls = 0
  for f in pairs(found) do
    if not skip[f] then
      for a = 1, 12 do
        for b = 1, 12 do
          pcall(f, values[a], values[b], values[(a + b) % 12 + 1], values[(a * b) % 12 + 1])
          calls = calls + 1
        end
      end
      pcall(f)
    end
  end
  return calls`;

test("the module's own functions survive any arguments", async () => {
  const cu = await Cu.create({ print: () => {} });
  assert.ok((await cu.compute(COLLECT)) >= 8);
  assert.ok((await cu.compute(CALL)) >= 1000);
  assert.equal(await cu.compute("return 1 + 1"), 2);
  cu.close();
});
