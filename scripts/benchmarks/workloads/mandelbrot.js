// Floats in an inner loop: how many points of a square grid stay bounded.
(n) => {
  let inside = 0;
  for (let y = 0; y < n; y++) {
    const ci = 2.0 * y / n - 1.0;
    for (let x = 0; x < n; x++) {
      const cr = 2.0 * x / n - 1.5;
      let zr = 0, zi = 0, bounded = true;
      for (let i = 0; i < 50; i++) {
        const next = zr * zr - zi * zi + cr;
        zi = 2.0 * zr * zi + ci;
        zr = next;
        if (zr * zr + zi * zi > 4.0) {
          bounded = false;
          break;
        }
      }
      if (bounded) inside++;
    }
  }
  return inside;
}
