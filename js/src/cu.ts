/**
 * `Cu`: one instance, with its Lua state, its memory and its tables. Everything that a caller gives is checked here; everything that
 * happens at the boundary is behind it. An instance that ended by a trap, or was closed, refuses to go on.
 */
import { Account } from "./account.js";
import type { HostLimits } from "./account.js";
import { Calls, Multi } from "./calls.js";
import { Deadline, NO_LIMITS, TIMER_MS_MAX } from "./deadline.js";
import type { CallLimits, ComputeLimits } from "./deadline.js";
import { Drafts, newScope } from "./drafts.js";
import { CuBusyError, CuClosedError, CuLoadError, CuMemoryError, CuTrapError, LuaError } from "./errors.js";
import { LuaBytes } from "./exact.js";
import { Exposures } from "./expose.js";
import type { Exposure } from "./expose.js";
import { Functions, heldBy } from "./functions.js";
import type { Grip, LuaFunction } from "./functions.js";
import { Handles } from "./handles.js";
import { createImports } from "./imports.js";
import type { Host } from "./imports.js";
import { Ledger } from "./ledger.js";
import type { HomeTable } from "./home.js";
import { instantiate, loadModule } from "./loader.js";
import type { ModuleExports, WasmSource } from "./loader.js";
import { Memory } from "./memory.js";
import { Mirror } from "./mirror.js";
import { Clock, Faults, Output } from "./services.js";
import type { Print, WriteBytes } from "./services.js";
import { Space } from "./space.js";
import { Bufferfuls, PullQueue } from "./streams.js";
import { Tables } from "./tables.js";
import { END, Task, Tasks, WAITING } from "./tasks.js";
import type { Io } from "./tasks.js";
import { Values } from "./values.js";
import { Autosave } from "./state/autosave.js";
import type { AutosaveOptions } from "./state/autosave.js";
import { State } from "./state/state.js";
import type { LoadOptions, LoadReport } from "./state/state.js";
import type { FunctionPort } from "./stored.js";
import { openState } from "./stores/opened.js";
import type { Durability, OpenState, Store } from "./stores/store.js";
import { viewOf } from "./view.js";
import type { CuTable } from "./view.js";

/** Lua source: text, or bytes where it is not valid UTF-8. */
export type SourceCode = string | Uint8Array;

/** Of an instance. Those on computing hold for each call that sets none of its own. */
export interface Limits extends HostLimits, ComputeLimits {}

/** What an instance is made with (`Cu.create`). */
export interface CuOptions {
  /** The module; by default the file `cu.wasm` beside this library's. */
  wasm?: WasmSource;
  /** Called with each line that Lua prints, without its end. By default lines go to standard output and standard error. */
  print?: Print;
  /** Instead of `print`: called with the bytes that Lua writes, as they come. */
  write?: WriteBytes;
  /** What `require` finds: by name, Lua source or a function of the host. */
  modules?: Record<string, string | ((...args: never[]) => unknown)>;
  /** A 32-bit integer that `math.random` and string hashes begin with; by default a random one. */
  seed?: number;
  /** Milliseconds since 1970, or what gives them, instead of the clocks of the host. */
  now?: number | (() => number);
  /** With "sentinel", `null` reads as `ext.null` instead of nil. */
  nulls?: "sentinel";
  /** Methods and getters of classes that Lua may use, besides those of Date. */
  expose?: readonly Exposure[];
  /** What Lua may make the host hold, in accounted bytes and entries, and how long it may compute. */
  limits?: Limits;
  /** Where `_home` is kept. */
  store?: Store;
  /** The name of the state in the store; by default "home". */
  state?: string;
  /** What a save waits for: "strict", the default, that the data is on the disk; "relaxed" that the operating system has it. */
  durability?: Durability;
  /**
   * Authenticates states: what is saved and exported carries codes made with this key (HMAC-SHA-256, at least 16 bytes), and what was not
   * written with it is refused when it is loaded or imported. Nothing is encrypted.
   */
  stateKey?: Uint8Array;
  /** Saves every so many milliseconds, if there is something to save, and as a best effort when a page is hidden or left. */
  autosave?: AutosaveOptions;
}

/** What one computation is given besides its code. */
export interface ComputeOptions extends CallLimits {
  /** Becomes `_io.input`, by reference. */
  input?: unknown;
  /** Becomes `_io.meta`, by reference. */
  meta?: unknown;
  /** What the chunk gets as `...`. */
  args?: readonly unknown[];
  /** The name of the chunk in messages; by default "compute". */
  name?: string;
  /** With "bytes", every string in the results is a Uint8Array; with "auto", only those that are not valid UTF-8. */
  strings?: "auto" | "bytes";
}

/** What a request gave. */
export interface RequestResult {
  /** The first value that it returned. */
  value: unknown;
  /** What it left in `_io.output`. */
  output: unknown;
}

