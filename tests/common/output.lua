-- What Lua puts into `_io.output`, and the host finds there.
local say = require("tools").say
local host = require("host")

say("nothing", _io.output)
_io.output = { 1, 2, 3 }
say("array", host.output(), ext.is(_io.output), #_io.output)
_io.output[4] = 4
_io.output[2] = "two"
say("array", host.output())
_io.output[4] = nil
say("array", host.output())
_io.output = { name = "Cu" }
_io.output.list = { true, false, "x", 1.5, -7, 1e21, 0.1 }
_io.output.inner = { a = { b = { c = "deep" } } }
say("object", host.output())
_io.output.name = nil
_io.output.last = "last"
say("object", host.output())
_io.output.rows = {}
for i = 1, 3 do
  local row = { id = i }
  table.insert(_io.output.rows, row)
  row.square = i * i
end
say("appended", host.output())
say("keys with odd names", pcall(function() _io.output = { ["a b"] = 1, ["\""] = 2, ["é"] = 3, [""] = 4 } end))
say("keys with odd names", host.output() == host.json(_io.output), _io.output["a b"], _io.output["\""], _io.output["é"], _io.output[""])
_io.output = "text"
say("text", host.output(), _io.output)
_io.output = 17
say("number", host.output(), _io.output)
_io.output = true
say("boolean", host.output(), _io.output)
_io.output = nil
say("nothing", _io.output)
_io.output = _io.input.places
say("the very object", _io.output == _io.input.places, host.output())
_io.output.fourth = "Kalavasos"
say("by reference", _io.input.places.fourth, host.output())
say("a copy as JSON", host.json({ 1, { two = "2" }, { 3 } }), host.json("x"), host.json(1), host.json(false))
