/**
 * The entry for workerd, which compiles no bytes at run time: there the module is imported, and arrives compiled. Bundlers for it
 * (wrangler) leave the import as it is and upload the file.
 */
import module from "./cu.wasm";
import { withModule } from "./variant.js";

export * from "./index.js";
export const Cu: typeof import("./index.js").Cu = withModule(async () => module as WebAssembly.Module);
/** An instance, as in the main entry. */
export type Cu = import("./index.js").Cu;
