// Makes a program that shows a difference smaller, by leaving lines out for as long as the difference stays.

const ATTEMPTS_MAX = 4000;
/** So many candidates are tried at once. */
const GROUP = 16;

/** `firstDiffering` gives the first of a list of sources that shows the difference, or undefined. The result is such a source. */
export async function reduce(source, firstDiffering) {
  let lines = source.split("\n");
  let attempts = 0;
  let before;
  do {
    before = lines.length;
    for (let size = lines.length >> 1; size >= 1; size >>= 1) {
      await pass((at) => (at < lines.length ? [...lines.slice(0, at), ...lines.slice(at + size)] : undefined), size);
    }
    await pass(unwrapped, 1);
  } while (lines.length < before && attempts < ATTEMPTS_MAX);
  return lines.join("\n");

  /** Tries the candidates of places that are `step` lines apart, and stays at a place for as long as that helps. */
  async function pass(candidateAt, step) {
    for (let at = 0; at < lines.length && attempts < ATTEMPTS_MAX; ) {
      const places = Array.from({ length: GROUP }, (_, i) => at + i * step).filter((place) => candidateAt(place) !== undefined);
      const candidates = places.map((place) => candidateAt(place).join("\n"));
      attempts += GROUP;
      const found = candidates.indexOf(await firstDiffering(candidates));
      if (found >= 0) lines = candidates[found].split("\n");
      at = found >= 0 ? places[found] : at + GROUP * step;
    }
  }

  /** Without the first and the last line of the block that begins at a line. */
  function unwrapped(first) {
    if (first >= lines.length) return undefined;
    const indent = (line) => line.search(/\S|$/);
    const last = lines.findIndex((line, i) => i > first && indent(line) <= indent(lines[first]));
    return lines.filter((_, i) => i !== first && i !== last);
  }
}
