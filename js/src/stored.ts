/**
 * Functions of Lua that tables of `_home` hold. What is kept of one is its code and a *cell* for each upvalue, which functions may share:
 * that is whole without the instance. While the function is *awake*, the module has it as well, under a reference, and it is Lua's closure
 * that counts; the cells are brought up to date when the state is saved, and before the function is put to *sleep*: from then on the cells
 * count, and it is loaded again on use.
 */
import { FUNCTION_BYTES } from "./account.js";
import { keyOf, LuaBigint, LuaBytes, LuaFloat, LuaNamed, Unsaved } from "./exact.js";
import type { HomeKey, HomeValue } from "./exact.js";
import { CuMemoryError, LuaError, RefusedError } from "./errors.js";
import type { Functions, Held } from "./functions.js";
import { HomeTable, KIND_CELL, KIND_FUNCTION } from "./home.js";
import type { Space } from "./space.js";
import type { ByteReader, ByteWriter } from "./state/bytes.js";

/** Functions that are awake before some are put to sleep. */
const AWAKE_MIN = 1_024;
/** Functions of libraries that are keys. */
const LIBRARY_KEYS_MAX = 1_024;
/** References in one call of the module's. */
const SLEEP_MAX = 8_192;

/** What the module says of a function. */
export interface Dump {
  /** Of a function of a library only its name; undefined if it was not asked for. */
  readonly code: Uint8Array | LuaNamed | undefined;
  readonly upvalues: readonly Upvalue[];
}

export interface Upvalue {
  readonly name: string | undefined;
  /** The same for the same upvalue of all functions that are awake. */
  readonly identity: number;
  readonly value: HomeValue | undefined;
}

/** How an upvalue of a function that is loaded is set: to a value, or by sharing another function's. */
export type Binding = { readonly value: HomeValue | undefined } | { readonly reference: number; readonly index: number };

/** The module's exports for functions (docs/ABI.md §5). Each throws what the module raises. */
export interface FunctionPort {
  dump(reference: number, withCode: boolean): Dump;
  /** Assigns the value of an upvalue to key 1 of a table. */
  storeUpvalue(reference: number, index: number, table: HomeTable): void;
  load(code: Uint8Array | LuaNamed): number;
  bind(reference: number, bindings: readonly Binding[]): void;
  /** Which of the functions the module let go of. */
  sleep(references: readonly number[]): number[];
}

/** An upvalue: its one entry is the value. */
export class Cell extends HomeTable {
  /** The functions that are awake and have it as an upvalue, and as which. */
  readonly users: { readonly of: StoredFunction; readonly index: number }[] = [];
  /** Which upvalue it is, while a function that is awake has it and the module was asked. */
  identity: number | undefined;
  /** What it is now, if that cannot be kept: the value is what was kept before. */
  private unkept: Unsaved | undefined;
  private isKept = false;

  override get kind(): number {
    return KIND_CELL;
  }

  override get isDivisible(): boolean {
    return false;
  }

  get value(): HomeValue | undefined {
    return this.get(1);
  }

  /** Why it cannot be stored as it is. */
  get unsaved(): Unsaved | undefined {
    return this.unkept ?? (this.value instanceof Unsaved ? this.value : undefined);
  }

  override noteSaved(): void {
    super.noteSaved();
    this.isKept = true;
  }

  /** The value is what it is. */
  noteKept(): void {
    this.isKept = true;
    this.unkept = undefined;
  }

  /** No function that is awake has it any more: what was kept counts. */
  noteAsleep(): void {
    this.unkept = this.identity = undefined;
  }

  /** Keeps a value if it is another one. One that cannot be kept does not replace one that was. */
  keep(value: HomeValue | undefined): void {
    if (value instanceof Unsaved && this.isKept) {
      this.unkept = value;
      return;
    }
    if (!(value instanceof Unsaved)) this.noteKept();
    if (isSame(this.value, value)) return;
    if (value === undefined) this.delete(1);
    else this.set(1, value);
  }

  override stepTo(): string {
    return "";
  }

  override problem(): string | undefined {
    return this.length > 1 || this.fieldCount > 0 ? "an upvalue has other entries" : super.problem();
  }
}

/** A function: its entries are the cells of its upvalues. */
export class StoredFunction extends HomeTable {
  code: Uint8Array = new Uint8Array(0);
  /** Of a function of a library, which is not stored but by this. */
  library: LuaNamed | undefined;
  /** Why it cannot be stored. */
  refusal: string | undefined;
  /** What the module has of it, while it is awake. */
  held: Held | undefined;
  /** The names of its upvalues, as far as they are known. */
  names: readonly (string | undefined)[] = [];

