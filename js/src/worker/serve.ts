/** The worker's side: one instance, which does what the other side asks, one call after the other. */
import { Cu } from "../index.js";
import type { ComputeOptions, CuOptions, OpenState, PageChange, Store } from "../index.js";
import { receiveError, sendError } from "./errors.js";
import type { FromWorker, Method, ToWorker } from "./messages.js";
import { portToParent } from "./ports.js";
import type { Port } from "./ports.js";
import { Shared } from "./shared.js";
import { portable } from "./values.js";

/** What cannot cross to a worker, and is given in it. */
export type ServeOptions = Pick<CuOptions, "modules" | "expose" | "now" | "print" | "write">;

const SERVE_OPTIONS = ["modules", "expose", "now", "print", "write"];

/**
 * Makes this worker that of a `CuWorker`: to be called once, at the beginning of its script. `options` are those of `Cu.create` that cannot
 * cross: functions of the host, which are part of `modules`, classes to expose, a clock. With `print` or `write` lines of output stay here.
 */
export function serve(options: ServeOptions = {}): void {
  for (const name of Object.keys(options)) {
    if (!SERVE_OPTIONS.includes(name)) throw new TypeError(`serve: unknown option "${name}" (there are ${SERVE_OPTIONS.join(", ")})`);
  }
  const port = portToParent<FromWorker, ToWorker>();
  const server = new Server(port, options);
  port.hear((message) => server.take(message), () => port.post({ kind: "unreadable" }));
  port.post({ kind: "ready" });
}

class Server {
  private readonly state: RemoteState;
  private cu: Cu | undefined;
  private shared: Shared | undefined;
  private lastCall = 0;
  /** Of the call that is running, if it can be stopped. */
  private stopping: { readonly id: number; readonly controller: AbortController } | undefined;

  constructor(private readonly port: Port<FromWorker, ToWorker>, private readonly own: ServeOptions) {
    this.state = new RemoteState(port);
  }

  take(message: ToWorker): void {
    switch (message.kind) {
      case "create": return void this.answer(message.id, () => this.create(message), false);
      case "call": return void this.answer(message.id, () => this.call(message), message.method === "exportState");
      case "stop": return this.stopping?.id === message.id ? this.stopping.controller.abort() : undefined;
      case "stored": return this.state.settle(message);
    }
  }

  /** `isNew`: the result is bytes that nobody here needs. */
  private async answer(id: number, work: () => Promise<unknown>, isNew: boolean): Promise<void> {
    try {
      const value = await work();
      this.post({ kind: "done", id, value }, isNew ? [(value as Uint8Array).buffer] : []);
    } catch (error) {
      this.port.post({ kind: "failed", id, error: sendError(error) });
    }
  }

  private post(message: FromWorker, transfer: readonly ArrayBufferLike[]): void {
    try {
      this.port.post(message, transfer);
    } catch (error) {
      throw new TypeError(`the result cannot leave the worker: ${(error as Error).message}`, { cause: error });
    }
  }

  private async create({ options, keepsState, loads, shared }: ToWorker & { kind: "create" }): Promise<void> {
    const { port, own } = this;
    this.shared = shared && new Shared(shared);
    const { autosave, modules, ...crossed } = options as CuOptions;
    const keepsOutput = own.print !== undefined || own.write !== undefined;
    const write: CuOptions["write"] = (bytes, stream) => {
      const { length } = bytes;
      port.post({ kind: "output", bytes, stream }, [bytes.buffer]);
      this.shared?.noteSent(length, this.lastCall);
    };
    const onError = (error: unknown) => port.post({ kind: "autosave failed", error: sendError(error) });
    this.cu = await Cu.create({
      ...crossed, ...(keepsOutput ? {} : { write }), ...own, modules: { ...modules, ...own.modules },
      // Nothing else is asked of it.
      ...(keepsState ? { store: { open: async () => this.state } as Partial<Store> as Store } : {}),
      ...(autosave === undefined ? {} : { autosave: { everyMs: autosave.everyMs, onError } }),
    });
    if (loads) await this.cu.loadState();
  }

  private async call({ id, method, args, canStop }: ToWorker & { kind: "call" }): Promise<unknown> {
    this.lastCall = id;
    if (!canStop) return this.invoke(method, args);
    const controller = new AbortController();
    this.stopping = { id, controller };
    try {
      const [code, options] = args as [never, ComputeOptions | undefined];
      return await this.invoke(method, [code, { ...options, signal: this.signalOf(id, controller) }]);
    } finally {
      this.stopping = undefined;
    }
  }

  private async invoke(method: Method, args: readonly unknown[]): Promise<unknown> {
    const cu = this.cu!;
    if (method === "memory") return cu.memory;
    // A list of the wrong kind is found out by the method itself.
    const value = await (cu[method] as (...args: unknown[]) => unknown).apply(cu, [...args]);
    return portable(value);
  }

  /** While Lua runs no message arrives. But the library asks the signal now and then: what answers looks into the shared memory. */
  private signalOf(id: number, controller: AbortController): AbortSignal {
    const { shared } = this;
    const { signal } = controller;
    if (shared === undefined) return signal;
    let isStopped = false;
    const aborted = (): boolean => {
      if (!isStopped && shared.isStopped(id)) {
        // Before, because what aborts asks too.
        isStopped = true;
        controller.abort();
      }
      return Reflect.get(AbortSignal.prototype, "aborted", signal) as boolean;
    };
    Object.defineProperty(signal, "aborted", { get: aborted });
    return signal;
  }
}

/** The store lies on the other side, which keeps the state open while workers come and go. */
class RemoteState implements OpenState {
  private readonly waiting = new Map<number, { resolve(pages: never): void; reject(error: Error): void }>();
  private calls = 0;

  constructor(private readonly port: Port<FromWorker, ToWorker>) {}

  settle({ id, pages, error }: ToWorker & { kind: "stored" }): void {
    const call = this.waiting.get(id);
    this.waiting.delete(id);
    if (error !== undefined) call?.reject(receiveError(error));
    else call?.resolve(pages as never);
  }

  read(): Promise<Map<number, Uint8Array>> {
    return this.ask((id) => this.port.post({ kind: "read", id }));
  }

  write(change: PageChange, durability: "strict" | "relaxed"): Promise<void> {
    return this.ask((id) => this.port.post({ kind: "write", id, change, durability }));
  }

  async close(): Promise<void> {}

  private ask<T>(post: (id: number) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const id = ++this.calls;
      this.waiting.set(id, { resolve, reject });
      post(id);
    });
  }
}
