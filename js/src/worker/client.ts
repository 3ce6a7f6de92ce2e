/**
 * `CuWorker`: an instance in a worker, with the methods of `Cu`, all of them asynchronous. Calls are done one after the other, in the order
 * in which they were made. A call that goes on past its deadline or is aborted, whatever it is stuck in, ends with its worker; a new worker
 * takes its place, on the `_home` that was saved last, and does the calls that are waiting.
 */
import { CuClosedError, CuLimitError, CuLoadError, CuTrapError } from "../index.js";
import type {
  AutosaveOptions, ComputeOptions, CuMemory, CuOptions, Limits, LoadOptions, LoadReport, OpenState, OutputStream, RequestResult,
  SourceCode,
} from "../index.js";
import { TIMER_MS_MAX } from "../deadline.js";
import { Faults, sinkFor } from "../services.js";
import { openState, wholeBytes } from "../stores/opened.js";
import { receiveError, sendError } from "./errors.js";
import type { FromWorker, Method, ToWorker } from "./messages.js";
import { defaultWorker, portTo } from "./ports.js";
import type { WorkerLike, WorkerPort } from "./ports.js";
import { Shared } from "./shared.js";

/**
 * Those of `Cu.create`, but what cannot cross: functions among `modules`, classes, a clock. They are for `serve` in a worker of one's own.
 */
export interface CuWorkerOptions extends Omit<CuOptions, "modules" | "expose" | "now"> {
  /** What `require` finds: Lua source by name. */
  modules?: Record<string, string>;
  /** Milliseconds since 1970, instead of the clocks of the worker. */
  now?: number;
  /** Makes the worker, each time that one is needed; its script calls `serve`. By default the worker of this package. */
  worker?: () => WorkerLike;
}

/** What is handed over instead of being copied. */
export interface TransferOptions {
  /** Buffers within what is handed to the worker that are moved instead of being copied: afterwards they are empty here. */
  transfer?: readonly ArrayBufferLike[];
}

/** What one computation is given besides its code. */
export interface WorkerComputeOptions extends ComputeOptions, TransferOptions {}

/** A call, from the time when it is made until it is settled. */
interface Job {
  readonly id: number;
  readonly method: Method;
  args: readonly unknown[];
  transfer: readonly ArrayBufferLike[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  settle(outcome: { value: unknown } | { error: unknown }): void;
}

/** After its deadline a call has so long to end by itself: then the instance is whole, and nothing is lost. */
const GRACE_MS = 250;

/** An instance in a worker. Made by `CuWorker.create`, and ended by `close()` or `terminate()`. */
export class CuWorker {
  private readonly spawn: () => WorkerLike;
  /** What the instance is made with, as it crosses. */
  private readonly crossing: Record<string, unknown>;
  private readonly limits: Limits;
  private readonly onAutosaveError: AutosaveOptions["onError"];
  private readonly opened: OpenState | undefined;
  /** Of the store, which is asked one thing at a time. */
  private lastStoreCall: Promise<unknown> = Promise.resolve();
  /** Whether what is in the store is this instance's `_home`, so that a new worker begins with it. */
  private isStateOwn = false;
  private readonly faults = new Faults();
  private readonly sinks;
  private readonly shared = Shared.make();
  private port: WorkerPort<ToWorker, FromWorker> | undefined;
  private readonly queue: Job[] = [];
  private running: Job | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Settled when the worker that is being started is ready. */
  private starting: Promise<void> | undefined;
  private created: { resolve(): void; reject(error: unknown): void } | undefined;
  /** Why there is no worker. */
  private failure: Error | undefined;
  private calls = 0;
  /** No more calls are taken; those that were made before are done, unless it was terminated. */
  private closed = false;
  private terminated = false;
  private released: Promise<void> | undefined;