  override get kind(): number {
    return KIND_FUNCTION;
  }

  override get isDivisible(): boolean {
    return false;
  }

  cell(index: number): Cell {
    return this.get(index) as Cell;
  }

  setCode(code: Uint8Array): void {
    this.chargeOwn(FUNCTION_BYTES + code.length - this.code.length);
    this.code = code;
    this.touch();
  }

  override stepTo(key: HomeKey): string {
    const name = this.names[(key as number) - 1];
    return name === undefined ? `: upvalue ${String(key)}` : `: upvalue '${name}'`;
  }

  override writeOwn(writer: ByteWriter): void {
    writer.count(this.code.length);
    writer.bytes(this.code);
  }

  override readOwn(reader: ByteReader): void {
    this.setCode(reader.bytes(reader.count()));
  }

  override problem(): string | undefined {
    if (this.fieldCount > 0) return "a function has other entries than upvalues";
    for (const [, value] of this.entries()) if (!(value instanceof Cell)) return "an upvalue of a function is none";
    return this.size < this.length ? "an upvalue of a function is missing" : super.problem();
  }
}

/** Keeps the functions of one instance. */
export class StoredFunctions {
  /** Those that the module has as well. */
  readonly awake = new Set<StoredFunction>();
  private readonly space: Space;
  private functions: Functions;
  private readonly port: FunctionPort;
  /** Functions that crossed and that the module was not asked about yet. */
  private fresh: StoredFunction[] = [];
  /** Those that were loaded, whose upvalues the module was not asked about. */
  private readonly unidentified = new Set<StoredFunction>();
  /** Upvalues of functions that are awake, by identity. */
  private readonly cells = new Map<number, Cell>();
  private readonly library = new Map<string, Held>();
  private readonly keyNames = new Set<string>();
  private sleepAt = AWAKE_MIN;
  /** Functions are being loaded, which nothing uses yet: meanwhile none is put to sleep. */
  private waking = 0;

  constructor(space: Space, functions: Functions, port: FunctionPort) {
    this.space = space;
    this.functions = functions;
    this.port = port;
  }

  /** What stands for a function that crossed. `settle` asks the module about those that are new. */
  ofReference(reference: number): StoredFunction {
    return this.ofHeld(this.functions.heldOf(reference));
  }

  ofHeld(held: Held): StoredFunction {
    if (held.stored !== undefined) return held.stored;
    const stored = this.space.create(StoredFunction);
    this.noteAwake(stored, held);
    this.fresh.push(stored);
    return stored;
  }

  /** A function that crossed, as the key under which there may be something; undefined if it was never stored. */
  sought(reference: number): StoredFunction | LuaNamed | undefined {
    const held = this.functions.heldOf(reference);
    if (held.stored !== undefined) return held.stored;
    const { code } = this.port.dump(reference, true);
    return code instanceof LuaNamed ? code : undefined;
  }

  /**
   * Asks about the functions that crossed, and those that are their upvalues. To be called when the buffer is free, before they are stored.
   */
  settle(): void {
    if (this.fresh.length === 0) return;
    this.identify();
    for (let next = this.fresh.pop(); next !== undefined; next = this.fresh.pop()) {
      // What crossed for an operation that failed is dropped by now.
      if (next.held === undefined) continue;
      this.capture(next, next.held);
    }
  }

  private capture(stored: StoredFunction, held: Held): void {
    let dump: Dump;
    try {
      dump = this.port.dump(held.reference, true);
    } catch (error) {
      if (!(error instanceof LuaError) || error instanceof CuMemoryError) throw error;
      stored.refusal = error.message;
      return;
    }
    if (dump.code instanceof LuaNamed) stored.library = dump.code;
    else stored.setCode(dump.code!);
    this.update(stored, dump.upvalues);
  }

  /**
   * What is kept of a value: of a function of a library that is its name. Throws, with the path, for one that has neither name nor code.
   */
  settled<T>(value: T, path: () => string): T | LuaNamed {
    if (!(value instanceof StoredFunction)) return value;
    if (value.refusal !== undefined) throw new RefusedError(`${path()}: ${value.refusal}`);
    return value.library ?? value;
  }

  /** The same of a key. The module looks for a function that is one only while the host has it. */
  settledKey(key: StoredFunction): HomeKey {
    const kept = this.settled(key, () => "a key");
    if (kept instanceof LuaNamed) this.holdKey(kept.name, key.held);
    return keyOf(kept);
  }