/** Bytes, but for the last two. */
export interface CuMemory {
  /** The whole memory of the module, which never changes. */
  readonly total: number;
  /** The part of it that Lua and the module allocate from. */
  readonly heap: number;
  /** What is in use of it. */
  readonly used: number;
  /** The highest value of `used` so far. */
  readonly peak: number;
  /** Objects and functions of the host that Lua holds. */
  readonly handles: number;
  /** Those and what waits to be given back, as the host counts. */
  readonly tables: number;
}

const CREATE_OPTIONS = [
  "wasm", "print", "write", "modules", "seed", "now", "nulls", "expose", "limits", "store", "state", "durability", "autosave", "stateKey",
];
const LOAD_OPTIONS = ["salvage"];
const STATE_KEY_BYTES_MIN = 16;
const LIMITS = ["hostBytes", "hostEntries", "maxInstructions", "timeoutMs"];
const COMPUTE_OPTIONS = ["input", "meta", "args", "name", "strings", "maxInstructions", "timeoutMs", "signal"];
const HEAP_USED = 1;
const HEAP_PEAK = 2;
const HEAP_HANDLES = 3;
const ERROR_VALUES = 6;
const ERROR_KIND_MEMORY = 3;

/** An export of the module; those with fewer parameters ignore the rest. */
type Entry = (a: number, b: number, c: number) => number;

/** An instance: one Lua state, with its memory of 2 MiB, its `_home` and its `_io`. Made by `Cu.create`, and ended by `close()`. */
export class Cu {
  /** The root table of what persists, as a live view. */
  readonly home: CuTable;
  /** What all but requests have in common, except while a request runs. */
  private io = newIo();
  private readonly tasks: Tasks;
  private readonly ledger: Ledger;
  private readonly drafts: Drafts;
  private readonly space: Space;
  private readonly state: State;
  private readonly autosave: Autosave | undefined;
  private readonly faults = new Faults();
  private readonly deadline: Deadline;
  private readonly module: WebAssembly.Module;
  private readonly options: CuOptions;
  private readonly exposures: Exposures;
  private readonly seed: number;
  // What belongs to one instance of the module, and is made anew by `restart`.
  private exports!: ModuleExports;
  private layout!: Memory;
  private functions: Functions;
  private handles!: Handles;
  private values!: Values;
  private queue!: PullQueue;
  private output!: Output;
  private calls!: Calls;
  /** Computations that are running, one inside the other. */
  private depth = 0;
  private closed = false;
  private closing = false;
  private released: Promise<void> | undefined;
  /** Whether a trap ended the instance, what the engine threw, and the error that tells of it as soon as there is one. */
  private ended = false;
  private endedBy: unknown;
  private trap: CuTrapError | undefined;

  /**
   * Loads the module and makes an instance. Rejects with a CuLoadError if `wasm` is no module of this version, and with a
   * CuEngineLimitError if the engine has no room for another one's memory.
   */
  static async create(options: CuOptions = {}): Promise<Cu> {
    checkCreateOptions(options);
    const module = await loadModule(options.wasm);
    const { imports, connect } = createImports();
    const exports = await instantiate(module, imports);
    const opened = await openState(options.store, options.state);
    try {
      const pages = (await opened?.read()) ?? new Map<number, Uint8Array>();
      return new Cu(exports, module, options, connect, opened, pages);
    } catch (error) {
      await opened?.close();
      throw error;
    }
  }

  /** Several results, for a function of the host to return to Lua. */
  static multi(...values: unknown[]): Multi {
    return new Multi(values);
  }

  private constructor(
    exports: ModuleExports, module: WebAssembly.Module, options: CuOptions, connect: (host: Host) => void,
    opened: OpenState | undefined, pages: Map<number, Uint8Array>,
  ) {
    this.module = module;
    this.options = options;
    this.exposures = new Exposures(options.expose ?? []);
    // Not of `crypto`, which takes Node some milliseconds to load. Lua code can find out its seed anyway, from what it draws.
    this.seed = options.seed ?? Math.floor(Math.random() * 2 ** 32);
    this.deadline = new Deadline(options.limits ?? {});
    const account = new Account(options.limits ?? {});
    const ledger = new Ledger(account);
    this.ledger = ledger;
    ledger.noteMade(this.io.table);
    this.drafts = new Drafts(this.io.drafts);
    this.tasks = new Tasks({
      settled: (task, value) => this.goOn(task, () => this.calls.writeSettled(value)),
      rejected: (task, error) => this.goOn(task, () => this.calls.writeError(error)),
      ended: (task) => this.endTask(task),
    });
    this.functions = this.createFunctions();
    const space = new Space(account, this.functions, this.createFunctionPort());
    this.space = space;
    // When nothing runs, the next call forgets.
    space.rootWatcher = () => { if (this.depth > 0 && !this.ended) this.guarded(this.exports.cu_home_forget); };
    space.handles = () => this.handles.homeTables();
    account.surveyor = () => ({ home: space.survey(), io: ledger.survey([...this.handles.foreignObjects(), ...this.tasks.ios()]) });
    this.home = viewOf(space.root);
    const noteStale = (table: HomeTable) => this.handles.noteStale(table);
    this.state = new State({ space, noteStale, opened, pages, durability: options.durability ?? "strict", key: options.stateKey?.slice() });
    this.attach(exports, connect);
    if (options.autosave !== undefined) this.autosave = new Autosave(() => this.saveState(), options.autosave);
  }

