// Bundles the entries of the package. Each is one file. The one for a directory leaves its classes of errors to the main entry: there
// must be only one of each, or `instanceof` would know some and not others.
import { chmodSync } from "node:fs";
import { build } from "esbuild";

const shared = { bundle: true, minify: true, format: "esm", target: "es2022", sourcemap: true, logLevel: "warning" };

const errorsOfMainEntry = {
  name: "errors of the main entry",
  setup: ({ onResolve }) => onResolve({ filter: /\/errors\.js$/ }, () => ({ path: "../index.js", external: true })),
};

/** What the entries of the package that lie beside index.js take from it. */
const mainEntry = {
  name: "main entry",
  setup: ({ onResolve }) => onResolve({ filter: /^\.\.\/(index|errors)\.js$/ }, () => ({ path: "./index.js", external: true })),
};

/** Of the entries that are beside it; a package that is bundled has such names as well. */
const entriesOfThePackage = {
  name: "entries of the package",
  setup: ({ onResolve }) => onResolve({ filter: /^\.\.\/(index|worker|stores\/directory)\.js$/ }, ({ path, importer }) => {
    return importer.includes("node_modules") ? undefined : { path: path.slice(1), external: true };
  }),
};

await Promise.all([
  build({ ...shared, entryPoints: ["src/index.ts"], outfile: "dist/index.js" }),
  build({
    ...shared, entryPoints: ["src/stores/directory.ts"], outfile: "dist/stores/directory.js", platform: "node", external: ["classic-level"],
    plugins: [errorsOfMainEntry],
  }),
  build({ ...shared, entryPoints: ["src/worker.ts"], outfile: "dist/worker.js", plugins: [mainEntry] }),
  build({ ...shared, entryPoints: ["src/worker-main.ts"], outfile: "dist/worker-main.js", external: ["./worker.js"] }),
  build({
    ...shared, entryPoints: ["src/cli/main.ts"], outfile: "dist/cli.js", platform: "node", loader: { ".lua": "text" },
    plugins: [entriesOfThePackage],
  }),
]);
chmodSync("dist/cli.js", 0o755);
