-- Strings that are longer than the buffer, as values, keys, arguments, results and sources.
local say = require("tools").say
local host = require("host")

local function long(n) return ("0123456789abcdef"):rep(n // 16) .. ("x"):rep(n % 16) end
for _, n in ipairs({ 1023, 1024, 1025, 65519, 65520, 65521, 65535, 65536, 65537, 131071, 131072, 131073, 180000 }) do
  local text = long(n)
  _home.text = text
  local same = _home.text == text
  local echoed = host.id(text) == text
  _home.keys = { [text] = "in a graph" }
  local in_graph = _home.keys[text]
  _home.keys[text] = "set"
  local key = next(_home.keys)
  say(tostring(n), same, echoed, in_graph, _home.keys[text], key == text)
  _home.keys[text] = nil
  _home.keys, _home.text = nil, nil
end
collectgarbage()

local text = long(100000)
_home.a, _home.b = text, { text, text }
say("shared", _home.b[1] == _home.a, #_home.b[2])
_home.a, _home.b = nil, nil
local t = ext.table()
t[long(70000)] = long(90000)
local key, value = next(t)
say("both long", #key, #value, t[key] == value)
say("after it", next(t, key))
say("several", select("#", host.id(text, "short", text, 1, text)), select(5, host.id(text, "short", text, 1, text)) == text)

key, value, text = nil, nil, nil
collectgarbage()
local source = "local n = 0\n" .. ("n = n + 1 "):rep(14000) .. "\nreturn n, ..."
say("source", #source > 65536 * 2, pcall(host.reenter, source))
source = nil
collectgarbage()
local lines = ("--" .. ("-"):rep(70) .. "\n"):rep(1000)
say("its lines", pcall(host.reenter, lines .. "error('here')"))
lines = nil
local ok, message = pcall(host.fail, long(80000))
say("error", ok, #message, message == long(80000))