  /** Makes what belongs to one instance of the module, and connects the two. */
  private attach(exports: ModuleExports, connect: (host: Host) => void): void {
    const { options, exposures, drafts, space, ledger, functions } = this;
    const memory = new Memory(exports.memory.buffer, (which) => exports.cu_layout_get(which));
    const handles = new Handles(space, exposures, drafts, ledger);
    const bufferfuls = new Bufferfuls(memory);
    const queue = new PullQueue(memory, bufferfuls);
    const values = new Values(memory, bufferfuls, handles, functions, space.stored, options.nulls === "sentinel");
    this.exports = exports;
    this.layout = memory;
    this.handles = handles;
    this.queue = queue;
    this.values = values;
    this.output = new Output(memory.u8, options, this.faults);
    this.calls = new Calls({ handles, values, drafts, queue, tasks: this.tasks });
    // The three handles that exist from the start, in this order.
    handles.handleOf(this.io.table);
    handles.handleOfHome(space.root);
    handles.handleOf(Object.assign(Object.create(null) as object, options.modules));
    const cu = this;
    connect({
      tables: new Tables({
        memory, handles, values, drafts, exposures, queue, space, ledger,
        mirror: new Mirror(handles, functions),
        giveBack: () => this.giveBack(),
      }),
      calls: this.calls,
      streams: { push: (bytes) => values.reader.push(bytes), pull: () => queue.pull() },
      output: this.output,
      clock: new Clock(options.now, this.faults, this.deadline),
      get ended() { return cu.ended; },
    });
    this.within(() => {
      if (this.guarded(exports.cu_vm_create, this.seed) !== 0) throw new CuLoadError("the module could not make a Lua state");
    });
  }

  /**
   * Runs Lua source and gives the first value that it returns. Rejects with a LuaError if it fails. Where a function of the host returns a
   * promise, Lua waits for it. Computations with the same `_io` run one after the other: one that is begun while another waits gets its
   * turn when that is done, unless it is begun by a function that Lua is just calling.
   */
  async compute(code: SourceCode, options: ComputeOptions = {}): Promise<unknown> {
    const results = this.perform(this.chunkTask(code, options));
    return (results instanceof Promise ? await results : results)[0];
  }

  /** Likewise, with all values that it returns. */
  async computeAll(code: SourceCode, options: ComputeOptions = {}): Promise<unknown[]> {
    return this.perform(this.chunkTask(code, options));
  }

  /** Likewise with an `_io` of its own, so that it waits for no other, and others not for it. */
  async request(code: SourceCode, options: ComputeOptions = {}): Promise<RequestResult> {
    const io = newIo();
    const results = this.perform(this.chunkTask(code, options, io));
    const value = (results instanceof Promise ? await results : results)[0];
    return { value, output: io.table["output"] };
  }

  /**
   * `compute` without a promise, at once: also for a function of the host that Lua is just calling, and while others wait. It cannot wait
   * itself.
   */
  computeSync(code: SourceCode, options: ComputeOptions = {}): unknown {
    this.checkChunk(code, options);
    return this.within(() => {
      return this.enter(this.exports.cu_chunk_call, this.writeChunk(code, options), 0, options.strings ?? "auto", options);
    })[0];
  }

  /**
   * Calls the function that the globals have at a path ("_home.calc", or a list of keys), or a function of Lua's, and gives its first
   * result. It may wait, like `compute`.
   */
  async call(path: string | readonly (string | number)[] | LuaFunction, ...args: unknown[]): Promise<unknown> {
    const keys = typeof path === "function" ? undefined : keysOf(path);
    const results = this.perform(new Task(NO_LIMITS, "auto", this.io, (task) => {
      this.values.writeAll(keys === undefined ? args : [...keys, ...args]);
      if (keys !== undefined) return this.enterTask(this.exports.cu_path_call, keys.length, args.length, task);
      const reference = this.functions.referenceOf(path as LuaFunction);
      if (reference === 0) throw new TypeError("the function is not one of Lua's, of this instance");
      return this.enterTask(this.exports.cu_function_call, reference, args.length, task);
    }));
    return (results instanceof Promise ? await results : results)[0];
  }

