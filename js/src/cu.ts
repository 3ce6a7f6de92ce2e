/**
 * `Cu`: one instance, with its Lua state, its memory and its tables. Everything that a caller gives is checked here; everything that
 * happens at the boundary is behind it. An instance that ended by a trap, or was closed, refuses to go on.
 */
import { Account } from "./account.js";
import type { Limits } from "./account.js";
import { Calls, Multi } from "./calls.js";
import { Drafts } from "./drafts.js";
import { CuClosedError, CuLoadError, CuMemoryError, CuTrapError, LuaError } from "./errors.js";
import { LuaBytes } from "./exact.js";
import { Exposures } from "./expose.js";
import type { Exposure } from "./expose.js";
import { Functions } from "./functions.js";
import { Handles } from "./handles.js";
import { createImports } from "./imports.js";
import type { Host } from "./imports.js";
import { Ledger } from "./ledger.js";
import { instantiate, loadModule } from "./loader.js";
import type { ModuleExports, WasmSource } from "./loader.js";
import { Memory } from "./memory.js";
import { Clock, Faults, Output } from "./services.js";
import type { Print } from "./services.js";
import { Space } from "./space.js";
import { Bufferfuls, PullQueue } from "./streams.js";
import { Tables } from "./tables.js";
import { Values } from "./values.js";
import { viewOf } from "./view.js";
import type { CuTable } from "./view.js";

/** Lua source: text, or bytes where it is not valid UTF-8. */
export type SourceCode = string | Uint8Array;

export interface CuOptions {
  /** The module; by default the file `cu.wasm` beside this library's. */
  wasm?: WasmSource;
  /** Called with each line that Lua prints, without its end. By default lines go to standard output and standard error. */
  print?: Print;
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
  /** What Lua may make the host hold, in accounted bytes and entries. */
  limits?: Limits;
}

export interface ComputeOptions {
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

/** Bytes, but for the last two. */
export interface CuMemory {
  /** The whole memory of the module, which never changes. */
  readonly total: number;
  /** The part of it that Lua and the module allocate from. */
  readonly heap: number;
  readonly used: number;
  /** The highest value of `used` so far. */
  readonly peak: number;
  /** Objects and functions of the host that Lua holds. */
  readonly handles: number;
  /** Those and what waits to be given back, as the host counts. */
  readonly tables: number;
}

const CREATE_OPTIONS = ["wasm", "print", "modules", "seed", "now", "nulls", "expose", "limits"];
const LIMITS = ["hostBytes", "hostEntries"];
const COMPUTE_OPTIONS = ["input", "meta", "args", "name", "strings"];
const HEAP_USED = 1;
const HEAP_PEAK = 2;
const HEAP_HANDLES = 3;
const ERROR_VALUES = 6;
const ERROR_KIND_MEMORY = 3;

/** An export of the module; those with fewer parameters ignore the rest. */
type Entry = (a: number, b: number) => number;

export class Cu {
  /** The root table of what persists, as a live view. */
  readonly home: CuTable;
  private readonly exports: ModuleExports;
  private readonly io: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  private readonly layout: Memory;
  private readonly ledger: Ledger;
  private readonly functions: Functions;
  private readonly handles: Handles;
  private readonly values: Values;
  private readonly drafts: Drafts;
  private readonly queue: PullQueue;
  private readonly faults = new Faults();
  private readonly output: Output;
  /** Computations that are running, one inside the other. */
  private depth = 0;
  private closed = false;
  private closing = false;
  private trap: CuTrapError | undefined;

  /** Loads the module and makes an instance. Rejects with a CuLoadError if `wasm` is no module of this version. */
  static async create(options: CuOptions = {}): Promise<Cu> {
    checkCreateOptions(options);
    const exposures = new Exposures(options.expose ?? []);
    const { imports, connect } = createImports();
    const exports = await instantiate(await loadModule(options.wasm), imports);
    const cu = new Cu(exports, options, exposures, connect);
    cu.start(options.seed ?? crypto.getRandomValues(new Int32Array(1))[0]!);
    return cu;
  }

  /** Several results, for a function of the host to return to Lua. */
  static multi(...values: unknown[]): Multi {
    return new Multi(values);
  }