  /**
   * Starts a worker and makes an instance in it. Rejects with a CuLoadError if the worker or the module cannot be loaded, with a
   * StateLockedError if somebody else has the state.
   */
  static async create(options: CuWorkerOptions = {}): Promise<CuWorker> {
    checkOptions(options);
    const opened = await openState(options.store, options.state);
    const cu = new CuWorker(options, opened);
    try {
      await cu.start();
    } catch (error) {
      await cu.terminate();
      throw error;
    }
    return cu;
  }

  private constructor(options: CuWorkerOptions, opened: OpenState | undefined) {
    const { worker, print, write, store, state, autosave, wasm, ...crossing } = options;
    this.spawn = worker ?? defaultWorker;
    this.opened = opened;
    this.limits = options.limits ?? {};
    this.onAutosaveError = autosave?.onError ?? ((error) => console.error("Cu could not save:", error));
    this.crossing = {
      ...crossing,
      ...(wasm === undefined ? {} : { wasm: wasm instanceof URL ? wasm.href : wasm }),
      ...(autosave === undefined ? {} : { autosave: { everyMs: autosave.everyMs } }),
    };
    this.sinks = { stdout: sinkFor("stdout", { print, write }), stderr: sinkFor("stderr", { print, write }) };
  }

  /** Runs Lua source and gives the first value that it returns. Rejects with a LuaError if it fails. */
  compute(code: SourceCode, options: WorkerComputeOptions = {}): Promise<unknown> {
    return this.computing("compute", code, options);
  }

  /** Likewise, with all values that it returns. */
  computeAll(code: SourceCode, options: WorkerComputeOptions = {}): Promise<unknown[]> {
    return this.computing("computeAll", code, options) as Promise<unknown[]>;
  }

  /** Likewise with an `_io` of its own, which ends with it. */
  request(code: SourceCode, options: WorkerComputeOptions = {}): Promise<RequestResult> {
    return this.computing("request", code, options) as Promise<RequestResult>;
  }

  /** Calls the function that the globals have at a path ("_home.calc", or a list of keys) and gives its first result. */
  call(path: string | readonly (string | number)[], ...args: unknown[]): Promise<unknown> {
    return this.ask("call", [path, ...args], { timeoutMs: this.limits.timeoutMs });
  }

  /** Makes a copy of `input`, or what it hands over, the `_io.input` of what is computed from now on. */
  setInput(input: unknown, { transfer = [] }: TransferOptions = {}): Promise<void> {
    return this.ask("setInput", [input], { transfer }) as Promise<void>;
  }

  /** A copy of what Lua left in `_io.output`. */
  getOutput(): Promise<unknown> {
    return this.ask("getOutput", []);
  }

  /** Makes a copy of `meta` the `_io.meta` of what is computed from now on. */
  setMeta(meta: unknown): Promise<void> {
    return this.ask("setMeta", [meta]) as Promise<void>;
  }

  /** Empties `_io`. */
  clearIo(): Promise<void> {
    return this.ask("clearIo", []) as Promise<void>;
  }

  /** How much memory the instance has and uses. */
  memory(): Promise<CuMemory> {
    return this.ask("memory", []) as Promise<CuMemory>;
  }

  /** Collects all garbage of Lua's and releases what it held of the host's. */
  collectGarbage(): Promise<void> {
    return this.ask("collectGarbage", [], { timeoutMs: this.limits.timeoutMs }) as Promise<void>;
  }

  /** Saves `_home`, as `Cu` does. It is what a new worker begins with. */
  saveState(): Promise<void> {
    return this.ask("saveState", []) as Promise<void>;
  }

  /** Replaces `_home` by the state in the store, as `Cu` does. */
  async loadState(options: LoadOptions = {}): Promise<LoadReport> {
    const report = (await this.ask("loadState", [options])) as LoadReport;
    this.isStateOwn = true;
    return report;
  }

  /** Removes the state from the store. `_home` stays as it is, until a worker ends. */
  clearState(): Promise<void> {
    return this.ask("clearState", []) as Promise<void>;
  }