  /**
   * `call` without a promise, also for a function of the host that Lua is just calling. That Lua calls a function that returns a promise is
   * an error here.
   */
  callSync(path: string | readonly (string | number)[], ...args: unknown[]): unknown {
    const keys = keysOf(path);
    return this.callWith([...keys, ...args], this.exports.cu_path_call, keys.length, args.length)[0];
  }

  /** Makes `input` the `_io.input` of what is computed from now on: by reference, nothing is copied. */
  setInput(input: unknown): void {
    this.assertUsable();
    this.ledger.handOver();
    this.io.table["input"] = input;
  }

  /** What Lua left in `_io.output`. */
  getOutput(): unknown {
    this.assertUsable();
    this.drafts.seeAll();
    return this.io.table["output"];
  }

  /** Makes `meta` the `_io.meta` of what is computed from now on, by reference. */
  setMeta(meta: unknown): void {
    this.assertUsable();
    this.io.table["meta"] = meta;
  }

  /** Empties `_io`. */
  clearIo(): void {
    this.assertUsable();
    this.ledger.handOver();
    for (const name of Object.keys(this.io.table)) delete this.io.table[name];
  }

  /** How much memory the instance has and uses, now. */
  get memory(): CuMemory {
    this.assertUsable();
    return {
      total: this.exports.memory.buffer.byteLength,
      heap: this.layout.heapBytes,
      used: this.exports.cu_heap_get(HEAP_USED),
      peak: this.exports.cu_heap_get(HEAP_PEAK),
      handles: this.exports.cu_heap_get(HEAP_HANDLES),
      tables: this.handles.count,
    };
  }

  /** Collects all garbage of Lua's and releases what it held of the host's. */
  collectGarbage(): void {
    this.within(() => this.limited(this.exports.cu_heap_collect));
  }

  /**
   * Saves `_home`: resolves when all that it is now is in the store, in one step. Later changes are not part of it. Rejects when something
   * in it cannot be kept (the error names the function and its upvalue), and with a StoreError when the store could not write it; the store
   * then has the state of before, and the next save includes what this one could not write.
   */
  async saveState(): Promise<void> {
    this.assertUsable();
    return this.state.save();
  }

  /**
   * Replaces `_home` by the state in the store; tables of the old one are stale then. Resolves to whether there was one. Rejects with a
   * StateFormatError if it is damaged or of another version, and changes nothing; with `salvage` what can be read is kept and the rest
   * reported.
   */
  async loadState(options: LoadOptions = {}): Promise<LoadReport> {
    checkOptions(options, LOAD_OPTIONS, "loadState");
    this.assertIdle("loadState");
    const report = await this.state.load(options);
    this.noteHomeReplaced();
    return report;
  }

  /** Removes the state from the store. `_home` stays as it is, and the next save writes all of it. */
  async clearState(): Promise<void> {
    this.assertUsable();
    return this.state.clear();
  }

  /** `_home` as bytes, the same for the same contents, for `importState` of any instance on any host. */
  exportState(): Uint8Array {
    this.assertUsable();
    return this.state.export();
  }

  /** Replaces `_home` by a state that was exported, as `loadState` does. Functions in it are code: import only what you trust. */
  importState(bytes: Uint8Array, options: LoadOptions = {}): LoadReport {
    if (!(bytes instanceof Uint8Array)) throw new TypeError("a state must be a Uint8Array");
    checkOptions(options, LOAD_OPTIONS, "importState");
    this.assertIdle("importState");
    const report = this.state.import(bytes, options);
    this.noteHomeReplaced();
    return report;
  }

  /**
   * Replaces the instance of the module by a new one on the same `_home`, also after a trap. Globals and everything else that was in Lua's
   * memory is gone; functions in `_home` go on with their upvalues as they were last kept: when they were assigned, at a save, at an
   * export. Functions of Lua that JavaScript held are released.
   */
  async restart(): Promise<void> {
    if (this.closed) throw new CuClosedError("the instance is closed");
    if (this.depth > 0) throw new Error("the instance cannot be restarted while it is computing");
    if (!this.ended) this.endTasks("the instance was restarted");
    const { imports, connect } = createImports();
    const exports = await instantiate(this.module, imports);
    this.ended = false;
    this.trap = undefined;
    const { space, functions, handles } = this;
    this.functions = this.createFunctions();
    space.noteRestart(this.functions, [...handles.homeTables()]);
    functions.close();
    try {
      this.attach(exports, connect);
    } catch (error) {
      this.ended = true;
      this.trap = new CuTrapError("the instance has ended, and a new one could not be made: call restart() again", { cause: error });
      throw error;
    }
    space.stored.holdKeys();
  }

