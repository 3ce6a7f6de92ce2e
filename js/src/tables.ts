/**
 * External tables: what Lua's operations do to the host's own objects (docs/ABI.md §4). Only own properties are seen; nothing inherited is
 * read, called or written, and a key that exists on the prototype chain is defined, not assigned. Lossy writes are refused. The first
 * lines of `get` and `set` are the hot paths: they neither allocate nor go through a function that sees several kinds.
 */
import { ELEMENT_BYTES } from "./account.js";
import { Ahead } from "./ahead.js";
import { Bulk, elementCount, FORM_VALUES, hasPlainPrototypes, VALUES_MAX } from "./bulk.js";
import { ENTRY_FLOAT, ENTRY_INT } from "./chunk.js";
import type { Cursor, Traversals } from "./cursors.js";
import { RefusedError } from "./errors.js";
import type { Drafts } from "./drafts.js";
import type { Exposures } from "./expose.js";
import {
  ARRAY, BIG_INTEGERS, ERROR, EXPOSED, FLOAT32, FLOAT64, HOME, INTEGERS, MAP, OBJECT, SET, UNDECIDED,
} from "./handles.js";
import type { Handles } from "./handles.js";
import { floatValue, integerValue, isInteger, keyOf, LuaBigint, LuaBytes, textKey, valueOfKey } from "./exact.js";
import type { HomeKey, HomeValue } from "./exact.js";
import { HomeTable } from "./home.js";
import { contentBytes, fieldBytes } from "./ledger.js";
import type { Ledger } from "./ledger.js";
import type { Memory } from "./memory.js";
import type { Mirror } from "./mirror.js";
import type { Space } from "./space.js";
import { StoredFunction } from "./stored.js";
import type { PullQueue } from "./streams.js";
import { textOrBytes } from "./text.js";
import {
  CLOSURE, FALSE, FLOAT, FUNCTION_TAG, INT, KEY, KEY_NEW, NIL, NodeRef, NOT_TEXT, NULL, SAME, STREAM, STRING, TABLE, tableTag, TRUE,
} from "./values.js";
import type { Adopted, Values } from "./values.js";
import { Copier, defineField } from "./view.js";

const OP_RELEASE = 1;
const OP_NEW = 2;
const OP_ADOPTED = 3;
const OP_TOSTRING = 4;
const OP_READ = 5;
const OP_WRITE_FLOATS = 6;
const OP_WRITE_INTS = 7;
const OP_BYTES = 8;
const OP_TRACE = 9;
const OP_METATABLE = 10;
const OP_SET_METATABLE = 11;
const OP_GET_METATABLE = 12;
const OP_LINKS = 13;
/** What METATABLE answers for tables whose metatable is kept here. */
const KEPT = 1;
const NEW_PAGED = 0;
const NEW_ARRAY = 1;

/** Results of a write. The module may collect when it likes. */
const DONE = 0;
const DONE_COLLECT_SOON = 1;

/** The engine aborts at 1.1·10^8 elements of an array that grows; before that there is an error. */
const ARRAY_ELEMENTS_MAX = 100_000_000;
/** How far behind its end an array may be written to, so that none becomes sparse beyond reason. */
const ARRAY_GAP_MAX = 1_024;

const ERROR_FIELDS: readonly string[] = ["message", "name", "code", "cause"];

const hasOwn = Object.hasOwn;
const mapGet = Map.prototype.get;
const mapHas = Map.prototype.has;
const mapSet = Map.prototype.set;
const mapDelete = Map.prototype.delete;
const mapKeys = Map.prototype.keys;
const setHas = Set.prototype.has;
const setAdd = Set.prototype.add;
const setDelete = Set.prototype.delete;
const setValues = Set.prototype.values;

type Elements = Record<number, number>;
type Fields = Record<string, unknown>;

export class Tables {
  private readonly memory: Memory;
  private readonly handles: Handles;
  private readonly values: Values;
  private readonly drafts: Drafts;
  private readonly exposures: Exposures;
  private readonly queue: PullQueue;
  private readonly space: Space;
  private readonly ledger: Ledger;
  private readonly giveBack: () => void;
  private readonly bulk: Bulk;
  private readonly traversals: Traversals;
  private readonly mirror: Mirror;
  private readonly ahead: Ahead;
  /**
   * The strings behind key ids, and the same as keys of tables of `_home`. A string that is no text has no name. They grow with the ids:
   * most instances use few.
   */
  private readonly names: (string | undefined)[] = [undefined];
  private readonly homeNames = [""];
  private adopted: Adopted = [];
  private readonly f64: Float64Array;
  private readonly i32: Int32Array;
  private readonly cellF64: number;
  private readonly cellI32: number;

  constructor(parts: {
    memory: Memory; handles: Handles; values: Values; drafts: Drafts; exposures: Exposures; queue: PullQueue;
    space: Space; ledger: Ledger; mirror: Mirror; giveBack: () => void;
  }) {
    this.memory = parts.memory;
    this.handles = parts.handles;
    this.values = parts.values;
    this.drafts = parts.drafts;
    this.exposures = parts.exposures;
    this.queue = parts.queue;
    this.space = parts.space;
    this.ledger = parts.ledger;
    this.mirror = parts.mirror;
    this.traversals = parts.handles.traversals;
    this.giveBack = parts.giveBack;
    this.bulk = new Bulk(parts.memory);
    this.ahead = new Ahead(parts.values, parts.queue);
    this.f64 = parts.memory.f64;
    this.i32 = parts.memory.i32;
    this.cellF64 = parts.memory.cellF64;
    this.cellI32 = parts.memory.cellI32;
  }

