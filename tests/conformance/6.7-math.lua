-- Section 6.7 of the manual: the library math, at the edges of both kinds of numbers.

-- §6.7 Mathematical Functions
math.abs(-5), math.abs(5), math.abs(-5.5) --> 5, 5, 5.5
math.abs(math.mininteger) --> -9223372036854775808
math.abs(-0.0) --> 0.0
math.abs(-math.huge) --> inf
math.abs("-3") --> 3.0
math.abs("x") --! c:1: bad argument #1 to 'abs' (number expected, got string)
math.ceil(3.2), math.ceil(-3.2), math.ceil(3) --> 4, -3, 3
math.ceil(-0.5) --> 0
math.ceil(1e100) --> 1e+100
math.ceil(math.huge) --> inf
math.ceil(2^53 + 0.0) --> 9007199254740992
math.floor(3.7), math.floor(-3.7), math.floor(3) --> 3, -4, 3
math.floor(-0.0) --> 0
math.floor(1e100) --> 1e+100
math.floor(-math.huge) --> -inf
math.floor(0/0) ~= math.floor(0/0) --> true
math.floor(2^62), math.type(math.floor(2^62)) --> 4611686018427387904, "integer"
math.floor(2^63), math.type(math.floor(2^63)) --> 9.223372036854776e+18, "float"
math.floor(-2^63) --> -9223372036854775808
math.sqrt(16), math.sqrt(2) --> 4.0, 1.4142135623730951
math.sqrt(-1) --> nan
math.sqrt(0.0), math.sqrt(-0.0) --> 0.0, -0.0
math.sqrt(math.huge) --> inf
math.exp(0), math.abs(math.exp(1) - 2.718281828459045) < 1e-15 --> 1.0, true
math.exp(-math.huge), math.exp(math.huge), math.exp(710) --> 0.0, inf, inf
math.log(1), math.log(0), math.log(-1) --> 0.0, -inf, nan
math.log(8, 2), math.log(100, 10), math.abs(math.log(27, 3) - 3) < 1e-15 --> 3.0, 2.0, true
math.log(2, 0), math.log(1, 1) --> -0.0, nan
math.log(math.huge) --> inf
math.log(1024, 2), math.log(1000, 10) --> 10.0, 3.0
math.sin(0), math.cos(0), math.tan(0) --> 0.0, 1.0, 0.0
math.abs(math.sin(math.pi)) < 1e-15, math.cos(math.pi) --> true, -1.0
math.sin(math.huge), math.cos(math.huge), math.tan(math.huge) --> nan, nan, nan
math.sin(-0.0), math.tan(-0.0) --> -0.0, -0.0
math.asin(1) == math.pi / 2, math.acos(1), math.acos(-1) == math.pi --> true, 0.0, true
math.asin(2), math.acos(-2) --> nan, nan
math.atan(1) == math.pi / 4 --> true
math.atan(1, -1) == 3 * math.pi / 4 --> true
math.atan(0, -1) == math.pi, math.atan(-0.0, -1) == -math.pi --> true, true
math.atan(0, 0), math.atan(-0.0, 0) --> 0.0, -0.0
math.atan(math.huge) == math.pi / 2 --> true
math.atan(1, 0) == math.pi / 2 --> true
math.deg(math.pi), math.rad(180) == math.pi --> 180.0, true
math.deg(0), math.rad(0) --> 0.0, 0.0
math.pi --> 3.141592653589793
math.huge, -math.huge --> inf, -inf
math.maxinteger, math.mininteger --> 9223372036854775807, -9223372036854775808
math.fmod(7, 3), math.fmod(-7, 3), math.fmod(7, -3) --> 1, -1, 1
math.fmod(7.5, 2), math.fmod(-7.5, 2) --> 1.5, -1.5
math.fmod(1, 0) --! c:1: bad argument #2 to 'fmod' (zero)
math.fmod(1, 0.0) --> nan
math.fmod(1.0, 0) --> nan
math.fmod(math.mininteger, -1) --> 0
math.fmod(5, math.huge) --> 5.0
math.fmod(math.huge, 2) --> nan
math.fmod(-6, 2), math.fmod(-6.0, 2) --> 0, -0.0
math.fmod(1) --! c:1: bad argument #2 to 'fmod' (number expected, got no value)
math.modf(3.7) --> 3, 0.7000000000000002
math.modf(-3.7) --> -3, -0.7000000000000002
math.modf(5) --> 5, 0.0
math.modf(math.huge) --> inf, 0.0
math.modf(-math.huge) --> -inf, 0.0
math.modf(0/0) --> nan, nan
math.modf(-0.0) --> 0, 0.0
math.modf(1e100) --> 1e+100, 0.0
math.max(1, 5, 3), math.min(4, 2, 8) --> 5, 2
math.max(1), math.max(1, 1.5), math.max(2, 2.0) --> 1, 1.5, 2
math.max(2.0, 2), math.min(2, 2.0) --> 2.0, 2
math.max() --! c:1: bad argument #1 to 'max' (value expected)
math.min() --! c:1: bad argument #1 to 'min' (value expected)
math.max(1, "2") --! attempt to compare number with string
math.max(1, "x") --! attempt to compare number with string
math.max(-math.huge, math.mininteger) --> -9223372036854775808
math.max(math.maxinteger, 2^63), math.min(math.maxinteger, 2^63) --> 9.223372036854776e+18, 9223372036854775807
math.max(0/0, 1), math.max(1, 0/0) --> nan, 1
math.min(-0.0, 0.0), math.min(0.0, -0.0) --> -0.0, 0.0
math.tointeger(3.0), math.tointeger(3.5), math.tointeger(5) --> 3, nil, 5
math.tointeger("8"), math.tointeger("8.0"), math.tointeger("x") --> 8, 8, nil
math.tointeger(2^63), math.tointeger(-2^63) --> nil, -9223372036854775808
math.tointeger(math.huge), math.tointeger(0/0) --> nil, nil
math.tointeger({}), math.tointeger(nil) --> nil, nil
math.tointeger() --! c:1: bad argument #1 to 'tointeger' (value expected)
math.tointeger(-0.0) --> 0
math.type(1), math.type(1.0), math.type(2^31) --> "integer", "float", "float"
math.type("1"), math.type(nil), math.type({}) --> nil, nil, nil
math.ult(1, 2), math.ult(2, 1), math.ult(1, 1) --> true, false, false
math.ult(1, -1), math.ult(-1, 1), math.ult(-2, -1) --> true, false, true
math.ult(math.maxinteger, math.mininteger) --> true
math.ult(1.5, 2) --! c:1: bad argument #1 to 'ult' (number has no integer representation)
math.ult(1, "2") --> true
local r = math.random() return r >= 0 and r < 1, math.type(r) --> true, "float"
local r = math.random(10) return r >= 1 and r <= 10, math.type(r) --> true, "integer"
local r = math.random(-5, 5) return r >= -5 and r <= 5 --> true
math.random(3, 3) --> 3
math.type(math.random(0)) --> "integer"
math.random(math.mininteger, math.maxinteger) ~= nil --> true
math.random(2, 1) --! c:1: bad argument #1 to 'random' (interval is empty)
math.random(-1) --! c:1: bad argument #1 to 'random' (interval is empty)
math.random(1, 2, 3) --! c:1: wrong number of arguments
math.random(1.5) --! c:1: bad argument #1 to 'random' (number has no integer representation)
math.random(1, 2.5) --! c:1: bad argument #2 to 'random' (number has no integer representation)
math.random("3") ~= nil --> true
math.randomseed(42) local a, b, c = math.random(1000), math.random(1000), math.random(1000) math.randomseed(42) return a == math.random(1000), b == math.random(1000), c == math.random(1000) --> true, true, true
math.randomseed(42) return math.random(1000), math.random(1000), math.random(1000) --> 742, 50, 332
math.randomseed(1, 2) return math.random(0) --> 8291693048688576641
math.randomseed(42.0) return math.random(100) --> 50
math.randomseed(-1) return math.random(1 << 40) --> 52741473074
math.randomseed(7) return math.random() --> 0.7789818489670897
math.randomseed(5) return math.randomseed(5) --> 5, 0
math.randomseed(123, 456) return math.randomseed(123, 456) --> 123, 456
select("#", math.randomseed()) --> 2
math.randomseed("x") --! c:1: bad argument #1 to 'randomseed' (number expected, got string)
math.randomseed(9) local n = {} for i = 1, 300 do n[math.random(6)] = true end return n --> {true, true, true, true, true, true}
math.pow == nil, math.ldexp == nil, math.cosh == nil --> true, true, true
