// Pancake flips over all permutations of n numbers: integers in small arrays.
(n) => {
  const perm = [0], work = [0], count = [0];
  for (let i = 1; i <= n; i++) perm[i] = count[i] = i;
  const swap = (list, a, b) => {
    const held = list[a];
    list[a] = list[b];
    list[b] = held;
  };
  let most = 0, sum = 0, sign = 1;
  while (true) {
    let first = perm[1];
    if (first !== 1) {
      for (let i = 1; i <= n; i++) work[i] = perm[i];
      let flips = 0;
      while (first !== 1) {
        for (let low = 1, high = first; low < high; low++, high--) swap(work, low, high);
        flips++;
        first = work[1];
      }
      if (flips > most) most = flips;
      sum += sign * flips;
    }
    if (sign === 1) {
      swap(perm, 1, 2);
      sign = -1;
      continue;
    }
    swap(perm, 2, 3);
    sign = 1;
    let i = 3;
    while (count[i] === 1) {
      if (i === n) return sum * 1000 + most;
      count[i] = i;
      i++;
      const moved = perm[1];
      for (let k = 1; k < i; k++) perm[k] = perm[k + 1];
      perm[i] = moved;
    }
    count[i]--;
  }
}