  /**
   * Ends the instance: pending `__close` and `__gc` run. Closing twice is no error; closing while Lua runs is. Nothing is saved. Resolves
   * when the state in the store is free for others.
   */
  close(): Promise<void> {
    try {
      this.endInstance();
    } finally {
      // Also if a finalizer failed.
      if (this.closed) {
        this.autosave?.stop();
        this.released ??= this.state.close();
      }
    }
    return this.released!;
  }

  private endInstance(): void {
    if (this.closed) return;
    if (this.depth > 0) throw new Error("the instance cannot be closed while it is computing");
    if (!this.ended) this.endTasks("the instance is closed");
    this.closing = true;
    try {
      if (!this.ended) this.within(() => this.limited(this.exports.cu_vm_close));
    } finally {
      this.closed = true;
      this.functions.close();
      this.letGo();
    }
  }

  /** Whoever still has the closed instance, or a view of its tables, holds neither the module's memory with that nor what Lua was given. */
  private letGo(): void {
    const { space, exposures, drafts, ledger, io } = this;
    this.handles = new Handles(space, exposures, drafts, ledger);
    // Names of exports are looked up before it is asked whether the instance is closed.
    this.exports = {} as ModuleExports;
    const gone = this as unknown as Partial<Record<"layout" | "values" | "queue" | "calls" | "output", undefined>>;
    gone.layout = gone.values = gone.queue = gone.calls = gone.output = undefined;
    for (const name of Object.keys(io.table)) delete io.table[name];
  }

  private checkChunk(code: SourceCode, options: ComputeOptions): void {
    if (typeof code !== "string" && !(code instanceof Uint8Array)) {
      throw new TypeError(`code must be a string or a Uint8Array, not ${typeof code}`);
    }
    checkComputeOptions(options);
    this.assertUsable();
    options.signal?.throwIfAborted();
  }

  /** Writes the stream of a chunk; how many arguments it gets. */
  private writeChunk(code: SourceCode, options: ComputeOptions): number {
    if ("input" in options) this.setInput(options.input);
    if ("meta" in options) this.setMeta(options.meta);
    const { args = [], name = "compute" } = options;
    this.values.writeChunk(`=${name}`, typeof code === "string" ? code : new LuaBytes(code), args);
    return args.length;
  }

  private chunkTask(code: SourceCode, options: ComputeOptions, io = this.io): Task {
    this.checkChunk(code, options);
    return new Task(options, options.strings ?? "auto", io, (task) => {
      return this.enterTask(this.exports.cu_chunk_call, this.writeChunk(code, options), 0, task);
    });
  }

  /** Begins what may wait, or has it wait for its turn. What a function of the host begins is part of the computation that calls it. */
  private perform(task: Task): unknown[] | Promise<unknown[]> {
    this.assertUsable();
    const hasToQueue = this.depth === 0 && task.io === this.io && this.tasks.isTaken(this.io);
    return hasToQueue ? this.tasks.queue(task) : this.beginTask(task);
  }

  private beginTask(task: Task): unknown[] | Promise<unknown[]> {
    this.tasks.begin(task);
    return this.runTask(task, task.enter) ?? task.wait!.results;
  }

  /** Enters the module for a task: its results, or nothing if it waits. */
  private runTask(task: Task, enter: (task: Task) => unknown[] | undefined): unknown[] | undefined {
    const { io } = this;
    this.switchIo(task.io);
    let results: unknown[] | undefined;
    try {
      this.begin();
      try {
        results = enter(task);
        if (results !== undefined && io !== task.io) this.drafts.seeAll();
      } finally {
        // Counted here, without a call: there may be no stack left for one.
        if (--this.depth === 0) this.handOver();
      }
      if (results !== undefined) this.throwFault();
    } finally {
      this.switchIo(io);
      if (!task.isWaiting) this.tasks.end(task);
    }
    return results;
  }

  /** What a task waited for is there: `write` puts it into the stream. */
  private goOn(task: Task, write: () => number): void {
    const { wait } = task;
    if (wait === undefined || !task.isWaiting) return;
    this.tasks.unsuspend(task);
    try {
      const results = this.runTask(task, () => this.enterTask(this.exports.cu_task_resume, task.number, write(), task));
      if (results !== undefined) wait.resolve(results);
    } catch (error) {
      wait.reject(wait.verdict === undefined ? error : wait.verdict.error);
    }
    this.takeTurns();
  }

  private endTask(task: Task): void {
    this.goOn(task, () => {
      this.values.writer.begin();
      return END;
    });
  }

  private endTasks(reason: string): void {
    this.tasks.endAll(new CuClosedError(reason), (task) => this.endTask(task));
  }

  /** Begins what waits for its turn, until one of these waits for something else. */
  private takeTurns(): void {
    if (this.depth > 0) return;
    for (let turn = this.tasks.takeTurn(this.io); turn !== undefined; turn = this.tasks.takeTurn(this.io)) {
      try {
        turn.resolve(this.beginTask(turn.task));
      } catch (error) {
        turn.reject(error);
      }
    }
  }