  /** The key that a value of JavaScript's is. */
  keyFrom(value: HomeValue): HomeKey {
    if (value instanceof LuaNamed) {
      this.noteKey(value);
      this.named(value);
    }
    return keyOf(value);
  }

  /** There is a key that is a function of a library. A state that was altered may say so of anything. */
  noteKey({ name }: LuaNamed): void {
    if (this.keyNames.size < LIBRARY_KEYS_MAX) this.keyNames.add(name);
  }

  /** The module is told which functions of its libraries are keys, after it, or all tables, are new. */
  holdKeys(): void {
    for (const name of this.keyNames) {
      try {
        this.named(new LuaNamed(name));
      } catch (error) {
        if (!(error instanceof LuaError)) throw error;
        this.keyNames.delete(name);
      }
    }
  }

  private holdKey(name: string, held: Held | undefined): void {
    this.keyNames.add(name);
    if (held === undefined || this.library.get(name)?.released === false) return;
    this.functions.keep(held);
    this.library.set(name, held);
  }

  /** Brings the cells of a function up to date; throws with the path of an upvalue that cannot be kept. */
  refresh(stored: StoredFunction): void {
    const reference = stored.held?.reference;
    if (reference === undefined) return refuseUnsavedOf(stored);
    this.space.build(() => {
      const { upvalues } = this.port.dump(reference, false);
      this.update(stored, upvalues);
      upvalues.forEach(({ value }, i) => {
        if (value instanceof Unsaved && value.isTable) this.adoptUpvalue(reference, i + 1, stored.cell(i + 1));
      });
      this.settle();
      refuseUnsavedOf(stored);
    });
  }

  /** The module has the function from now on, and those that are its upvalues. */
  wake(stored: StoredFunction): Held {
    if (stored.held !== undefined) return stored.held;
    const group = sleepers(stored);
    const loaded: StoredFunction[] = [];
    this.waking++;
    try {
      for (const one of group) {
        this.noteAwake(one, this.functions.heldOf(this.port.load(one.code)));
        loaded.push(one);
        this.unidentified.add(one);
      }
      for (const one of group) this.port.bind(one.held!.reference, this.bindings(one));
    } catch (error) {
      for (const one of loaded) this.letGo(one);
      throw error;
    } finally {
      this.waking--;
    }
    return stored.held!;
  }

  /** The module's function of a library. It costs nothing to keep it. */
  named({ name }: LuaNamed): Held {
    let held = this.library.get(name);
    if (held === undefined || held.released) {
      held = this.functions.heldOf(this.port.load(new LuaNamed(name)));
      this.functions.keep(held);
      this.library.set(name, held);
    }
    return held;
  }

  /** The function is dropped: the module need not keep it. */
  letGo(stored: StoredFunction): void {
    const { held } = stored;
    if (held === undefined) return;
    this.noteAsleep(stored);
    this.functions.unkeep(held);
  }

  /** Puts functions to sleep if many are awake. Not to be called when an operation has woken some that it did not hand over yet. */
  rest(): void {
    if (this.awake.size < this.sleepAt || this.waking > 0) return;
    const byReference = new Map<number, StoredFunction>();
    this.space.build(() => {
      for (const stored of [...this.awake]) {
        if (stored.held!.isHeldByJs) continue;
        this.update(stored, this.port.dump(stored.held!.reference, false).upvalues);
        if (!hasUnsaved(stored)) byReference.set(stored.held!.reference, stored);
      }
      this.settle();
    });
    const references = [...byReference.keys()];
    for (let start = 0; start < references.length; start += SLEEP_MAX) {
      for (const reference of this.port.sleep(references.slice(start, start + SLEEP_MAX))) {
        const stored = byReference.get(reference);
        if (stored?.held === undefined) continue;
        this.functions.forget(stored.held);
        this.noteAsleep(stored);
      }
    }
    this.sleepAt = Math.max(AWAKE_MIN, 2 * this.awake.size);
  }

  /** The module has none of the functions any more: what is in the cells counts. */
  noteRestart(functions: Functions): void {
    for (const stored of [...this.awake]) this.noteAsleep(stored);
    this.fresh = [];
    this.library.clear();
    this.functions = functions;
  }

  private noteAwake(stored: StoredFunction, held: Held): void {
    stored.held = held;
    held.stored = stored;
    this.functions.keep(held);
    this.awake.add(stored);
  }

