// Array.prototype.sort of integers in no order, 10,000 at a time.
(n) => {
  let seed = 42, sum = 0;
  for (let round = 0; round < n / 10000; round++) {
    const t = [];
    for (let i = 0; i < 10000; i++) {
      seed = (seed * 3877 + 29573) % 139968;
      t[i] = seed;
    }
    t.sort((a, b) => a - b);
    sum += t[0] + t[4999] + t[9999];
  }
  return sum;
}
