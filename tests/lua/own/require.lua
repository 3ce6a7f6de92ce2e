-- `require` with modules from Lua and from the host. The runner supplies the host's.

-- from the host: a source
local greeting, data = require "greeting"
print(greeting.name, greeting.data, data, greeting.hello("there"))
print(require "greeting" == greeting, select("#", require "greeting"), package.loaded.greeting == greeting)
print(require "dotted.name")
print(require "nothing", package.loaded.nothing)
print(require "no", package.loaded.no)
print(pcall(require, "failing"))
print(package.loaded.failing, select(2, pcall(require, "failing")))
print(pcall(require, "broken"))
print(pcall(require, "bytecode"))
print(debug.getinfo(greeting.hello, "S").source, debug.getinfo(greeting.hello, "S").short_src)

-- from the host: a function
print(require "from-host")
print(select(2, pcall(require, "throwing-host")))

-- from Lua
package.preload.lua = function(...) print("loader", ...) return { "module" } end
print(require "lua" == package.loaded.lua, select(2, require "lua"))
package.preload.sets = function(name) package.loaded[name] = "set by the loader" end
print(require "sets")
package.preload.both = function(name) package.loaded[name] = "set" return "returned" end
print(require "both")
package.preload.greeting = function() return "preloaded" end
print(require "greeting" == greeting)
package.loaded.greeting = nil
print(require "greeting")
package.loaded.injected = "injected"
print(require "injected")
package.loaded["false"] = false
package.preload["false"] = function() return "loaded again" end
print(require "false")

-- not found
print(pcall(require, "missing"))
print(pcall(require, ""))
print(pcall(require, "__proto__"))
print(pcall(require, "constructor"))
print(pcall(require))
print(pcall(require, {}))
print(pcall(require, 12))
package.preload.notfunction = 5
print(pcall(require, "notfunction"))

-- searchers
print(#package.searchers, type(package.searchers[1]), type(package.searchers[2]))
print(package.searchers[1]("missing"))
print(package.searchers[2]("missing"))
print(type(package.searchers[2]("nothing")), select(2, package.searchers[2]("nothing")))
print(pcall(package.searchers[2]))
table.insert(package.searchers, function(name) return name == "found" and function(...) return table.concat({ ... },
  "+") end or "nothing in the third", "extra" end)
print(require "found")
print(pcall(require, "missing"))
package.searchers[3] = function() return nil end
print(pcall(require, "missing"))
package.searchers[3] = function() error("in searcher", 0) end
print(pcall(require, "missing"))
package.searchers = nil
print(pcall(require, "missing"))
package.searchers = {}
print(pcall(require, "missing"))
print((package.config:gsub("\n", " ")))

-- The host's modules are reached by `require` alone.
print(debug.getupvalue(require, 1), debug.getupvalue(require, 2))
