// Source text cut into tokens by their first byte.
(n) => {
  const SOURCE = `function area(width, height) -- of a rectangle
  local result = width * height + 0.5
  if result >= 1000 then return "large", result end
  while result < 10 do result = result + 1 end
  return 'small', result
end
`;
  const WORDS = new Set("and do else end for function if in local nil not or return then while".split(" "));
  const isDigit = (b) => b >= 48 && b <= 57;
  const isLetter = (b) => b >= 97 && b <= 122 || b >= 65 && b <= 90 || b === 95;
  function token(text, at, kinds) {
    const byte = text.charCodeAt(at), first = at;
    let kind = "symbol";
    if (isLetter(byte)) {
      do at++; while (isLetter(text.charCodeAt(at)) || isDigit(text.charCodeAt(at)));
      kind = WORDS.has(text.slice(first, at)) ? "word" : "name";
    } else if (isDigit(byte)) {
      do at++; while (isDigit(text.charCodeAt(at)) || text.charCodeAt(at) === 46);
      kind = "number";
    } else if (byte === 34 || byte === 39) {
      do at++; while (text.charCodeAt(at) !== byte);
      at++;
      kind = "string";
    } else if (byte === 45 && text.charCodeAt(at + 1) === 45) {
      do at++; while (text.charCodeAt(at) !== 10);
      kind = "comment";
    } else if (byte <= 32) {
      at++;
      kind = "space";
    } else if ((byte === 60 || byte === 62) && text.charCodeAt(at + 1) === 61) {
      at += 2;
    } else {
      at++;
    }
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    return at;
  }
  const kinds = new Map();
  for (let i = 0; i < n; i++) {
    for (let at = 0; at < SOURCE.length;) at = token(SOURCE, at, kinds);
  }
  return [...kinds].map(([kind, count]) => kind + count).sort().join(" ");
}
