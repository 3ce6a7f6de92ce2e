-- Prints the cases of a differential test, one line each: "INDEX what -> results". run.mjs puts a line
-- `local SEED, FIRST, LAST = …` in front. Every case has its own random numbers, made of SEED and its
-- index, so that any range can be printed alone and nothing is kept between cases.
--
-- Nothing here may depend on the size of a pointer, on the order of `pairs`, on an address, or on the
-- sign of NaN. A result that comes from a transcendental function is printed as its bits, "@" and 16
-- hexadecimal digits: there the comparison with the system's libc allows a distance.

local format, rep, byte, char, sub = string.format, string.rep, string.byte, string.char, string.sub
local pack, unpack, concat = string.pack, string.unpack, table.concat

-- The positive NaN, which glibc prints as the shims print any NaN.
local NAN = unpack("<d", pack("<i8", 0x7ff8000000000000))
local INF = math.huge

----------------------------------------------------------------------- random

local state

-- SplitMix64.
local function bits()
  state = state + 0x9e3779b97f4a7c15
  local z = state
  z = (z ~ (z >> 30)) * 0xbf58476d1ce4e5b9
  z = (z ~ (z >> 27)) * 0x94d049bb133111eb
  return z ~ (z >> 31)
end

-- An integer from 0 to n - 1.
local function below(n) return (bits() >> 1) % n end

