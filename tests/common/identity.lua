-- One object of the host is one value in Lua, as long as Lua holds it and afterwards.
local say = require("tools").say
local host = require("host")

say("equal", _home == _home, _io.input == _io.input, _io.input.matrix[1] == _io.input.matrix[1])
say("unequal", _io.input.matrix[1] == _io.input.matrix[2], _home == _io)
local seen = {}
seen[_io.input.places] = "places"
collectgarbage()
say("as a key", seen[_io.input.places], seen[_io.input.matrix])
_home.t = {}
local mark = tostring(_home.t)
say("tostring", mark == tostring(_home.t))
local t = _home.t
_home.u = t
say("under two names", _home.t == _home.u)
_home.t = nil
t.x = 1
say("still", _home.u.x, _home.u == t)
host.keep(t)
say("kept by the host", host.kept() == t, host.kept().x)
host.keep(nil)
local object = host.object(1)
host.keep(object)
object = nil
host.collect()
say("after a collection", host.kept().n)
host.kept().n = 2
say("changed", host.kept().n)
local a, b = host.id(_home, _home)
say("twice in one call", a == b, rawequal(a, b))
say("through all ways", host.call(function(x) return x end, _home) == _home, host.reenter("return _home") == _home,
  host.path("rawequal", _home, _home))
local set = {}
for _ = 1, 100 do set[host.id(_home)] = true end
local count = 0
for _ in pairs(set) do count = count + 1 end
say("one key", count)
