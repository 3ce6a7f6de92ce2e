/** The host library of Cu: what is exported here is all that it promises. Importing it does nothing. */
export { Cu } from "./cu.js";
export type { ComputeOptions, CuMemory, CuOptions, SourceCode } from "./cu.js";
export { CuTable } from "./home.js";
export { CuClosedError, CuLoadError, CuMemoryError, CuTrapError, LuaError } from "./errors.js";
export type { LuaErrorDetails } from "./errors.js";
export { LuaReference } from "./functions.js";
export type { LuaFunction } from "./functions.js";
export type { Exposure } from "./expose.js";
export type { WasmSource } from "./loader.js";
export type { OutputStream, Print } from "./services.js";