local function between(low, high) return low + below(high - low + 1) end
local function one_in(n) return below(n) == 0 end
local function pick(list) return list[below(#list) + 1] end

-- Up to `most` picks in a row.
local function picks(list, most)
  local text = ""
  for _ = 1, below(most + 1) do text = text .. pick(list) end
  return text
end

----------------------------------------------------------------------- values

local INTEGERS = { 0, 1, -1, 2, 3, 7, 8, 9, 10, 15, 16, 255, 256, 1 << 31, (1 << 31) - 1, 1 << 53, (1 << 53) + 1, -(1 << 53) - 1,
  math.maxinteger, math.mininteger, math.maxinteger - 1, math.mininteger + 1 }

local FLOATS = { 0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, 9.5, 0.1, 1 / 3, 99999.5, 999999.5, 1e15, 1e16, 1e17, 123456789012345.0,
  1e100, 1e-100, 2^53, 2^53 + 2, 2^63, -2^63, 2^62, 2^64, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, INF, -INF, NAN, math.pi,
  0.30000000000000004 }

local function integer()
  local kind = below(4)
  if kind == 0 then return pick(INTEGERS) end
  if kind == 1 then return between(-300, 300) end
  return math.tointeger(bits() // (1 << below(63)))
end

local function float()
  local kind = below(7)
  if kind == 0 then return pick(FLOATS) end
  if kind == 1 then return between(-100000, 100000) / 100 end
  if kind == 2 then return between(-(1 << 20), 1 << 20) / 1024 end
  if kind == 3 then return between(-9999, 9999) * tonumber("1e" .. between(0, 22)) end
  if kind == 4 then return bits() / 1.0 end
  local x = unpack("<d", pack("<i8", bits()))
  return x == x and x or NAN
end

-- A float that a transcendental function does not send to an edge each time.
local function moderate()
  local kind = below(5)
  if kind == 0 then return float() end
  if kind == 1 then return between(-1000, 1000) / 64 end
  if kind == 2 then return between(-(1 << 52), 1 << 52) / (1 << 52) end
  return unpack("<d", pack("<i8", (bits() & 0x800fffffffffffff) | (between(1003, 1043) << 52)))
end

local function number() return one_in(2) and integer() or float() end

local BYTES = { "\0", "\1", "\n", "\r", "\t", " ", "\"", "\\", "\127", "\128", "\192", "\255", "%", "-", ".", "0", "9" }
local LETTERS = { "a", "b", "c", "A", "Z", "_", "1", " " }

local function text(most)
  if one_in(3) then return picks(BYTES, most) end
  if one_in(3) then return picks(LETTERS, most) end
  local t = {}
  for i = 1, below(most + 1) do t[i] = char(below(256)) end
  return concat(t)
end

local DIGITS = { "0", "1", "5", "9", "00", "123", "999999999", "18446744073709551616" }
local HEX_DIGITS = { "0", "1", "8", "f", "F", "a", "00000000", "fffffffffffff", "1234567890abcdef" }
local EXPONENTS = { "", "", "e5", "E-5", "e+22", "e308", "e-324", "e-330", "e400", "e", "e+", "p3", "e99999999999" }
local HEX_EXPONENTS = { "", "", "p0", "P-5", "p+1000", "p-1074", "p-1100", "p1024", "p", "p+", "p-99999999999" }
local POINTS = { "", "", ".", ".", ".." }
local BLANKS = { "", "", "", "", " ", "\t\n", "\v\f\r", "\0", "x", "_", "-" }

local function numeral()
  local body
  local kind = below(6)
  if kind == 0 then
    body = format(pick { "%.17g", "%.14g", "%a", "%.3f", "%.0f", "%e" }, float())
  elseif kind == 1 then
    body = format(pick { "%d", "0x%x", "0X%X", "%i.0" }, integer())
  elseif kind <= 3 then
    body = pick { "", "", "+", "-", "- " } .. picks(DIGITS, 3) .. pick(POINTS) .. picks(DIGITS, 3) .. pick(EXPONENTS)
  elseif kind == 4 then
    body = pick { "0x", "0X", "-0x", "+0x" } .. picks(HEX_DIGITS, 3) .. pick(POINTS) .. picks(HEX_DIGITS, 3) .. pick(HEX_EXPONENTS)
  else
    body = picks({ "0", "1", ".", "e", "-", "+", "x", "p", "inf", "nan", "0x" }, 6)
  end
  return pick(BLANKS) .. body .. pick(BLANKS)
end

-- Any value that has a text without an address.
local function any()
  local kind = below(7)
  if kind == 0 then return nil end
  if kind == 1 then return one_in(2) end
  if kind == 2 then return text(8) end
  if kind == 3 then return numeral() end
  return number()
end

---------------------------------------------------------------------- printing

local function show(value)
  local kind = math.type(value)
  if kind == "integer" then return format("%d", value) end
  if kind == "float" then
    if value ~= value then return "nan" end
    return format("%a|%.17g", value, value)
  end
  return type(value) == "string" and format("%q", value) or tostring(value)
end

local function show_all(...)
  local t = {}
  for i = 1, select("#", ...) do t[i] = show((select(i, ...))) end
  return concat(t, ", ")
end

-- A result as its bits, and readable.
local function show_bits(x)
  if math.type(x) ~= "float" then return show(x) end
  if x ~= x then return "nan" end
  return format("@%016x %s", unpack("<i8", pack("<d", x)), format("%.17g", x))
end

-- Messages of errors that arise in this file begin with a place; the hosts name the file differently.
local function outcome(ok, ...)
  if ok then return show_all(...) end
  return "error: " .. tostring((...)):gsub("^[^:]*:%d+: ", "")
end

-- Each generator returns the text of a case: what was done, and its outcome.

local function call(name, f, ...)
  return format("%s(%s) -> %s", name, show_all(...), outcome(pcall(f, ...)))
end

-------------------------------------------------------------------- generators

local FLAGS = { "-", "+", "#", "0", " " }

-- A conversion with flags, width and precision, mostly valid.
local function conversion(letters, flags)
  local text = "%" .. picks(flags, 3)
  if one_in(2) then text = text .. between(0, one_in(50) and 120 or 60) end
  if one_in(2) then text = text .. "." .. (one_in(5) and "" or between(0, one_in(8) and 101 or 25)) end
  return text .. pick(letters)
end

-- glibc 2.36 loses zeros of "%#g" when rounding reaches the next power of ten (shims/README.md).
local function is_spoiled_in_glibc(item, x)
  return item:find("#", 1, true) and item:find("[gG]$") and math.type(x) and format("%.17e", x):find("^-?9")
end

local function format_float()
  local x, item = one_in(10) and numeral() or number(), conversion({ "a", "A", "e", "E", "f", "g", "g", "G" }, FLAGS)
  if is_spoiled_in_glibc(item, tonumber(x) or x) then item = item:gsub("#", "") end
  return call("string.format", format, item, x)
end

local function format_integer()
  local item = conversion({ "d", "i", "o", "x", "X" }, one_in(4) and FLAGS or { "-", "0" })
  return call("string.format", format, item, one_in(8) and any() or integer())
end

local function format_other()
  local kind = below(6)
  if kind == 0 then return call("string.format", format, conversion({ "c" }, { "-" }), below(256)) end
  if kind == 1 then return call("string.format", format, "%q", any()) end
  if kind == 2 then return call("string.format", format, conversion({ "p" }, { "-" }), number()) end
  if kind == 3 then return call("string.format", format, conversion({ "u", "F", "n", "q", "y", "", "%" }, FLAGS), any()) end
  if kind == 4 then
    local item = conversion({ "s", "d" }, { "-" }) .. "|%%|" .. conversion({ "s", "g" }, { "-" })
    return call("string.format", format, item, any(), any())
  end
  return call("string.format", format, conversion({ "s" }, { "-" }), any())
end

local function to_string()
  local x = number()
  return one_in(2) and call("tostring", tostring, x) or call("concat", function(a, b) return a .. b end, x, any())
end

local function to_number()
  if one_in(3) then
    local digits = picks({ "0", "1", "7", "9", "a", "Z", "f", " ", "-", "zz" }, 12)
    return call("tonumber", tonumber, one_in(30) and any() or pick(BLANKS) .. digits, one_in(20) and any() or between(1, 37))
  end
  return call("tonumber", tonumber, numeral())
end

-- Decimal texts of many digits, read and printed again: the hard cases of both directions.
local function long_number()
  local digits = {}
  for i = 1, between(1, 60) do digits[i] = tostring(below(1000000)) end
  local text = concat(digits)
  local point = below(#text)
  text = sub(text, 1, point) .. "." .. sub(text, point + 1)
  return call("tonumber", tonumber, text .. (one_in(2) and "e" .. between(-400, 400) or ""))
end

local EXACT = {
  { "math.abs", math.abs, number }, { "math.ceil", math.ceil, number }, { "math.floor", math.floor, number },
  { "math.fmod", math.fmod, number, number }, { "math.modf", math.modf, number }, { "math.tointeger", math.tointeger, any },
  { "math.type", math.type, any }, { "math.ult", math.ult, integer, number }, { "math.max", math.max, number, number, number },
  { "math.min", math.min, any, number }, { "math.sqrt", math.sqrt, number }, { "math.deg", math.deg, number },
  { "math.rad", math.rad, number }, { "math.abs", math.abs, any }, { "math.floor", math.floor, any },
}

local function arguments(row, from)
  local t = {}
  for i = from, #row do t[i - from + 1] = row[i]() end
  return table.unpack(t, 1, #row - from + 1)
end

local function exact_math()
  local row = pick(EXACT)
  return call(row[1], row[2], arguments(row, 3))
end

local TRANSCENDENTAL = {
  { "math.sin", math.sin, moderate }, { "math.cos", math.cos, moderate }, { "math.tan", math.tan, moderate },
  { "math.asin", math.asin, moderate }, { "math.acos", math.acos, moderate }, { "math.atan", math.atan, moderate },
  { "math.atan", math.atan, moderate, moderate }, { "math.exp", math.exp, moderate }, { "math.log", math.log, moderate },
  { "pow", function(a, b) return a ^ b end, moderate, moderate },
  { "pow", function(a, b) return a ^ b end, moderate, integer },
}

local function transcendental()
  if one_in(8) then
    local x = math.abs(moderate())
    local base = pick { 2, 10, 2.0, 10.0 }
    return format("math.log(%s, %s) -> %s", show(x), base, show_bits(math.log(x, base)))
  end
  local row = pick(TRANSCENDENTAL)
  local a, b = arguments(row, 3)
  return format("%s(%s) -> %s", row[1], show_all(a, b), show_bits(row[2](a, b)))
end

local function random_number()
  local a, b = integer(), integer()
  math.randomseed(a, b)
  local bounds = pick { {}, { between(1, 100) }, { between(-50, 50), between(40, 1 << 40) }, { 0 }, { integer(), integer() }, { 3, 2 } }
  return format("seed %d %d, %s", a, b, call("math.random", math.random, table.unpack(bounds)))
end

local OPERATORS = {
  { "+", function(a, b) return a + b end }, { "-", function(a, b) return a - b end }, { "*", function(a, b) return a * b end },
  { "/", function(a, b) return a / b end }, { "//", function(a, b) return a // b end }, { "%", function(a, b) return a % b end },
  { "&", function(a, b) return a & b end }, { "|", function(a, b) return a | b end }, { "~", function(a, b) return a ~ b end },
  { "<<", function(a, b) return a << b end }, { ">>", function(a, b) return a >> b end }, { "unary -", function(a) return -a end },
  { "unary ~", function(a) return ~a end }, { "==", function(a, b) return a == b end }, { "<", function(a, b) return a < b end },
  { "<=", function(a, b) return a <= b end }, { "#", function(a) return #a end },
  { "for", function(a, b)
    local n, last = 0, nil
    for i = a, b, (b - a) // 3 do
      n, last = n + 1, i
      if n > 5 then break end
    end
    return n, last
  end },
}

local function operation()
  local row = pick(OPERATORS)
  if one_in(6) then return call(row[1], row[2], any(), any()) end
  return call(row[1], row[2], number(), number())
end

local ATOMS = { "a", "b", ".", "%a", "%d", "%s", "%w", "%p", "%c", "%x", "%l", "%u", "%g", "%A", "%S", "[a-z]", "[^%s]", "[%w_]",
  "[]]", "[^]", "%%", "%.", "(a)", "(.)", "()", "(", ")", "%1", "%2", "%bab", "%f[%w]", "%f[", "[a", "%", "^", "$", "\0", "\255", "_" }
local REPEATS = { "", "", "", "*", "+", "-", "?" }

local function pattern()
  local p = one_in(8) and "^" or ""
  for _ = 1, between(0, 4) do p = p .. pick(ATOMS) .. pick(REPEATS) end
  return p .. (one_in(8) and "$" or "")
end

local function position() return one_in(10) and integer() or between(-10, 10) end

local REPLACEMENTS = { "", "x", "<%0>", "%1", "%1%0", "%2", "%%", "%", "%x" }

local function matching()
  local s, p = text(16), one_in(8) and text(3) or pattern()
  local kind = below(5)
  if kind == 0 then return call("string.find", string.find, s, p, position(), one_in(3)) end
  if kind == 1 then return call("string.match", string.match, s, p, position()) end
  if kind == 2 then return call("string.gsub", string.gsub, s, p, pick(REPLACEMENTS), one_in(2) and between(-1, 4) or nil) end
  if kind == 3 then
    return call("gsub with function", function(s, p)
      return string.gsub(s, p, function(a, b) return b and a .. "+" .. b or a == "a" and "A" end)
    end, s, p)
  end
  return call("gmatch", function(s, p)
    local t = {}
    for a, b in string.gmatch(s, p) do t[#t + 1] = show_all(a, b) end
    return concat(t, ";")
  end, s, p)
end

local function short_text() return text(10) end
local function length() return between(-2, 6) end

local STRINGS = {
  { "string.rep", rep, short_text, length }, { "string.rep", rep, short_text, length, short_text }, { "string.rep", rep, any, length },
  { "string.sub", sub, short_text, position, position }, { "string.sub", sub, short_text, position }, { "string.sub", sub, any, any },
  { "string.byte", byte, short_text, position, position }, { "string.byte", byte, short_text },
  { "string.reverse", string.reverse, short_text },
  { "string.upper", string.upper, short_text }, { "string.lower", string.lower, short_text }, { "string.len", string.len, any },
  { "string.char", char, function() return between(-1, 256) end, function() return below(256) end }, { "string.upper", string.upper, any },
  { "table.concat", function(a, b, c, i, j) return concat({ a, b, c }, "-", i, j) end, any, short_text, number, length, length },
  { "select", select, position, short_text, number },
}

local function text_function()
  local row = pick(STRINGS)
  return call(row[1], row[2], arguments(row, 3))
end

-- Without "T", "s", "l", "L": their sizes are the platform's.
local PACKED = { "b", "B", "h", "H", "i", "I", "j", "J", "i1", "i3", "I5", "i7", "i8", "I8", "i12", "i16", "i17", "f", "d", "n", "z",
  "s1", "s2", "s4", "x", "c0", "c3", "c12", "<", ">", "=", "!", "!2", "!4", "!3", "Xi4", "Xd", "X", " ", "q" }

local function packing()
  local f = pick { "<", ">", "<!4", ">!" } .. picks(PACKED, 4)
  if one_in(4) then return call("string.packsize", string.packsize, f) end
  if one_in(3) then return call("string.unpack", unpack, f, text(24), one_in(3) and position() or nil) end
  local t, n = {}, 4
  for i = 1, n do
    local v = any()
    -- The bits of a NaN are not defined.
    t[i] = v == v and v or 0
  end
  return call("string.pack", pack, f, table.unpack(t, 1, n))
end

local CODES = { 0, 0x41, 0x7f, 0x80, 0x7ff, 0x800, 0xd800, 0xdfff, 0xfffd, 0xffff, 0x10000, 0x10ffff, 0x110000, 0x7fffffff, 0x80000000, -1 }

local function utf8_text()
  if one_in(4) then return text(8) end
  local t = {}
  for i = 1, below(6) do
    local valid = pick(CODES)
    t[i] = utf8.char(valid < 0 and 0x41 or valid & 0x7fffffff)
  end
  return concat(t)
end

local function code() return one_in(8) and any() or pick(CODES) end
local function lax() return one_in(2) end

local UTF8 = {
  { "utf8.char", utf8.char, code, code }, { "utf8.len", utf8.len, utf8_text }, { "utf8.len", utf8.len, utf8_text, position, position, lax },
  { "utf8.codepoint", utf8.codepoint, utf8_text, position, position, lax }, { "utf8.offset", utf8.offset, utf8_text, length, position },
  { "utf8.offset", utf8.offset, utf8_text, length },
  { "utf8.codes", function(s, is_lax)
    local t = {}
    for p, c in utf8.codes(s, is_lax) do t[#t + 1] = p .. ":" .. c end
    return concat(t, " ")
  end, utf8_text, lax },
}

local function utf8_function()
  local row = pick(UTF8)
  return call(row[1], row[2], arguments(row, 3))
end

-- Numerals in source go through the lexer.
local function source()
  local chunk = "return " .. numeral()
  return call("load", function(chunk) return assert(load(chunk, "=chunk"))() end, chunk)
end

local function sorting()
  local t = {}
  for i = 1, between(2, 120) do t[i] = one_in(2) and between(-20, 20) or between(-200, 200) / 10 end
  local by = pick { false, function(a, b) return a > b end, function(a, b) return a % 7 < b % 7 end, function() return true end }
  return call("table.sort", function(n)
    table.sort(t, by or nil)
    return n, t[1], t[#t // 2], t[#t], concat(t, " ")
  end, #t)
end

-- Those that touch the shims most come most often.
local GENERATORS = {
  format_float, format_float, format_float, format_float, format_float, format_integer, format_integer, format_other,
  to_string, to_string, to_number, to_number, to_number, long_number, exact_math, exact_math, transcendental, transcendental,
  random_number, operation, operation, matching, matching, text_function, packing, utf8_function, source,
}

for index = FIRST, LAST do
  state = (SEED * 0x2545f4914f6cdd1d) ~ (index * 0x9e3779b97f4a7c15)
  local generate = index % 100 == 0 and sorting or pick(GENERATORS)
  -- ASCII, so that no host's decoding of text plays a part.
  print(index .. " " .. generate():gsub("[^ -~]", function(c) return format("\\x%02x", byte(c)) end))
end