  private constructor(exports: ModuleExports, options: CuOptions, exposures: Exposures, connect: (host: Host) => void) {
    this.exports = exports;
    const memory = new Memory(exports.memory.buffer, (which) => exports.cu_layout_get(which));
    this.layout = memory;
    this.functions = new Functions((reference, args) => this.callFunction(reference, args), () => this.giveBack());
    const account = new Account(options.limits ?? {});
    const space = new Space(account, this.functions);
    const ledger = new Ledger(account);
    this.ledger = ledger;
    ledger.noteMade(this.io);
    this.drafts = new Drafts(this.io);
    this.handles = new Handles(space, exposures, this.drafts, ledger);
    space.handles = () => this.handles.homeTables();
    // When nothing runs, the next call forgets.
    space.watcher = () => { if (this.depth > 0 && this.trap === undefined) this.guarded(this.exports.cu_home_forget); };
    account.surveyor = () => ({ home: space.survey(), io: ledger.survey(this.handles.foreignObjects()) });
    const bufferfuls = new Bufferfuls(memory);
    this.queue = new PullQueue(memory, bufferfuls);
    this.values = new Values(memory, bufferfuls, this.handles, this.functions, options.nulls === "sentinel");
    this.output = new Output(memory.u8, options.print, this.faults);
    // The three handles that exist from the start, in this order.
    this.handles.handleOf(this.io);
    this.handles.handleOfHome(space.root);
    this.handles.handleOf(Object.assign(Object.create(null) as object, options.modules));
    this.home = viewOf(space.root);
    const { handles, values, drafts, queue } = this;
    const cu = this;
    connect({
      tables: new Tables({ memory, handles, values, drafts, exposures, queue, space, ledger, giveBack: () => this.giveBack() }),
      calls: new Calls({ handles, values, drafts, queue }),
      streams: { push: (bytes) => values.reader.push(bytes), pull: () => queue.pull() },
      output: this.output,
      clock: new Clock(options.now, this.faults),
      get ended() { return cu.trap !== undefined; },
    });
  }

  /** Runs Lua source and gives the first value that it returns. Rejects with a LuaError if it fails. */
  async compute(code: SourceCode, options: ComputeOptions = {}): Promise<unknown> {
    return this.run(code, options)[0];
  }

  /** Likewise, with all values that it returns. */
  async computeAll(code: SourceCode, options: ComputeOptions = {}): Promise<unknown[]> {
    return this.run(code, options);
  }

  /** `compute` without a promise, also for a function of the host that Lua is just calling. */
  computeSync(code: SourceCode, options: ComputeOptions = {}): unknown {
    return this.run(code, options)[0];
  }

  /** Calls the function that the globals have at a path ("_home.calc", or a list of keys) and gives its first result. */
  async call(path: string | readonly (string | number)[], ...args: unknown[]): Promise<unknown> {
    return this.callPath(path, args)[0];
  }

  callSync(path: string | readonly (string | number)[], ...args: unknown[]): unknown {
    return this.callPath(path, args)[0];
  }

  /** Makes `input` the `_io.input` of what is computed from now on: by reference, nothing is copied. */
  setInput(input: unknown): void {
    this.assertUsable();
    this.ledger.handOver();
    this.io["input"] = input;
  }

  /** What Lua left in `_io.output`. */
  getOutput(): unknown {
    this.assertUsable();
    this.drafts.seeAll();
    return this.io["output"];
  }

  setMeta(meta: unknown): void {
    this.assertUsable();
    this.io["meta"] = meta;
  }

  /** Empties `_io`. */
  clearIo(): void {
    this.assertUsable();
    this.ledger.handOver();
    for (const name of Object.keys(this.io)) delete this.io[name];
  }

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
    this.within(() => this.guarded(this.exports.cu_heap_collect));
  }

  /** Ends the instance: pending `__close` and `__gc` run. Closing twice is no error; closing while Lua runs is. */
  close(): void {
    if (this.closed) return;
    if (this.depth > 0) throw new Error("the instance cannot be closed while it is computing");
    this.closing = true;
    try {
      if (this.trap === undefined) this.within(() => this.guarded(this.exports.cu_vm_close));
    } finally {
      this.closed = true;
      this.functions.close();
    }
  }

  private start(seed: number): void {
    this.within(() => {
      if (this.guarded(this.exports.cu_vm_create, seed) !== 0) throw new CuLoadError("the module could not make a Lua state");
    });
  }

  private run(code: SourceCode, options: ComputeOptions): unknown[] {
    if (typeof code !== "string" && !(code instanceof Uint8Array)) {
      throw new TypeError(`code must be a string or a Uint8Array, not ${typeof code}`);
    }
    checkComputeOptions(options);
    this.assertUsable();
    if ("input" in options) this.setInput(options.input);
    if ("meta" in options) this.setMeta(options.meta);
    const { args = [], name = "compute", strings = "auto" } = options;
    return this.within(() => {
      const { values } = this;
      args.forEach((arg) => values.prepare(arg));
      values.writer.begin();
      values.write(`=${name}`);
      values.writeExact(typeof code === "string" ? code : new LuaBytes(code));
      for (const arg of args) values.write(arg);
      return this.enter(this.exports.cu_chunk_call, args.length, 0, strings);
    });
  }