  private switchIo(io: Io): void {
    if (io === this.io) return;
    this.io.drafts = this.drafts.scope;
    this.io = io;
    this.ledger.noteMade(io.table);
    this.handles.setIo(io.table);
    this.drafts.enter(io.drafts);
  }

  private createFunctions(): Functions {
    return new Functions({
      invoke: (grip, args) => this.callWith(args, this.exports.cu_function_call, grip, args.length),
      hasReturns: () => this.giveBack(),
      strengthen: (image) => this.handles.strengthen(image),
    });
  }

  /** What stored functions need of the module. */
  private createFunctionPort(): FunctionPort {
    const enter = <T>(entry: Entry, a: number, b: number, c: number, write: () => void, read: (count: number) => T): T => {
      return this.within(() => {
        write();
        return this.enterOwn(entry, a, b, c, read);
      });
    };
    const nothing = () => this.values.writer.begin();
    return {
      dump: (reference, withCode) => {
        const read = (count: number) => this.values.readDump(count, withCode);
        return enter(this.exports.cu_function_dump, reference, withCode ? 0 : 1, 0, nothing, read);
      },
      storeUpvalue: (reference, index, table) => {
        const isNew = table.handle === 0;
        const handle = this.handles.handleOfHome(table);
        try {
          enter(this.exports.cu_upvalue_store, reference, index, handle, nothing, () => {});
        } finally {
          // The module makes no proxy for it.
          if (isNew) this.handles.release(Int32Array.of(handle));
        }
      },
      load: (code) => enter(this.exports.cu_function_load, 0, 0, 0, () => this.values.writeCode(code), (reference) => reference),
      bind: (reference, bindings) => {
        enter(this.exports.cu_function_bind, reference, bindings.length, 0, () => this.values.writeBindings(bindings), () => {});
      },
      sleep: (references) => this.within(() => {
        const { i32, bufferAddress } = this.layout;
        i32.set(references, bufferAddress >> 2);
        const count = this.guarded(this.exports.cu_functions_sleep, references.length);
        return [...i32.subarray(bufferAddress >> 2, (bufferAddress >> 2) + count)];
      }),
    };
  }

  /** Without a closure, since it is done for each call of a Lua function. */
  private callWith(values: readonly unknown[], entry: Entry, subject: number | Grip, b: number): unknown[] {
    if (typeof subject === "object") heldBy(subject);
    this.begin();
    let results: unknown[];
    try {
      this.values.writeAll(values);
      // Last of all: what is written may run code of the user's, after which handles may be weak again.
      const a = typeof subject === "object" ? this.functions.enter(subject).reference : subject;
      results = this.enter(entry, a, b, "auto");
    } finally {
      // Counted here, without a call: there may be no stack left for one.
      if (--this.depth === 0) this.handOver();
    }
    this.throwFault();
    return results;
  }

  /** Calls an export with the stream that was written, and takes its results or its error. */
  private enter(entry: Entry, a: number, b: number, strings: "auto" | "bytes", limits = NO_LIMITS): unknown[] {
    const outer = this.queue.enterExport(this.values.writer.finish());
    const outerTask = this.tasks.enter(undefined);
    try {
      const count = this.limited(entry, a, b, limits);
      return count >= 0 ? this.readResults(count, strings) : this.throwLuaError(limits);
    } finally {
      this.tasks.leave(outerTask);
      this.queue.leaveExport(outer);
    }
  }

  /** Likewise for a task, which begins or goes on: nothing if it waits then. */
  private enterTask(entry: Entry, a: number, b: number, task: Task): unknown[] | undefined {
    const { limits, strings } = task;
    const { exports, layout, tasks } = this;
    const outer = this.queue.enterExport(this.values.writer.finish());
    const outerTask = tasks.enter(task);
    try {
      let count: number;
      if (entry === exports.cu_task_resume) {
        count = this.limitedAgain(entry, a, b, limits);
      } else {
        exports.cu_task_set(task.number);
        count = this.limited(entry, a, b, limits);
      }
      if (count === WAITING) {
        tasks.suspend(task, layout.f64[layout.cellF64]!);
        return undefined;
      }
      tasks.dropPromise();
      return count >= 0 ? this.readResults(count, strings) : this.throwLuaError(limits);
    } finally {
      tasks.leave(outerTask);
      this.queue.leaveExport(outer);
    }
  }

  /** Likewise for an export that runs none of the user's code, and whose results are read in another way. */
  private enterOwn<T>(entry: Entry, a: number, b: number, c: number, read: (count: number) => T): T {
    const outer = this.queue.enterExport(this.values.writer.finish());
    try {
      const count = this.guarded(entry, a, b, c);
      return count >= 0 ? read(count) : this.throwLuaError(NO_LIMITS);
    } finally {
      this.queue.leaveExport(outer);
    }
  }

