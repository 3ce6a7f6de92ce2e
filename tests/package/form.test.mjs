/** What the package is made of: its files, its exports and declarations, and what bundlers may leave out of it. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { createProject, installed, pack, PACKAGE, requireOfPackage, writeFiles } from "./project.mjs";

const LIST = new URL("tarball.txt", import.meta.url);
const { exports } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));
const CODE = Object.entries(exports).filter(([, { types }]) => types?.endsWith(".d.ts") && !types.endsWith(".wasm.d.ts"));
/** By name, without those of Node alone. */
const BROWSER_ENTRIES = [".", "./inline", "./stores/indexeddb", "./stores/memory", "./worker"];
const STARTED_MS = 60_000;

let packed;
before(() => (packed = pack("form")));

test("the tarball has the files of tarball.txt", () => {
  const list = `${packed.files.join("\n")}\n`;
  if (process.env.CU_BLESS === "1") writeFileSync(LIST, list);
  assert.equal(list, readFileSync(LIST, "utf8"), "CU_BLESS=1 writes the list");
});

describe("exports", () => {
  for (const [name, targets] of Object.entries(exports).filter(([, targets]) => typeof targets !== "string")) {
    test(`${name}: types first, default last, and every file is there`, () => {
      const conditions = Object.keys(targets);
      assert.deepEqual([conditions[0], conditions.at(-1)], ["types", "default"]);
      for (const target of Object.values(targets)) assert.ok(packed.files.includes(target.slice(2)), target);
    });
  }

  test("the main entry serves workerd, browsers, Node and all others", () => {
    assert.deepEqual(Object.keys(exports["."]), ["types", "workerd", "browser", "node", "default"]);
  });
});

test("publint has nothing to say", async () => {
  const { messages } = await publint({ strict: true, pack: { tarball: Uint8Array.from(readFileSync(packed.tarball)).buffer } });
  assert.deepEqual(messages, []);
});

test("attw has nothing to say", { timeout: STARTED_MS }, () => {
  execFileSync(installed(".bin/attw"), ["--profile", "esm-only", "--no-emoji", packed.tarball], { encoding: "utf8" });
});

describe("nothing of Node is reachable from an entry for browsers", () => {
  for (const name of BROWSER_ENTRIES) test(name, async () => assert.deepEqual(await foreignImports(name, "browser"), []));

  test("the walk sees what there is", async () => {
    const found = await foreignImports("./stores/directory", "node");
    assert.ok(found.includes("node:fs/promises") && found.includes("classic-level"), `${found}`);
  });
});

/** What a bundle of an entry imports from outside, each walked to its end. */
async function foreignImports(name, platform) {
  const { metafile } = await bundle(`export * from "${name.replace(".", "cu-wasm")}";`, { platform, external: ["node:*", "classic-level"] });
  return Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
}

describe("bundlers leave out what nobody uses", () => {
  for (const [what, code, present, absent] of [
    ["no store", `import { Cu } from "cu-wasm"; console.log(Cu);`, ["cu.wasm"], ["indexedDB", "MemoryStore"]],
    ["the store in memory", `import { Cu, MemoryStore } from "cu-wasm"; console.log(Cu, MemoryStore);`, ["cu.wasm", "MemoryStore"], ["indexedDB"]],
    ["the same by its own entry", `import { MemoryStore } from "cu-wasm/stores/memory"; console.log(MemoryStore);`, ["MemoryStore"], ["indexedDB"]],
    ["nothing at all", `import "cu-wasm"; import "cu-wasm/inline"; console.log(1);`, ["console.log(1)"], ["cu.wasm", "LuaError"]],
  ]) {
    test(what, async () => {
      const { outputFiles } = await bundle(code);
      const found = (word) => outputFiles[0].text.includes(word);
      assert.deepEqual([present.filter((word) => !found(word)), absent.filter(found)], [[], []]);
    });
  }
});

/** `code` as of a file in this package, which knows itself by its name. */
function bundle(code, options) {
  const { build } = requireOfPackage("esbuild");
  const stdin = { contents: code, resolveDir: PACKAGE };
  return build({ stdin, bundle: true, format: "esm", minify: true, metafile: true, write: false, outdir: "unused", logLevel: "silent", ...options });
}

test("the address of the module stands in the main entry as bundlers look for it", () => {
  assert.ok(readFileSync(join(PACKAGE, "dist/index.js"), "utf8").includes('new URL("./cu.wasm",import.meta.url)'));
});

test("importing touches nothing but the language", () => {
  for (const name of BROWSER_ENTRIES) {
    const file = join(PACKAGE, exports[name].default);
    const options = ["--no-warnings", "--experimental-vm-modules", fileURLToPath(new URL("touched.mjs", import.meta.url)), file];
    assert.equal(execFileSync(process.execPath, options, { encoding: "utf8" }), "[]\n", name);
  }
});

