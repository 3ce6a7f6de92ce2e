/**
 * Handles: the small numbers by which the module names tables and functions of the host. One object has one handle while it lives, the
 * lowest that was free. What kind of table an object is, is found out once, here.
 */
import { RefusedError } from "./errors.js";
import { Traversals } from "./cursors.js";
import type { Drafts } from "./drafts.js";
import type { Exposures } from "./expose.js";
import { LuaReference } from "./functions.js";
import type { HomeTable } from "./home.js";
import type { Ledger, Tally } from "./ledger.js";
import type { Image } from "./mirror.js";
import type { Space } from "./space.js";
import { tableBehind, viewOf } from "./view.js";

/** Kinds of what a handle names. */
export const FREE = 0;
/** A table of a `_home` that was replaced; the module still has its proxy. */
export const STALE = 1;
/** An object that is not held (mirror.ts). What Lua code can get at never is: an operation on one is the module's error. */
export const WEAK = 2;
export const FUNCTION = 3;
export const ARRAY = 4;
export const OBJECT = 5;
export const MAP = 6;
export const SET = 7;
/** Float64Array, apart from the others for speed. */
export const FLOAT64 = 8;
export const FLOAT32 = 9;
/** The arrays of 8, 16 and 32 bit integers, and buffers: ArrayBuffer and SharedArrayBuffer. */
export const INTEGERS = 10;
export const BIG_INTEGERS = 11;
export const HOME = 12;
/** An object whose class exposes members. */
export const EXPOSED = 13;
export const ERROR = 14;
/** An object that was adopted empty, and may still become an array or a Map. */
export const UNDECIDED = 15;

export const HANDLE_IO = 1;
export const HANDLE_HOME = 2;
export const HANDLE_MODULES = 3;

/** So many have their place from the start: up to 64 bytes V8 keeps in the array's object, which takes a tenth of the time to make. */
const FIRST_HANDLES = 64;

const typedArrayName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)!.get!;

export class Handles {
  /**
   * Indexed by handle: the kind, and what operations work on (a table of `_home`, the bytes of a buffer, otherwise the object itself; of a
   * weak one a WeakRef to its image).
   */
  kinds = new Uint8Array(FIRST_HANDLES);
  readonly targets: unknown[] = [null];
  private readonly objects: (object | null)[] = [null];
  private byObject = new Map<object, number>();
  /** The objects whose handles are weak. */
  private readonly weak = new WeakMap<object, Image>();
  private weakCount = 0;
  readonly traversals = new Traversals();
  /** A bit for each handle that is in use, and the first word that may have a free one. */
  private used = new Int32Array(FIRST_HANDLES / 32);
  private firstWord = 0;
  private live = 0;
  /** How many were ever given out, and for each handle, the how-manieth it was. */
  births = 0;
  private readonly born: number[] = [0];
  /** The last one that the module may know. */
  private handedOver = 0;
  private readonly space: Space;
  private readonly exposures: Exposures;
  private readonly drafts: Drafts;
  private readonly ledger: Ledger;
  /** What Lua wrote by way of each handle, as far as it is known. */
  private readonly tallies: (Tally | undefined)[] = [undefined];

  constructor(space: Space, exposures: Exposures, drafts: Drafts, ledger: Ledger) {
    this.space = space;
    this.ledger = ledger;
    this.exposures = exposures;
    this.drafts = drafts;
    this.used[0] = 1;
  }

  /** How many tables and functions of the host the module knows, the three that exist from the start not counted. */
  get count(): number {
    return this.live - 3;
  }

  /** How many the module may know, those three counted. */
  get given(): number {
    return this.live;
  }

  /** The module is entered: it may be told of all. */
  noteHandedOver(): void {
    this.handedOver = this.births;
  }

  /** What was given out since, for a stream that could not be written, is given out no longer, unless the module may know it. */
  takeBack(births: number): void {
    const last = Math.max(births, this.handedOver);
    const found = this.from(HANDLE_MODULES + 1).filter((handle) => this.born[handle]! > last);
    this.release(Int32Array.from(found));
  }

  /** Those in use from a number on. */
  from(handle: number): number[] {
    const found: number[] = [];
    for (let other = handle; other < this.targets.length; other++) if (this.kinds[other]! > FREE) found.push(other);
    return found;
  }

  /** 0 for a value of Lua, which is no object of the host. Plain objects are what there is most of. */
  handleOf(object: object): number {
    const known = this.byObject.get(object);
    if (known !== undefined) return known;
    const image = this.weakCount > 0 ? this.weak.get(object) : undefined;
    if (image !== undefined) return this.strengthened(image);
    if (!isPlain(object)) return this.handleOfOther(object);
    const handle = this.take(this.drafts.isUndecided(object) ? UNDECIDED : OBJECT, object, object);
    this.byObject.set(object, handle);
    return handle;
  }

