// Style as a test: what each file must and must not have, links that lead somewhere, and facts that stand in several places and must
// be the same there. The files are those that git knows or would add.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname ?? dirname(new URL(import.meta.url).pathname), "..");
const LINE_CHARS_MAX = 140;
/** A row of a test's table reads best as one line. */
const TEST_LINE_CHARS_MAX = 220;

/** By extension: what the first line must look like, for a reader who opens the file. A script's is the line after `#!`. */
const OPENINGS = {
  rs: /^\/\/! \S/,
  ts: /^\/(\/|\*\*?)/,
  js: /^\/(\/|\*\*?)/,
  mjs: /^\/(\/|\*\*?)/,
  c: /^\/(\/|\*)/,
  h: /^\/(\/|\*)/,
  lua: /^--/,
  sh: /^# \S/,
  "": /^# \S/,
};

/** Prose and tables may have long lines; code may not. */
const CODE = new Set(Object.keys(OPENINGS).concat("wat", "toml"));

/** Written in pieces, so that this file does not break its own rules. */
const FORBIDDEN = [
  [/\t/, "a tab"],
  [/[ \t]$/, "a space at the end"],
  [/\r/, "a carriage return"],
  [new RegExp(`\\b(${["TO", "FIX"].join("DO|")}${"ME"}|X{3})\\b`), "a note to do something later"],
  [new RegExp(`/(${["work", "root"].join("|")})/`), "a path of one machine"],
];

