/** The host library of Cu: what is exported here is all that it promises. Importing it does nothing. */
export { Cu } from "./cu.js";
export type { ComputeOptions, CuMemory, CuOptions, Limits, SourceCode } from "./cu.js";
export type { CallLimits, ComputeLimits } from "./deadline.js";
export { CuTable } from "./view.js";
export { CuClosedError, CuLimitError, CuLoadError, CuMemoryError, CuTrapError, LuaError } from "./errors.js";
export type { LuaErrorDetails } from "./errors.js";
export { LuaReference } from "./functions.js";
export type { LuaFunction } from "./functions.js";
export type { Exposure } from "./expose.js";
export type { WasmSource } from "./loader.js";
export type { OutputStream, Print } from "./services.js";

import { Cu } from "./cu.js";
import { CuClosedError, CuLimitError, CuLoadError, CuMemoryError, CuTrapError, LuaError } from "./errors.js";
import { LuaReference } from "./functions.js";
import { CuTable } from "./view.js";

// A minifier renames classes, but not what is shown of them.
const classes = { Cu, CuTable, LuaReference, LuaError, CuMemoryError, CuLimitError, CuTrapError, CuLoadError, CuClosedError };
for (const [name, type] of Object.entries(classes)) {
  Object.defineProperty(type, "name", { value: name, configurable: true });
}
