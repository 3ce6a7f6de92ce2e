// Bundles the entries of the package. The main entry is one file, with all classes and both stores that need nothing of Node. Every other
// entry imports it instead of having its own copy: there must be only one of each class, or `instanceof` would know some and not others.
import { chmodSync, copyFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const shared = { bundle: true, minify: true, format: "esm", target: "es2022", sourcemap: true, logLevel: "warning" };

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
/** The sources whose exports the main entry has. */
const MAIN = [file("src/index.js"), file("src/errors.js")];

/** `path` is the main entry's, as seen from the entry that is bundled. Other folders and packages have files of these names as well. */
const mainEntryAt = (path) => ({
  name: "main entry",
  setup: ({ onResolve }) => onResolve({ filter: /\/(index|errors)\.js$/ }, ({ path: imported, resolveDir }) =>
    MAIN.includes(resolve(resolveDir, imported)) ? { path, external: true } : undefined),
});

/** What the command line takes from the package stands beside it as well. A package that is bundled has such names too. */
const otherEntries = {
  name: "other entries",
  setup: ({ onResolve }) => onResolve({ filter: /^\.\.\/(worker|stores\/directory)\.js$/ }, ({ path, importer }) =>
    importer.includes("node_modules") ? undefined : { path: path.slice(1), external: true }),
};

/** The module, which the build has put into dist/ before, as text in the entry. */
const embeddedModule = {
  name: "embedded module",
  setup: ({ onResolve }) => onResolve({ filter: /\/cu\.wasm$/ }, () => ({ path: file("dist/cu.wasm") })),
};

const bundle = (name, options) => build({ ...shared, entryPoints: [`src/${name}.ts`], outfile: `dist/${name}.js`, ...options });

await Promise.all([
  bundle("index"),
  bundle("inline", { loader: { ".wasm": "base64" }, plugins: [mainEntryAt("./index.js"), embeddedModule] }),
  bundle("workerd", { external: ["./cu.wasm"], plugins: [mainEntryAt("./index.js")] }),
  bundle("worker", { plugins: [mainEntryAt("./index.js")] }),
  bundle("worker-main", { external: ["./worker.js"] }),
  bundle("cli/main", {
    outfile: "dist/cli.js", platform: "node", loader: { ".lua": "text" }, plugins: [mainEntryAt("./index.js"), otherEntries],
  }),
  bundle("stores/directory", { platform: "node", external: ["classic-level"], plugins: [mainEntryAt("../index.js")] }),
]);

// Stores that the main entry has, under the name that each store has.
for (const [name, type] of [["indexeddb", "IndexedDbStore"], ["memory", "MemoryStore"]]) {
  writeFileSync(`dist/stores/${name}.js`, `export { ${type} } from "../index.js";\n`);
}

copyFileSync("src/cu.wasm.d.ts", "dist/cu.wasm.d.ts");
chmodSync("dist/cli.js", 0o755);
