/**
 * usage: node --experimental-vm-modules touched.mjs FILE
 *
 * Imports a module where there is nothing but the language, and prints as JSON the names of globals that it asked for which are not the
 * language's. So it is seen what importing does on a server that renders pages: it should be nothing.
 */
import { readFileSync } from "node:fs";
import vm from "node:vm";

const LANGUAGE = new Set(vm.runInNewContext("Object.getOwnPropertyNames(globalThis)").filter((name) => name !== "WebAssembly" && name !== "console"));
/** Beside all that Node has. */
const BROWSERS = ["window", "self", "document", "location", "navigator", "indexedDB", "localStorage", "sessionStorage", "addEventListener", "Worker", "XMLHttpRequest"];
const touched = new Set();
const context = vm.createContext({});
for (const name of new Set([...Object.getOwnPropertyNames(globalThis), ...BROWSERS])) {
  if (!LANGUAGE.has(name)) Object.defineProperty(context, name, { get: () => void touched.add(name) });
}
const initializeImportMeta = (meta, { identifier }) => Object.defineProperty(meta, "url", { get: () => (touched.add("import.meta.url"), identifier) });

const modules = new Map();
function load(url) {
  if (!modules.has(url)) modules.set(url, new vm.SourceTextModule(readFileSync(new URL(url), "utf8"), { context, identifier: url, initializeImportMeta }));
  return modules.get(url);
}

const module = load(new URL(process.argv[2], "file:").href);
await module.link((specifier, from) => load(new URL(specifier, from.identifier).href));
await module.evaluate();
console.log(JSON.stringify([...touched]));
