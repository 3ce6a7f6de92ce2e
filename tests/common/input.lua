-- `_io.input`: the host's data, read and written in place.
local say = require("tools").say

local input = _io.input
say("types", type(input), type(input.name), math.type(input.number), math.type(input.mass), type(input.metal), type(input.isotopes))
say("values", input.name, input.number, input.mass, input.metal, input.gas, input.empty, input.greek, input.nothing)
say("identity", input == _io.input, input.places == input.places, input.places ~= input.isotopes, ext.is(input))
say("arrays", input.isotopes[1], input.isotopes[2], input.isotopes[3], input.isotopes[0], input.isotopes[-1], input.isotopes["x"])
say("matrix", input.matrix[2][3], input.matrix[3][1], input.matrix[4])
say("large", input.records[4].value, math.type(input.records[4].value))

local sum = 0
for _, record in ipairs(input.records) do
  if record.id ~= "d" then sum = sum + record.value end
end
say("sum", sum)
for i = 1, 3 do
  for j = 1, 3 do input.matrix[i][j] = input.matrix[i][j] * 10 end
end
say("written", input.matrix)
input.isotopes[#input.isotopes + 1] = 64
table.sort(input.isotopes)
say("sorted", input.isotopes)
input.name = nil
input.symbol = "Cu"
say("changed", input.name, input.symbol)
input.records[1].tags = { "new", "tags" }
say("nested", input.records[1].tags, input.records[1].tags == input.records[1].tags)
table.remove(input.records, 2)
say("removed", #input.records, input.records[2].id)
say("long integer", input.number // 2, input.number / 2, input.mass // 1)
