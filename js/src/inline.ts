/**
 * The entry for bundlers that do not emit assets: all of the main entry, and the module as text in this file. It is decoded and compiled at
 * the first `Cu.create` that needs it, once.
 */
import text from "./cu.wasm";
import { compileProblem } from "./compiling.js";
import { CuLoadError } from "./errors.js";
import { withModule } from "./variant.js";

export * from "./index.js";
export const Cu: typeof import("./index.js").Cu = withModule(compiled);
/** An instance, as in the main entry. */
export type Cu = import("./index.js").Cu;

let module: Promise<WebAssembly.Module> | undefined;

function compiled(): Promise<WebAssembly.Module> {
  module ??= WebAssembly.compile(decoded(text as string)).catch((error: unknown) => {
    // It is tried anew the next time.
    module = undefined;
    throw new CuLoadError(`the module in this file cannot be compiled: ${compileProblem(error)}`, { cause: error });
  });
  return module;
}

/** In a loop: `Uint8Array.from` would take longer than compiling. */
function decoded(base64: string): Uint8Array<ArrayBuffer> {
  const chars = atob(base64);
  const bytes = new Uint8Array(chars.length);
  for (let i = 0; i < chars.length; i++) bytes[i] = chars.charCodeAt(i);
  return bytes;
}
