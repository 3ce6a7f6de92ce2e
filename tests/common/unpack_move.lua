-- `table.unpack`, `table.pack`, `table.move` and `select` with external tables.
local tools = require("tools")
local say, try = tools.say, tools.try

_home.t = { 1, 2, 3, 4, 5 }
local t = _home.t
say("unpack", table.unpack(t))
say("unpack", table.unpack(t, 2, 3))
say("unpack", table.unpack(t, 4, 7))
say("unpack", table.unpack(t, 3, 2))
say("unpack", table.unpack(_io.input.isotopes))
try("too many", table.unpack, t, 1, 1e8)

say("move within", table.move(t, 2, 5, 1))
say("move up", table.move(t, 1, 3, 3))
local native = table.move(t, 1, 5, 1, {})
say("to a native table", native, ext.is(native))
local array = table.move(native, 1, 5, 1, ext.array())
say("to an array", array, ext.is(array))
say("between", table.move(_io.input.matrix[1], 1, 3, 2, ext.table()) ~= nil)
local moved = table.move(_io.input.matrix[2], 1, 3, 1, ext.table())
say("between", moved)
say("nothing", table.move(t, 1, 0, 1))

_home.packed = table.pack("a", nil, "c")
say("packed", _home.packed.n, _home.packed[1], _home.packed[2], _home.packed[3])
say("sum", select("#", table.unpack(_home.packed, 1, _home.packed.n)))
