-- Errors that a function of the host raises arrive with their value.
local tools = require("tools")
local say, try = tools.say, tools.try
local host = require("host")

try("string", host.fail, "text")
try("number", host.fail, 42)
try("float", host.fail, 4.5)
try("boolean", host.fail, false)
try("nil", host.fail, nil)
try("nothing", host.fail)
local t = { code = 7, inner = { 1, 2 } }
local ok, value = pcall(host.fail, t)
say("a plain table is copied", ok, value ~= t, value.code, value.inner)
ok, value = pcall(host.fail, _home)
say("an external table is itself", ok, value == _home)
local f = function() return "called" end
ok, value = pcall(host.fail, f)
say("a function is itself", ok, value == f, value())
ok, value = pcall(host.fail, host.fail)
say("a host function is itself", ok, value == host.fail)

-- A message gets the position of the Lua caller, as Lua's own functions do it.
try("position", function() host.fail("here") end)
try("position", function()
  local a = 1
  host.fail("there")
end)
try("no position on other values", function() host.fail(1.5) end)
say("handler", xpcall(function() host.fail("handled") end, function(message) return "<" .. message .. ">" end))
say("traceback", (select(2, xpcall(host.fail, debug.traceback, "traced"))):match("^traced\nstack traceback:\n") ~= nil)
say("the next call works", host.add(1, 1))
for i = 1, 200 do
  local fine, message = pcall(host.fail, "number " .. i)
  assert(not fine and message == "number " .. i)
end
say("many", host.add(2, 2))
local closed = {}
pcall(function()
  local guard <close> = setmetatable({}, { __close = function(_, e) closed[1] = e end })
  host.fail("while open")
end)
say("closed", closed[1])
