// Trees made, counted and dropped while one long-lived tree stays: allocation and collection.
(n) => {
  function grow(depth) {
    if (depth === 0) return [];
    return [grow(depth - 1), grow(depth - 1)];
  }
  function size(tree) {
    if (tree[0] === undefined) return 1;
    return 1 + size(tree[0]) + size(tree[1]);
  }
  const kept = grow(n);
  let sum = 0;
  for (let depth = 2; depth <= n; depth += 2) {
    for (let i = 0; i < 2 ** (n - depth + 2); i++) sum += size(grow(depth));
  }
  return sum + size(kept);
}