  /** Whatever enters the module runs in here. */
  private within<T>(work: () => T): T {
    this.begin();
    let result: T;
    try {
      result = work();
    } finally {
      // Counted here, without a call: there may be no stack left for one.
      if (--this.depth === 0) this.handOver();
    }
    this.throwFault();
    return result;
  }

  private begin(): void {
    this.assertUsable();
    this.giveBack();
    this.depth++;
  }

  /** At the end of the outermost call JavaScript gets its share. */
  private handOver(): void {
    this.drafts.seeExposed();
    this.output.flush();
  }

  private throwFault(): void {
    const fault = this.depth === 0 ? this.faults.take() : undefined;
    if (fault !== undefined) throw fault.error;
  }

  /** Imports never throw, so whatever comes out of an export is a trap. */
  private guarded<T>(entry: (a: number, b: number, c: number) => T, a = 0, b = 0, c = 0): T {
    this.handles.noteHandedOver();
    try {
      return entry(a, b, c);
    } catch (error) {
      // First of all, and without a call, for which there may be no stack left.
      if (!this.ended) this.endedBy = error;
      this.ended = true;
      const trap = this.trapError();
      this.tasks.endAll(trap, (task) => {
        this.tasks.end(task);
        task.wait!.reject(trap);
      });
      throw trap;
    }
  }

  private trapError(): CuTrapError {
    const cause = this.endedBy;
    const message = cause instanceof Error ? cause.message : String(cause);
    return (this.trap ??= new CuTrapError(`the instance ended by a trap: ${message} (restart() goes on with the same _home)`, { cause }));
  }

  /** Under the limits of the call, or those of the instance. */
  private limited<T>(entry: (a: number, b: number, c: number) => T, a = 0, b = 0, limits = NO_LIMITS): T {
    const { deadline } = this;
    deadline.enter(limits, this.exports.cu_limit_set);
    try {
      return this.guarded(entry, a, b);
    } finally {
      deadline.leave(limits);
    }
  }

  /** Under the limits that the module kept. */
  private limitedAgain(entry: Entry, a: number, b: number, limits: CallLimits): number {
    const { deadline } = this;
    deadline.enterAgain(limits);
    try {
      return this.guarded(entry, a, b);
    } finally {
      deadline.leave(limits);
    }
  }

  private readResults(count: number, strings: "auto" | "bytes"): unknown[] {
    const { values, drafts } = this;
    let results: unknown[];
    values.strings = strings;
    try {
      values.reader.begin();
      results = values.readAll(count);
    } finally {
      values.strings = "auto";
    }
    for (let i = 0; i < results.length; i++) drafts.seeValue(results[i]);
    return results;
  }

  private throwLuaError(limits: CallLimits): never {
    this.values.reader.begin();
    const [kind, message, chunkName, line, traceback, value] = this.values.readAll(ERROR_VALUES);
    const type = kind === ERROR_KIND_MEMORY ? CuMemoryError : LuaError;
    const details = { chunkName: textOf(chunkName), line: line as number | undefined, traceback: textOf(traceback), value };
    this.deadline.throwIfEnded(kind, textOf(message) ?? "", details, limits);
    throw new type(textOf(message) ?? "", details);
  }

  /** To be called when the buffer is free. */
  private giveBack(): void {
    const { functions, layout } = this;
    functions.settle();
    if (!functions.hasReturns) return;
    const pairs = functions.takeReturns();
    if (this.closing || this.ended) return;
    const pairsMax = layout.bufferBytes / 8;
    for (let start = 0; start < pairs.length; start += pairsMax) {
      const some = pairs.slice(start, start + pairsMax);
      layout.i32.set(some.flat(), layout.bufferAddress >> 2);
      this.guarded(this.exports.cu_reference_release, some.length);
    }
  }

  /** The new `_home` may have a metatable, of which the module has to be told. */
  private noteHomeReplaced(): void {
    this.within(() => this.guarded(this.exports.cu_home_forget));
  }

  private assertIdle(what: string): void {
    this.assertUsable();
    if (this.depth > 0) throw new Error(`${what} cannot replace _home while the instance is computing`);
    const { waitingCount } = this.tasks;
    if (waitingCount > 0) throw new CuBusyError(`${what} cannot replace _home while computations wait (${waitingCount}): await them first`);
  }

  private assertUsable(): void {
    if (this.closed) throw new CuClosedError("the instance is closed");
    if (this.ended) throw this.trapError();
  }
}

// The symbols are newer than the engines that the library runs on, and so are their types.
const { dispose, asyncDispose } = Symbol as unknown as { dispose?: symbol; asyncDispose?: symbol };
if (dispose !== undefined) Object.defineProperty(Cu.prototype, dispose, { value(this: Cu) { void this.close(); } });
if (asyncDispose !== undefined) Object.defineProperty(Cu.prototype, asyncDispose, { value(this: Cu) { return this.close(); } });

