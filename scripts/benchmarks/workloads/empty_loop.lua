-- A numeric loop that does nothing.
for _ = 1, ... do end
return 0