  /** `_home` as bytes. */
  exportState(): Promise<Uint8Array> {
    return this.ask("exportState", []) as Promise<Uint8Array>;
  }

  /** Replaces `_home` by a state that was exported. The store, and a new worker, has it after the next save. */
  importState(bytes: Uint8Array, options: LoadOptions = {}): Promise<LoadReport> {
    return this.ask("importState", [bytes, options]) as Promise<LoadReport>;
  }

  /**
   * Replaces the instance by a new one on the same `_home`, also after a trap; if there is no worker, because one could not be started, by
   * that of a new worker on the `_home` that was saved last.
   */
  async restart(): Promise<void> {
    if (this.failure !== undefined && !this.closed) return this.start();
    return this.ask("restart", []) as Promise<void>;
  }

  /**
   * Does the calls that were made before, ends the instance and its worker, and resolves when the state in the store is free for others.
   * Nothing is saved. Closing twice is no error.
   */
  close(): Promise<void> {
    this.released ??= this.closeInTurn();
    return this.released;
  }

  /** Ends the worker at once. Calls that are not done reject with a CuClosedError; a save is in the store whole or not at all. */
  terminate(): Promise<void> {
    this.closed = this.terminated = true;
    this.endWorker();
    this.failAll(new CuClosedError("the worker was terminated"));
    this.released ??= this.release();
    return this.released;
  }

  private async closeInTurn(): Promise<void> {
    const last = this.ask("close", [], { timeoutMs: this.limits.timeoutMs });
    this.closed = true;
    try {
      await last;
    } catch (error) {
      // There is nothing left to be closed: it could not be started, or was terminated meanwhile.
      if (!(error instanceof CuClosedError || error === this.failure)) throw error;
    } finally {
      this.endWorker();
      await this.release();
    }
  }

  private async release(): Promise<void> {
    await this.lastStoreCall.catch(() => undefined);
    await this.opened?.close();
  }

  private computing(method: Method, code: SourceCode, options: WorkerComputeOptions): Promise<unknown> {
    const { transfer = [], signal, ...crossing } = options;
    if (signal !== undefined && !(signal instanceof AbortSignal)) return Promise.reject(new TypeError("signal must be an AbortSignal"));
    return this.ask(method, [code, crossing], { transfer, signal, timeoutMs: options.timeoutMs ?? this.limits.timeoutMs });
  }

