-- A plain table that is assigned to an external table moves to the host; the Lua table itself becomes its proxy.
local tools = require("tools")
local say, try = tools.say, tools.try

local t = { 1, 2, 3, x = "y", inner = { deep = { deeper = true } } }
say("before", ext.is(t))
_home.t = t
say("after", ext.is(t), t == _home.t, t, type(t))
t.later = "through the old name"
say("seen", _home.t.later)
_home.t.x = nil
say("seen", t.x, rawget(t, "x"))
say("inner", ext.is(t.inner), ext.is(t.inner.deep), t.inner.deep.deeper)

-- A second assignment moves nothing.
_home.again = t
say("same", _home.again == _home.t)
_home.t = nil
say("still there", _home.again.later)

local list = {}
for i = 1, 5 do list[i] = { i = i } end
_home.list = list
for i, entry in ipairs(_home.list) do assert(entry == list[i] and entry.i == i and ext.is(entry)) end
say("list", _home.list)

-- Holes and mixed keys.
_home.holes = { [1] = "a", [3] = "c", [-1] = "m", [2.5] = "f", [true] = "t" }
say("holes", _home.holes[1], _home.holes[2], _home.holes[3], _home.holes[-1], _home.holes[2.5], _home.holes[true])

-- Keys that are external tables themselves.
_home.by_object = { [_home.list] = "list" }
say("key", _home.by_object[_home.list], _home.by_object[list])

-- What cannot be stored leaves everything as it was.
local kept = { a = 1 }
_home.kept = kept
local function refuses(label, value)
  local before = _home.kept
  say(label, pcall(function() _home.kept = value end) == false, _home.kept == before)
end
refuses("a coroutine", coroutine.create(print))
refuses("a coroutine inside", { x = { y = coroutine.create(print) } })
refuses("the globals", _G)
refuses("a library", string)
refuses("a library inside", { { string } })
refuses("a weak table", setmetatable({}, { __mode = "k" }))
local inside = { plain = { 1, 2 }, bad = { coroutine.create(print) } }
refuses("inside", inside)
say("not moved", ext.is(inside), ext.is(inside.plain), inside.plain)
inside.bad = nil
_home.kept = inside
say("moved", ext.is(inside), ext.is(inside.plain), _home.kept)

-- While it is being traversed.
local travelling = { 1, 2, 3, 4 }
local seen = {}
for i, value in pairs(travelling) do
  seen[#seen + 1] = value
  if i == 2 then _home.travelling = travelling end
end
say("during a traversal", table.concat(seen, " "), ext.is(travelling))
for stop = 1, 6 do
  travelling = { 10, 20, 30, x = 1, y = 2, z = 3 }
  local key, value = next(travelling)
  local count, sum = 0, 0
  while key do
    count, sum = count + 1, sum + value
    if count == stop then _home.travelling = { travelling } end
    key, value = next(travelling, key)
  end
  say("during steps", stop, count, sum, ext.is(travelling))
end

-- The memory of what has moved comes back, also while the old name is held.
local sequence, fields = {}, {}
for i = 1, 16000 do sequence[i] = i end
for i = 1, 4000 do fields["field" .. i] = i end
collectgarbage()
local used = collectgarbage("count")
_home.sequence, _home.fields = sequence, fields
collectgarbage()
say("memory", used - collectgarbage("count") > 300, #sequence, fields.field4000)
try("index a field", function() return _home.nothing.x end)
