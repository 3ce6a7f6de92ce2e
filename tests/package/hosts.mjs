/** The hosts that the package is tried on, and how its suite is run on each: by what a user of the host would write. */
import { execFile } from "node:child_process";
import { copyFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { launch, newProfile } from "../browser/browsers.mjs";
import { createProject, installed, requireOfPackage, writeFiles } from "./project.mjs";
import { serveFolder } from "./server.mjs";

const run = promisify(execFile);
/** Longer than a host takes to start on a slow machine. */
export const TIMEOUT_MS = 120_000;

/** For each: its name, the store of the package that it has, if any, and what runs the suite: it gives the host's version and the result. */
export const HOSTS = [
  program("Node 20", installed("node-20/bin/node"), []),
  program("Node", installed("node/bin/node"), []),
  program("Deno", installed("deno/deno"), ["run", "--allow-read", "--allow-write", "--allow-env", "--allow-ffi", "--no-prompt"]),
  program("Bun", installed("bun/bin/bun.exe"), ["run"]),
  { name: "workerd", store: undefined, run: runInWorkerd },
  browser("Chromium"),
  browser("Firefox"),
];

/** A project with the package and all that the hosts run. */
export async function createHostsProject() {
  const folder = createProject("hosts");
  copyFileSync(new URL("smoke.mjs", import.meta.url), join(folder, "smoke.mjs"));
  writeFiles(folder, {
    "main.mjs": `
import * as library from "cu-wasm";
import { DirectoryStore } from "cu-wasm/stores/directory";
import { smoke } from "./smoke.mjs";
console.log(JSON.stringify(await smoke(library, () => new DirectoryStore(process.argv[2]))));
`,
    "worker.mjs": `
import * as library from "cu-wasm";
import { smoke } from "./smoke.mjs";
export default { test: async () => console.log(JSON.stringify(await smoke(library))) };
`,
    "workerd.capnp": `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [(name = "main", worker = .worker)]);
const worker :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker/worker.js"), (name = "cu.wasm", wasm = embed "worker/cu.wasm")],
  compatibilityDate = "2026-01-01",
);
`,
    "index.html": `<!doctype html><meta charset="utf-8"><title>Cu</title>
<script type="module">
import * as library from "/node_modules/cu-wasm/dist/index.js";
import { smoke } from "/smoke.mjs";
document.title = JSON.stringify(await smoke(library, () => new library.IndexedDbStore("smoke")));
</script>`,
  });
  return folder;
}

function program(name, file, options) {
  const states = `states of ${name}`;
  return {
    name,
    store: "DirectoryStore",
    run: async (folder) => {
      rmSync(join(folder, states), { recursive: true, force: true });
      return { version: await versionOf(file), ...JSON.parse(await outputOf(file, [...options, "main.mjs", states], folder)) };
    },
  };
}

async function runInWorkerd(folder) {
  return { version: await versionOf(installed(".bin/workerd")), ...JSON.parse(await testInWorkerd(folder, "worker.mjs")) };
}

/**
 * What the function `test` of a program prints. It is bundled as wrangler does it: esbuild with the conditions of Workers; the module stays a
 * file that the program imports.
 */
export async function testInWorkerd(folder, program) {
  await requireOfPackage("esbuild").build({
    entryPoints: [join(folder, program)], bundle: true, format: "esm", outfile: join(folder, "worker/worker.js"),
    conditions: ["workerd", "worker", "browser"], loader: { ".wasm": "copy" }, assetNames: "[name]", logLevel: "warning",
  });
  return outputOf(installed(".bin/workerd"), ["test", "workerd.capnp"], folder);
}

function browser(name) {
  return {
    name,
    store: "IndexedDbStore",
    run: async (folder) => {
      const server = await serveFolder(folder);
      const started = await launch(name.toLowerCase(), newProfile(`smoke-${name}`));
      try {
        const page = await started.newPage();
        await page.goto(server.address);
        await page.waitForFunction('document.title !== "Cu"', { timeout: TIMEOUT_MS });
        return { version: numberIn(await started.version()), ...JSON.parse(await page.title()) };
      } finally {
        await started.close();
        await server.close();
      }
    },
  };
}

const versionOf = async (file) => numberIn(await outputOf(file, ["--version"], "."));
const numberIn = (text) => /\d+[\d.-]*\d/.exec(text)[0];

async function outputOf(file, args, folder) {
  const { stdout } = await run(file, args, { cwd: folder, timeout: TIMEOUT_MS });
  return stdout;
}
