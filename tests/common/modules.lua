-- Modules that the host supplies.
local tools = require("tools")
local say, try = tools.say, tools.try

say("the same each time", require("tools") == tools, require("host") == require("host"), package.loaded.tools == tools)
say("unknown", (pcall(require, "unknown module")))
say("types", type(require("tools")), type(require("host")), ext.is(require("tools")), ext.is(require("host")))
local names = {}
for name, value in pairs(require("host")) do
  assert(type(value) == "function")
  names[#names + 1] = name
end
table.sort(names)
say("functions of the host", table.concat(names, " "))
package.preload.mine = function(name) return { name = name } end
say("preload", require("mine").name)
say("no bytecode", (pcall(load, string.dump(function() end), "x", "b")) and (load(string.dump(function() end))))
