// The largest singular value of an infinite matrix, cut off at n: floats in arrays, small functions.
(n) => {
  const a = (i, j) => 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1);
  function times(x, y) {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += x[j] * a(i, j);
      y[i] = sum;
    }
  }
  function timesTransposed(x, y) {
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += x[j] * a(j, i);
      y[i] = sum;
    }
  }
  const u = [], v = [], t = [];
  for (let i = 0; i < n; i++) u[i] = 1.0;
  for (let k = 0; k < 5; k++) {
    times(u, t);
    timesTransposed(t, v);
    times(v, t);
    timesTransposed(t, u);
  }
  let uv = 0, vv = 0;
  for (let i = 0; i < n; i++) {
    uv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  return Math.sqrt(uv / vv);
}