  // --- the operations of the boundary -------------------------------------------------------------------------------------------

  get(handle: number, ktag: number, k: number): number {
    const kind = this.handles.kinds[handle];
    const target = this.handles.targets[handle];
    if (ktag === INT) {
      switch (kind) {
        case ARRAY: {
          const array = target as unknown[];
          return k >= 1 && k <= array.length && hasOwn(array, k - 1) ? this.put(array[k - 1]) : NIL;
        }
        case FLOAT64: {
          const value = (target as Float64Array)[k - 1];
          if (value === undefined) return NIL;
          this.f64[this.cellF64] = value;
          return FLOAT;
        }
        case INTEGERS: {
          const value = (target as Elements)[k - 1];
          if (value === undefined) return NIL;
          this.f64[this.cellF64] = value;
          return INT;
        }
        case HOME: {
          const table = target as HomeTable;
          if (k < 1 || k > table.length) break;
          const tag = table.tagAt(k);
          if (tag !== ENTRY_INT && tag !== ENTRY_FLOAT) break;
          this.f64[this.cellF64] = table.numberAt(k);
          return tag;
        }
      }
    } else if (ktag === KEY) {
      if (kind === OBJECT) {
        const name = this.names[k];
        if (name !== undefined) return hasOwn(target as Fields, name) ? this.put((target as Fields)[name]) : NIL;
      } else if (kind === HOME) {
        const name = this.homeNames[k];
        if (name !== undefined) return this.putExact((target as HomeTable).get(name));
      }
    }
    return this.getOther(handle, ktag, k);
  }

  set(handle: number, ktag: number, k: number, vtag: number, v: number): number {
    if (vtag === INT || vtag === FLOAT) {
      const kind = this.handles.kinds[handle];
      const target = this.handles.targets[handle];
      const number = vtag === INT ? v : this.f64[this.cellF64]!;
      if (ktag === INT) {
        switch (kind) {
          case ARRAY: {
            const array = target as unknown[];
            const index = k - 1;
            // An element of its own, or the next one, for which nothing is inherited.
            if (index === array.length) {
              if (index in array || k > ARRAY_ELEMENTS_MAX) break;
              this.handles.charge(handle, ELEMENT_BYTES, 1);
            } else if (!hasOwn(array, index)) {
              break;
            }
            array[index] = number;
            return 0;
          }
          case FLOAT64: {
            const array = target as Float64Array;
            if (array[k - 1] === undefined) break;
            array[k - 1] = number;
            return 0;
          }
          case HOME:
            (target as HomeTable).setNumber(k, vtag, number);
            if (this.space.functions.hasReturns) this.giveBack();
            return 0;
        }
      } else if (ktag === KEY && kind === OBJECT) {
        const name = this.names[k];
        if (name !== undefined && hasOwn(target as Fields, name)) {
          (target as Fields)[name] = number;
          return 0;
        }
      }
    }
    return this.setOther(handle, ktag, k, vtag, v);
  }

  next(handle: number, ktag: number, k: number): number {
    const cursor = ktag === SAME ? this.traversals.same(handle) : this.cursorAfter(handle, ktag, k);
    cursor.isBusy = true;
    try {
      return ktag === SAME ? this.goOn(handle, cursor, k) : this.step(handle, cursor);
    } finally {
      cursor.isBusy = false;
      this.traversals.use(handle, cursor);
    }
  }

  length(handle: number): number {
    const kind = this.settledKind(handle);
    const target = this.handles.targets[handle] as object;
    switch (kind) {
      case ARRAY: return lengthOf(target as unknown[]);
      case FLOAT64: case FLOAT32: case INTEGERS: case BIG_INTEGERS: return elementCount(target);
      case HOME: return (target as HomeTable).length;
      default: {
        let count = 0;
        while (!this.isNil(this.read(kind, target, count + 1))) count++;
        return count;
      }
    }
  }

  operate(op: number, a: number, b: number): number {
    switch (op) {
      case OP_RELEASE: return this.release(a, b);
      case OP_NEW: return this.create(a);
      case OP_ADOPTED: return this.tellAdopted(a);
      case OP_TOSTRING: return this.represent(a);
      case OP_READ: return this.readMany(a, b);
      case OP_WRITE_FLOATS: return this.writeMany(a, b, FLOAT);
      case OP_WRITE_INTS: return this.writeMany(a, b, INT);
      case OP_BYTES: return this.readBytes(a, b);
      case OP_TRACE: return this.trace();
      case OP_METATABLE: return this.allowMetatable(a, b);
      case OP_SET_METATABLE: return this.setMetatable(a);
      case OP_GET_METATABLE: return this.getMetatable(a);
      case OP_LINKS: return this.link(a, b);
      default: throw new RefusedError(`the module asked for an unknown operation: ${op}`);
    }
  }

  // --- reading ------------------------------------------------------------------------------------------------------------------

  private getOther(handle: number, ktag: number, k: number): number {
    this.open(ktag, k);
    const kind = this.settledKind(handle);
    const target = this.handles.targets[handle] as object;
    if (kind === HOME) {
      const found = (target as HomeTable).get(this.homeKey(ktag, k, true));
      // A key that is a function crossed as one more use of it.
      if (ktag === STREAM) this.giveBack();
      return this.putExact(found);
    }
    const value = this.read(kind, target, this.key(ktag, k));
    if (kind === FLOAT32 && value !== undefined) {
      this.f64[this.cellF64] = value as number;
      return FLOAT;
    }
    return kind === BIG_INTEGERS && value !== undefined ? this.putExact(bigElement(target, value as bigint)) : this.put(value);
  }