test("each script has its map, and the map its sources", () => {
  const scripts = packed.files.filter((file) => file.endsWith(".js"));
  for (const script of scripts) {
    const text = readFileSync(join(PACKAGE, script), "utf8");
    // A line that only passes on has nothing to map.
    if (/^export \{ \w+ \} from ".*";\n$/.test(text)) continue;
    const [, map] = /\n\/\/# sourceMappingURL=(\S+)\n$/.exec(text);
    const { sources, sourcesContent, mappings } = JSON.parse(readFileSync(join(PACKAGE, script, "..", map), "utf8"));
    assert.ok(sources.length > 0 && mappings.length > 0, script);
    assert.deepEqual([packed.files.includes(join(script, "..", map)), sourcesContent.filter((source) => typeof source !== "string")], [true, []], script);
  }
  assert.ok(scripts.length > 3);
});

describe("in a project without optional packages", () => {
  let folder;
  before(() => (folder = createProject("bare", ["--omit=optional"])));

  for (const [what, options] of [
    ["ES2022 and DOM, as Node resolves", { lib: ["ES2022", "DOM"], module: "NodeNext", moduleResolution: "NodeNext" }],
    ["ES2022 and DOM, as bundlers resolve", { lib: ["ES2022", "DOM"], module: "ESNext", moduleResolution: "Bundler" }],
    ["ES2022 and Node's types", { lib: ["ES2022"], types: ["node"], typeRoots: [installed("@types")], module: "NodeNext", moduleResolution: "NodeNext" }],
  ]) {
    test(`the declarations compile strictly with ${what}`, () => {
      const imports = CODE.map(([name], i) => `import * as entry${i} from "${name.replace(".", "cu-wasm")}";`).join("\n");
      const use = `
        import { Cu, MemoryStore, type CuTable, type LuaFunction } from "cu-wasm";
        import wasm from "cu-wasm/cu.wasm";
        const cu: Cu = await Cu.create({ wasm, store: new MemoryStore() });
        const inline: Cu = await entry${CODE.findIndex(([name]) => name === "./inline")}.Cu.create();
        const table: CuTable = inline.home;
        const f = (await cu.compute("return print")) as LuaFunction;
        f(table.size);
        // @ts-expect-error: there is no such option
        await Cu.create({ memory: 1 });
        export { ${CODE.map((_, i) => `entry${i}`).join(", ")} };`;
      writeFiles(folder, { "use.ts": imports + use });
      assert.deepEqual(problemsOf(join(folder, "use.ts"), options), []);
    });
  }

  test("it computes, the store that needs one says which, and the classes of all entries are the same", () => {
    assert.ok(!existsSync(join(folder, "node_modules/classic-level")));
    writeFiles(folder, { "main.mjs": `
      import { Cu } from "cu-wasm";
      import * as inline from "cu-wasm/inline";
      import { DirectoryStore } from "cu-wasm/stores/directory";
      import { MemoryStore } from "cu-wasm/stores/memory";
      const cu = await inline.Cu.create();
      console.log(await (await Cu.create()).compute("return 6 * 7"), await cu.compute("return 'inline'"));
      const error = await Cu.create({ store: new DirectoryStore("states") }).catch((error) => error);
      console.log(error.message);
      console.log(cu instanceof Cu, cu instanceof inline.Cu, error instanceof inline.StoreError, MemoryStore === inline.MemoryStore, inline.Cu.name, inline.Cu.multi === Cu.multi);` });
    const expected = `42 inline\nthe state "home" in ${join(folder, "states")} cannot be opened: the package classic-level is missing, to mend it: npm install classic-level@3\ntrue true true true Cu true\n`;
    assert.equal(execFileSync(process.execPath, ["main.mjs"], { cwd: folder, encoding: "utf8" }), expected);
  });
});

/** What TypeScript has to say about a file and the declarations of the package that it imports. */
function problemsOf(file, options) {
  const ts = requireOfPackage("typescript");
  const json = { target: "ES2022", types: [], strict: true, noEmit: true, ...options };
  const program = ts.createProgram([file], ts.convertCompilerOptionsFromJson(json, ".").options);
  const checked = program.getSourceFiles().filter(({ fileName }) => fileName === file || fileName.includes("/cu-wasm/"));
  assert.ok(checked.length > CODE.length);
  const problems = [...program.getGlobalDiagnostics(), ...program.getOptionsDiagnostics(), ...checked.flatMap((source) => ts.getPreEmitDiagnostics(program, source))];
  return problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}
