-- Section 2.2 of the manual: _ENV and the global table.

-- §2.2 Environments and the Global Environment
_G._G == _G --> true
x = 5 return x, _ENV.x, _ENV["x"] --> 5, 5, 5
_ENV.y = 6 return y --> 6
unknown --> nil
local _ENV = { a = 1 } return a, b --> 1, nil
local print = print
local _ENV = nil
return print == nil --> false
local _ENV = nil
x = 1 --! c:2: attempt to index a nil value (local '_ENV')
local _ENV = nil
return x --! c:2: attempt to index a nil value (local '_ENV')
local _ENV <const> = { z = 3 } return z --> 3
local function f(_ENV) return a end return f({ a = "param" }) --> "param"
local function f(_ENV) x = 1 return _ENV end return f({ y = 2 }) --> {x = 1, y = 2}
do local _ENV = { v = 1 } end return v --> nil
local a = { v = 1 } local b = { v = 2 } local _ENV = a local x = v _ENV = b return x, v --> 1, 2
load("x = 1 return x", "=c", "t", {})() --> 1
local env = {} load("x = 1", "=c", "t", env)() return env.x, x --> 1, nil
local env = {} load("function f() end", "=c", "t", env)() return type(env.f) --> "function"
load("return print", "=c", "t", {})() --> nil
load("return _ENV", "=c", "t", "any")() --> "any"
load("return _ENV", "=c", "t", 17)() --> 17
load("return _G", "=c", "t", {})() --> nil
load("x = 1", "=c", "t", nil)() --! c:1: attempt to index a nil value (upvalue '_ENV')
load("local x = 1 return x", "=c", "t", nil)() --> 1
local f = load("return _ENV ~= nil") return f() --> true
local f = load("return _ENV == _G") return f() --> true
local e = setmetatable({}, { __index = function(_, k) return "no " .. k end })
return load("return foo", "=c", "t", e)() --> "no foo"
local log = {}
local e = setmetatable({}, { __newindex = function(t, k, v) log[#log + 1] = k rawset(t, k, v) end })
load("a = 1 b = 2 a = 3", "=c", "t", e)()
return log --> {"a", "b"}
local function outer() local _ENV = { n = 1 } return function() n = n + 1 return n end end
local f = outer() return f(), f(), n --> 2, 3, nil
local a <const> = _ENV return a == _ENV --> true
for _, _ENV in pairs({ { q = 9 } }) do return q end --> 9
_ENV = { x = 1 } return x --> 1
nofunc() --! c:1: attempt to call a nil value (global 'nofunc')
nofield.x = 1 --! c:1: attempt to index a nil value (global 'nofield')
local _ENV = { f = 1 } f() --! c:1: attempt to call a number value (global 'f')
