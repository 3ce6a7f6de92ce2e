/**
 * Workers of the Web and worker threads of Node, as one thing: what posts messages, hears them, ends, and tells when it ended by itself.
 * Nothing of Node is imported: it is asked for at run time, so that no bundler sees a built-in module.
 */

/** What is needed of a worker: a Web Worker, or a Worker of `node:worker_threads`. */
export interface WorkerLike {
  /** Both kinds of worker have it. */
  postMessage(message: unknown, transfer: never): void;
  /** Both have it. */
  terminate(): unknown;
  /** A browser's worker. */
  addEventListener?(type: string, listener: (event: Event) => void): void;
  /** Node's. */
  on?(type: string, listener: (value: never) => void): unknown;
  /** Node's: keeps the process alive. */
  ref?(): void;
  /** Node's: lets the process end. */
  unref?(): void;
}

export interface Port<Sent, Heard> {
  /** Throws a DataCloneError if the message cannot be cloned. */
  post(message: Sent, transfer?: readonly ArrayBufferLike[]): void;
  /** `onUnreadable`: a message came that could not be put together here. */
  hear(listener: (message: Heard) => void, onUnreadable: (error: unknown) => void): void;
}

export interface WorkerPort<Sent, Heard> extends Port<Sent, Heard> {
  /** Ends it at once. Nothing is heard of it afterwards. */
  terminate(): void;
  /** Called once, with what is known of it, when it ends by itself. */
  onEnd(listener: (reason: string, cause: unknown) => void): void;
  /** Whether the process is to wait for it, where there is a process. */
  hold(waits: boolean): void;
}

interface ParentPort {
  postMessage(message: unknown, transfer: readonly ArrayBufferLike[]): void;
  on(type: string, listener: (value: never) => void): unknown;
}

interface Threads {
  readonly Worker: new (url: URL, options: { execArgv: string[] }) => WorkerLike;
  readonly parentPort: ParentPort | null;
}

/** The worker of this package. Bundlers know the expression, and take the file into what they make. */
export function defaultWorker(): WorkerLike {
  if (typeof Worker === "function") return new Worker(new URL("./worker-main.js", import.meta.url), { type: "module" });
  const threads = nodeThreads();
  if (threads === undefined) throw new TypeError("there are no workers here: give the option worker");
  return threadAt(threads, import.meta.url);
}

/**
 * In a function of its own, where no bundler takes the file a second time. Options of the process (`--eval`) may be none for a worker, and
 * it needs none.
 */
function threadAt(threads: Threads, base: string): WorkerLike {
  return new threads.Worker(new URL("./worker-main.js", base), { execArgv: [] });
}

export function portTo<Sent, Heard>(worker: WorkerLike): WorkerPort<Sent, Heard> {
  let isOver = false;
  const listen = (type: string, listener: (value: never) => void): void => {
    const unlessOver = ((value: never) => { if (!isOver) listener(value); }) as typeof listener;
    if (worker.addEventListener !== undefined) worker.addEventListener(type, unlessOver as (event: Event) => void);
    else worker.on?.(type, unlessOver);
  };
  const isOfWeb = worker.addEventListener !== undefined;
  return {
    post: (message, transfer = []) => worker.postMessage(message, transfer as never),
    hear: (listener, onUnreadable) => {
      listen("message", (value: unknown) => listener((isOfWeb ? (value as MessageEvent).data : value) as Heard));
      listen("messageerror", onUnreadable);
    },
    terminate: () => {
      isOver = true;
      worker.terminate();
    },
    onEnd: (listener) => {
      const end = (reason: string, cause?: unknown): void => {
        isOver = true;
        listener(reason, cause);
      };
      listen("error", (error: { message?: string; preventDefault?(): void }) => {
        error.preventDefault?.();
        end(error.message || "its script cannot be loaded", error instanceof Error ? error : undefined);
      });
      listen("exit", (code: unknown) => end(`it exited with code ${String(code)}`));
    },
    hold: (waits) => (waits ? worker.ref?.() : worker.unref?.()),
  };
}

/** From within a worker to the thread that made it. */
export function portToParent<Sent, Heard>(): Port<Sent, Heard> {
  const parent = nodeThreads()?.parentPort;
  if (parent != null) {
    return {
      post: (message, transfer = []) => parent.postMessage(message, transfer),
      hear: (listener, onUnreadable) => {
        parent.on("message", listener);
        parent.on("messageerror", onUnreadable);
      },
    };
  }
  const scope = globalThis as unknown as {
    postMessage?(message: unknown, transfer: readonly ArrayBufferLike[]): void;
    document?: unknown;
    addEventListener(type: string, listener: (event: MessageEvent) => void): void;
  };
  if (scope.postMessage === undefined || scope.document !== undefined) throw new TypeError("serve() is to be called in a worker");
  return {
    post: (message, transfer = []) => scope.postMessage!(message, transfer),
    hear: (listener, onUnreadable) => {
      scope.addEventListener("message", ({ data }) => listener(data as Heard));
      scope.addEventListener("messageerror", onUnreadable);
    },
  };
}

function nodeThreads(): Threads | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  return process?.getBuiltinModule?.("node:worker_threads") as Threads | undefined;
}
