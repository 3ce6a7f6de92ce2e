-- Functions on both sides: their identity, storage, and calls.
local tools = require("tools")
local say, try = tools.say, tools.try
local host = require("host")

local f = function(a, b) return (a or 0) + (b or 0) end
say("the same one comes back", host.id(f) == f, host.id(print) == print, host.id(host.add) == host.add)
host.keep(f)
say("kept", host.kept() == f, host.kept()(1, 2))
host.keep(nil)
say("not kept", host.kept())

_home.f = f
say("stored", _home.f == f, _home.f(3, 4), type(_home.f))
function _home.method(self, x) return self == _home, x end
say("method", _home:method(5))
_home.list = { f, print, f }
say("in a graph", _home.list[1] == f, _home.list[2] == print, _home.list[1] == _home.list[3])
say("called by path", host.path("_home.f", 20, 22), host.path("math.max", 3, 9, 4))

local counter = 0
host.keep(function() counter = counter + 1 return counter end)
for _ = 1, 5 do host.kept()() end
say("closures", counter, host.call(host.kept()))
host.keep(nil)

say("a host function as a value", pcall(host.call, host.add, 1, 2) ~= nil)
say("as a sort order", (function()
  local t = { 3, 1, 2 }
  table.sort(t, function(a, b) return host.call(function(x, y) return x < y end, a, b) end)
  return t
end)())
say("passed on", pcall(host.add, 1, 2))
say("as a metamethod", setmetatable({}, { __index = host.count }).x, #setmetatable({}, { __len = host.count }))
say("as __call", setmetatable({}, { __call = host.count })(1, 2))
say("string functions", ("abc"):gsub("b", host.id), ("x=1"):gsub("(%w)=(%w)", host.count))
say("info", debug.getinfo(host.add, "S").what, type(tostring(host.add)))
say("several results", select("#", host.call(function() return 1, nil, 3, nil end)))
say("tail call", (function(...) return host.count(...) end)(1, 2, 3))
try("call a table", function() return _home.list() end)
try("call a field", function() return _io.input.number() end)
_home.f, _home.method, _home.list = nil, nil, nil
say("removed", next(_home))
