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

/** While the host runs in the middle of an operation, Lua code below it looks at every frame of the stack. */
const LOOK = `
  local seen = {}
  for level = 0, 40 do
    if not debug.getinfo(level, "S") then break end
    local info = debug.getinfo(level, "Sf")
    for n = -10, 40 do
      local name, value = debug.getlocal(level, n)
      if info.what == "C" and name then seen[#seen + 1] = "a temporary of C, " .. type(value) end
      if info.what == "C" and debug.setlocal(level, n, nil) then seen[#seen + 1] = "a temporary of C, set" end
    end
    for n = 1, 10 do
      local name, value = debug.getupvalue(info.func, n)
      if info.what == "C" and name then seen[#seen + 1] = "an upvalue of C, " .. type(value) end
    end
  end
  looks = looks + 1
  return table.concat(seen, "; ")`;

for (const [name, code] of [
  ["a table is adopted", "_io.input.x = plain"],
  ["a function is assigned", "_io.input.x = function() end"],
  ["a text is assigned", "_io.input.x = 'text'"],
  ["a field is read", "local v = _io.input.y"],
  ["a traversal steps", "for k, v in pairs(_io.input) do end"],
  ["the host is called with tables", "_io.input.f(plain, function() end)"],
  ["elements are copied", "ext.copy(_io.input.list, 1, 3, {})"],
]) {
  test(`no frame of the module's own shows what it holds while ${name}`, async () => {
    const cu = await Cu.create({ print: () => {} });
    await cu.compute("plain, looks = { 1, inner = { 2 } }, 0");
    const found = [];
    const look = () => found.push(cu.computeSync(LOOK));
    const list = Object.defineProperty([1, 2, 3], 1, { get: look, enumerable: true });
    const input = { set x(value) { look(); }, get y() { look(); return 1; }, f: (...values) => { look(); }, list };
    await cu.compute(code, { input });
    assert.ok((await cu.compute("return looks")) >= 1);
    assert.deepEqual(found, found.map(() => ""));
    assert.deepEqual(await cu.computeAll("_home.after = { 1, { 2 } } return _home.after[2][1], #_home.after"), [2, 2]);
    cu.close();
  });
}

test("the module's own functions survive any arguments", async () => {
  const cu = await Cu.create({ print: () => {} });
  assert.ok((await cu.compute(COLLECT)) >= 8);
  assert.ok((await cu.compute(CALL)) >= 1000);
  assert.equal(await cu.compute("return 1 + 1"), 2);
  cu.close();
});

test("a number is not taken for the table whose address it is, nor what an earlier call left on the stack for an argument", async () => {
  const cu = await Cu.create({ print: () => {} });
  const found = await cu.computeAll(`
    _home.t = { x = "read" }
    local t, own = _home.t, {}
    debug.sethook(function()
      local info = debug.getinfo(2, "fS")
      if info.what == "C" then own[#own + 1] = info.func end
    end, "c")
    local _ = t.x
    t.y = 1
    debug.sethook()
    local address = math.tointeger(tonumber(string.format("%p", t)))
    local found = {}
    for i = 1, #own - 1 do
      for _, try in ipairs({ function() return own[i](address, "x") end, function() own[i](address, "z", 2) end, function() select(3, t, "x", 1) return own[i]() end }) do
        local ok, value = pcall(try)
        if ok and value ~= nil then found[#found + 1] = value end
      end
    end
    return #own > 2 and "seen" or "nothing seen", t.z, table.unpack(found)`);
  assert.deepEqual(found, ["seen", undefined]);
  cu.close();
});
