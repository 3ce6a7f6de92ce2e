-- Many arguments and results, none, and nils at the ends.
local say = require("tools").say
local host = require("host")

say("none", host.id())
say("count", host.count(), host.count(nil), host.count(nil, nil), host.count(1, nil, 3, nil))
say("nils", host.id(nil, 1, nil))
say("trailing", select("#", host.id(1, nil, nil)))
for _, n in ipairs({ 1, 100, 4095, 4096, 4097, 10000 }) do
  local args = {}
  for i = 1, n do args[i] = i end
  local results = table.pack(host.id(table.unpack(args)))
  local wrong = 0
  for i = 1, n do
    if results[i] ~= i then wrong = wrong + 1 end
  end
  say(tostring(n), host.count(table.unpack(args)), results.n, wrong, select(n, host.many(n)))
end
local strings = {}
for i = 1, 4000 do strings[i] = "string number " .. i end
local back = table.pack(host.id(table.unpack(strings)))
say("strings", back.n, back[1], back[4000])
local objects = table.pack(host.id(table.unpack({ _home, _io, _io.input, _home })))
say("objects", objects[1] == _home, objects[2] == _io, objects[3] == _io.input, objects[4] == _home)
say("through Lua", select("#", host.call(function(...) return ... end, host.many(4000))))
say("mixed", host.id(1, 1.5, "x", true, nil, false, ext.null == nil, math.maxinteger == 1))
say("large numbers", host.id(9007199254740991, -9007199254740991, 1e100, -1e-100, 2147483648, -2147483649))
say("used as arguments", host.add(host.add(1, 2), host.add(3, 4)))
say("as a method", _io.input.name == nil or host.count("self", _io.input))
