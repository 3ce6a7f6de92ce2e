/**
 * usage: node --experimental-vm-modules touched.mjs FILE
 *
 * Imports a module where there is nothing but the language, and prints as JSON the names of globals that it asked for which are not the
 * language's. So it is seen what importing does on a server that renders pages: it should be nothing.
 */
import { readFileSync } from "node:fs";
import vm from "node:vm";

const LANGUAGE = new Set(vm.runInNewContext("Object.getOwnPropertyNames(globalThis)").filter((name) => name !== "WebAssembly" && name !== "console"));
const touched = new Set();
const note = (name) => { if (typeof name === "string" && !LANGUAGE.has(name)) touched.add(name); };
const context = vm.createContext(new Proxy(vm.runInNewContext("globalThis"), {
  has: (target, name) => (note(name), Reflect.has(target, name)),
  get: (target, name) => (note(name), Reflect.get(target, name)),
  set: (target, name, value) => (note(name), Reflect.set(target, name, value)),
  defineProperty: (target, name, descriptor) => (note(name), Reflect.defineProperty(target, name, descriptor)),
}));
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