/** Not written by hand, or in a form that others prescribe. */
const FOREIGN = [/(^|\/)(Cargo\.lock|package-lock\.json|LICENSE|SHA256SUMS)$/, /^tests\/(.*\/)?data\//, /\.(wasm|bin|out)$/];

/** Facts that stand in several places: a name, then file and pattern of each place; what the patterns capture must be equal. */
const FACTS = [
  [
    "version of the ABI",
    ["docs/ABI.md", /version described here is \*\*(\d+)\*\*/],
    ["src/host/mod.rs", /ABI_VERSION: i32 = (\d+)/],
    ["js/src/loader.ts", /ABI_VERSION = (\d+)/],
  ],
  [
    "bytes of memory",
    ["docs/ABI.md", /32 pages \(([\d,]+) bytes\)/],
    ["build/memory.rs", /MEMORY_BYTES: usize = ([\d_]+)/],
    ["js/src/memory.ts", /MEMORY_BYTES = ([\d_]+)/],
    ["scripts/jobs/run.mjs", /MEMORY_BYTES = ([\d_]+)/],
  ],
  ["bytes of the heap", ["docs/ABI.md", /heap region: ([\d,]+)/], ["build/env.rs", /DEFAULT_HEAP_BYTES: usize = ([\d_]+)/]],
  ["bytes of the I/O buffer", ["docs/ABI.md", /I\/O buffer: ([\d,]+)/], ["src/host/mod.rs", /BUFFER_BYTES: usize = ([\d_]+)/]],
  ["interned keys", ["docs/ABI.md", /interned keys at most: ([\d,]+)/], ["src/ext/keys.rs", /KEYS_MAX: usize = ([\d_]+)/]],
  ["bytes of a record", ["docs/ABI.md", /\*\*record\*\* is (\d+) bytes/], ["src/codec/mod.rs", /RECORD_BYTES: usize = (\d+)/]],
  [
    "version of the package",
    ["Cargo.toml", /^version = "(.*)"/m],
    ["js/package.json", /"version": "(.*)"/],
    ["CHANGELOG.md", /^## (\d\S*)/m],
    ["docs/HOSTS.md", /cu-wasm-(\d[\d.]*\d)\.tgz/],
  ],
];

const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" })
  .split("\0")
  .filter((file) => file !== "" && existsSync(join(ROOT, file)) && statSync(join(ROOT, file)).isFile());
const own = files.filter((file) => !FOREIGN.some((pattern) => pattern.test(file)));

const read = (file) => readFileSync(join(ROOT, file), "utf8");
const extension = (file) => /(?:^|\/)[^/.][^/]*\.([^./]+)$/.exec(file)?.[1] ?? "";

/** Runs a check over files; it answers with what is wrong with one, a list. All that is wrong is told at once. */
function checkFiles(name, chosen, check) {
  test(name, () => {
    assert.ok(chosen.length > 0, "no file to check");
    const problems = chosen.flatMap((file) => check(file, read(file)).map((problem) => `${file}${problem}`));
    assert.ok(problems.length === 0, `\n${problems.join("\n")}`);
  });
}

checkFiles(
  "every file opens with what it is",
  own.filter((file) => extension(file) in OPENINGS && !file.startsWith(".git")),
  (file, text) => {
    const [first, second] = text.split("\n");
    const opening = first.startsWith("#!") ? second : first;
    return OPENINGS[extension(file)].test(opening) ? [] : [`:1: opens with "${opening}"`];
  },
);

checkFiles(
  "in the module nothing has a destructor: an error passes over frames without running any",
  own.filter((file) => /^src\/(?!native\/).*\.rs$/.test(file)),
  (_, text) => (/^\s*impl\b.*\bDrop for\b/m.test(text) ? [": implements Drop"] : []),
);

checkFiles("no file has what none should have", own, (_, text) =>
  text.split("\n").flatMap((line, index) =>
    FORBIDDEN.filter(([pattern]) => pattern.test(line)).map(([, what]) => `:${index + 1}: ${what}`),
  ),
);

checkFiles(
  `lines of code have at most ${LINE_CHARS_MAX} characters, ${TEST_LINE_CHARS_MAX} in tests`,
  own.filter((file) => CODE.has(extension(file))),
  (file, text) => {
    const max = /(^|\/)tests\//.test(file) ? TEST_LINE_CHARS_MAX : LINE_CHARS_MAX;
    return text.split("\n").flatMap((line, index) => (line.length > max ? [`:${index + 1}: ${line.length} characters`] : []));
  },
);

checkFiles("every file ends with one newline", own, (_, text) => (/[^\n]\n$/.test(text) ? [] : [": ends otherwise"]));

checkFiles(
  "links in Markdown lead somewhere",
  own.filter((file) => extension(file) === "md"),
  (file, text) =>
    [...text.replace(/```[\s\S]*?```/g, "").matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link)
      .filter((link) => !/^https?:/.test(link) && !leadsSomewhere(file, link))
      .map((link) => `: ${link}`),
);

function leadsSomewhere(file, link) {
  const [path, heading] = link.split("#");
  const target = path === "" ? file : normalize(join(dirname(file), path));
  if (!existsSync(join(ROOT, target))) return false;
  if (heading === undefined) return true;
  const seen = new Map();
  const text = read(target).replace(/```[\s\S]*?```/g, "");
  // The second heading of a name is NAME-1.
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) => {
    const name = title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
    const count = seen.get(name) ?? 0;
    seen.set(name, count + 1);
    return count === 0 ? name : `${name}-${count}`;
  });
  headings.push(...[...text.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id));
  return headings.includes(heading);
}

test("the root has no Markdown but README and CHANGELOG", () => {
  assert.deepEqual(files.filter((file) => /^[^/]+\.md$/.test(file)).sort(), ["CHANGELOG.md", "README.md"]);
});

for (const [name, ...places] of FACTS) {
  test(`the same everywhere: ${name}`, () => {
    const values = places.map(([file, pattern]) => capture(file, pattern).replace(/[,_]/g, ""));
    const told = places.map(([file], index) => `${file}: ${values[index]}`).join(", ");
    assert.equal(new Set(values).size, 1, told);
  });
}

function capture(file, pattern) {
  const match = pattern.exec(read(file));
  assert.ok(match, `${file} has nothing like ${pattern}`);
  return match[1];
}

