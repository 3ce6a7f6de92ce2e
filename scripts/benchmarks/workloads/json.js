// An encoder and a decoder of JSON, written by hand: round after round over one document.
(n) => {
  const ESCAPES = { '"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t" };
  const UNESCAPES = { '"': '"', "\\": "\\", "/": "/", n: "\n", t: "\t" };
  const encodeString = (text) => '"' + text.replace(/["\\\n\t]/g, (c) => ESCAPES[c]) + '"';
  function encode(value) {
    if (typeof value === "string") return encodeString(value);
    if (typeof value !== "object") return String(value);
    if (Array.isArray(value)) return "[" + value.map(encode).join(",") + "]";
    return "{" + Object.keys(value).sort().map((k) => encodeString(k) + ":" + encode(value[k])).join(",") + "}";
  }
  let text, at;
  const space = /[^ \n\t]/g, special = /[\\"]/g, digits = /[-\d.eE+]+/y;
  function find(pattern) {
    pattern.lastIndex = at;
    return pattern.exec(text).index;
  }
  const skip = () => { at = find(space); };
  function decodeString() {
    let result = "";
    while (true) {
      const stop = find(special);
      result += text.slice(at, stop);
      at = stop + 1;
      if (text.charCodeAt(stop) === 34) return result;
      result += UNESCAPES[text[at++]];
    }
  }
  function decodeArray() {
    const list = [];
    skip();
    if (text.charCodeAt(at) === 93) { at++; return list; }
    while (true) {
      list.push(decode());
      skip();
      if (text.charCodeAt(at++) === 93) return list;
    }
  }
  function decodeObject() {
    const object = {};
    skip();
    if (text.charCodeAt(at) === 125) { at++; return object; }
    while (true) {
      skip();
      at++;
      const key = decodeString();
      skip();
      at++;
      object[key] = decode();
      skip();
      if (text.charCodeAt(at++) === 125) return object;
    }
  }
  function decode() {
    skip();
    const first = text.charCodeAt(at);
    if (first === 123) { at++; return decodeObject(); }
    if (first === 91) { at++; return decodeArray(); }
    if (first === 34) { at++; return decodeString(); }
    if (first === 116) { at += 4; return true; }
    if (first === 102) { at += 5; return false; }
    digits.lastIndex = at;
    const number = digits.exec(text)[0];
    at += number.length;
    return Number(number);
  }
  const people = [];
  for (let i = 1; i <= 40; i++) {
    const quote = 'said "no"\n\tand \\ left';
    people.push({ id: i, name: "Name " + i, quote, weight: i + 0.5, alive: i % 3 === 0, tags: ["a", "b", "tag" + i] });
  }
  text = encode({ people });
  let bytes = 0;
  for (let i = 0; i < n; i++) {
    at = 0;
    text = encode(decode());
    bytes += text.length;
  }
  return bytes + text;
}
