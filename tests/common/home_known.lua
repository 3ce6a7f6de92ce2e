-- What lies directly under `_home` is found by name: every way to change it is seen at once.
local say = require("tools").say

local function content()
  local t = _home.t
  return type(t) == "table" and (t.name or "without a name") or tostring(t)
end
local function change(how, by)
  _home.t = { name = "before" }
  content()
  content()
  by()
  say(how, content())
end
change("assignment", function() _home.t = { name = "after" } end)
change("a table that is known", function() _home.u = { name = "other" } local _ = _home.u _home.t = _home.u end)
change("a number", function() _home.t = 5 end)
change("nil", function() _home.t = nil end)
change("rawset", function() rawset(_home, "t", { name = "raw" }) end)
change("rawset of nil", function() rawset(_home, "t", nil) end)
change("a name that is made", function() _home["t" .. ""] = false end)
change("in a coroutine", function() coroutine.wrap(function() _home.t = { name = "inside" } coroutine.yield() end)() end)
change("in a finalizer", function() setmetatable({}, { __gc = function() _home.t = { name = "late" } end }) collectgarbage() end)
change("what fails", function() say("refused", (pcall(function() _home.t = coroutine.create(print) end))) end)
change("through another name", function() local t = _home.t t.name = "renamed" end)
change("a collection", function() collectgarbage() collectgarbage() end)
local keep = _home.t
say("the same", keep == _home.t, rawget(_home, "t") == keep, select(2, next(_home)) ~= nil)
_home.t = nil
say("gone", _home.t, rawget(_home, "t"), keep.name)
_home.self = _home
say("itself", _home.self == _home, _home.self.self.self == _home, rawequal(_home.self, _home))
_home.self = nil
say("metatable", getmetatable(_home), pcall(setmetatable, _home, nil), _home.u.name)
_home.u = nil
say("no names", _home[1], _home[1.5], _home[true], _home[nil], _home["x"])
