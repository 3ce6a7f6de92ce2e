-- Coroutines around calls that cross the boundary.
local tools = require("tools")
local say, try = tools.say, tools.try
local host = require("host")

local co = coroutine.wrap(function(...)
  _home.t = { ... }
  local got = coroutine.yield(_home.t[1])
  _home.t[2] = got
  coroutine.yield(host.add(_home.t[1], got))
  return _home.t
end)
say("resumed", co(1))
say("resumed", co(41))
say("resumed", co())
try("dead", co)

-- Several at once, each with tables and traversals of its own.
local names = {}
local function walker(t)
  return coroutine.wrap(function()
    for key, value in pairs(t) do coroutine.yield(key, value) end
  end)
end
_home.a, _home.b = { 1, 2, 3 }, { x = 1, y = 2, z = 3 }
local a, b = walker(_home.a), walker(_home.b)
for _ = 1, 3 do
  local i, one = a()
  local name, other = b()
  names[#names + 1] = i .. one .. name .. other
end
say("interleaved", table.concat(names, " "))

-- The host in the middle: a call from the host can be left by an error, not by a yield.
try("yield across", coroutine.wrap(function() return host.call(coroutine.yield, 1) end))
say("inside", host.call(function()
  local inner = coroutine.wrap(function() coroutine.yield("yielded below the host") end)
  return inner()
end))
say("reentered", host.reenter("local co = coroutine.wrap(function() coroutine.yield(1) return 2 end) return co() + co()"))
say("running", coroutine.wrap(function() return host.call(coroutine.isyieldable), coroutine.isyieldable() end)())
local outer = coroutine.create(function() return host.reenter("return coroutine.isyieldable()") end)
say("reentered in a coroutine", coroutine.resume(outer))

-- Errors out of a coroutine that called the host.
local failing = coroutine.create(function() host.fail("inside a coroutine") end)
say("failed", coroutine.resume(failing))
say("status", coroutine.status(failing))
local wrapped = coroutine.wrap(function() return host.call(error, { "value" }) end)
try("wrapped", wrapped)

-- Metamethods and iterators that cross while a coroutine runs.
local object = setmetatable({}, { __index = function(_, key) return host.id(key) end })
say("metamethod", coroutine.wrap(function() return object.field, object[1] end)())
local sum = 0
for value in coroutine.wrap(function() for _, v in ipairs(_io.input.isotopes) do coroutine.yield(v) end end) do sum = sum + value end
say("iterator", sum)
local count = 0
for _ = 1, 300 do
  local short = coroutine.wrap(function(x) coroutine.yield(host.id(x)) end)
  count = count + short(1)
end
say("many", count)
