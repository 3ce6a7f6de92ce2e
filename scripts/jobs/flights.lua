-- Groups the flights of _io.input by the hour of departure and by distance. Prints a table of mean delays; returns, for each
-- group, the number of flights, the sum of the delays and the number of late ones, and the sum of all times of day.
local flights <const> = _io.input.flights
local LATE_MINUTES <const> = 15
local BANDS_MILES <const> = { 500, 1000, 2000, math.huge }

local groups = {}
for hour = 0, 23 do
  for band = 1, #BANDS_MILES do
    groups[hour * #BANDS_MILES + band] = { count = 0, delay = 0, late = 0 }
  end
end

local times = 0.0
for i = 1, #flights do
  local flight = flights[i]
  local time, distance, delay = flight.time, flight.distance, flight.delay
  local band = 1
  while distance >= BANDS_MILES[band] do
    band = band + 1
  end
  local group = groups[math.tointeger(time // 1) * #BANDS_MILES + band]
  group.count = group.count + 1
  group.delay = group.delay + delay
  if delay >= LATE_MINUTES then
    group.late = group.late + 1
  end
  times = times + time
end

print("mean delay in minutes (flights), by hour of departure and miles")
print(" hour       under 500       500 to 999     1000 to 1999    2000 and more")
for hour = 0, 23 do
  local row = { string.format("%5d", hour) }
  for band = 1, #BANDS_MILES do
    local group = groups[hour * #BANDS_MILES + band]
    local mean = group.count > 0 and string.format("%.1f", group.delay / group.count) or "-"
    row[#row + 1] = string.format("%8s (%5d)", mean, group.count)
  end
  print(table.concat(row, " "))
end

return groups, times
