-- os.date and os.time over many random times and tables, as checksums: glibc is the oracle.

local function checksum(sum, text)
  for i = 1, #text do sum = (sum * 31 + text:byte(i)) & 0xffffffff end
  return sum
end

math.randomseed(20240229)
local conversions = {}
for letter in ("aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%"):gmatch(".") do conversions[#conversions + 1] = "%" .. letter end
local all = table.concat(conversions, "|")

local function random_time()
  local time = math.random(0) >> math.random(8, 56)
  return math.random(2) == 1 and time or -time
end
for block = 1, 20 do
  local sum = 0
  for _ = 1, 100 do
    local time = random_time()
    for _, prefix in ipairs { "", "!" } do
      local ok, text = pcall(os.date, prefix .. all, time)
      sum = checksum(sum, text)
    end
    local ok, date = pcall(os.date, "!*t", time)
    if ok then
      sum = checksum(sum, table.concat({ date.year, date.month, date.day, date.hour, date.min, date.sec, date.yday, date.wday,
        tostring(date.isdst) }, " "))
      sum = checksum(sum, tostring(select(2, pcall(os.time, date))))
    end
  end
  print("date", block, sum)
end

local function random_field()
  local kind = math.random(5)
  if kind <= 3 then return math.random(-100, 100) end
  return kind == 4 and math.random(-100000, 100000) or math.random(-2147483648, 2147483647)
end
for block = 1, 20 do
  local sum = 0
  for _ = 1, 200 do
    local date = { year = math.random(3) > 1 and math.random(1900, 2100) or random_field(), month = random_field(), day = random_field() }
    for _, name in ipairs { "hour", "min", "sec" } do if math.random(3) > 1 then date[name] = random_field() end end
    local summer = math.random(3)
    if summer < 3 then date.isdst = summer == 1 end
    local ok, time = pcall(os.time, date)
    sum = checksum(sum, tostring(time))
    if ok then sum = checksum(sum, table.concat({ date.year, date.month, date.day, date.hour, date.min, date.sec, date.yday, date.wday,
      tostring(date.isdst) }, " ")) end
  end
  print("time", block, sum)
end
