// A text grown piece by piece, then cut and turned.
(n) => {
  let text = "", sum = 0;
  for (let i = 1; i <= n; i++) {
    text = text + i % 10 + "-";
    if (text.length >= 400) {
      for (let k = 0; k < text.length; k += 20) sum += text.slice(k, k + 10).length + text.charCodeAt(k);
      const double = text.repeat(2).split("").reverse().join("").toLowerCase();
      sum += double.charCodeAt(4);
      text = double.slice(0, 10);
    }
  }
  return sum;
}
