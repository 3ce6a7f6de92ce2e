// A value as text: the same text for the same value, types, -0, cycles and identity within it included.
(value) => {
  const seen = new Map();
  const show = (value) => {
    if (typeof value === "bigint") return value + "n";
    if (typeof value === "string") return JSON.stringify(value);
    if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
    if (typeof value !== "object" || value === null) return typeof value === "function" ? "function" : String(value);
    if (seen.has(value)) return "#" + seen.get(value);
    seen.set(value, seen.size);
    if (Array.isArray(value)) return "[" + Array.from(value, show) + "]";
    if (value instanceof Map) return "Map{" + Array.from(value, ([key, item]) => show(key) + ":" + show(item)) + "}";
    if (value instanceof Set) return "Set{" + Array.from(value, show) + "}";
    if (value instanceof ArrayBuffer) return "ArrayBuffer[" + new Uint8Array(value) + "]";
    if (ArrayBuffer.isView(value)) return value.constructor.name + "[" + Array.from(value, show) + "]";
    if (value instanceof Error) return value.name + ": " + value.message;
    return "{" + Object.keys(value).map((key) => key + ":" + show(value[key])) + "}";
  };
  return show(value);
}
