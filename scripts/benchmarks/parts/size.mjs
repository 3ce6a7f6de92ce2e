/** Bytes: of modules and of what a page has to load besides, as they are and as a server sends them. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const ROOT = new URL("../../../", import.meta.url);
const MODULES = new URL("../../node_modules/", import.meta.url);

/** Name, its module of WebAssembly, a program that uses the package as little as a page can. */
const SYSTEMS = [
  ["Cu", "js/dist/cu.wasm", `export { Cu } from ${JSON.stringify(new URL("js/dist/index.js", ROOT).pathname)}`, "js"],
  ["wasmoon", "scripts/node_modules/wasmoon/dist/glue.wasm", "export { LuaFactory } from \"wasmoon\"", "scripts/node_modules/wasmoon"],
  [
    "quickjs-emscripten", "scripts/node_modules/@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.wasm",
    `export { newQuickJSWASMModuleFromVariant } from "quickjs-emscripten-core";
      export { default } from "@jitl/quickjs-wasmfile-release-sync";`,
    "scripts/node_modules/quickjs-emscripten",
  ],
  ["fengari", undefined, "export { default } from \"fengari\"", "scripts/node_modules/fengari"],
];

/** What the whole module may have. */
const MODULE_MAX = { raw: 290_000, gzip: 118_000, brotli: 102_000 };
const LIBRARY_BROTLI_MAX = 14_000;

const ABOUT = `Bytes. The JavaScript is what a bundler makes of a page that uses the package (esbuild, minified, without what belongs to
Node); the package is what \`npm\` fetches of it, without what it depends on.`;

export async function measure() {
  const { build } = createRequire(new URL("js/package.json", ROOT))("esbuild");
  const measured = [];
  for (const [name, wasm, program, folder] of SYSTEMS) {
    const module = wasm === undefined ? Buffer.alloc(0) : readFileSync(new URL(wasm, ROOT));
    measured.push({ name, module: bytesOf(module), script: bytesOf(await bundle(build, program)), tarball: packed(folder) });
  }
  const forms = ["raw", "gzip", "brotli"];
  const bytes = ["module", "JavaScript"].flatMap((what) => forms.map((form) => `${what}, ${form}`));
  const columns = ["system", ...bytes, "together, brotli", "package"];
  const rows = measured.map(({ name, module, script, tarball }) => [
    name, ...[module, script].flatMap((what) => forms.map((form) => number(what[form]))),
    number(module.brotli + script.brotli), number(tarball),
  ]);
  const [{ module, script }] = measured;
  const targets = forms.map((form) => limit(`module, ${form}`, module[form], MODULE_MAX[form]));
  targets.push(limit("JavaScript, brotli", script.brotli, LIBRARY_BROTLI_MAX));
  const tables = [{ columns, rows }, { columns: ["target", "measured", "at most", ""], rows: targets }];
  return { title: "Size", about: ABOUT, tables, charts: [] };
}

async function bundle(build, contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: dirname(MODULES.pathname) }, bundle: true, minify: true, format: "esm", target: "es2022", write: false,
    logLevel: "error",
    external: ["fs", "path", "url", "module", "child_process", "crypto", "os", "readline-sync", "tmp", "ws", "node:*"],
  });
  return outputFiles[0].contents;
}

function bytesOf(bytes) {
  if (bytes.length === 0) return { raw: 0, gzip: 0, brotli: 0 };
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  const gzip = execFileSync("gzip", ["-9", "-n", "-c"], { input: bytes });
  return { raw: bytes.length, gzip: gzip.length, brotli: brotliCompressSync(bytes, { params }).length };
}

function packed(folder) {
  const args = ["pack", "--dry-run", "--json", "--ignore-scripts", new URL(folder, ROOT).pathname];
  return JSON.parse(execFileSync("npm", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }))[0].size;
}

const number = (bytes) => (bytes === 0 ? "—" : bytes.toLocaleString("en"));
const limit = (what, bytes, most) => [what, number(bytes), number(most), bytes <= most ? "holds" : "missed"];
