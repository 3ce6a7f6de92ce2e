// The same check with an external table in place of a native one: the first constructor after `local t =` or at the start of a call
// of the functions on tables becomes the contents of `ext.table()`.

const PLACE = /(?:^local t = |^(?:table\.\w+|next|pairs|ipairs|rawget|rawset|rawlen|select\("#", table\.unpack)\(|^\(?#)(?=\{ |\{\})/m;

/** What the changed sources need, in the module. */
export const PRELUDE = "function E(t) local x = ext.table() for k, v in next, t do x[k] = v end return x end ";

/** The changed source, or undefined if there is no such place. */
export function withExternalTable(source) {
  const place = PLACE.exec(source);
  if (!place) return undefined;
  const start = place.index + place[0].length;
  let depth = 0;
  for (let end = start; end < source.length; end++) {
    if (source[end] === "{") depth++;
    if (source[end] === "}" && --depth === 0) return `${source.slice(0, start)}E(${source.slice(start, end + 1)})${source.slice(end + 1)}`;
  }
  return undefined;
}