  /** The entry at a key, by kind; undefined if there is none. */
  private read(kind: number, target: object, key: unknown): unknown {
    switch (kind) {
      case ARRAY:
        return isIndex(key) && key <= lengthOf(target as unknown[]) && hasOwn(target, key - 1) ? (target as unknown[])[key - 1] : undefined;
      case FLOAT64: case FLOAT32: case INTEGERS: case BIG_INTEGERS:
        return isIndex(key) ? (target as Elements)[key - 1] : undefined;
      case MAP: return isLuaKey(key) ? mapGet.call(target as Map<unknown, unknown>, key) : undefined;
      case SET: return isLuaKey(key) && setHas.call(target as Set<unknown>, key) ? true : undefined;
      case ERROR: return readError(target as Error, propertyName(key));
      case EXPOSED: return this.readExposed(target, propertyName(key));
      case OBJECT: return ownValue(target, propertyName(key));
      default: return undefined;
    }
  }

  private readExposed(target: object, name: string | undefined): unknown {
    if (name === undefined || hasOwn(target, name)) return ownValue(target, name);
    const member = this.exposures.memberOf(target, name);
    if (member === undefined) return undefined;
    return "method" in member ? member.method : Reflect.apply(member.getter, target, []);
  }

  private isNil(value: unknown): boolean {
    return value === undefined || (value === null && this.values.nullTag === NIL);
  }

  private put(value: unknown): number {
    switch (typeof value) {
      case "number":
        this.f64[this.cellF64] = value;
        return isInteger(value) ? INT : FLOAT;
      case "string": return this.values.putText(value) ? STRING : this.putInStream(value);
      case "boolean": return value ? TRUE : FALSE;
      case "undefined": return NIL;
      case "object": {
        if (value === null) return this.values.nullTag;
        const handle = this.handles.handleOf(value);
        if (handle === 0) return this.putInStream(value);
        this.i32[this.cellI32] = handle;
        return this.handles.kinds[handle] === HOME ? tableTag(this.handles.targets[handle] as HomeTable) : TABLE;
      }
      case "function": {
        const reference = this.values.referenceOf(value);
        this.i32[this.cellI32] = reference !== 0 ? reference : this.handles.handleOf(value);
        return reference !== 0 ? CLOSURE : FUNCTION_TAG;
      }
      default: return this.putInStream(value);
    }
  }

  private putInStream(value: unknown): number {
    const { writer } = this.values;
    writer.begin();
    this.values.write(value);
    this.queue.setOfImport(writer.finish());
    return STREAM;
  }

  private putExact(value: HomeValue | undefined): number {
    switch (typeof value) {
      case "number": case "string": case "boolean": case "undefined": return this.put(value);
      default:
        if (value === null) return NULL;
        if (value instanceof StoredFunction) {
          this.space.stored.rest();
          const { reference } = this.space.stored.wake(value);
          this.i32[this.cellI32] = reference;
          return CLOSURE;
        }
        if (value instanceof HomeTable) {
          this.i32[this.cellI32] = this.handles.handleOfHome(value);
          return tableTag(value);
        }
        this.values.prepareExact(value);
        return this.putExactInStream(value);
    }
  }

  private putExactInStream(value: HomeValue | undefined): number {
    const { writer } = this.values;
    writer.begin();
    this.values.writeExact(value);
    this.queue.setOfImport(writer.finish());
    return STREAM;
  }

  // --- writing ------------------------------------------------------------------------------------------------------------------

  private setOther(handle: number, ktag: number, k: number, vtag: number, v: number): number {
    try {
      this.open(ktag, k, vtag);
      const kind = this.settledKind(handle);
      if (kind === HOME) this.setInHome(this.handles.targets[handle] as HomeTable, ktag, k, vtag, v);
      else this.setInObject(handle, kind, this.newKey(ktag, k, vtag), vtag, v);
    } finally {
      this.giveBack();
    }
    return this.space.account.takeCollectionDue() ? DONE_COLLECT_SOON : DONE;
  }

  private setInObject(handle: number, kind: number, newKey: unknown, vtag: number, v: number): void {
    if (vtag !== STREAM) return this.assign(handle, kind, newKey, this.plainValue(vtag, v));
    const { key, value, adopted } = this.values.readAdopted(this.drafts, newKey);
    this.ledger.chargeMade(adopted);
    this.assign(handle, kind, key, value);
    this.adopted = adopted;
  }

  private setInHome(table: HomeTable, ktag: number, k: number, vtag: number, v: number): void {
    // Read first: the module may be asked about a key.
    const plain = vtag === STREAM ? undefined : this.plainExact(vtag, v);
    if (vtag !== STREAM && ktag !== STREAM) return putInHome(table, this.homeKey(ktag, k)!, plain);
    this.adopted = this.space.build((create) => {
      const key = this.newHomeKey(ktag, k, vtag);
      if (key === undefined && vtag === NIL) return [];
      if (key === undefined || Number.isNaN(key)) throw invalidKey(key);
      if (vtag === STREAM) {
        const path = () => table.path() + (NodeRef.is(key) ? "[?]" : table.stepTo(key));
        const read = this.values.readAdoptedExact(create, new Copier(this.space, create), path, key);
        putInHome(table, read.key, read.value);
        return read.adopted;
      }
      if (NodeRef.is(key)) throw new RefusedError("the module sent a plain table where none can be");
      putInHome(table, this.values.settledKey(key), plain);
      return [];
    });
  }

