-- What the libraries rest on: metamethods, closures, goto, varargs.

-- metamethods for every operator
local names = { "__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm", "__idiv", "__band", "__bor", "__bxor", "__shl", "__shr",
  "__bnot", "__concat" }
local mt = {}
for _, name in ipairs(names) do mt[name] = function(a, b) return name .. (rawequal(a, b) and " same" or "") end end
local o = setmetatable({}, mt)
print(o + 1, 1 - o, o * o, o / 2, o % 2, o ^ 2, -o, o // 2, o & 1, 1 | o, o ~ 1, o << 1, 1 >> o, ~o, o .. "x", 1 .. o)
mt.__lt = function() return 1 end
mt.__le = function() return nil end
mt.__len = function() return "length" end
mt.__call = function(self, ...) return select("#", ...), ... end
print(o < o, o > 1, o <= o, #o, o(1, nil), o())
mt.__index = function(_, k) return "index " .. tostring(k) end
mt.__newindex = function(t, k, v) rawset(t, k, v .. "!") end
o.field = "value"
print(o.field, o.other, o[1], rawget(o, "other"))
local chain = setmetatable({}, { __index = setmetatable({ a = "a" }, { __index = setmetatable({ b = "b" },
  { __index = function(_, k) return k == "c" and "c" or nil end }) }) })
print(chain.a, chain.b, chain.c, chain.d)
local loop = {}
setmetatable(loop, { __index = loop })
print(pcall(function() return loop.x end))
print(pcall(function() return setmetatable({}, { __index = loop }).x end))
local a, b = setmetatable({}, { __eq = function() return 1 end }), {}
print(a == b, a ~= b, rawequal(a, b), a == 1)
print(pcall(function() return setmetatable({}, { __lt = 5 }) < 1 end))
print(pcall(function() return setmetatable({}, { __concat = function() error("no concat", 0) end }) .. 1 end))

-- closures
local function counter() local n = 0 return function() n = n + 1 return n end, function() return n end end
local up, get = counter()
up() up()
print(up(), get(), counter()())
local fs = {}
for i = 1, 3 do fs[i] = function() i = i + 10 return i end end
print(fs[1](), fs[1](), fs[2](), fs[3]())
local x = 1
do local x = x + 1; print(x) end
print(x)
local function recursive(n) return n <= 1 and 1 or n * recursive(n - 1) end
print(recursive(20), recursive(21))
local function tail(n) if n == 0 then return "tail" end return tail(n - 1) end
print(tail(100000))

-- varargs
local function count(...) return select("#", ...), (...), ... end
print(count()) print(count(nil)) print((count(1, 2, 3))) print({ count(1, 2) } ~= nil, #{ count(1, 2) })
print((function(...) local a, b, c = ... return a, b, c end)(1, 2))
print((function(a, ...) return a, select("#", ...) end)(1, nil, nil))
print(string.char(table.unpack({ 104, 105 })), math.max(table.unpack({ 3, 9, 2 })))

-- goto, repeat, numeric edge cases, integer keys
for i = 1, 3 do
  for j = 1, 3 do
    if j == 2 then goto next end
    io.write(i, ",", j, " ")
  end
  ::next::
end
print()
local n = 0
repeat local done = n >= 3; n = n + 1 until done
print(n)
while true do n = n - 1 if n < 0 then break end end
print(n)
local keys = {}
keys[1] = "int" keys[1.0] = "float is int" keys["1"] = "string" keys[2^53] = "big"
print(keys[1], keys["1"], keys[2^53 | 0], #keys)

-- integer and float text
print(1e3, 1000, 10 // 2, 10 / 2, 3 % -2, -3 % 2, 3.0 == 3, "1" == 1, 0x7fffffffffffffff + 1, 1e308 * 10, -1e308 * 10)
print(100000000000000, 1e14, 123456789.123, 0.1 + 0.2, 1 / 3, 100 / 3, 2^31, 2^63, -2^63, 5 // 0.3)
local const <const> = 42
print(const, #"\z  x", "a" .. "b" == "ab", not nil, not 0, nil and 1, false or "default", 1 and 2)
print(("x"):rep(3), #("x"):rep(3), -2 ^ 2, 2 ^ 3 ^ 2, 1 .. 2 .. 3, "a" .. 1 + 2, not 1 == 2, 1 < 2 == true, 7 // 2 * 2, 1 << 2 + 1)
