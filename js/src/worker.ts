/**
 * An instance in a worker of its own.
 *
 * @module cu-wasm/worker
 */
export { CuWorker } from "./worker/client.js";
export type { CuWorkerOptions, TransferOptions, WorkerComputeOptions } from "./worker/client.js";
export type { WorkerLike } from "./worker/ports.js";
export { serve } from "./worker/serve.js";
export type { ServeOptions } from "./worker/serve.js";
