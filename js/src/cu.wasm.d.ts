/**
 * What an import of the module itself gives: in workerd the compiled module, with a bundler that emits assets the file's URL. Each of
 * them is what `wasm` takes.
 */
import type { WasmSource } from "./index.js";

declare const wasm: WasmSource;
export default wasm;
