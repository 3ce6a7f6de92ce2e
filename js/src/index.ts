/**
 * The host library of Cu: what is exported here is all that it promises. Importing it does nothing.
 *
 * @module cu-wasm
 */
export { Cu } from "./cu.js";
export type { ComputeOptions, CuMemory, CuOptions, Limits, RequestResult, SourceCode } from "./cu.js";
export type { CallLimits, ComputeLimits } from "./deadline.js";
export { CuTable } from "./view.js";
export {
  CuBusyError, CuClosedError, CuEngineLimitError, CuLimitError, CuLoadError, CuMemoryError, CuTrapError, LuaError, QuotaError,
  StateFormatError, StateLockedError, StoreError,
} from "./errors.js";
export type { LuaErrorDetails } from "./errors.js";
export { LuaReference } from "./functions.js";
export type { LuaFunction } from "./functions.js";
export type { Exposure } from "./expose.js";
export type { WasmSource } from "./loader.js";
export type { OutputStream, Print, WriteBytes } from "./services.js";
export type { AutosaveOptions } from "./state/autosave.js";
export type { LoadOptions, LoadReport } from "./state/state.js";
export { IndexedDbStore } from "./stores/indexeddb.js";
export { MemoryStore } from "./stores/memory.js";
export type { Durability, OpenState, PageChange, Store } from "./stores/store.js";

import { Cu } from "./cu.js";
import {
  CuBusyError, CuClosedError, CuEngineLimitError, CuLimitError, CuLoadError, CuMemoryError, CuTrapError, LuaError, QuotaError,
  StateFormatError, StateLockedError, StoreError,
} from "./errors.js";
import { LuaReference } from "./functions.js";
import { CuTable } from "./view.js";

// A minifier renames classes, but not what is shown of them. The stores name themselves: one that is mentioned here, no bundler could
// leave out.
const classes = {
  Cu, CuTable, LuaReference, LuaError, CuMemoryError, CuLimitError, CuTrapError, CuLoadError, CuEngineLimitError, CuBusyError,
  CuClosedError, StoreError, StateLockedError, QuotaError, StateFormatError,
};
for (const [name, type] of Object.entries(classes)) {
  Object.defineProperty(type, "name", { value: name, configurable: true });
}
