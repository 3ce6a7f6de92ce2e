-- string.format: every conversion, flag, width and precision, and what is refused.

local function show(format, ...)
  print(("%-12s"):format((format:gsub("%%", "%%%%"))):gsub("%%%%", "%%"), pcall(string.format, format, ...))
end

for _, format in ipairs { "%d", "%5d", "%-5d|", "%05d", "%+d", "% d", "%.3d", "%8.3d", "%-8.3d|", "%+.0d", "%i" } do
  for _, value in ipairs { 0, 1, -1, 42, -42, 123456, math.maxinteger, math.mininteger } do print(format, value, format:format(value)) end
end
for _, format in ipairs { "%x", "%X", "%#x", "%o", "%#o", "%08x", "%-8x|", "%.4x", "%u" } do
  print(format, pcall(string.format, format, 255))
  print(format, pcall(string.format, format, -1))
end
for _, format in ipairs { "%f", "%.0f", "%#.0f", "%.1f", "%10.3f", "%-10.3f|", "%+.2f", "% .2f", "%010.2f", "%e", "%.0e", "%#.0e", "%E",
  "%.12e", "%g", "%G", "%#g", "%.3g", "%10.3g", "%a", "%A", "%.1a", "%.99f" } do
  for _, value in ipairs { 0.0, -0.0, 1.0, 0.5, 1.5, 2.5, -1.25, 0.1, 1 / 3, 123456789.0, 1e15, 1e-5, 1e100, 5e-324,
    1.7976931348623157e308, 1 / 0, -1 / 0 } do
    print(format, format:format(value))
  end
end
print(("%.20f %.17g %.14g"):format(0.1, 0.1, 0.1), ("%5.1f|%-7.2f|%+08.3f"):format(3.14159, 2.71828, -1.5))
print(("%d %s %x"):format(3.0, 3.0, 3.0), ("%d"):format("10"), ("%.3f"):format("2"), ("%f"):format(1))
show("%d", 3.5)
show("%d", "3.5")
show("%d", "x")
show("%d", {})
show("%d")
show("%x", 2^53 + 0.5)
show("%x", 1e20)
show("%f", "x")
show("%f", nil)

-- strings
print(("%s|%5s|%-5s|%.2s|%5.1s|"):format("abc", "ab", "ab", "abc", "xyz"))
print(("%s %s %s %s"):format(nil, true, 1, 1.0), ("%s"):format(setmetatable({}, { __tostring = function() return "T" end })))
print(#("%s"):format("a\0b"), #("%s"):format(("x"):rep(500)), pcall(string.format, "%10s", "a\0b"))
show("%s")
show("%10.3s|", "abcdef")
show("%s", setmetatable({}, { __tostring = function() return 5 end }))
print(("%c%c%c"):format(76, 117, 97), #("%c"):format(0), ("%5c|%-5c|"):format(65, 66))
show("%c", "x")
print(("%%"):format(), ("100%%"):format(), ("%5s%%"):format("x"))

-- %q
print(("%q"):format("plain"), ("%q"):format('quote " back \\ slash'), ("%q"):format("line\nbreak"), ("%q"):format("\0\1\0019\r\t\127"))
for _, value in ipairs { 1, -1, math.mininteger, math.maxinteger, 0.5, 1.0, 1e100, 1 / 0, -1 / 0, true, false } do print("%q",
  ("%q"):format(value)) end
print(("%q"):format(nil), ("%q"):format(0 / 0))
show("%q", {})
show("%q", print)
show("%q")
show("%5q", "x")
print(load("return " .. ("%q"):format("\0\r\n\t\\\"\200x9"))() == "\0\r\n\t\\\"\200x9", load("return " .. ("%q"):format(0.1))() == 0.1)

-- pointers and what is not a conversion
print((("%p"):format({}):gsub("0x%x+", "ADDRESS")), ("%p"):format(1), ("%p"):format(nil), ("%10p|"):format(true), ("%-10p|"):format(false))
show("%")
show("%y", 1)
show("%l", 1)
show("%ld", 1)
show("%", 1)
show("%10")
show("%123d", 1)
show("%.123d", 1)
show("%0123d", 1)
show("%#d", 1)
show("%+s", "x")
show("%0s", "x")
show("%+c", 65)
show("%.3c", 65)
show("%.3p", {})
show("%#i", 1)
show("%+x", 1)
show("% x", 1)
show("%#q", 1)
show("%--5d|", 1)
show("%       d", 1)
show("%99.99f", 1.5)
show("%.100f", 1.5)
show("%100d", 1)
show("%-+ #0a", 1.0)
print(pcall(string.format))
print(pcall(string.format, {}))
print(("no conversions"):format(1, 2, 3), (""):format())
