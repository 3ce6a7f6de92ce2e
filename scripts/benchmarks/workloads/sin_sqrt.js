// Functions of Math.
(n) => {
  const { sin, sqrt } = Math;
  let sum = 0;
  for (let i = 1; i <= n; i++) sum = sum + sin(i) * sqrt(i);
  return sum;
}