  private ask(
    method: Method, args: readonly unknown[],
    { transfer = [], signal, timeoutMs }: TransferOptions & { signal?: AbortSignal | undefined; timeoutMs?: number | undefined } = {},
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.closed) throw new CuClosedError("the instance is closed");
      if (this.failure !== undefined) throw this.failure;
      signal?.throwIfAborted();
      const onAbort = (): void => this.abort(job, signal!.reason);
      const settle: Job["settle"] = (outcome) => {
        signal?.removeEventListener("abort", onAbort);
        if ("error" in outcome) reject(outcome.error);
        else resolve(outcome.value);
      };
      const job: Job = { id: ++this.calls, method, args, transfer, timeoutMs: timeoutMs ?? Infinity, signal, settle };
      // What is handed over now may be changed before its turn.
      if (this.isBusy) Object.assign(job, copyOf(job));
      signal?.addEventListener("abort", onAbort);
      this.queue.push(job);
      this.next();
    });
  }

  private get isBusy(): boolean {
    return this.running !== undefined || this.starting !== undefined;
  }

  /** Hands the worker its next call. */
  private next(): void {
    if (this.isBusy) return;
    const job = this.queue[0];
    this.port?.hold(job !== undefined);
    if (job === undefined) return;
    if (this.port === undefined) {
      this.start().catch(() => undefined);
      return;
    }
    this.queue.shift();
    try {
      this.port.post({ kind: "call", id: job.id, method: job.method, args: job.args, canStop: job.signal !== undefined }, job.transfer);
    } catch (error) {
      job.settle({ error: uncloneable(error) });
      return this.next();
    }
    job.args = [];
    this.running = job;
    const lost = "the worker was terminated, and what was not saved is lost";
    const late = () => new CuLimitError(`time limit reached (${job.timeoutMs} ms): ${lost}`, "timeoutMs");
    if (job.timeoutMs + GRACE_MS <= TIMER_MS_MAX) this.timer = setTimeout(() => this.replaceWorker(late()), job.timeoutMs + GRACE_MS);
  }

  /** The caller is answered at once. The worker has a while to end the call by itself. */
  private abort(job: Job, reason: unknown): void {
    const place = this.queue.indexOf(job);
    if (place >= 0) this.queue.splice(place, 1);
    job.settle({ error: reason });
    if (this.running !== job) return;
    this.shared?.stop(job.id);
    this.port?.post({ kind: "stop", id: job.id });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.replaceWorker(new Error("the call was aborted")), GRACE_MS);
  }

  private take(message: FromWorker): void {
    switch (message.kind) {
      case "ready": return;
      case "unreadable": return this.finish(this.running?.id ?? 0, { error: unreadable("what was handed to the worker") });
      case "done": return this.finish(message.id, { value: message.value });
      case "failed": return this.finish(message.id, { error: receiveError(message.error) });
      case "output": return this.print(message.bytes, message.stream);
      case "read": return this.askStore(message.id, () => this.opened!.read());
      case "write": return this.askStore(message.id, async () => {
        await this.opened!.write(message.change, message.durability);
        this.isStateOwn = true;
        return undefined;
      });
      case "autosave failed": return this.onAutosaveError?.(receiveError(message.error));
    }
  }

  private print(bytes: Uint8Array, stream: OutputStream): void {
    const { length } = bytes;
    this.faults.attempt(() => this.sinks[stream].write(bytes), undefined);
    this.shared?.noteTaken(length);
  }

  private finish(id: number, outcome: { value: unknown } | { error: unknown }): void {
    const { created, running } = this;
    if (created !== undefined) {
      this.created = undefined;
      if ("error" in outcome) created.reject(outcome.error);
      else created.resolve();
      return;
    }
    if (running?.id !== id) return;
    clearTimeout(this.timer);
    this.running = undefined;
    for (const stream of ["stdout", "stderr"] as const satisfies readonly OutputStream[]) {
      this.faults.attempt(() => this.sinks[stream].flush(), undefined);
    }
    running.settle(this.faults.take() ?? outcome);
    this.next();
  }

  /** A worker that ended meanwhile gets no answer. */
  private askStore(id: number, work: () => Promise<Map<number, Uint8Array> | undefined>): void {
    const { port } = this;
    const post = (message: ToWorker): void => {
      if (port === this.port) port?.post(message);
    };
    const answer = async (): Promise<void> => {
      try {
        const pages = await work();
        post({ kind: "stored", id, pages: pages && wholePages(pages) });
      } catch (error) {
        post({ kind: "stored", id, error: sendError(error) });
      }
    };
    this.lastStoreCall = this.lastStoreCall.then(answer, answer);
  }

  /** Makes a worker and an instance in it. A failure is what all calls reject with. */
  private start(): Promise<void> {
    this.starting ??= this.startWorker().then(() => {
      this.failure = undefined;
    }, (error: unknown) => {
      this.endWorker();
      this.failure = error instanceof Error ? error : new Error(String(error));
      this.failAll(this.failure);
      throw error;
    }).finally(() => {
      this.starting = undefined;
      this.next();
    });
    return this.starting;
  }

  private async startWorker(): Promise<void> {
    // What the last one was writing.
    await this.lastStoreCall.catch(() => undefined);
    if (this.terminated) throw new CuClosedError("the worker was terminated");
    const port = portTo<ToWorker, FromWorker>(this.spawn());
    this.port = port;
    port.hear((message) => this.take(message), () => this.finish(this.running?.id ?? 0, { error: unreadable("what it answered") }));
    await new Promise<void>((resolve, reject) => {
      this.created = { resolve, reject };
      port.onEnd((reason, cause) => {
        const isRunning = this.created === undefined;
        this.created = undefined;
        if (isRunning) this.replaceWorker(new CuTrapError(`the worker ended, and what was not saved is lost: ${reason}`, { cause }));
        else reject(new CuLoadError(`the worker could not be started: ${reason}`, { cause }));
      });
      const { opened, isStateOwn } = this;
      this.shared?.reset();
      const shared = this.shared?.numbers;
      try {
        port.post({ kind: "create", id: 0, options: this.crossing, keepsState: opened !== undefined, loads: isStateOwn, shared });
      } catch (error) {
        reject(uncloneable(error));
      }
    });
  }

  /** Ends the worker, whose call fails with `error`, and starts another. One that ended by itself is only replaced when it is needed. */
  private replaceWorker(error: Error): void {
    const { running } = this;
    this.endWorker();
    this.running = undefined;
    if (running !== undefined && running.method !== "close") this.start().catch(() => undefined);
    running?.settle({ error });
    this.next();
  }

  private endWorker(): void {
    clearTimeout(this.timer);
    const { created } = this;
    this.created = undefined;
    this.port?.terminate();
    this.port = undefined;
    created?.reject(new CuClosedError("the worker was terminated"));
  }

  private failAll(error: Error): void {
    const { running } = this;
    this.running = undefined;
    running?.settle({ error });
    for (const job of this.queue.splice(0)) job.settle({ error });
  }
}