  private plainExact(vtag: number, v: number): HomeValue | undefined {
    const plain = this.plainValue(vtag, v);
    if (vtag === FLOAT) return floatValue(plain as number);
    return plain instanceof Uint8Array ? new LuaBytes(plain) : plain;
  }

  /** A value that does not come in the stream. */
  private plainValue(vtag: number, v: number): undefined | boolean | number | string | Uint8Array {
    switch (vtag) {
      case NIL: return undefined;
      case FALSE: return false;
      case TRUE: return true;
      case INT: return v;
      case FLOAT: return this.f64[this.cellF64]!;
      case STRING: return this.textInBuffer(v);
      default: throw new RefusedError(`the module sent an invalid tag of a value: ${vtag}`);
    }
  }

  private textInBuffer(length: number): string | Uint8Array {
    const { u8, bufferAddress, bufferBytes } = this.memory;
    if (!(length >= 0 && length <= bufferBytes)) throw new RefusedError(`the module sent an invalid length: ${length}`);
    return textOrBytes(u8, bufferAddress, bufferAddress + length);
  }

  private assign(handle: number, kind: number, key: unknown, value: unknown): void {
    if (key === undefined || key === null || Number.isNaN(key)) throw invalidKey(key);
    if (key === NOT_TEXT) {
      if (value === undefined) return;
      throw new RefusedError("a string that is not valid UTF-8 cannot be a key of a host's table");
    }
    const target = this.handles.targets[handle] as object;
    switch (kind) {
      case ARRAY: return this.assignElement(handle, target as unknown[], key, value);
      case OBJECT: case EXPOSED: return this.assignField(handle, target, key, value);
      case MAP: return this.assignInMap(target as Map<unknown, unknown>, key, value);
      case SET: return this.assignInSet(target as Set<unknown>, key, value);
      case UNDECIDED: return this.decide(handle, target, key, value);
      case ERROR: throw new RefusedError("an error object cannot be changed");
      default: return writeElement(kind, target, key, value);
    }
  }

  private assignElement(handle: number, array: unknown[], key: unknown, value: unknown): void {
    const length = lengthOf(array);
    if (value === undefined) {
      this.space.account.noteShrinking();
      if (key === length && length > 0) array.length = length - 1;
      else if (isIndex(key) && key < length) defineField(array, key - 1, undefined);
      return;
    }
    if (!isIndex(key)) return this.become(handle, array, key, value, `an array has no field ${shown(key)}`);
    if (key - length > ARRAY_GAP_MAX) {
      return this.become(handle, array, key, value, `index ${key} is too far behind the end of an array of ${length}`);
    }
    if (key > ARRAY_ELEMENTS_MAX) throw new RefusedError(`an array ends at ${ARRAY_ELEMENTS_MAX} elements: use ext.table()`);
    if (key <= length) this.overwrite(array, value);
    else this.charge(array, (key - length) * ELEMENT_BYTES + contentBytes(value), key - length);
    defineField(array, key - 1, value);
    this.noteStored(array, key - 1, value);
  }

  private assignField(handle: number, object: object, key: unknown, value: unknown): void {
    const name = propertyName(key);
    const isOwnName = typeof key === "string" || !this.drafts.has(object);
    if (value === undefined) {
      this.space.account.noteShrinking();
      if (name !== undefined && isOwnName && hasOwn(object, name)) delete (object as Fields)[name];
      return;
    }
    if (name === undefined || !isOwnName) return this.become(handle, object, key, value, `${shown(key)} cannot be a key of an object`);
    if (hasOwn(object, name)) this.overwrite(object, value);
    else this.charge(object, fieldBytes(name, value), 1);
    defineField(object, name, value);
    this.noteStored(object, name, value);
  }

  private assignInMap(map: Map<unknown, unknown>, key: unknown, value: unknown): void {
    if (value === undefined) {
      this.space.account.noteShrinking();
      mapDelete.call(map, key);
      return;
    }
    if (mapHas.call(map, key)) this.overwrite(map, value);
    else this.charge(map, fieldBytes(key, value), 1);
    mapSet.call(map, key, value);
    // A draft that is a key has no place from which it could be replaced.
    if (typeof key === "object") this.drafts.see(key as object);
    this.noteStored(map, key, value);
  }

  private assignInSet(set: Set<unknown>, key: unknown, value: unknown): void {
    if (value === undefined) {
      this.space.account.noteShrinking();
      setDelete.call(set, key);
    } else if (value === true) {
      if (!setHas.call(set, key)) this.charge(set, fieldBytes(key, true), 1);
      setAdd.call(set, key);
    } else {
      throw new RefusedError("a Set holds its keys with the value true only");
    }
  }

  private overwrite(object: object, value: unknown): void {
    this.space.account.noteShrinking();
    this.charge(object, contentBytes(value), 0);
  }

  /** What needs no memory is not counted. */
  private charge(object: object, bytes: number, entries: number): void {
    if (bytes > 0) this.ledger.charge(object, bytes, entries);
  }

  private noteStored(container: object, key: unknown, value: unknown): void {
    if (typeof value === "object" && value !== null) this.drafts.stored(container, key, value);
  }

  /** The first key of a table that was adopted empty decides what it is. */
  private decide(handle: number, object: object, key: unknown, value: unknown): void {
    if (value === undefined) return;
    if (typeof key === "string") {
      this.drafts.decided(object);
      this.handles.classifyAgain(handle);
    } else {
      this.succeed(object, key === 1 ? [] : new Map());
    }
    this.assign(handle, this.handles.kinds[handle]!, key, value);
  }

