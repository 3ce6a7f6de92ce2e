// Numbers to strings, joined by `+` and by Array.prototype.join.
(n) => {
  const parts = [];
  let sum = 0;
  for (let i = 1; i <= n; i++) {
    parts[i % 1000] = String(i) + ",";
    if (i % 1000 === 0) sum += parts.join("").length;
  }
  return sum;
}
