-- Metatables of tables of _home: the host keeps them.
local tools = require("tools")
local say, try = tools.say, tools.try
local host = require("host")

-- What Lua let go of comes back from the host.
local function forget()
  collectgarbage()
  host.collect()
end

local Account = {}
Account.__index = Account
function Account.new(balance) return setmetatable({ balance = balance }, Account) end
function Account:deposit(amount)
  self.balance = self.balance + amount
  return self
end
Account.__add = function(a, b) return Account.new(a.balance + b.balance) end

local early = Account.new(7)
_home.account = Account.new(10)
_home.account:deposit(5)
say("methods and operators", (_home.account + _home.account).balance)
say("objects that stay plain", ext.is(early), early:deposit(1).balance, (early + _home.account).balance)
say("the very table", getmetatable(_home.account) == Account, getmetatable(early) == Account, ext.is(Account))
Account.__tostring = function(account) return "account of " .. account.balance end
say("added later", tostring(early), tostring(_home.account))
forget()
say("again", _home.account:deposit(1).balance, tostring(_home.account), (_home.account + early).balance)

local Base = {}
Base.__index = Base
function Base:name() return "base " .. self.n end
local Derived = setmetatable({}, Base)
Derived.__index = Derived
function Derived:twice() return self:name() .. ", " .. self:name() end
_home.derived = setmetatable({ n = 2 }, Derived)
Base, Derived = nil, nil
forget()
say("inheritance", _home.derived:twice(), _home.derived.nothing)
say("a chain of metatables", getmetatable(getmetatable(_home.derived)).__index == getmetatable(getmetatable(_home.derived)))

local itself = { n = 1 }
itself.__index = function(_, key) return key end
_home.itself = setmetatable(itself, itself)
itself = nil
forget()
say("its own metatable", _home.itself.x, _home.itself.n, getmetatable(_home.itself) == _home.itself)

local operators = {}
for name in ("add sub mul div mod pow idiv band bor bxor shl shr unm bnot concat"):gmatch("%a+") do
  operators["__" .. name] = function(a, b) return name .. (a == b and "" or type(a) == "table" and " left" or " right") end
end
operators.__lt = function(a, b) return a.n < b.n end
operators.__le = function(a, b) return a.n <= b.n end
operators.__eq = function(a, b) return a.n == b.n end
operators.__len = function() return 42 end
operators.__call = function(self, ...) return self.n, ... end
_home.a, _home.b, _home.c = setmetatable({ n = 1 }, operators), setmetatable({ n = 2 }, operators), setmetatable({ n = 2 }, operators)
operators = nil
local function operate()
  local a, b, c = _home.a, _home.b, _home.c
  say("arithmetic", a + 1, 1 - b, a * 2, a / 2, a % 2, a ^ 2, 2 // a, -a)
  say("bits", a & 1, 1 | b, a ~ 2, a << 2, 2 >> a, ~a)
  say("others", a .. "x", "x" .. b, #a, a(1, 2))
  say("comparison", a < b, a <= b, b < c, b <= c, a == b, b == c)
end
operate()
forget()
operate()

_home.locked = setmetatable({}, { __metatable = "locked" })
forget()
say("protected", getmetatable(_home.locked), (pcall(setmetatable, _home.locked, {})))
_home.changed = setmetatable({}, { __index = { x = 1 } })
setmetatable(_home.changed, { __index = { x = 2 } })
forget()
say("changed", _home.changed.x)
setmetatable(_home.changed, nil)
forget()
say("taken away", _home.changed.x, getmetatable(_home.changed))

_home.written = {}
_home.writer = setmetatable({ own = 1 }, { __newindex = _home.written, __pairs = function() return next, { "paired" } end })
forget()
_home.writer.own, _home.writer.other = 2, 3
say("__newindex", _home.writer.own, rawget(_home.writer, "other"), _home.written.other)
for key, value in pairs(_home.writer) do say("__pairs", key, value) end

for _, operation in ipairs({ "_home.plain + 1", "_home.plain .. 'x'", "_home.plain < 1", "_home.plain()", "#_home.plain", "_home.plain == {}" }) do
  _home.plain = setmetatable({}, {})
  forget()
  local unknown = { pcall(load("return " .. operation)) }
  local known = { pcall(load("return " .. operation)) }
  say("without a metamethod", operation, unknown[1], known[1])
end

say("yields", coroutine.wrap(function()
  _home.lazy = setmetatable({}, { __index = function(_, key) return coroutine.yield(key) end })
  forget()
  return _home.lazy.key
end)())

for key in pairs(_home) do _home[key] = nil end
forget()
say("emptied", next(_home))
