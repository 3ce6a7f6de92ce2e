// Switches between a generator and its caller.
(n) => {
  function* count() {
    let i = 0;
    while (true) yield ++i;
  }
  const generator = count();
  let sum = 0;
  for (let i = 0; i < n; i++) sum += generator.next().value % 5;
  return sum;
}
