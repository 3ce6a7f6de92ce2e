/** The package as a user gets it: packed, and installed into an empty project. What the tests need of npm stands here alone. */
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
export const PACKAGE = join(ROOT, "js");
const FOLDER = join(ROOT, "target/package");

/** Where the package `name` is installed, of those that these tests bring. */
export const installed = (name) => fileURLToPath(new URL(`node_modules/${name}`, import.meta.url));

/** esbuild and TypeScript are those that the package itself is built with. */
export const requireOfPackage = createRequire(join(PACKAGE, "package.json"));

/** Packs into a folder of that name; gives the tarball and the files in it. */
export function pack(name) {
  const folder = emptyFolder(`${name}-tarball`);
  const output = npm(["pack", PACKAGE, "--json", "--pack-destination", folder], folder);
  const [{ filename, files }] = Object.values(JSON.parse(output));
  return { tarball: join(folder, filename), files: files.map(({ path }) => path).sort() };
}

/** An empty project of that name with the package in it; `options` are npm's. */
export function createProject(name, options = []) {
  const { tarball } = pack(name);
  const folder = emptyFolder(name);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, private: true, type: "module" }));
  npm(["install", "--prefer-offline", ...options, tarball], folder);
  return folder;
}

/** Writes files into a project: contents by their paths. */
export function writeFiles(folder, files) {
  for (const [path, contents] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  }
}

/** What commands of a document print. Their programs are those of these tests, so that npx has nothing to find; only Node is the caller's. */
export function runAsWritten(commands, folder) {
  const programs = [dirname(process.execPath), installed(".bin"), join(PACKAGE, "node_modules/.bin")];
  const env = { ...process.env, PATH: [...programs, process.env.PATH].join(":") };
  return execFileSync("bash", ["-euc", `npx() { "$@"; }\n${commands}`], { cwd: folder, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function emptyFolder(name) {
  const folder = join(FOLDER, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

function npm(args, folder) {
  return execFileSync("npm", [...args, "--no-fund", "--no-audit", "--loglevel=error"], { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