/** The rows `| 3 | NAME |` of one section of docs/ABI.md. */
function numbered(section) {
  const rows = [...section.matchAll(/^\| (\d+) \| ([A-Z][A-Z0-9_]+) \|/gm)].map(([, number, name]) => [name, Number(number)]);
  assert.ok(rows.length > 0, "docs/ABI.md has no such table");
  return new Map(rows);
}

function section(number) {
  return capture("docs/ABI.md", new RegExp(`^(## ${number}\\. [\\s\\S]*?)(?=^## |(?![\\s\\S]))`, "m"));
}

/** Constants that a Rust module `mod NAME { … }` of a file declares. */
function constants(file, module) {
  const body = capture(file, new RegExp(`pub mod ${module} \\{([\\s\\S]*?)\\n\\}`));
  return [...body.matchAll(/pub const (\w+): i32 = (\d+);/g)].map(([, name, value]) => [name, Number(value)]);
}

for (const [name, documented, [file, module]] of [
  ["tags", () => numbered(section(2)), ["src/codec/mod.rs", "tag"]],
  ["operations", () => numbered(section(4)), ["src/host/mod.rs", "op"]],
]) {
  test(`docs/ABI.md and ${file} number the ${name} alike`, () => {
    const rows = constants(file, module);
    assert.ok(rows.length > 0);
    assert.deepEqual(rows, rows.map(([constant]) => [constant, documented().get(constant)]));
  });
}

test("docs/ABI.md and shims/include/cu_ext.h number the tags and kinds alike", () => {
  const header = read("shims/include/cu_ext.h");
  const tags = [...header.matchAll(/^#define CU_TAG_(\w+) +(\d+)$/gm)].map(([, tag, value]) => [tag, Number(value)]);
  assert.ok(tags.length > 0);
  assert.deepEqual(tags, tags.map(([tag]) => [tag, numbered(section(2)).get(tag)]));
  const kinds = ["TABLE", "ARRAY"].map((kind) => capture("shims/include/cu_ext.h", new RegExp(`#define CU_EXT_${kind} +(\\d+)`)));
  assert.deepEqual(kinds, ["TYPED", "ARRAY"].map((kind) => capture("src/ext/library.rs", new RegExp(`KIND_${kind}: i32 = (\\d+)`))));
});

test("shims/include/cu_ext.h declares what src/ext/api.rs defines, and the imports as they are", () => {
  const header = read("shims/include/cu_ext.h");
  const labels = [...header.matchAll(/__asm__\("(\w+)"\)/g)].map(([, label]) => label);
  const defined = [...read("src/ext/api.rs").matchAll(/^(?:unsafe )?extern "C-unwind" fn (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(labels.sort(), defined.sort());
  for (const [, name, parameters] of header.matchAll(/^int (js_\w+) \((.*)\);$/gm)) {
    const types = parameters.split(",").map(() => "i32").join(", ");
    assert.match(read("tests/artifact/imports.txt"), new RegExp(`^${name} \\(${types}\\) -> \\(i32\\)$`, "m"));
  }
});

for (const [name, number, pattern, list] of [
  ["imports", 4, /^\| `(js_\w+)\(/gm, "tests/artifact/imports.txt"],
  ["exports", 5, /^\| `(memory|cu_\w+)/gm, "tests/artifact/exports.txt"],
]) {
  test(`docs/ABI.md has the ${name} of ${list}`, () => {
    const documented = [...section(number).matchAll(pattern)].map(([, found]) => found);
    const listed = [...read(list).matchAll(/\b(js_\w+|cu_\w+|memory)\b(?=.*$)/gm)].map(([, found]) => found);
    assert.deepEqual(documented.sort(), [...new Set(listed)].sort());
  });
}

test("docs/RUST.md has the example that is tested", () => {
  const [, example] = read("docs/RUST.md").match(/^```rs\n([\s\S]*?)^```$/m);
  const tested = read("examples/wasm-bindgen/tests/app/page.rs").replace(/^\/\/!.*\n/gm, "").trimStart();
  assert.equal(tested.slice(0, example.length), example);
});