  private callPath(path: string | readonly (string | number)[], args: unknown[]): unknown[] {
    const keys = typeof path === "string" ? path.split(".") : path;
    if (!Array.isArray(keys) || keys.length === 0 || !keys.every((key) => typeof key === "string" || typeof key === "number")) {
      throw new TypeError("path must be a string like \"_home.calc\" or a list of strings and numbers");
    }
    return this.callWith([...keys, ...args], this.exports.cu_path_call, keys.length, args.length);
  }

  private callFunction(reference: number, args: unknown[]): unknown[] {
    return this.callWith(args, this.exports.cu_function_call, reference, args.length);
  }

  /** Without a closure, since it is done for each call of a Lua function. */
  private callWith(values: readonly unknown[], entry: Entry, a: number, b: number): unknown[] {
    this.begin();
    let results: unknown[];
    try {
      this.values.writeAll(values);
      results = this.enter(entry, a, b, "auto");
    } finally {
      this.end();
    }
    this.throwFault();
    return results;
  }

  /** Calls an export with the stream that was written, and takes its results or its error. */
  private enter(entry: Entry, a: number, b: number, strings: "auto" | "bytes"): unknown[] {
    const outer = this.queue.enterExport(this.values.writer.finish());
    try {
      const count = this.guarded(entry, a, b);
      return count >= 0 ? this.readResults(count, strings) : this.throwLuaError();
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
      this.end();
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
  private end(): void {
    this.depth--;
    if (this.depth > 0) return;
    this.drafts.seeExposed();
    this.output.flush();
  }

  private throwFault(): void {
    const fault = this.depth === 0 ? this.faults.take() : undefined;
    if (fault !== undefined) throw fault.error;
  }

  /** Imports never throw, so whatever comes out of an export is a trap. */
  private guarded<T>(entry: (a: number, b: number) => T, a = 0, b = 0): T {
    try {
      return entry(a, b);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.trap ??= new CuTrapError(`the instance ended by a trap: ${message}`, { cause: error });
      throw this.trap;
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

  private throwLuaError(): never {
    this.values.reader.begin();
    const [kind, message, chunkName, line, traceback, value] = this.values.readAll(ERROR_VALUES);
    const type = kind === ERROR_KIND_MEMORY ? CuMemoryError : LuaError;
    const details = { chunkName: textOf(chunkName), line: line as number | undefined, traceback: textOf(traceback), value };
    throw new type(textOf(message) ?? "", details);
  }

  /** To be called when the buffer is free. */
  private giveBack(): void {
    const { functions, layout } = this;
    functions.settle();
    if (!functions.hasReturns) return;
    const pairs = functions.takeReturns();
    if (this.closing || this.trap !== undefined) return;
    const pairsMax = layout.bufferBytes / 8;
    for (let start = 0; start < pairs.length; start += pairsMax) {
      const some = pairs.slice(start, start + pairsMax);
      layout.i32.set(some.flat(), layout.bufferAddress >> 2);
      this.guarded(this.exports.cu_reference_release, some.length);
    }
  }

  private assertUsable(): void {
    if (this.closed) throw new CuClosedError("the instance is closed");
    if (this.trap !== undefined) throw this.trap;
  }
}

// The symbols are newer than the engines that the library runs on, and so are their types.
const { dispose, asyncDispose } = Symbol as unknown as { dispose?: symbol; asyncDispose?: symbol };
if (dispose !== undefined) Object.defineProperty(Cu.prototype, dispose, { value(this: Cu) { this.close(); } });
if (asyncDispose !== undefined) Object.defineProperty(Cu.prototype, asyncDispose, { async value(this: Cu) { this.close(); } });

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
  const { print, modules, seed, now, nulls, expose } = options;
  if (print !== undefined && typeof print !== "function") throw new TypeError("print must be a function");
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
  if (modules === undefined) return;
  if (typeof modules !== "object" || modules === null) throw new TypeError("modules must be an object");
  for (const [name, value] of Object.entries(modules)) {
    if (typeof value !== "string" && typeof value !== "function") throw new TypeError(`modules.${name} must be Lua source or a function`);
  }
}

function checkLimits(limits: Limits | undefined): void {
  if (limits === undefined) return;
  checkOptions(limits, LIMITS, "limits");
  for (const [name, limit] of Object.entries(limits)) {
    if (limit !== undefined && !(typeof limit === "number" && limit > 0)) throw new TypeError(`limits.${name} must be a positive number`);
  }
}

function checkComputeOptions(options: ComputeOptions): void {
  checkOptions(options, COMPUTE_OPTIONS, "compute");
  const { args, name, strings } = options;
  if (args !== undefined && !Array.isArray(args)) throw new TypeError("args must be a list");
  if (name !== undefined && typeof name !== "string") throw new TypeError("name must be a string");
  if (strings !== undefined && strings !== "auto" && strings !== "bytes") throw new TypeError("strings must be \"auto\" or \"bytes\"");
}
