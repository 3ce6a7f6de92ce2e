-- The host, called by Lua, calls into the same Lua state again.
local tools = require("tools")
local say, try = tools.say, tools.try
local host = require("host")

say("globals are shared", host.reenter("shared = 5 return shared"), shared)
shared = nil
say("arguments", host.reenter("return select('#', ...) .. ':' .. tostring((...))", "a", nil, 3))
say("tables", host.reenter("local t = ... t.x = 1 return t", _home) == _home, _home.x)
_home.x = nil

local function down(n)
  if n == 0 then return 0 end
  return 1 + host.call(down, n - 1)
end
for _, depth in ipairs({ 1, 2, 5, 10, 20 }) do say("calls " .. depth, down(depth)) end

function descend(n)
  if n == 0 then return "bottom" end
  return host.reenter("return descend(...)", n - 1) .. n
end
say("computations", descend(8))
function by_path(n) return n == 0 and "end" or "p" .. host.path("by_path", n - 1) end
say("paths", by_path(8))
descend, by_path = nil, nil

-- Too deep is an error, and nothing else.
local function for_ever() return host.call(for_ever) end
local ok, message = pcall(for_ever)
say("too deep", ok, type(message) == "string" and message:find("overflow") ~= nil)
say("goes on", down(3))

-- Changes to a table that is being traversed and sorted, by a function of Lua's that the host calls.
_home.t = { 3, 1, 2 }
table.sort(_home.t, function(a, b) return host.call(function() return a < b end) end)
say("sorted", _home.t)
local visited = 0
for key in pairs(_home.t) do
  host.reenter("_home.t[...] = nil", key)
  visited = visited + 1
end
say("removed below", visited, next(_home.t))

-- The stream of an outer call is not disturbed by what happens inside.
local function echo(...)
  host.id(("inner"):rep(30000))
  return ...
end
say("undisturbed", select("#", host.call(echo, host.many(5000))), (host.call(echo, "first", "second")))
say("printing", host.reenter("print('printed below') return 'done'"))
say("gsub", ("a b c"):gsub("%a", function(letter) return host.call(string.upper, letter) end))
say("load", load(function() return host.call(function() return nil end) end) ~= nil)
