// Array.prototype.sort by a function.
(n) => {
  let seed = 42, sum = 0;
  for (let round = 0; round < n / 5000; round++) {
    const t = [];
    for (let i = 0; i < 5000; i++) {
      seed = (seed * 3877 + 29573) % 139968;
      t[i] = { key: seed };
    }
    t.sort((a, b) => b.key - a.key);
    sum += t[0].key + t[2499].key + t[4999].key;
  }
  return sum;
}
