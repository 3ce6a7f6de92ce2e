-- What the standard libraries of a sandbox have, and what is absent, not stubbed.

local absent = {
  _G = { "dofile", "loadfile" },
  io = { "open", "read", "lines", "popen", "tmpfile", "input", "output", "close", "stdin" },
  os = { "exit", "execute", "remove", "rename", "tmpname", "setlocale" },
  package = { "path", "cpath", "loadlib", "searchpath" },
  debug = { "debug" },
}
for _, library in ipairs { "_G", "io", "os", "package", "debug" } do
  for _, name in ipairs(absent[library]) do print(library, name, rawget(_G[library], name)) end
end
for _, name in ipairs { "read", "lines", "seek" } do print("file", name, io.stdout[name]) end
print(getmetatable(io.stdout).__gc, getmetatable(io.stdout).__close)

for _, library in ipairs { "coroutine", "debug", "io", "math", "os", "package", "string", "table", "utf8" } do
  local names = {}
  for name in pairs(_G[library]) do names[#names + 1] = name end
  table.sort(names)
  print(library, package.loaded[library] == _G[library], table.concat(names, " "))
end
for _, name in ipairs {
  "_G", "_VERSION", "assert", "collectgarbage", "error", "getmetatable", "ipairs", "load", "next", "pairs", "pcall", "print", "rawequal",
  "rawget", "rawlen", "rawset",
  "require", "select", "setmetatable", "tonumber", "tostring", "type", "warn", "xpcall",
} do
  print(name, type(_G[name]))
end
print(pcall(function() os.exit() end))
print(pcall(function() io.open("file") end))
print(pcall(function() dofile("file") end))
print(pcall(function() return io.stdout:read() end))
