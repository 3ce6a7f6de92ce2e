// Closures made and called once.
(n) => {
  function counter(i) {
    return () => i % 3;
  }
  let sum = 0;
  for (let i = 1; i <= n; i++) sum += counter(i)();
  return sum;
}
