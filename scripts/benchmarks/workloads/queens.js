// All ways to put n queens on a board: recursion and booleans in arrays.
(n) => {
  const columns = [], up = [], down = [];
  function place(row) {
    if (row > n) return 1;
    let found = 0;
    for (let column = 1; column <= n; column++) {
      const u = row + column, d = row - column + n;
      if (!(columns[column] || up[u] || down[d])) {
        columns[column] = up[u] = down[d] = true;
        found += place(row + 1);
        columns[column] = up[u] = down[d] = false;
      }
    }
    return found;
  }
  return place(1);
}
