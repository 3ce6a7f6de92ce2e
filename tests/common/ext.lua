-- The library `ext`.
local tools = require("tools")
local say, try = tools.say, tools.try
local host = require("host")

say("is", ext.is(_home), ext.is(_io), ext.is(_io.input), ext.is({}), ext.is(nil), ext.is("x"), ext.is(1), ext.is(print))
say("is", ext.is(host), ext.is(host.add), ext.is(ext.table()), ext.is(ext.array()), ext.is(ext.null))
say("len", ext.len(ext.table()), ext.len(_io.input.isotopes), ext.len(_io.input.matrix))
try("len of a plain table", ext.len, 1)

local t = ext.table()
t.x, t[1], t[1.5], t[true] = "x", "one", "float", "yes"
say("table", t.x, t[1], t[1.5], t[true], #t)
t.float, t.integer = 3.0, 3
say("exact types", t.float, t.integer)
say("different each time", ext.table() ~= ext.table(), ext.table() == t)
local a = ext.array()
a[1], a[2], a[3] = "a", "b", "c"
say("array", a, #a)
table.insert(a, "d")
say("array", table.concat(a), host.json(a))
_home.t, _io.output = t, a
say("stored", _home.t == t, _io.output == a, host.output())
say("null", tostring(ext.null), ext.null == ext.null, ext.null == nil, type(ext.null) ~= "table")
_home.null = { ext.null }
say("null stored", _home.null[1] == ext.null, #_home.null)
say("type", type(t), type(a), type(_home), math.type(t))
say("tostring", tostring(t):match("^table: ") ~= nil, tostring(t) == tostring(t), tostring(t) ~= tostring(a))
