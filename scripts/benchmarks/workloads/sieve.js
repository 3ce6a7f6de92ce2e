// The primes up to 20,000, again and again: booleans in an array, steps of any width.
(n) => {
  const LIMIT = 20000, composite = [];
  let count = 0;
  for (let round = 0; round < n; round++) {
    for (let i = 0; i <= LIMIT; i++) composite[i] = false;
    for (let i = 2; i <= LIMIT; i++) {
      if (!composite[i]) {
        count++;
        for (let k = i * i; k <= LIMIT; k += i) composite[k] = true;
      }
    }
  }
  return count;
}
