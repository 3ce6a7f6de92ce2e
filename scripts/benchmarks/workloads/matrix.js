// Products of square matrices: floats in arrays of arrays.
(n) => {
  function matrix(f) {
    const rows = [];
    for (let i = 1; i <= n; i++) {
      const row = [];
      for (let j = 1; j <= n; j++) row.push(f(i, j));
      rows.push(row);
    }
    return rows;
  }
  function multiply(a, b) {
    return matrix((i, j) => {
      const row = a[i - 1];
      let sum = 0;
      for (let k = 0; k < n; k++) sum += row[k] * b[k][j - 1];
      return sum;
    });
  }
  const a = matrix((i, j) => (i - j) / n);
  const b = matrix((i, j) => (i + j) / n);
  const c = multiply(multiply(a, b), a);
  let trace = 0;
  for (let i = 1; i <= n; i++) trace += c[i - 1][n - i];
  return trace;
}