  private noteAsleep(stored: StoredFunction): void {
    this.forgetUpvalues(stored);
    stored.held!.stored = undefined;
    stored.held = undefined;
    this.awake.delete(stored);
    this.unidentified.delete(stored);
  }

  /** Asks about the upvalues of functions that were loaded: new functions may share them. */
  private identify(): void {
    for (const stored of this.unidentified) this.update(stored, this.port.dump(stored.held!.reference, false).upvalues);
  }

  /** A plain table that is an upvalue moves here, like one that is assigned. */
  private adoptUpvalue(reference: number, index: number, cell: Cell): void {
    try {
      this.port.storeUpvalue(reference, index, cell);
      cell.noteKept();
    } catch (error) {
      const path = cell.path();
      if (!(error instanceof LuaError) || error instanceof CuMemoryError || error.message.startsWith(path)) throw error;
      throw new RefusedError(`${path}: ${error.message}`);
    }
  }

  /** Keeps what the upvalues of a function are now. */
  private update(stored: StoredFunction, upvalues: readonly Upvalue[]): void {
    const before = Array.from({ length: stored.length }, (_, i) => stored.cell(i + 1).identity);
    this.unidentified.delete(stored);
    this.forgetUpvalues(stored);
    stored.names = upvalues.map(({ name }) => name);
    upvalues.forEach(({ identity, value }, i) => {
      let cell = this.cells.get(identity);
      if (cell === undefined) {
        const own = before[i] === undefined || before[i] === identity ? stored.get(i + 1) : undefined;
        // One that is another upvalue by now is not this one's any more.
        cell = own instanceof Cell && own.identity === undefined ? own : this.space.create(Cell);
        cell.identity = identity;
        this.cells.set(identity, cell);
      }
      if (stored.get(i + 1) !== cell) stored.set(i + 1, cell);
      cell.users.push({ of: stored, index: i + 1 });
      cell.keep(this.settled(value, () => cell.path()));
    });
  }

  private forgetUpvalues(stored: StoredFunction): void {
    for (let index = 1; index <= stored.length; index++) {
      const cell = stored.cell(index);
      const { users } = cell;
      const at = users.findIndex(({ of, index: as }) => of === stored && as === index);
      if (at >= 0) users.splice(at, 1);
      if (users.length > 0) continue;
      if (cell.identity !== undefined) this.cells.delete(cell.identity);
      cell.noteAsleep();
    }
  }

  /** How the upvalues of a function that was loaded are set. */
  private bindings(stored: StoredFunction): Binding[] {
    const bindings: Binding[] = [];
    for (let index = 1; index <= stored.length; index++) {
      const cell = stored.cell(index);
      const user = cell.users[0];
      bindings.push(user === undefined ? { value: cell.value } : { reference: user.of.held!.reference, index: user.index });
      cell.users.push({ of: stored, index });
    }
    return bindings;
  }
}

/** A function that sleeps, and those that it cannot be loaded without. */
function sleepers(stored: StoredFunction): Set<StoredFunction> {
  const group = new Set([stored]);
  for (const one of group) {
    for (let index = 1; index <= one.length; index++) {
      const cell = one.cell(index);
      // It is bound to that of a function that is awake.
      if (cell.users.length > 0) continue;
      refuseUnsaved(cell);
      const { value } = cell;
      if (value instanceof StoredFunction && value.held === undefined) group.add(value);
    }
  }
  return group;
}

function hasUnsaved(stored: StoredFunction): boolean {
  for (let index = 1; index <= stored.length; index++) if (stored.cell(index).unsaved !== undefined) return true;
  return false;
}

function refuseUnsaved(cell: Cell): void {
  if (cell.unsaved !== undefined) throw new RefusedError(`${cell.path()}: ${cell.unsaved.what} cannot be stored`);
}

function refuseUnsavedOf(stored: StoredFunction): void {
  for (let index = 1; index <= stored.length; index++) refuseUnsaved(stored.cell(index));
}

function isSame(a: HomeValue | undefined, b: HomeValue | undefined): boolean {
  if (a instanceof LuaFloat) return b instanceof LuaFloat && Object.is(a.value, b.value);
  if (a instanceof LuaBigint) return b instanceof LuaBigint && a.value === b.value;
  if (a instanceof LuaNamed) return b instanceof LuaNamed && a.name === b.name;
  if (a instanceof LuaBytes) {
    return b instanceof LuaBytes && a.bytes.length === b.bytes.length && a.bytes.every((byte, i) => byte === b.bytes[i]);
  }
  return Object.is(a, b);
}
