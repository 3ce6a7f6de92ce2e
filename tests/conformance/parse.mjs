// Reads a file of checks: README.md describes the form. A file that does not have it is refused, with the line.

const SECTION = /^-- §(\d+(?:\.\d+)*) \S/;
const END = /^(.*?) *(-->|--!) ?(.*)$/;
const NATIVE_ONLY = /^--= \S/;
const MODULE = /^--~ ([>!]) (.*) -- \S/;

/** The checks of a text: section, line, source, the outcome expected of native Lua and of the module, and whether only native tables give it. */
export function parseChecks(text, file) {
  const checks = [];
  let section;
  let lines = [];
  for (const [index, line] of text.split("\n").entries()) {
    const refuse = (why) => {
      throw new Error(`${file}:${index + 1}: ${why}`);
    };
    const end = END.exec(line);
    const own = MODULE.exec(line);
    if (SECTION.test(line)) {
      section = SECTION.exec(line)[1];
    } else if (own) {
      (checks.at(-1) ?? refuse("no check stands before")).expectedOfModule = `${own[1]} ${own[2]}`;
    } else if (NATIVE_ONLY.test(line)) {
      (checks.at(-1) ?? refuse("no check stands before")).isNativeOnly = true;
    } else if (/^--[~=]/.test(line)) {
      refuse("what differs needs a reason");
    } else if (end) {
      lines.push(end[1]);
      const expected = `${end[2].slice(2)} ${end[3]}`;
      const source = lines.join("\n");
      checks.push({ section: section ?? refuse("no section"), line: index + 2 - lines.length, source, expected, expectedOfModule: expected });
      lines = [];
    } else if (lines.length > 0 || !/^(--|$)/.test(line)) {
      lines.push(line);
    }
  }
  if (lines.length > 0) throw new Error(`${file}: the last check has no outcome`);
  return checks;
}