  /** A key that does not fit makes a draft a Map; anything else stays what it is. */
  private become(handle: number, object: object, key: unknown, value: unknown, refusal: string): void {
    if (!this.drafts.has(object)) throw new RefusedError(refusal);
    const map = new Map<unknown, unknown>();
    if (Array.isArray(object)) object.forEach((item, index) => map.set(index + 1, item));
    else for (const [name, item] of Object.entries(object)) map.set(name, item);
    this.succeed(object, map);
    this.assign(handle, MAP, key, value);
  }

  private succeed(object: object, successor: object): void {
    this.ledger.noteMade(successor);
    this.drafts.replace(object, successor);
    this.handles.replace(object, successor);
  }

  // --- traversal ----------------------------------------------------------------------------------------------------------------

  /** A key as cursors have it. */
  private traversedKey(kind: number, ktag: number, k: number): unknown {
    switch (kind) {
      case HOME: return this.homeKey(ktag, k);
      case OBJECT: case EXPOSED: case ERROR: return propertyName(this.key(ktag, k));
      default: return this.key(ktag, k);
    }
  }

  /** Up to which index a key needs no search. An array may have been longer when the traversal began. */
  private sequenceLength(kind: number, handle: number): number {
    switch (kind) {
      case ARRAY: case FLOAT64: case FLOAT32: case INTEGERS: case BIG_INTEGERS: return Infinity;
      case HOME: return (this.handles.targets[handle] as HomeTable).length;
      default: return 0;
    }
  }

  private keysOf(handle: number): Iterable<unknown> {
    const target = this.handles.targets[handle] as object;
    switch (this.handles.kinds[handle]) {
      case HOME: return (target as HomeTable).otherKeys();
      case MAP: return { [Symbol.iterator]: () => mapKeys.call(target as Map<unknown, unknown>) };
      case SET: return { [Symbol.iterator]: () => setValues.call(target as Set<unknown>) };
      case ERROR: return [...ERROR_FIELDS, ...Object.keys(target).filter((name) => !ERROR_FIELDS.includes(name))];
      default: return Object.keys(target);
    }
  }

  /** The entry after where the cursor stands. */
  private step(handle: number, cursor: Cursor): number {
    const kind = this.handles.kinds[handle]!;
    const target = this.handles.targets[handle] as object;
    switch (kind) {
      case ARRAY: case FLOAT64: case FLOAT32: case INTEGERS: case BIG_INTEGERS: return this.nextElement(kind, target, handle, cursor);
      case HOME: return this.nextInHome(handle, target as HomeTable, cursor);
      default: return this.nextEntry(handle, kind, target, cursor);
    }
  }

  /** The cursor of a traversal that begins, or goes on from a key. */
  private cursorAfter(handle: number, ktag: number, k: number): Cursor {
    this.open(ktag, k);
    const kind = this.settledKind(handle);
    const keys = () => this.keysOf(handle);
    if (ktag === NIL) return this.traversals.at(handle, undefined, 0, keys);
    const after = this.traversedKey(kind, ktag, k);
    if (after === undefined) throw new RefusedError("invalid key to 'next'");
    return this.traversals.at(handle, after, this.sequenceLength(kind, handle), keys);
  }

  /** A loop goes on that took `taken` of the entries that it was given: mostly it is given several. */
  private goOn(handle: number, cursor: Cursor, taken: number): number {
    const most = cursor.goOn(taken);
    if (most > 1) {
      const given = this.ahead.give(this.handles.kinds[handle]!, this.handles.targets[handle] as object, cursor, most);
      if (given > 0) return given;
      cursor.goAlone();
    }
    return this.step(handle, cursor);
  }

  private nextElement(kind: number, target: object, handle: number, cursor: Cursor): number {
    const length = kind === ARRAY ? lengthOf(target as unknown[]) : elementCount(target);
    let holes = 0;
    for (let key = cursor.index + 1; key <= length; key++) {
      const value = this.read(kind, target, key);
      if (value === undefined && kind === ARRAY && !hasOwn(target, key - 1) && ++holes > ARRAY_GAP_MAX) {
        // The rest of so wide a hole is passed over by the names of what is there.
        key = nextElementKey(target as unknown[], key) - 1;
        holes = 0;
        continue;
      }
      if (this.isNil(value)) continue;
      cursor.stand(key);
      if (kind === FLOAT64 || kind === FLOAT32) return this.answerExact(key, floatValue(value as number));
      return kind === BIG_INTEGERS ? this.answerExact(key, bigElement(target, value as bigint)) : this.answer(key, value);
    }
    return this.traversals.end(handle, cursor);
  }

  private nextEntry(handle: number, kind: number, target: object, cursor: Cursor): number {
    for (;;) {
      const key = cursor.advance();
      if (key === undefined) return this.traversals.end(handle, cursor);
      const value = isLuaKey(key) ? this.read(kind, target, key) : undefined;
      if (!this.isNil(value)) return this.answer(key, value);
    }
  }

  private nextInHome(handle: number, table: HomeTable, cursor: Cursor): number {
    // What was the sequence at the beginning may be shorter now, and what was not may be it now.
    for (let key = cursor.index + 1; cursor.isBeforeKeys && key <= table.length; key++) {
      const value = table.get(key);
      if (value === undefined) continue;
      cursor.stand(key);
      return this.answerExact(key, value);
    }
    for (;;) {
      const key = cursor.advance() as HomeKey | undefined;
      if (key === undefined) return this.traversals.end(handle, cursor);
      const value = table.get(key);
      if (value !== undefined) return this.answerExact(valueOfKey(key), value);
    }
  }

  private answer(key: unknown, value: unknown): number {
    const { values } = this;
    if (typeof key === "object") values.prepare(key);
    if (typeof value === "object") values.prepare(value);
    values.writer.begin();
    values.write(key);
    values.write(value);
    this.queue.setOfImport(values.writer.finish());
    return 1;
  }

