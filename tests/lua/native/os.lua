-- The os library: times and dates in UTC.

-- time
for _, case in ipairs {
  { year = 1970, month = 1, day = 1, hour = 0 }, { year = 2000, month = 2, day = 29 }, { year = 2001, month = 2, day = 29 },
  { year = 2024, month = 13, day = 1 },
  { year = 2024, month = 0, day = 0 }, { year = 2024, month = -11, day = -30, hour = -5, min = -70, sec = 3700 },
  { year = 1, month = 1, day = 1 },
  { year = 0, month = 1, day = 1 }, { year = -100, month = 3, day = 1 },
  { year = 9999, month = 12, day = 31, hour = 23, min = 59, sec = 59 },
  { year = 2024, month = 6, day = 15, isdst = false }, { year = 2024, month = 6, day = 15, isdst = true },
  { year = 2024, month = 1, day = 1, hour = 25 },
  { year = 1969, month = 12, day = 31, hour = 23, min = 59, sec = 58 }, { year = 2024, month = 3, day = 10, sec = 1000000000 },
  { year = "2024", month = "5", day = 6.0 },
  { year = 2147483647, month = 1, day = 1 }, { year = 1900, month = 2, day = 29 }, { year = 2100, month = 2, day = 29 },
  { year = 2024, month = 2147483647, day = 1 },
} do
  print("time", os.time(case))
  print("normalised", case.year, case.month, case.day, case.hour, case.min, case.sec, case.yday, case.wday, case.isdst)
end
for _, case in ipairs {
  {}, { year = 2024 }, { year = 2024, month = 1 }, { year = "x", month = 1, day = 1 }, { year = 2024, month = 1.5, day = 1 },
  { year = 2024, month = 1, day = {} },
  { year = 2^31 + 1900, month = 1, day = 1 }, { year = 2024, month = 2^31 + 1, day = 1 }, { year = 2024, month = 1, day = 2^31 },
  { year = 2024, month = 1, day = 1, hour = -2^31 - 1 },
  { year = math.maxinteger, month = 1, day = 1 }, { year = math.mininteger, month = 1, day = 1 },
  { year = 2^31 + 1899, month = 13, day = 1 },
  { year = 1969, month = 12, day = 31, hour = 23, min = 59, sec = 59 }, { year = 2024, month = 1, day = true },
} do
  print("refused", pcall(os.time, case))
end
print(math.type(os.time()), os.time(nil) >= 0, pcall(os.time, 5))
print(os.time(setmetatable({}, { __index = { year = 2000, month = 1, day = 1, hour = 0 } })))

-- date
local at = 1709210096 -- Thursday 2024-02-29 12:34:56
for letter in ("aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%"):gmatch(".") do print("date", letter,
  (os.date("!%" .. letter, at):gsub("%c", "?"))) end
for modified in ("Ec EC Ex EX Ey EY Od Oe OH OI Om OM OS Ou OU OV Ow OW Oy"):gmatch("%a+") do print("date", modified,
  os.date("!%" .. modified, at)) end
for _, time in ipairs { 0, -1, 1, 86399, 86400, -86400, 951782399, 951782400, 4102444800, -2208988800, 253402300799, 1e9, 2^31, -2^31 } do
  print(math.tointeger(time), os.date("!%c %j %U %W %V %G %g %u %w", math.tointeger(time)), os.date("%c %Z", math.tointeger(time)))
end
for year = 2018, 2030 do
  local first, last = os.time { year = year, month = 1, day = 1 }, os.time { year = year, month = 12, day = 31 }
  print(year, os.date("!%G-W%V-%u %U %W %j", first), os.date("!%G-W%V-%u %U %W %j", last))
end
local d = os.date("!*t", at)
print(d.year, d.month, d.day, d.hour, d.min, d.sec, d.yday, d.wday, d.isdst, os.time(d) == at)
d = os.date("*t", at)
print(d.year, d.month, d.day, d.hour, d.min, d.sec, d.yday, d.wday, d.isdst)
print(os.date("!plain"), os.date("!"), os.date("", at), os.date("!%%%%", at), os.date("!*tx", at), os.date("!x*t", at),
  #os.date("!a\0%Y\0b", at))
print(os.date("!%H:%M", "3600"), os.date("!%H:%M", 3600.0), type(os.date()), type(os.date("*t")), os.date("!%c", 0) == os.date("!%c", "0"))
for _, format in ipairs { "%", "%Ez", "%E", "%O", "%Oz", "%Q", "%1", "%EE", "!%Q", "%-d", "%s", "x%y%L rest" } do print("refused",
  pcall(os.date, format, 0)) end
print(pcall(os.date, "%c", "x"))
print(pcall(os.date, "%c", 1.5))
print(pcall(os.date, "%c", {}))
print(pcall(os.date, {}))
print(pcall(os.date, "%c", math.maxinteger))
print(pcall(os.date, "!*t", math.mininteger))
print(os.date("!%Y", 67767976233532799 // 1), pcall(os.date, "!%Y", 67768036191676800))

-- difftime, clock, getenv
print(os.difftime(10, 4), os.difftime(4, 10), os.difftime(math.maxinteger, math.mininteger), os.difftime(0, 0))
print(pcall(os.difftime))
print(pcall(os.difftime, 1))
print(pcall(os.difftime, 1.5, 1))
print(math.type(os.clock()), os.clock() >= 0)
print(os.getenv("A_VARIABLE_THAT_NOBODY_HAS_SET"), pcall(os.getenv))
print(pcall(os.getenv, {}))