  private handleOfOther(object: object): number {
    if (LuaReference.is(object)) return 0;
    const table = tableBehind(object);
    if (table !== undefined) {
      if (table.space !== this.space) throw new RefusedError("a table of another instance cannot be used here");
      return this.handleOfHome(table);
    }
    const kind = this.kindOf(object);
    const handle = this.take(kind, object, targetFor(kind, object));
    this.byObject.set(object, handle);
    return handle;
  }

  handleOfHome(table: HomeTable): number {
    if (table.handle === 0) {
      if (table.dropped) throw new RefusedError("stale table");
      table.handle = this.take(HOME, null, table);
    }
    return table.handle;
  }

  /** The table is not part of any `_home` any more. */
  noteStale(table: HomeTable): void {
    if (table.handle === 0) return;
    this.kinds[table.handle] = STALE;
    table.handle = 0;
  }

  /** What JavaScript sees behind a handle. */
  objectOf(handle: number): object {
    const target = this.targetOf(handle);
    return this.kinds[handle] === HOME ? viewOf(target as HomeTable) : this.objects[handle]!;
  }

  get hasWeak(): boolean {
    return this.weakCount > 0;
  }

  /** What has a handle is held by the image of its proxy alone from now on; what is always there, and tables of `_home`, as before. */
  weaken(handle: number, image: Image): void {
    const kind = this.kinds[handle]!;
    if (kind === WEAK) {
      const before = this.imageOf(handle);
      if (before?.object === undefined || before === image) return;
      Object.assign(image, before, { links: image.links });
      before.object = undefined;
    } else {
      if (handle <= HANDLE_MODULES || !(kind >= FUNCTION) || kind === HOME) return;
      Object.assign(image, { object: this.objects[handle], handle, kind, suspended: this.traversals.suspend(handle) });
      this.byObject.delete(image.object!);
      this.kinds[handle] = WEAK;
      this.objects[handle] = null;
      this.weakCount++;
    }
    this.weak.set(image.object!, image);
    this.targets[handle] = new WeakRef(image);
  }