  private answerExact(key: HomeValue, value: HomeValue): number {
    const { values } = this;
    this.space.stored.rest();
    values.prepareExact(key);
    values.prepareExact(value);
    values.writer.begin();
    values.writeExact(key);
    values.writeExact(value);
    this.queue.setOfImport(values.writer.finish());
    return 1;
  }

  // --- keys ---------------------------------------------------------------------------------------------------------------------

  /** The kind of a table, one that JavaScript has looked at since it was adopted empty counted as what it now is. */
  private settledKind(handle: number): number {
    const kind = this.handles.kinds[handle]!;
    if (!(kind >= ARRAY)) throw new RefusedError("stale table");
    if (kind !== UNDECIDED || this.drafts.isUndecided(this.handles.targets[handle] as object)) return kind;
    this.handles.classifyAgain(handle);
    return this.handles.kinds[handle]!;
  }

  /** A key as the host's containers have it. */
  private key(ktag: number, k: number): unknown {
    switch (ktag) {
      case INT: return k;
      case KEY: case KEY_NEW: return this.names[this.checkedId(k)] ?? NOT_TEXT;
      case STREAM: return this.values.readKey();
      default: throw new RefusedError(`the module sent an invalid tag of a key: ${ktag}`);
    }
  }

  /** A key as tables of `_home` have it; undefined if they cannot have it, which is an error unless the key is only `sought`. */
  private homeKey(ktag: number, k: number, sought = false): HomeKey | undefined {
    switch (ktag) {
      case INT: return k;
      case KEY: case KEY_NEW: return this.homeNames[this.checkedId(k)] ?? "";
      case STREAM: {
        const key = sought ? this.values.readSoughtKey() : this.values.readExactKey();
        return key === undefined ? undefined : keyOf(key);
      }
      default: throw new RefusedError(`the module sent an invalid tag of a key: ${ktag}`);
    }
  }

  /** The key of an entry that is set, which may be a plain table. */
  private newKey(ktag: number, k: number, vtag: number): unknown {
    return ktag === STREAM && vtag === STREAM ? this.values.readNewKey() : this.key(ktag, k);
  }

  /** The same for a table of `_home`. A key that is to be removed is only looked for. */
  private newHomeKey(ktag: number, k: number, vtag: number): HomeKey | NodeRef | undefined {
    if (ktag !== STREAM || vtag !== STREAM) return this.homeKey(ktag, k, vtag === NIL);
    const key = this.values.readNewExactKey();
    return key === undefined || NodeRef.is(key) ? key : keyOf(key);
  }

  private checkedId(id: number): number {
    if (!(id >= 0 && id < this.memory.keysMax)) throw new RefusedError(`the module sent an invalid key id: ${id}`);
    return id;
  }

  /** Begins the stream if the operation has one. A new key is defined before anything can fail: the module counts on it. */
  private open(ktag: number, k: number, vtag = NIL): void {
    if (ktag !== KEY_NEW && ktag !== STREAM && vtag !== STREAM) return;
    this.values.reader.begin();
    if (ktag === KEY_NEW) this.define(this.checkedId(k));
  }

  private define(id: number): void {
    const key = this.values.readExactKey();
    while (this.names.length <= id) {
      this.names.push(undefined);
      this.homeNames.push("");
    }
    if (typeof key === "string") {
      this.names[id] = key;
      this.homeNames[id] = textKey(key);
    } else if (key instanceof LuaBytes) {
      this.names[id] = undefined;
      this.homeNames[id] = keyOf(key) as string;
    } else {
      throw new RefusedError("the module sent an invalid key");
    }
  }

  // --- less frequent operations -------------------------------------------------------------------------------------------------

  /** `count` handles are not used any more, and none from `end` on, if that is not 0. Returns how many there are then. */
  private release(count: number, end: number): number {
    const { handles } = this;
    if (count === 0 && end === 0) return handles.given;
    const { bufferAddress, bufferBytes } = this.memory;
    if (!(count >= 0 && count * 4 <= bufferBytes)) throw new RefusedError(`the module sent an invalid count: ${count}`);
    this.free(this.i32.subarray(bufferAddress >> 2, (bufferAddress >> 2) + count));
    if (end > 0) this.free(Int32Array.from(handles.from(end)));
    this.space.account.noteShrinking();
    this.space.account.noteCollection();
    this.giveBack();
    return handles.given;
  }

  private free(released: Int32Array): void {
    this.traversals.forget(released);
    this.space.released(this.handles.release(released));
  }

  private create(kind: number): number {
    if (kind === NEW_PAGED) return this.handles.handleOfHome(new HomeTable(this.space));
    if (kind !== NEW_ARRAY) throw new RefusedError(`the module asked for an unknown kind of table: ${kind}`);
    const array: unknown[] = [];
    this.ledger.chargeMade([array]);
    return this.handles.handleOf(array);
  }

  private tellAdopted(from: number): number {
    const { bufferAddress, bufferBytes } = this.memory;
    const tables = this.adopted.slice(Math.max(0, from), Math.max(0, from) + bufferBytes / 4);
    tables.forEach((table, i) => {
      this.i32[(bufferAddress >> 2) + i] = table instanceof HomeTable ? this.handles.handleOfHome(table) : this.handles.handleOf(table);
    });
    if (from + tables.length >= this.adopted.length) this.adopted = [];
    return tables.length;
  }

