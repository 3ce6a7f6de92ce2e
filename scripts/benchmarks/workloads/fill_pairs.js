// Arrays filled by appending, then traversed, 10,000 elements at a time.
(n) => {
  let sum = 0;
  for (let round = 0; round < n / 10000; round++) {
    const t = [];
    for (let i = 0; i < 10000; i++) t[i] = i + 1;
    for (const v of t) sum += v % 7;
  }
  return sum;
}
