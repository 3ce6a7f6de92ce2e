/** What goes between a `CuWorker` and its worker. Only types stand here. */
import type { OutputStream } from "../services.js";
import type { Durability, PageChange } from "../stores/store.js";
import type { SentError } from "./errors.js";

/** The methods of `Cu` that are called by name. */
export type Method =
  | "compute" | "computeAll" | "request" | "call" | "setInput" | "getOutput" | "setMeta" | "clearIo" | "memory" | "collectGarbage"
  | "saveState" | "loadState" | "clearState" | "exportState" | "importState" | "restart" | "close";

/** To the worker. */
export type ToWorker =
  /** Options of `Cu.create`; `keepsState` says that there is a store, and `loads` that its state is to be loaded. */
  | { kind: "create"; id: number; options: Record<string, unknown>; keepsState: boolean; loads: boolean; shared: Int32Array | undefined }
  | { kind: "call"; id: number; method: Method; args: readonly unknown[]; canStop: boolean }
  /** The call of that number is to end. While Lua runs no message arrives: then the shared memory says it. */
  | { kind: "stop"; id: number }
  | { kind: "stored"; id: number; pages?: Map<number, Uint8Array> | undefined; error?: SentError };

/** From the worker. */
export type FromWorker =
  | { kind: "ready" }
  /** The call that was sent could not be read: with what was handed over before, for instance. */
  | { kind: "unreadable" }
  | { kind: "done"; id: number; value: unknown }
  | { kind: "failed"; id: number; error: SentError }
  | { kind: "output"; bytes: Uint8Array; stream: OutputStream }
  | { kind: "read"; id: number }
  | { kind: "write"; id: number; change: PageChange; durability: Durability }
  | { kind: "autosave failed"; error: SentError };
