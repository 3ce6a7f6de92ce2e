/**
 * The class `Cu` of an entry that brings the module with it, where the main entry would look for a file beside itself. Only what `create`
 * takes by default differs: classes and instances are those of the main entry, so that the entries mix.
 */
import { Cu } from "./index.js";
import type { CuOptions } from "./index.js";

/** @internal */
export function withModule(module: () => Promise<WebAssembly.Module>): typeof Cu {
  const create = async (options: CuOptions = {}) => Cu.create(options.wasm === undefined ? { ...options, wasm: await module() } : options);
  return new Proxy(Cu, { get: (target, key) => (key === "create" ? create : Reflect.get(target, key)) });
}
