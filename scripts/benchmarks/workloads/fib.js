// Calls of a function: Fibonacci numbers by recursion.
(n) => {
  function fib(i) {
    if (i < 2) return i;
    return fib(i - 1) + fib(i - 2);
  }
  return fib(n);
}
