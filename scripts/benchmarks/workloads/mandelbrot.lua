-- Floats in an inner loop: how many points of a square grid stay bounded.
local n = ...
local inside = 0
for y = 0, n - 1 do
  local ci = 2.0 * y / n - 1.0
  for x = 0, n - 1 do
    local cr, zr, zi, bounded = 2.0 * x / n - 1.5, 0.0, 0.0, true
    for _ = 1, 50 do
      zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
      if zr * zr + zi * zi > 4.0 then
        bounded = false
        break
      end
    end
    if bounded then inside = inside + 1 end
  end
end
return inside
