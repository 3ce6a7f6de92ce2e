/**
 * `Cu`: one instance, with its Lua state, its memory and its tables. Everything that a caller gives is checked here; everything that happens at the
 * boundary is behind it. An instance that ended by a trap, or was closed, refuses to go on.
 */
import { Calls, Multi } from "./calls.js";
import { Drafts } from "./drafts.js";
import { CuClosedError, CuLoadError, CuMemoryError, CuTrapError, LuaError } from "./errors.js";
import { Exposures } from "./expose.js";
import type { Exposure } from "./expose.js";
import { Functions } from "./functions.js";
import { Handles } from "./handles.js";
import { createHome, LuaBytes } from "./home.js";
import type { CuTable } from "./home.js";
import { createImports } from "./imports.js";
import type { Host } from "./imports.js";
import { instantiate, loadModule } from "./loader.js";
import type { ModuleExports, WasmSource } from "./loader.js";
import { Memory, MEMORY_BYTES } from "./memory.js";
import { Clock, Faults, Output } from "./services.js";
import type { Print } from "./services.js";
import { PullQueue } from "./streams.js";
import { Tables } from "./tables.js";
import { Values } from "./values.js";

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

const CREATE_OPTIONS = ["wasm", "print", "modules", "seed", "now", "nulls", "expose"];
const COMPUTE_OPTIONS = ["input", "meta", "args", "name", "strings"];
const HEAP_USED = 1;
const HEAP_PEAK = 2;
const HEAP_HANDLES = 3;
const ERROR_VALUES = 6;
const ERROR_KIND_MEMORY = 3;

