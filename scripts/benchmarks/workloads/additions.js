// A loop that adds integers. The low bits alone are compared: not every system has 64.
(n) => {
  let x = 0;
  for (let i = 1; i <= n; i++) x = x + i;
  return x % 2147483648;
}
