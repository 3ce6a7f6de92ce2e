-- External tables and metatables.
local tools = require("tools")
local say, try = tools.say, tools.try
local host = require("host")

say("no metatable is shown", getmetatable(_home), getmetatable(_io.input), getmetatable(ext.table()), getmetatable(ext.array()))
local class = setmetatable({}, { __index = _home })
_home.inherited = "from _home"
say("as __index", class.inherited, class.nothing, rawget(class, "inherited"))
local proxy = setmetatable({}, { __newindex = _home, __index = _home })
proxy.through = 1
say("as __newindex", _home.through, rawget(proxy, "through"))
proxy.table = { 1 }
say("adopted on the way", ext.is(_home.table), proxy.table[1])

try("equality is identity", function() return _home == _io, _home == _home, _home ~= _io.input end)
say("order", (pcall(function() return _home < _io end)))
say("arithmetic", (pcall(function() return _home + 1 end)))
say("concatenation", (pcall(function() return _home .. "x" end)))
say("call", (pcall(function() return _home() end)))
local native = { [_home] = "home", [_io.input] = "input" }
say("as keys", native[_home], native[_io.input], native[_io])
say("environment", load("x = 1 return y", "=chunk", "t", _home)(), _home.x)
local f = load("return inherited", "=chunk", "t", _home)
say("environment", f())
for key in pairs(_home) do _home[key] = nil end
say("emptied", next(_home))
local closing = 0
do
  local guard <close> = setmetatable({}, { __close = function() closing = host.add(closing, 1) end })
end
say("closed", closing)