export class Cu {
  /** The root table of what persists, as a live view. */
  readonly home: CuTable;
  private readonly exports: ModuleExports;
  private readonly io: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  private readonly layout: Memory;
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
    const owner = {};
    this.layout = memory;
    this.functions = new Functions(
      (reference, args) => this.callFunction(reference, args),
      (pairs) => this.giveBack(pairs),
    );
    this.drafts = new Drafts(this.io);
    this.handles = new Handles(owner, exposures, this.drafts);
    this.queue = new PullQueue(memory);
    this.values = new Values(memory, this.handles, this.functions, options.nulls === "sentinel");
    this.output = new Output(memory.u8, options.print, this.faults);
    const home = createHome(owner, (value) => this.functions.isHeld(value));
    // The three handles that exist from the start, in this order.
    this.handles.handleOf(this.io);
    this.handles.handleOfHome(home);
    this.handles.handleOf(Object.assign(Object.create(null) as object, options.modules));
    this.home = home.view;
    const { handles, values, drafts, queue } = this;
    const cu = this;
    connect({
      tables: new Tables({ memory, handles, values, drafts, exposures, queue, owner }),
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
    for (const name of Object.keys(this.io)) delete this.io[name];
  }

  get memory(): CuMemory {
    this.assertUsable();
    return {
      total: MEMORY_BYTES,
      heap: this.layout.heapBytes,
      used: this.exports.cu_heap_get(HEAP_USED),
      peak: this.exports.cu_heap_get(HEAP_PEAK),
      handles: this.exports.cu_heap_get(HEAP_HANDLES),
      tables: this.handles.count,
    };
  }

  /** Collects all garbage of Lua's and releases what it held of the host's. */
  collectGarbage(): void {
    this.within(() => {
      this.guard(() => this.exports.cu_heap_collect());
      return [];
    });
  }

  /** Ends the instance: pending `__close` and `__gc` run. Closing twice is no error; closing while Lua runs is. */
  close(): void {
    if (this.closed) return;
    if (this.depth > 0) throw new Error("the instance cannot be closed while it is computing");
    try {
      if (this.trap === undefined) {
        this.within(() => {
          this.guard(() => this.exports.cu_vm_close());
          return [];
        });
      }
    } finally {
      this.closed = true;
      this.functions.close();
    }
  }

  private start(seed: number): void {
    this.within(() => {
      if (this.guard(() => this.exports.cu_vm_create(seed)) !== 0) throw new CuLoadError("the module could not make a Lua state");
      return [];
    });
  }

  private run(code: SourceCode, options: ComputeOptions): unknown[] {
    if (typeof code !== "string" && !(code instanceof Uint8Array)) throw new TypeError(`code must be a string or a Uint8Array, not ${typeof code}`);
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
      return this.enter(() => this.exports.cu_chunk_call(args.length), strings);
    });
  }

  private callPath(path: string | readonly (string | number)[], args: unknown[]): unknown[] {
    const keys = typeof path === "string" ? path.split(".") : path;
    if (!Array.isArray(keys) || keys.length === 0 || !keys.every((key) => typeof key === "string" || typeof key === "number")) {
      throw new TypeError("path must be a string like \"_home.calc\" or a list of strings and numbers");
    }
    return this.within(() => {
      this.values.writeAll([...keys, ...args]);
      return this.enter(() => this.exports.cu_path_call(keys.length, args.length), "auto");
    });
  }

  private callFunction(reference: number, args: unknown[]): unknown[] {
    return this.within(() => {
      this.values.writeAll(args);
      return this.enter(() => this.exports.cu_function_call(reference, args.length), "auto");
    });
  }

  /** Calls an export with the stream that was written, and takes its results or its error. */
  private enter(call: () => number, strings: "auto" | "bytes"): unknown[] {
    const outer = this.queue.enterExport(this.values.writer.finish());
    try {
      const count = this.guard(call);
      return count >= 0 ? this.readResults(count, strings) : this.throwLuaError();
    } finally {
      this.queue.leaveExport(outer);
    }
  }

  /** Whatever enters the module runs in here: counted, and with an end at which JavaScript gets its share. */
  private within(work: () => unknown[]): unknown[] {
    this.assertUsable();
    let results: unknown[];
    let fault: { error: unknown } | undefined;
    this.depth++;
    try {
      results = work();
    } finally {
      this.depth--;
      if (this.depth === 0) {
        this.drafts.seeExposed();
        this.output.flush();
        fault = this.faults.take();
      }
    }
    if (fault !== undefined) throw fault.error;
    return results;
  }

  /** Imports never throw, so whatever comes out of an export is a trap. */
  private guard<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      this.trap ??= new CuTrapError(`the instance ended by a trap: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
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
    for (const result of results) if (typeof result === "object" && result !== null) drafts.see(result);
    return results;
  }

  private throwLuaError(): never {
    this.values.reader.begin();
    const [kind, message, chunkName, line, traceback, value] = this.values.readAll(ERROR_VALUES);
    const type = kind === ERROR_KIND_MEMORY ? CuMemoryError : LuaError;
    throw new type(textOf(message) ?? "", { chunkName: textOf(chunkName), line: line as number | undefined, traceback: textOf(traceback), value });
  }

  private giveBack(pairs: readonly (readonly [number, number])[]): void {
    if (this.closed || this.trap !== undefined) return;
    const { i32, bufferAddress } = this.layout;
    pairs.flat().forEach((number, i) => { i32[(bufferAddress >> 2) + i] = number; });
    this.guard(() => this.exports.cu_reference_release(pairs.length));
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
  if (now !== undefined && typeof now !== "function" && !Number.isFinite(now)) throw new TypeError("now must be a number of milliseconds or a function");
  if (nulls !== undefined && nulls !== "sentinel") throw new TypeError("nulls must be \"sentinel\"");
  if (expose !== undefined && !(Array.isArray(expose) && expose.every(Array.isArray))) throw new TypeError("expose must be a list of [class, [names]]");
  if (seed !== undefined && !(Number.isInteger(seed) && seed >= -(2 ** 31) && seed < 2 ** 32)) throw new TypeError("seed must be a 32-bit integer");
  if (modules === undefined) return;
  if (typeof modules !== "object" || modules === null) throw new TypeError("modules must be an object");
  for (const [name, value] of Object.entries(modules)) {
    if (typeof value !== "string" && typeof value !== "function") throw new TypeError(`modules.${name} must be Lua source or a function`);
  }
}

function checkComputeOptions(options: ComputeOptions): void {
  checkOptions(options, COMPUTE_OPTIONS, "compute");
  const { args, name, strings } = options;
  if (args !== undefined && !Array.isArray(args)) throw new TypeError("args must be a list");
  if (name !== undefined && typeof name !== "string") throw new TypeError("name must be a string");
  if (strings !== undefined && strings !== "auto" && strings !== "bytes") throw new TypeError("strings must be \"auto\" or \"bytes\"");
}