  private represent(handle: number): number {
    const kind = this.settledKind(handle);
    const target = this.handles.targets[handle] as object;
    const text = (name: string) => textOf(readError(target as Error, name));
    this.putInStream(kind === ERROR ? `${text("name")}: ${text("message")}` : undefined);
    return 0;
  }

  private readMany(handle: number, from: number): number {
    const kind = this.settledKind(handle);
    const target = this.handles.targets[handle] as object;
    const wanted = this.bulk.count(this.bulk.numbersMax);
    if (from < 1) throw new RefusedError(`the module sent an invalid index: ${from}`);
    const form = this.bulk.readNumbers(kind, target, from, wanted);
    if (form !== FORM_VALUES) return form;
    const count = Math.min(wanted, VALUES_MAX);
    switch (kind) {
      case HOME:
        this.putExactValues(Array.from({ length: count }, (_, i) => (target as HomeTable).get(from + i)));
        break;
      case BIG_INTEGERS:
        this.putExactValues(Array.from({ length: count }, (_, i) => this.bigAt(target, from + i)));
        break;
      default:
        // All is read before anything is written: a getter may cross.
        this.values.writeAll(Array.from({ length: count }, (_, i) => this.read(kind, target, keyFor(kind, from + i))));
        this.queue.setOfImport(this.values.writer.finish());
    }
    this.f64[this.cellF64] = count;
    return FORM_VALUES;
  }

  private bigAt(target: object, key: number): HomeValue | undefined {
    const value = this.read(BIG_INTEGERS, target, key);
    return value === undefined ? undefined : bigElement(target, value as bigint);
  }

  private putExactValues(values: readonly (HomeValue | undefined)[]): void {
    const { writer } = this.values;
    this.space.stored.rest();
    for (const value of values) this.values.prepareExact(value);
    writer.begin();
    for (const value of values) this.values.writeExact(value);
    this.queue.setOfImport(writer.finish());
  }

  private writeMany(handle: number, from: number, tag: number): number {
    const count = this.bulk.count(this.bulk.numbersMax);
    const kind = this.settledKind(handle);
    const target = this.handles.targets[handle] as object;
    const numbers = this.bulk.numbers(count);
    if (kind === HOME && from >= 1 && from <= (target as HomeTable).length + 1) {
      (target as HomeTable).setNumbers(from, tag, numbers);
    } else if ((kind === FLOAT64 || kind === FLOAT32 || kind === INTEGERS) && from >= 1 && from - 1 + count <= elementCount(target)) {
      writeTyped(target as Float64Array, from - 1, numbers);
    } else {
      // A copy: a setter may cross.
      this.writeEach(handle, from, tag, numbers.slice());
    }
    this.giveBack();
    return 0;
  }

  private writeEach(handle: number, from: number, tag: number, numbers: Float64Array): void {
    for (let written = 0; written < numbers.length; ) {
      // A table that was adopted empty is an array after its first element.
      const asElements = this.settledKind(handle) === ARRAY ? this.writeElements(handle, from + written, numbers.subarray(written)) : 0;
      written += asElements;
      if (asElements > 0) continue;
      this.writeNumber(handle, from + written, tag, numbers[written]!);
      written++;
    }
  }

  /** Writes elements of its own, or that come next, and answers how many that were. */
  private writeElements(handle: number, from: number, numbers: Float64Array): number {
    const array = this.handles.targets[handle] as unknown[];
    if (from < 1 || from > array.length + 1 || from + numbers.length > ARRAY_ELEMENTS_MAX || !hasPlainPrototypes(array)) return 0;
    const added = Math.max(0, from - 1 + numbers.length - array.length);
    if (added > 0) this.handles.charge(handle, added * ELEMENT_BYTES, added);
    let written = 0;
    for (let index = from - 1; written < numbers.length; written++, index++) {
      // A hole is filled as any element is, since nothing is inherited. A setter may shorten the array.
      if (index > array.length) break;
      array[index] = numbers[written];
    }
    return written;
  }

  private writeNumber(handle: number, key: number, tag: number, number: number): void {
    const kind = this.settledKind(handle);
    if (kind === HOME) (this.handles.targets[handle] as HomeTable).setNumber(key, tag, number);
    else this.assign(handle, kind, key, number);
  }

  private readBytes(handle: number, from: number): number {
    const kind = this.settledKind(handle);
    if (from < 1) throw new RefusedError(`the module sent an invalid index: ${from}`);
    const target = this.handles.targets[handle] as object;
    if (kind === HOME) throw new RefusedError("only an ArrayBuffer or a typed array has bytes");
    return this.bulk.readBytes(target, from, this.bulk.count(this.memory.bufferBytes));
  }

  private trace(): number {
    this.mirror.begin();
    const triples = this.space.trace((table) => this.handles.handleOfHome(table));
    const { writer } = this.values;
    writer.begin();
    for (const number of triples) writer.number(INT, number);
    this.queue.setOfImport(writer.finish());
    return triples.length / 3;
  }

  /** What leads to what in Lua's heap, in `count` pairs; nothing of the module's may be called meanwhile. */
  private link(count: number, isLast: number): number {
    const { bufferAddress, bufferBytes } = this.memory;
    if (!(count >= 0 && count * 8 <= bufferBytes)) throw new RefusedError(`the module sent an invalid count: ${count}`);
    this.mirror.add(this.i32.slice(bufferAddress >> 2, (bufferAddress >> 2) + 2 * count));
    if (isLast !== 0) this.mirror.finish();
    return 0;
  }

  /** Tables of `_home` keep theirs. Where it is only asked what a kind does, nothing fails. */
  private allowMetatable(handle: number, onlyKind: number): number {
    const kind = onlyKind === 0 ? this.settledKind(handle) : this.handles.kinds[handle];
    return kind === HOME ? KEPT : 0;
  }

