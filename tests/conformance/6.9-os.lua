-- Section 6.9 of the manual: time and dates in UTC, and what a sandbox has not.

-- §6.9 Operating System Facilities
math.type(os.time()) --> "integer"
os.time() > 1600000000 --> true
math.type(os.clock()), os.clock() >= 0 --> "float", true
os.time({ year = 2020, month = 1, day = 1, hour = 0 }) --> 1577836800
os.time({ year = 2020, month = 1, day = 1 }) --> 1577880000
os.time({ year = 1970, month = 1, day = 1, hour = 0 }) --> 0
os.time({ year = 2000, month = 2, day = 29, hour = 12, min = 30, sec = 15 }) --> 951827415
os.time({ year = 2020, month = 13, day = 1, hour = 0 }) --> 1609459200
os.time({ year = 2020, month = 1, day = 32, hour = 0 }) --> 1580515200
os.time({ year = 2020, month = 0, day = 1, hour = 0 }) --> 1575158400
os.time({ year = 2020, month = 1, day = 0, hour = 0 }) --> 1577750400
os.time({ year = 2020, month = 1, day = 1, hour = -1 }) --> 1577833200
os.time({ year = 2020, month = 1, day = 1, hour = 0, sec = 3600 }) --> 1577840400
local t = { year = 2021, month = 14, day = -5, hour = 30 } os.time(t) return t.year, t.month, t.day, t.hour, t.yday, t.wday --> 2022, 1, 27, 6, 27, 5
os.time({ year = "2020", month = "1", day = "1", hour = "0" }) --> 1577836800
os.time({ year = 2020.0, month = 1, day = 1, hour = 0 }) --> 1577836800
os.time({ year = 2020 }) --! c:1: field 'month' missing in date table
os.time({ year = 2020, day = 1 }) --! c:1: field 'month' missing in date table
os.time({ month = 1, day = 1 }) --! c:1: field 'year' missing in date table
os.time({ year = "x", month = 1, day = 1 }) --! c:1: field 'year' is not an integer
os.time({ year = 2020, month = 1.5, day = 1 }) --! c:1: field 'month' is not an integer
os.time({ year = 1 << 40, month = 1, day = 1 }) --! c:1: field 'year' is out-of-bound
os.time({ year = 2020, month = 1, day = 1 << 40 }) --! c:1: field 'day' is out-of-bound
os.time(5) --! c:1: bad argument #1 to 'time' (table expected, got number)
os.date("!%Y-%m-%d %H:%M:%S", 0) --> "1970-01-01 00:00:00"
os.date("!%Y-%m-%d %H:%M:%S", 1577836800) --> "2020-01-01 00:00:00"
os.date("%Y-%m-%d", 1577836800) --> "2020-01-01"
os.date("!%c", 0) --> "Thu Jan  1 00:00:00 1970"
os.date("!%x %X %p", 45296) --> "01/01/70 12:34:56 PM"
os.date("!%a %A %b %B %d", 951827415) --> "Tue Tuesday Feb February 29"
os.date("!%j %U %W %w %u %V %G", 951827415) --> "060 09 09 2 2 09 2000"
os.date("!%I:%M %p", 46800) --> "01:00 PM"
os.date("!%y %C %e %h %D", 0) --> "70 19  1 Jan 01/01/70"
os.date("!%F %T %R %r", 3661) --> "1970-01-01 01:01:01 01:01 01:01:01 AM"
os.date("!%n%t%%", 0) --> "\n\t%"
os.date("!%s", 5) --! c:1: bad argument #1 to 'date' (invalid conversion specifier '%s')
os.date("!%z", 0) --> "+0000"
os.date("!%Z", 0) --> "GMT"
os.date("!%Ex %Oy", 0) --> "01/01/70 70"
os.date("!%E", 0) --! c:1: bad argument #1 to 'date' (invalid conversion specifier '%E')
os.date("!%Ez", 0) --! c:1: bad argument #1 to 'date' (invalid conversion specifier '%Ez')
os.date("%Q", 0) --! c:1: bad argument #1 to 'date' (invalid conversion specifier '%Q')
os.date("%", 0) --! c:1: bad argument #1 to 'date' (invalid conversion specifier '%')
os.date("", 0) --> ""
os.date("plain", 0) --> "plain"
os.date("!*t", 0) --> {day = 1, hour = 0, isdst = false, min = 0, month = 1, sec = 0, wday = 5, yday = 1, year = 1970}
os.date("*t", 86399) --> {day = 1, hour = 23, isdst = false, min = 59, month = 1, sec = 59, wday = 5, yday = 1, year = 1970}
os.time(os.date("*t", 1234567890)) --> 1234567890
os.date("!%Y", -1) --> "1969"
os.date("!%c", -86400) --> "Wed Dec 31 00:00:00 1969"
os.date("!%Y", 253402300800) --> "10000"
os.date("!%Y", 1 << 60) --! c:1: date result cannot be represented in this installation
os.date("!%H", 3600.0) --> "01"
os.date("!%H", 1.5) --! c:1: bad argument #2 to 'date' (number has no integer representation)
os.date("!%H", "3600") --> "01"
os.date({}) --! c:1: bad argument #1 to 'date' (string expected, got table)
type(os.date()) --> "string"
os.difftime(10, 4) --> 6.0
os.difftime(4, 10) --> -6.0
os.difftime(10) --! c:1: bad argument #2 to 'difftime' (number expected, got no value)
os.getenv("NO_SUCH_VARIABLE_HERE") --> nil
os.getenv() --! c:1: bad argument #1 to 'getenv' (string expected, got no value)
os.exit == nil, os.execute == nil --> false, false
--~ > true, true -- there are no processes
os.remove == nil, os.rename == nil, os.tmpname == nil --> false, false, false
--~ > true, true, true -- there are no files
os.setlocale == nil --> false
--~ > true -- there is one locale
