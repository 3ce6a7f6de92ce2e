-- The math library, integer and float arithmetic, comparisons and conversions. Transcendental results are printed with
-- ten digits: libraries differ in the last place.
-- differ in the last place.

print(math.pi, math.huge, -math.huge, math.maxinteger, math.mininteger)
for _, x in ipairs { 0.0, 0.5, 1.0, -1.0, 2.0, 10.0, 100.5, 1e-10, 1e10 } do
  print(("%.10g %.10g %.10g %.10g %.10g"):format(math.sin(x), math.cos(x), math.tan(x), math.atan(x), math.exp(x / 10)))
end
for _, x in ipairs { 1.0, 2.0, 10.0, 0.5, 1024.0, 1e300 } do
  print(("%.10g %.10g %.10g %.10g %.10g"):format(math.log(x), math.log(x, 2), math.log(x, 10), math.log(x, 3), math.sqrt(x)))
end
for _, x in ipairs { -1.0, -0.5, 0.0, 0.5, 1.0 } do print(("%.10g %.10g"):format(math.asin(x), math.acos(x))) end
for _, c in ipairs { { 1, 1 }, { -1, 1 }, { -1, -1 }, { 1, -1 }, { 0, -1 }, { -0.0, -1 }, { 1, 0 },
  { 0, 0 } } do print(("%.10g"):format(math.atan(c[1], c[2]))) end
print(math.deg(math.pi), math.rad(180), math.exp(0), math.log(1), math.sqrt(16), math.log(8, 2), math.log(1000, 10))
print(math.log(0), math.sqrt(-1) ~= math.sqrt(-1), math.exp(1000), math.exp(-1000), 2^0.5, 2^-1, 10^2, (-8)^(1 / 3) ~= (-8)^(1 / 3))

for _, x in ipairs { 3.7, -3.7, 3.0, -0.5, 0.5, 2^53, 1e100, 5, -5 } do
  print(math.floor(x), math.ceil(x), math.modf(x), math.abs(x), math.tointeger(x), math.type(x))
end
print(math.modf(1 / 0), math.modf(-1 / 0), math.floor(1e308), math.ceil(-2^63), math.abs(math.mininteger), math.floor("3.7"))
print(math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3), math.fmod(7.5, 2), math.fmod(-7.5, 2), math.fmod(5, math.huge),
  math.fmod(math.mininteger, -1))
print(pcall(math.fmod, 1, 0))
print(math.fmod(1, 0.0) ~= math.fmod(1, 0.0))
print(math.max(1, 2.5, -1), math.min(1, 2.5, -1), math.max(5), math.max(1, 1.0), math.min(1.0, 1), math.max(-0.0, 0.0))
print(pcall(math.max))
print(pcall(math.min))
print(math.type(1), math.type(1.0), math.type("1"), math.type(nil), pcall(math.type))
print(math.tointeger(3.0), math.tointeger(3.5), math.tointeger("8"), math.tointeger("x"), math.tointeger({}), math.tointeger(2^63),
  math.tointeger(-2^63))
print(math.ult(1, 2), math.ult(-1, 2), math.ult(2, -1), math.ult(0, 0))
print(pcall(math.ult, 1.5, 2))
print(pcall(math.floor))
print(pcall(math.floor, {}))
print(pcall(math.floor, "x"))
print(pcall(math.sin, nil))
print(pcall(math.sqrt, "a"))
print(pcall(math.log, 2, "b"))
print(pcall(math.abs, true))
print(pcall(math.tointeger))

-- operators
for _, c in ipairs { { 7, 2 }, { -7, 2 }, { 7, -2 }, { -7, -2 }, { 7.5, 2 }, { -7.5, 2 }, { 7, 2.0 }, { 0, 5 }, { 1e308, 10 },
  { math.mininteger, -1 }, { math.maxinteger, 2 } } do
  local a, b = c[1], c[2]
  print(a, b, a + b, a - b, a * b, a / b, a // b, a % b, -a)
end
print(1 // 0.0, -1 // 0.0, 1 % math.huge, -1 % math.huge, 1 % -math.huge, 5.5 % 0.0 ~= 5.5 % 0.0, 0.0 / 0.0 ~= 0.0 / 0.0)
print(math.maxinteger + 1 == math.mininteger, math.mininteger - 1, math.maxinteger * 2, math.mininteger // -1, math.mininteger % -1,
  -math.mininteger)
print(1 << 0, 1 << 63, 1 << 64, 1 << -1, -1 >> 1, -1 >> 63, -1 >> 64, 1 >> -3, ~0, 5 & 3, 5 | 3, 5 ~ 3, ~5, 2.0 | 1)
print(pcall(function() return 1 & 1.5 end))
print(pcall(function() return 1 << {} end))
print(pcall(function() return 1 // 0 end))
print(pcall(function() return 1 % 0 end))
print(1 == 1.0, 1 < 1.5, 2^53 == 2^53 + 1, math.maxinteger + 0.0 == math.maxinteger, math.maxinteger < math.maxinteger + 0.0, -1 < 0.0,
  0.0 == -0.0, 1 / 0.0, 1 / -0.0)
print(math.maxinteger < math.huge, math.mininteger > -math.huge, 0 / 0 == 0 / 0, 0 / 0 < 1, 1 < 0 / 0, not (0 / 0 >= 1))
print(2^2, 4 // 1, 4 / 1, 3 | 0, 3.0 | 0, 10 // 3.0, 7 % 2.5, 1e15, 1e16, 123456789012345678)
print(0x10, 0xfp1, 0x.1, 0xA.8p0, 1e2, .5, 3., 0x7fffffffffffffff, 0xffffffffffffffff, 9223372036854775807, 9223372036854775808)
for _, text in ipairs { "0x1p-1074", "4.9e-324", "2.2250738585072014e-308", "1.7976931348623157e308", "0.1e1", "1e-400",
  "123456789012345678901234567890" } do print(text, tonumber(text)) end

-- for loops
for i = 1, 3 do io.write(i, " ") end
for i = 3, 1, -1 do io.write(i, " ") end
for i = 1.0, 2, 0.5 do io.write(i, " ") end
for i = math.maxinteger - 1, math.maxinteger do io.write(i, " ") end
for i = 1, 0 do io.write("never ") end
for i = 1, 2.9 do io.write(i, " ") end
for i = 1, math.huge do if i > 3 then break end io.write(i, " ") end
print()

-- random: the generator is Lua's own, so a seed gives the same numbers everywhere
math.randomseed(42)
print(math.random(1, 100), math.random(1, 100), math.random(10), math.random(0), math.random(), math.random(-5, 5))
math.randomseed(123, 456)
print(math.random(math.mininteger, math.maxinteger), math.random(3, 3), math.random(1 << 40))
math.randomseed(1.0)
print(math.random(1000000), select("#", math.randomseed(5)))
print(pcall(math.random, 2, 1))
print(pcall(math.random, 1, 2, 3))
print(pcall(math.random, 0.5))
print(pcall(math.random, -1))
print(pcall(math.random, {}))
print(pcall(math.randomseed, {}))
local low, high, sum = 1, 0, 0
for _ = 1, 1000 do local r = math.random() low, high, sum = math.min(low, r), math.max(high, r), sum + r end
print(low >= 0, high < 1, sum > 400 and sum < 600)