  private setMetatable(handle: number): number {
    const table = this.homeTable(handle);
    this.values.reader.begin();
    try {
      this.adopted = this.space.build((create) => {
        const { metatable, adopted } = this.values.readMetatable(create, new Copier(this.space, create), () => table.path());
        table.setMetatable(metatable);
        return adopted;
      });
    } finally {
      this.giveBack();
    }
    return 0;
  }

  private getMetatable(handle: number): number {
    this.putExactInStream(this.homeTable(handle).metatable);
    return 0;
  }

  private homeTable(handle: number): HomeTable {
    if (this.settledKind(handle) !== HOME) throw new RefusedError("only tables of _home keep a metatable");
    return this.handles.targets[handle] as HomeTable;
  }
}

function putInHome(table: HomeTable, key: HomeKey, value: HomeValue | undefined): void {
  if (value === undefined) table.delete(key);
  else table.set(key, value);
}

function invalidKey(key: unknown): RefusedError {
  return new RefusedError(`a key must not be ${key === undefined ? "nil" : String(key)}`);
}

function isIndex(key: unknown): key is number {
  return typeof key === "number" && key >= 1 && Number.isInteger(key);
}

/** Lua's name for a property: an integer and its string are one. Undefined if no property can have it. */
function propertyName(key: unknown): string | undefined {
  switch (typeof key) {
    case "string": return key;
    case "bigint": return String(key);
    case "number": return Number.isInteger(key) ? String(key) : undefined;
    default: return undefined;
  }
}

function ownValue(object: object, name: string | undefined): unknown {
  return name !== undefined && hasOwn(object, name) ? (object as Fields)[name] : undefined;
}

/**
 * `name` is the one thing that is read from a prototype, and it must be a string. What is not enumerable stays hidden: `stack` shows the
 * host's files.
 */
function readError(error: Error, name: string | undefined): unknown {
  if (name === undefined) return undefined;
  if (ERROR_FIELDS.includes(name)) {
    const own = ownValue(error, name);
    return own === undefined && name === "name" ? textOf(error.name) : own;
  }
  return Object.prototype.propertyIsEnumerable.call(error, name) ? (error as unknown as Fields)[name] : undefined;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** An index as a key of what is no array. */
function keyFor(kind: number, index: number): unknown {
  return kind === OBJECT || kind === EXPOSED ? String(index) : index;
}

/** A Proxy can answer anything. */
function lengthOf(array: unknown[]): number {
  const length: unknown = array.length;
  return typeof length === "number" ? length : 0;
}

/** The first key after `key` that an element has, or Infinity. */
function nextElementKey(array: unknown[], key: number): number {
  return Number(Object.keys(array).find((name) => Number(name) >= key) ?? Infinity) + 1;
}


/** Elements of a BigInt64Array are Lua integers, those of a BigUint64Array bigints. */
function bigElement(array: object, value: bigint): HomeValue {
  return array instanceof BigInt64Array ? integerValue(value) : new LuaBigint(value);
}

/** All of them or none. */
function writeTyped(array: Float64Array | Float32Array | Int32Array, at: number, numbers: Float64Array): void {
  const before = array.slice(at, at + numbers.length);
  array.set(numbers, at);
  for (let i = 0; i < numbers.length; i++) {
    const written = array[at + i]!;
    const wanted = numbers[i]!;
    if (written === wanted || (Number.isNaN(written) && Number.isNaN(wanted))) continue;
    array.set(before, at);
    throw doesNotFit(wanted);
  }
}

function doesNotFit(value: number | bigint): RefusedError {
  return new RefusedError(`${String(value)} does not fit into an element of this typed array`);
}

/** Writes to a typed array, if nothing is lost by it. */
function writeElement(kind: number, array: object, key: unknown, value: unknown): void {
  if (!isIndex(key) || key > elementCount(array)) {
    throw new RefusedError(`index ${shown(key)} is outside a typed array of ${elementCount(array)} elements`);
  }
  if (typeof value !== "number" && typeof value !== "bigint") {
    throw new RefusedError(`an element of a typed array must be a number, not ${value === undefined ? "nil" : `a ${luaTypeOf(value)}`}`);
  }
  const elements = array as Record<number, number | bigint>;
  const wanted = kind === BIG_INTEGERS ? toBigint(value) : toNumber(value);
  if (wanted !== undefined) {
    const before = elements[key - 1]!;
    elements[key - 1] = wanted;
    const after = elements[key - 1]!;
    if (Object.is(after, wanted) || (after === 0 && wanted === 0)) return;
    elements[key - 1] = before;
  }
  throw doesNotFit(value);
}

function toBigint(value: number | bigint): bigint | undefined {
  if (typeof value === "bigint") return value;
  return Number.isInteger(value) ? BigInt(value) : undefined;
}

function toNumber(value: number | bigint): number | undefined {
  if (typeof value === "number") return value;
  const number = Number(value);
  return Number.isFinite(number) && BigInt(number) === value ? number : undefined;
}

function luaTypeOf(value: unknown): string {
  return typeof value === "object" ? "table" : typeof value;
}

function shown(key: unknown): string {
  switch (typeof key) {
    case "string": return JSON.stringify(key);
    case "object": return "such a table";
    case "function": return "a function";
    default: return String(key);
  }
}

/** What `pairs` of Lua can be given. */
function isLuaKey(key: unknown): boolean {
  return key !== undefined && key !== null && !Number.isNaN(key) && typeof key !== "symbol";
}