// The symbol is newer than the engines that the library runs on, and so is its type.
const { asyncDispose } = Symbol as unknown as { asyncDispose?: symbol };
if (asyncDispose !== undefined) Object.defineProperty(CuWorker.prototype, asyncDispose, { value(this: CuWorker) { return this.close(); } });
// A minifier renames classes, but not what is shown of them.
Object.defineProperty(CuWorker, "name", { value: "CuWorker", configurable: true });

/** Of what waits: a copy that nobody changes, and what is to be handed over of it. */
function copyOf({ args, transfer }: Job): Pick<Job, "args" | "transfer"> {
  try {
    return structuredClone({ args, transfer }, { transfer: [...transfer] as ArrayBuffer[] });
  } catch (error) {
    throw uncloneable(error);
  }
}

function uncloneable(error: unknown): TypeError {
  const cure = "a function belongs into serve() (docs/WORKER.md)";
  return new TypeError(`what is handed to a worker must be cloneable: ${(error as Error).message}; ${cure}`, { cause: error });
}

function unreadable(what: string): TypeError {
  return new TypeError(`${what} could not be read: was a buffer handed over before?`);
}

/**
 * They are copied once, and not with the whole of a buffer that several are parts of. They may belong to a pool of Node's, so that they
 * cannot be handed over.
 */
function wholePages(pages: ReadonlyMap<number, Uint8Array>): Map<number, Uint8Array> {
  return new Map([...pages].map(([number, page]) => [number, wholeBytes(page)]));
}

function checkOptions(options: CuWorkerOptions): void {
  if (typeof options !== "object" || options === null) throw new TypeError("the options of CuWorker.create must be an object");
  const { worker, print, write, modules, now, store, state } = options;
  if (store !== undefined && typeof store.open !== "function") throw new TypeError("store must be a store");
  if (store === undefined && state !== undefined) throw new TypeError("state needs a store");
  for (const [name, value] of Object.entries({ worker, print, write })) {
    if (value !== undefined && typeof value !== "function") throw new TypeError(`${name} must be a function`);
  }
  if (print !== undefined && write !== undefined) throw new TypeError("print and write cannot both be given");
  const isCode = Object.values(modules ?? {}).some((value) => typeof value === "function");
  if (isCode || typeof now === "function" || "expose" in options) {
    throw new TypeError("functions and classes cannot cross to a worker: give them to serve() (docs/WORKER.md)");
  }
}