  /** All that the image leads to is held. What leads to it by way of others need not go on from here. */
  strengthen(image: Image): void {
    const waiting = [image];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (next.object !== undefined) this.holdAgain(next);
      for (const link of next.links) waiting.push(link);
      next.links = [];
    }
  }

  /** Those that are weak, but for these, are so no longer. */
  strengthenAllBut(handles: ReadonlySet<number>): void {
    for (let handle = 1; this.weakCount > 0 && handle < this.targets.length; handle++) {
      const image = this.kinds[handle] === WEAK && !handles.has(handle) ? this.imageOf(handle) : undefined;
      if (image !== undefined) this.strengthen(image);
    }
  }

  private strengthened(image: Image): number {
    const { handle } = image;
    this.strengthen(image);
    return handle;
  }

  private holdAgain(image: Image): void {
    const { handle, kind, suspended } = image;
    const object = image.object!;
    image.object = image.suspended = undefined;
    this.weak.delete(object);
    this.byObject.set(object, handle);
    this.kinds[handle] = kind;
    this.objects[handle] = object;
    this.targets[handle] = targetFor(kind, object);
    this.weakCount--;
    if (suspended !== undefined) this.traversals.goOn(handle, suspended);
  }

  /** Nothing, when it was collected with the object. */
  private imageOf(handle: number): Image | undefined {
    return (this.targets[handle] as WeakRef<Image>).deref();
  }

  /** The tables of `_home` that have a handle. */
  *homeTables(): Generator<HomeTable, void> {
    for (let handle = 1; handle < this.targets.length; handle++) if (this.kinds[handle] === HOME) yield this.targets[handle] as HomeTable;
  }

  targetOf(handle: number): object {
    if (!(this.kinds[handle]! >= FUNCTION)) throw new RefusedError("stale table");
    return this.targets[handle] as object;
  }

  /** Gives a draft's handle to its successor. */
  replace(object: object, successor: object): void {
    const handle = this.byObject.get(object);
    if (handle === undefined) return;
    this.byObject.delete(object);
    this.byObject.set(successor, handle);
    this.objects[handle] = successor;
    this.targets[handle] = successor;
    this.tallies[handle] = undefined;
    this.kinds[handle] = this.kindOf(successor);
  }

  /** Another table takes the place of `_io`. */
  setIo(table: object): void {
    this.byObject.delete(this.objects[HANDLE_IO]!);
    this.byObject.set(table, HANDLE_IO);
    this.objects[HANDLE_IO] = table;
    this.targets[HANDLE_IO] = table;
    this.tallies[HANDLE_IO] = undefined;
  }

  /** To be called before something is added to an object: what `Ledger.charge` does, faster. */
  charge(handle: number, bytes: number, entries: number): void {
    this.space.account.chargeIo(bytes, entries);
    const tally = (this.tallies[handle] ??= this.ledger.tallyOf(this.objects[handle]!));
    tally.bytes += bytes;
    tally.entries += entries;
  }

  /** The objects that are no tables of `_home`. */
  *foreignObjects(): Generator<object, void> {
    for (let handle = 1; handle < this.objects.length; handle++) {
      const object = this.kinds[handle] === WEAK ? this.imageOf(handle)?.object : this.objects[handle];
      if (object != null) yield object;
    }
  }

  /** Finds out anew what kind of table it is. */
  classifyAgain(handle: number): void {
    this.kinds[handle] = this.kindOf(this.objects[handle]!);
  }

  /** Frees handles; one that is not in use, or always is, is left alone. Returns the tables of `_home` behind them. */
  release(handles: Int32Array): HomeTable[] {
    const tables: HomeTable[] = [];
    // Where most go, as in a loop over records, entering the few anew that stay costs less than removing each.
    const most = handles.length > this.live >> 1;
    for (let i = 0; i < handles.length; i++) this.free(handles[i]!, most, tables);
    if (most) this.enterAnew();
    return tables;
  }

  private free(handle: number, most: boolean, tables: HomeTable[]): void {
    if (handle <= HANDLE_MODULES || !(this.kinds[handle]! > FREE)) return;
    if (this.kinds[handle] === HOME) {
      const table = this.targets[handle] as HomeTable;
      table.handle = 0;
      tables.push(table);
    } else if (this.kinds[handle] === WEAK) {
      this.forgetWeak(this.imageOf(handle));
    } else if (!most && this.kinds[handle] !== STALE) {
      this.byObject.delete(this.objects[handle]!);
    }
    this.kinds[handle] = FREE;
    this.targets[handle] = null;
    this.objects[handle] = null;
    const word = handle >> 5;
    this.used[word]! &= ~(1 << (handle & 31));
    if (word < this.firstWord) this.firstWord = word;
    this.live--;
  }

  private forgetWeak(image: Image | undefined): void {
    this.weakCount--;
    if (image?.object === undefined) return;
    this.weak.delete(image.object);
    image.object = image.suspended = undefined;
  }

  private enterAnew(): void {
    // Not cleared: once V8 has moved a Map's storage to its old space, what the Map grows to is made there, too, for its major collections.
    this.byObject = new Map();
    for (let handle = 1; handle < this.objects.length; handle++) {
      const object = this.objects[handle];
      if (object != null) this.byObject.set(object, handle);
    }
  }

  private take(kind: number, object: object | null, target: object): number {
    let word = this.firstWord;
    while (this.used[word] === -1) word++;
    this.firstWord = word;
    if (word === this.used.length) this.grow();
    const free = ~this.used[word]!;
    const handle = (word << 5) + 31 - Math.clz32(free & -free);
    this.used[word]! |= 1 << (handle & 31);
    this.kinds[handle] = kind;
    this.objects[handle] = object;
    this.targets[handle] = target;
    this.tallies[handle] = undefined;
    this.born[handle] = ++this.births;
    this.live++;
    return handle;
  }

  private grow(): void {
    const used = new Int32Array(this.used.length * 2);
    used.set(this.used);
    this.used = used;
    const kinds = new Uint8Array(this.kinds.length * 2);
    kinds.set(this.kinds);
    this.kinds = kinds;
  }

  private kindOf(object: object): number {
    if (typeof object === "function") return FUNCTION;
    if (Array.isArray(object)) return ARRAY;
    if (isPlain(object) || Object.getPrototypeOf(object) === null) return this.drafts.isUndecided(object) ? UNDECIDED : OBJECT;
    if (ArrayBuffer.isView(object) && !(object instanceof DataView)) return kindOfTypedArray(object);
    if (isBuffer(object)) return INTEGERS;
    if (object instanceof Map) return MAP;
    if (object instanceof Set) return SET;
    if (object instanceof Error) return ERROR;
    return this.exposures.concerns(object) ? EXPOSED : OBJECT;
  }
}

/** An ordinary object. A view of a table, or a value of Lua, is never one. Of a function nothing is asked: it may be a Proxy. */
function isPlain(object: object): boolean {
  return typeof object !== "function" && Object.getPrototypeOf(object) === Object.prototype && !Array.isArray(object);
}

/** Browsers have no SharedArrayBuffer in a page that is not isolated. */
function isBuffer(object: object): object is ArrayBuffer | SharedArrayBuffer {
  return object instanceof ArrayBuffer || (typeof SharedArrayBuffer === "function" && object instanceof SharedArrayBuffer);
}

/** What operations work on. A Proxy is asked nothing. */
function targetFor(kind: number, object: object): object {
  return kind === INTEGERS && !ArrayBuffer.isView(object) ? bytesOf(object as ArrayBuffer) : object;
}

/** One that was transferred away has none. */
function bytesOf(buffer: ArrayBuffer | SharedArrayBuffer): Uint8Array {
  try {
    return new Uint8Array(buffer);
  } catch {
    return new Uint8Array(0);
  }
}

function kindOfTypedArray(array: ArrayBufferView): number {
  switch (Reflect.apply(typedArrayName, array, []) as string) {
    case "Float64Array": return FLOAT64;
    // Newer engines have Float16Array; like every other float it is read as it is and written without loss.
    case "Float32Array": case "Float16Array": return FLOAT32;
    case "BigInt64Array": case "BigUint64Array": return BIG_INTEGERS;
    default: return INTEGERS;
  }
}