function newIo(): Io {
  const table = Object.create(null) as Record<string, unknown>;
  return { table, drafts: newScope(table) };
}

function keysOf(path: string | readonly (string | number)[]): readonly (string | number)[] {
  const keys = typeof path === "string" ? path.split(".") : path;
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every((key) => typeof key === "string" || typeof key === "number")) {
    throw new TypeError("path must be a string like \"_home.calc\" or a list of strings and numbers");
  }
  return keys as (string | number)[];
}

/** Messages of Lua may be any bytes. */
function textOf(value: unknown): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  return value instanceof Uint8Array ? new TextDecoder().decode(value) : String(value);
}

function checkOptions(options: unknown, known: readonly string[], of: string): void {
  if (typeof options !== "object" || options === null) throw new TypeError(`the options of ${of} must be an object`);
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw new TypeError(`${of}: unknown option "${name}" (there are ${known.join(", ")})`);
  }
}

function checkCreateOptions(options: CuOptions): void {
  checkOptions(options, CREATE_OPTIONS, "Cu.create");
  const { print, write, modules, seed, now, nulls, expose } = options;
  if (print !== undefined && typeof print !== "function") throw new TypeError("print must be a function");
  if (write !== undefined && typeof write !== "function") throw new TypeError("write must be a function");
  if (print !== undefined && write !== undefined) throw new TypeError("print and write cannot both be given");
  if (now !== undefined && typeof now !== "function" && !Number.isFinite(now)) {
    throw new TypeError("now must be a number of milliseconds or a function");
  }
  if (nulls !== undefined && nulls !== "sentinel") throw new TypeError("nulls must be \"sentinel\"");
  if (expose !== undefined && !(Array.isArray(expose) && expose.every(Array.isArray))) {
    throw new TypeError("expose must be a list of [class, [names]]");
  }
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= -(2 ** 31) && seed < 2 ** 32)) {
    throw new TypeError("seed must be a 32-bit integer");
  }
  checkLimits(options.limits);
  checkStoreOptions(options);
  if (modules === undefined) return;
  if (typeof modules !== "object" || modules === null) throw new TypeError("modules must be an object");
  for (const [name, value] of Object.entries(modules)) {
    if (typeof value !== "string" && typeof value !== "function") throw new TypeError(`modules.${name} must be Lua source or a function`);
  }
}

function checkStoreOptions({ store, state, durability, autosave, stateKey }: CuOptions): void {
  if (store !== undefined && typeof (store as Partial<Store> | null)?.open !== "function") throw new TypeError("store must be a store");
  if (store === undefined && (state !== undefined || autosave !== undefined)) throw new TypeError("state and autosave need a store");
  if (durability !== undefined && durability !== "strict" && durability !== "relaxed") {
    throw new TypeError("durability must be \"strict\" or \"relaxed\"");
  }
  if (stateKey !== undefined && !(stateKey instanceof Uint8Array && stateKey.length >= STATE_KEY_BYTES_MIN)) {
    throw new TypeError(`stateKey must be a Uint8Array of at least ${STATE_KEY_BYTES_MIN} bytes`);
  }
  if (autosave === undefined) return;
  checkOptions(autosave, ["everyMs", "onError"], "autosave");
  const { everyMs, onError } = autosave;
  if (!(typeof everyMs === "number" && everyMs > 0 && everyMs <= TIMER_MS_MAX)) {
    throw new TypeError(`autosave.everyMs must be a positive number up to ${TIMER_MS_MAX}`);
  }
  if (onError !== undefined && typeof onError !== "function") throw new TypeError("autosave.onError must be a function");
}

function checkLimits(limits: Limits | undefined): void {
  if (limits === undefined) return;
  checkOptions(limits, LIMITS, "limits");
  for (const [name, limit] of Object.entries(limits)) {
    checkLimit(`limits.${name}`, limit);
  }
}

function checkLimit(name: string, limit: unknown): void {
  if (limit !== undefined && !(typeof limit === "number" && limit > 0)) throw new TypeError(`${name} must be a positive number`);
}

function checkComputeOptions(options: ComputeOptions): void {
  checkOptions(options, COMPUTE_OPTIONS, "compute");
  const { args, name, strings, maxInstructions, timeoutMs, signal } = options;
  checkLimit("maxInstructions", maxInstructions);
  checkLimit("timeoutMs", timeoutMs);
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError("signal must be an AbortSignal");
  if (args !== undefined && !Array.isArray(args)) throw new TypeError("args must be a list");
  if (name !== undefined && typeof name !== "string") throw new TypeError("name must be a string");
  if (strings !== undefined && strings !== "auto" && strings !== "bytes") throw new TypeError("strings must be \"auto\" or \"bytes\"");
}
