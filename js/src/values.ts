/**
 * Values across the boundary (docs/ABI.md §2): between records and what JavaScript, or a table of `_home`, makes of them. Whatever has
 * no form on the other side is refused by name.
 */
import { RefusedError } from "./errors.js";
import type { Drafts } from "./drafts.js";
import type { Functions } from "./functions.js";
import type { Handles } from "./handles.js";
import { HOME } from "./handles.js";
import { floatValue, integerValue, isInteger, keyOf, LuaBigint, LuaBytes, LuaFloat, LuaNamed, pathStep, Unsaved } from "./exact.js";
import type { HomeKey, HomeValue } from "./exact.js";
import { HomeTable } from "./home.js";
import { StoredFunction } from "./stored.js";
import type { Binding, Dump, StoredFunctions, Upvalue } from "./stored.js";
import type { Memory } from "./memory.js";
import { FLAG_NEGATIVE, InvalidStreamError, StreamReader, StreamWriter } from "./streams.js";
import type { Bufferfuls } from "./streams.js";
import { encodeInto, encodeShort, isWellFormed } from "./text.js";
import { Copier, defineField } from "./view.js";

export const NIL = 0;
export const FALSE = 1;
export const TRUE = 2;
export const INT = 3;
export const INT64 = 4;
export const FLOAT = 5;
export const STRING = 6;
export const KEY = 7;
export const KEY_NEW = 8;
export const TABLE = 9;
export const FUNCTION_TAG = 10;
export const CLOSURE = 11;
export const BIGINT = 12;
export const NODE = 13;
export const NODE_BEGIN = 14;
export const NODE_END = 15;
export const NULL = 16;
export const REFERENCE = 17;
export const OPAQUE = 18;
export const STREAM = 19;
export const SAME = 20;
export const TABLE_WITH_METATABLE = 21;
export const NAMED = 22;

/** Of NODE_BEGIN: the metatable follows. */
const FLAG_METATABLE_FOLLOWS = 2;

/** As a key of the host's containers: a Lua string that is no text, which they cannot hold. */
export const NOT_TEXT = Symbol("not text");

/**
 * What stands for a value until all of the stream is read. It is never told by `instanceof`, which would run the traps of a host's Proxy.
 */
abstract class Placeholder {
  readonly #isOne = true;

  static is(value: unknown): value is Placeholder {
    return typeof value === "object" && value !== null && #isOne in value;
  }
}

/** A plain table of Lua whose description follows. */
export class NodeRef extends Placeholder {
  constructor(readonly index: number) {
    super();
  }

  static override is(value: unknown): value is NodeRef {
    return Placeholder.is(value) && value instanceof NodeRef;
  }
}

/** A value of Lua with no form outside. */
class Opaque extends Placeholder {
  constructor(readonly type: string) {
    super();
  }

  static override is(value: unknown): value is Opaque {
    return Placeholder.is(value) && value instanceof Opaque;
  }
}

/** A container of the host that is to be stored in a table of `_home`. */
class Foreign extends Placeholder {
  constructor(readonly object: object) {
    super();
  }

  static override is(value: unknown): value is Foreign {
    return Placeholder.is(value) && value instanceof Foreign;
  }
}

interface NodeDescription {
  /** The entries 1…sequence come first, and are all with integer keys. */
  readonly sequence: number;
  /** The one that is to be kept, or undefined. */
  readonly metatable: unknown;
  readonly keys: unknown[];
  readonly values: unknown[];
}

/** What one table turned into: the containers, by node. */
export type Adopted = readonly object[];

export class Values {
  readonly writer: StreamWriter;
  readonly reader: StreamReader;
  /** How strings of results are read. */
  strings: "auto" | "bytes" = "auto";
  private readonly memory: Memory;
  private readonly handles: Handles;
  private readonly functions: Functions;
  private readonly stored: StoredFunctions;
  /** How null crosses. */
  readonly nullTag: number;
  private placeholders = false;

  constructor(
    memory: Memory, bufferfuls: Bufferfuls, handles: Handles, functions: Functions, stored: StoredFunctions, nullsAreSentinels: boolean,
  ) {
    this.memory = memory;
    this.handles = handles;
    this.functions = functions;
    this.stored = stored;
    this.nullTag = nullsAreSentinels ? NULL : NIL;
    this.writer = new StreamWriter(memory, bufferfuls);
    this.reader = new StreamReader(memory, bufferfuls);
  }

  /**
   * Writes all of a stream: what `writeHead` writes, then the values. Objects are looked at before, since a Proxy could run code that
   * crosses meanwhile.
   */
  writeAll(values: readonly unknown[], writeHead?: () => void): void {
    const { births } = this.handles;
    try {
      for (let i = 0; i < values.length; i++) this.prepare(values[i]);
      this.writer.begin();
      writeHead?.();
      for (let i = 0; i < values.length; i++) this.write(values[i]);
    } catch (error) {
      this.handles.takeBack(births);
      throw error;
    }
  }

  /** Writes all of a stream that calls a chunk. */
  writeChunk(name: string, code: HomeValue, args: readonly unknown[]): void {
    this.writeAll(args, () => {
      this.write(name);
      this.writeExact(code);
    });
  }

  /** Writes a stream of one value. */
  writeOne(value: unknown): void {
    this.prepare(value);
    this.writer.begin();
    this.write(value);
  }

  prepare(value: unknown): void {
    if (typeof value === "object" && value !== null) this.handles.handleOf(value);
  }

  /** Writes a value of JavaScript to the stream that was begun. */
  write(value: unknown): void {
    const { writer } = this;
    switch (typeof value) {
      case "number": return writer.number(isInteger(value) ? INT : FLOAT, value);
      case "string": return writer.text(value);
      case "boolean": return writer.record(value ? TRUE : FALSE, 0);
      case "undefined": return writer.record(NIL, 0);
      case "bigint": return this.writeBigint(value);
      case "function": return this.writeFunction(value);
      case "object": return this.writeObject(value);
      default: throw new RefusedError(`a ${typeof value} has no form in Lua`);
    }
  }

  /** Writes a value with the type that it has in Lua. */
  writeExact(value: HomeValue | undefined): void {
    const { writer } = this;
    if (value === null) writer.record(NULL, 0);
    else if (typeof value === "bigint") writer.pair(INT64, Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n)));
    else if (value instanceof StoredFunction) writer.record(CLOSURE, awake(value).reference);
    else if (value instanceof HomeTable) writer.record(tableTag(value), this.handles.handleOfHome(value));
    else if (value instanceof LuaFloat) writer.number(FLOAT, value.value);
    else if (value instanceof LuaBigint) this.writeBigint(value.value);
    else if (value instanceof LuaBytes) writer.bytes(STRING, value.bytes);
    else if (value instanceof LuaNamed) writer.record(CLOSURE, this.stored.named(value).reference);
    else if (value instanceof Unsaved) throw new RefusedError(`${value.what} is not there any more`);
    else this.write(value);
  }

  /** To be called before a value of `_home` is written, when the buffer is free. */
  prepareExact(value: HomeValue | undefined): void {
    if (value instanceof StoredFunction) this.stored.wake(value);
    else if (value instanceof LuaNamed) this.stored.named(value);
  }

  private writeNamed(value: LuaNamed): void {
    this.writer.record(NAMED, 0);
    this.writer.text(value.name);
  }

  /** All of a stream: a function that is to be loaded. */
  writeCode(code: Uint8Array | LuaNamed): void {
    this.writer.begin();
    if (code instanceof LuaNamed) this.writeNamed(code);
    else this.writer.bytes(STRING, code);
  }

  /** How the upvalues of a function are set; the functions among them are awake. */
  writeBindings(bindings: readonly Binding[]): void {
    const { writer } = this;
    writer.begin();
    for (const binding of bindings) {
      if ("reference" in binding) {
        writer.number(INT, binding.reference);
        writer.number(INT, binding.index);
      } else {
        writer.record(NIL, 0);
        // Not only functions: a library is named too.
        if (binding.value instanceof LuaNamed) this.writeNamed(binding.value);
        else this.writeExact(binding.value);
      }
    }
  }

  /** What the module says of a function that has `count` upvalues. */
  readDump(count: number, withCode: boolean): Dump {
    const { reader } = this;
    reader.begin();
    let code: Dump["code"];
    if (withCode) {
      reader.next();
      if (reader.tag === NAMED) code = this.readNamed();
      else if (reader.tag === STRING) code = reader.bytes();
      else throw new InvalidStreamError(`the module sent an invalid tag: ${reader.tag}`);
    }
    const upvalues: Upvalue[] = [];
    for (let i = 0; i < count; i++) {
      const name = this.readExact();
      const identity = this.readExact();
      const value = upvalueForm(this.readExact());
      upvalues.push({ name: typeof name === "string" ? name : undefined, identity: Number(identity), value });
    }
    return { code, upvalues };
  }

  private readNamed(): LuaNamed {
    this.reader.next();
    if (this.reader.tag !== STRING) throw new InvalidStreamError("the module sent an invalid record");
    return new LuaNamed(String(this.reader.string()));
  }

  /**
   * Writes text to the buffer's start, without a record, and its length into the cell. Returns false if it does not fit; then the buffer
   * is as undefined as ever.
   */
  putText(text: string): boolean {
    const { u8, i32, buffer, bufferAddress, cellI32 } = this.memory;
    let written = encodeShort(text, u8, bufferAddress);
    if (written < 0) {
      if (text.length > buffer.length || !isWellFormed(text)) return false;
      const result = encodeInto(text, buffer);
      if (result.read < text.length) return false;
      written = result.written;
    }
    i32[cellI32] = written;
    return true;
  }

  /** The reference of a Lua function, or 0 for a function of the host. */
  referenceOf(value: object): number {
    return this.functions.referenceOf(value);
  }

  /** `count` values of the stream, and the plain tables in them as copies. */
  readAll(count: number): unknown[] {
    const values: unknown[] = [];
    this.placeholders = false;
    for (let i = 0; i < count; i++) values.push(this.reader.areNumbers(1) ? this.reader.takeNumber() : this.readFlat());
    if (!this.placeholders) return values;
    const copies = this.readCopies(values);
    return values.map((value) => resolve(value, copies));
  }

  /** One value of the stream that is a key: never a description of a table. */
  readKey(): unknown {
    return formOutside(this.readFlatKey());
  }

  /** One key of a new entry. It may be a plain table: `readAdopted` knows what becomes of it. */
  readNewKey(): unknown {
    return this.readFlatKey();
  }

  /**
   * The value after `newKey`, to be stored under it in a container of the host, with the plain tables in both as new containers, which are
   * drafts.
   */
  readAdopted(drafts: Drafts, newKey: unknown): { key: unknown; value: unknown; adopted: Adopted } {
    const value = this.readFlat();
    if (!NodeRef.is(value) && !NodeRef.is(newKey)) return { key: formOutside(newKey), value: formOutside(value), adopted: [] };
    const adopted = this.readCopies([newKey, value], drafts);
    return { key: resolve(newKey, adopted), value: resolve(value, adopted), adopted };
  }

  /** The same for a table of `_home`; `create` makes the tables for it, `path` tells where the value will be. */
  readAdoptedExact(
    create: () => HomeTable, copier: Copier, path: () => string, newKey: HomeKey | NodeRef,
  ): { key: HomeKey; value: HomeValue | undefined; adopted: Adopted } {
    const value = this.readExact();
    if (!NodeRef.is(value) && !NodeRef.is(newKey)) {
      this.stored.settle();
      return { key: this.settledKey(newKey), value: this.stored.settled(homeForm(copier, value, path), path), adopted: [] };
    }
    const nodes = this.readNodes([newKey, value], () => this.readExact(), () => this.readExact());
    this.stored.settle();
    const tables = nodes.map(create);
    this.fillHomeTables(copier, nodes, tables, path);
    const key = NodeRef.is(newKey) ? tables[newKey.index]! : this.settledKey(newKey);
    const kept = NodeRef.is(value) ? tables[value.index]! : this.stored.settled(homeForm(copier, value, path), path);
    return { key, value: kept, adopted: tables };
  }

  /** A metatable for a table of `_home`, like `readAdoptedExact`. */
  readMetatable(create: () => HomeTable, copier: Copier, path: () => string): { metatable: HomeTable | undefined; adopted: Adopted } {
    const value = this.readExact();
    if (!NodeRef.is(value)) return { metatable: metatableForm(value, path), adopted: [] };
    const nodes = this.readNodes([value], () => this.readExact(), () => this.readExact());
    this.stored.settle();
    const tables = nodes.map(create);
    this.fillHomeTables(copier, nodes, tables, () => metatablePath(path()));
    return { metatable: tables[value.index]!, adopted: tables };
  }

  /** One key with the type that it has in Lua. */
  readExactKey(): HomeValue | undefined {
    const value = this.readNewExactKey();
    if (NodeRef.is(value)) throw new InvalidStreamError("the module sent a plain table where none can be");
    return value;
  }

  /** One key of a new entry, which may be a plain table. */
  readNewExactKey(): HomeValue | undefined | NodeRef {
    const value = this.readExact();
    if (Opaque.is(value)) throw new RefusedError(`a ${value.type} cannot be a key here`);
    if (Foreign.is(value)) {
      const what = typeof value.object === "function" ? "a function of the host" : "a table of the host outside _home";
      throw new RefusedError(`${what} cannot be a key here`);
    }
    return value;
  }

  /** One key that is only looked for: undefined if no table of `_home` can have it. It is all of the stream. */
  readSoughtKey(): HomeValue | undefined {
    const { reader } = this;
    if (reader.nextIs(CLOSURE)) return this.stored.sought(reader.aux);
    const value = this.readExact();
    return Placeholder.is(value) ? undefined : (value as HomeValue | undefined);
  }

  /** A key as it is kept; the module is asked about a function. */
  settledKey(key: HomeKey): HomeKey {
    this.stored.settle();
    return key instanceof StoredFunction ? this.stored.settledKey(key) : key;
  }

  private writeObject(value: object | null): void {
    if (value === null) return this.writer.record(this.nullTag, 0);
    const handle = this.handles.handleOf(value);
    if (handle !== 0) this.writeHandle(handle);
    else this.writeReference(value);
  }

  private writeHandle(handle: number): void {
    const { kinds, targets } = this.handles;
    this.writer.record(kinds[handle] === HOME ? tableTag(targets[handle] as HomeTable) : TABLE, handle);
  }

  private writeReference(value: object): void {
    const reference = this.functions.referenceOf(value);
    if (reference === 0) throw new RefusedError("a value of another instance cannot be used here");
    this.writer.record(REFERENCE, reference);
  }

  private writeFunction(value: object): void {
    const reference = this.functions.referenceOf(value);
    if (reference !== 0) this.writer.record(CLOSURE, reference);
    else this.writer.record(FUNCTION_TAG, this.handles.handleOf(value));
  }

  private writeBigint(value: bigint): void {
    const magnitude = value < 0n ? -value : value;
    const hex = magnitude.toString(16);
    const bytes = new Uint8Array((hex.length + 1) >> 1);
    for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(hex.slice(Math.max(0, hex.length - 2 * i - 2), hex.length - 2 * i), 16);
    this.writer.bytes(BIGINT, bytes, value < 0n ? FLAG_NEGATIVE : 0);
  }

  private readBigint(): bigint {
    const negative = (this.reader.low & FLAG_NEGATIVE) !== 0;
    const digits: string[] = ["0x0"];
    const bytes = this.reader.bytes();
    for (let i = bytes.length - 1; i >= 0; i--) digits.push(bytes[i]!.toString(16).padStart(2, "0"));
    const magnitude = BigInt(digits.join(""));
    return negative ? -magnitude : magnitude;
  }

  private readInteger(): number | bigint {
    const { low, high } = this.reader;
    return integerValue((BigInt(high) << 32n) | BigInt(low >>> 0));
  }

  /** The next value as JavaScript has it, a plain table or a value with no form outside as a placeholder. */
  private readFlat(): unknown {
    const { reader } = this;
    reader.next();
    switch (reader.tag) {
      case INT: case FLOAT: return reader.number;
      case STRING: return this.strings === "bytes" ? reader.bytes() : reader.string();
      case INT64: return this.readInteger();
      case BIGINT: return this.readBigint();
      case TABLE: case FUNCTION_TAG: return this.handles.objectOf(reader.aux);
      case REFERENCE: return this.functions.valueOf(reader.aux);
      default: return this.readOther();
    }
  }

  private readFlatKey(): unknown {
    const key = this.readFlat();
    return this.reader.tag === STRING && typeof key !== "string" ? NOT_TEXT : key;
  }

  /** The key of a copy; in results, bytes that are no text remain bytes. */
  private readCopiedKey(): unknown {
    const { strings } = this;
    this.strings = "auto";
    const key = this.readFlat();
    this.strings = strings;
    return key;
  }

  /** The next value with the type that it has in Lua, or a placeholder. */
  private readExact(): HomeValue | undefined | NodeRef | Opaque | Foreign {
    const { reader } = this;
    reader.next();
    switch (reader.tag) {
      case INT: return reader.number;
      case FLOAT: return floatValue(reader.number);
      case STRING: return exactString(reader.string());
      case INT64: return this.readInteger();
      case BIGINT: return new LuaBigint(this.readBigint());
      case TABLE: case FUNCTION_TAG: return this.exactObject(reader.aux);
      case CLOSURE: return this.stored.ofReference(reader.aux);
      case NAMED: return this.readNamed();
      default: return this.readOther() as HomeValue | undefined | NodeRef | Opaque;
    }
  }

  /** What is read alike for JavaScript and for `_home`. */
  private readOther(): unknown {
    const { reader } = this;
    switch (reader.tag) {
      case NIL: return undefined;
      case FALSE: return false;
      case TRUE: return true;
      case NULL: return null;
      case CLOSURE: return this.functions.functionOf(reader.aux);
      case NODE: case OPAQUE: return this.readPlaceholder();
      default: throw new InvalidStreamError(`the module sent an invalid tag: ${reader.tag}`);
    }
  }

  private readPlaceholder(): Placeholder {
    this.placeholders = true;
    if (this.reader.tag === NODE) return new NodeRef(this.reader.aux);
    this.reader.next();
    if (this.reader.tag !== STRING) throw new InvalidStreamError("the module sent an invalid record");
    return new Opaque(String(this.reader.string()));
  }

  private exactObject(handle: number): HomeTable | Foreign {
    const target = this.handles.targetOf(handle);
    return this.handles.kinds[handle] === HOME ? (target as HomeTable) : new Foreign(this.handles.objectOf(handle));
  }

  /** The containers for the tables that are described after `values`. */
  private readCopies(values: unknown[], drafts?: Drafts): object[] {
    const readKey = drafts === undefined ? () => this.readCopiedKey() : () => this.readFlatKey();
    const nodes = this.readNodes(values, readKey, () => this.readFlat());
    const copies = nodes.map(containerFor);
    nodes.forEach((node, index) => {
      drafts?.add(copies[index]!, node.keys.length === 0);
    });
    nodes.forEach((node, index) => fill(copies[index]!, node, copies, drafts));
    return copies;
  }

  private readNodes(values: unknown[], readKey: () => unknown, readValue: () => unknown): NodeDescription[] {
    const nodes: NodeDescription[] = [];
    let known = 0;
    const note = (value: unknown) => {
      if (NodeRef.is(value)) known = Math.max(known, value.index + 1);
      return value;
    };
    values.forEach(note);
    while (nodes.length < known) {
      const node = this.beginNode(nodes.length, () => note(readValue()));
      while (!this.reader.nextIs(NODE_END)) {
        node.keys.push(note(readKey()));
        node.values.push(note(readValue()));
      }
      nodes.push(node);
    }
    return nodes;
  }

  private fillHomeTables(copier: Copier, nodes: readonly NodeDescription[], tables: readonly HomeTable[], path: () => string): void {
    /** For each node the path by which it was found first. */
    const paths: (() => string)[] = [path];
    nodes.forEach((node, index) => {
      const here = paths[index] ?? path;
      const { metatable } = node;
      if (NodeRef.is(metatable)) paths[metatable.index] ??= () => metatablePath(here());
      tables[index]!.setMetatable(NodeRef.is(metatable) ? tables[metatable.index] : metatableForm(metatable, here));
      node.keys.forEach((rawKey, i) => {
        const key = NodeRef.is(rawKey) ? tables[rawKey.index]! : homeForm(copier, rawKey, here);
        if (key === undefined) throw new InvalidStreamError("the module sent an invalid key");
        const kept = this.settledKey(keyOf(key));
        const there = () => here() + pathStep(kept);
        const raw = node.values[i];
        if (NodeRef.is(raw)) paths[raw.index] ??= there;
        const value = NodeRef.is(raw) ? tables[raw.index] : this.stored.settled(homeForm(copier, raw, there), there);
        if (value !== undefined) tables[index]!.set(kept, value);
      });
    });
  }

  private beginNode(index: number, readMetatable: () => unknown): NodeDescription {
    this.reader.next();
    if (this.reader.tag !== NODE_BEGIN || this.reader.aux !== index) {
      throw new InvalidStreamError("the module sent an invalid description of a table");
    }
    const { low: sequence, high: flags } = this.reader;
    const metatable = (flags & FLAG_METATABLE_FOLLOWS) !== 0 ? readMetatable() : undefined;
    return { sequence, metatable, keys: [], values: [] };
  }
}

function formOutside(value: unknown): unknown {
  if (Opaque.is(value)) throw new RefusedError(`a ${value.type} has no form in JavaScript`);
  if (NodeRef.is(value)) throw new InvalidStreamError("the module sent a plain table where none can be");
  return value;
}

function resolve(value: unknown, copies: readonly object[]): unknown {
  if (!NodeRef.is(value)) return formOutside(value);
  const copy = copies[value.index];
  if (copy === undefined) throw new InvalidStreamError("the module sent an invalid node");
  return copy;
}

/** An array for a sequence, an object for string keys, otherwise a Map. */
function containerFor(node: NodeDescription): object {
  if (node.sequence > 0 && node.sequence === node.keys.length) return [];
  return node.keys.every((key) => typeof key === "string") ? {} : new Map();
}

function fill(container: object, node: NodeDescription, copies: readonly object[], drafts: Drafts | undefined): void {
  const { keys, values } = node;
  for (let i = 0; i < keys.length; i++) {
    const value = resolve(values[i], copies);
    let key = Array.isArray(container) ? i : resolve(keys[i], copies);
    if (Array.isArray(container)) {
      container.push(value);
    } else if (container instanceof Map) {
      if (key === NOT_TEXT) throw new RefusedError("a string that is not valid UTF-8 cannot be a key of a host's table");
      container.set(key, value);
      if (typeof key === "object" && key !== null) drafts?.see(key);
    } else {
      defineField(container, key as string, value);
    }
    if (typeof value === "object" && value !== null) drafts?.stored(container, key, value);
  }
}

function exactString(value: string | Uint8Array): string | LuaBytes {
  return typeof value === "string" ? value : new LuaBytes(value);
}

function homeForm(copier: Copier, value: unknown, path: () => string): HomeValue | undefined {
  if (Opaque.is(value)) throw new RefusedError(`${path()}: a ${value.type} cannot be stored`);
  return Foreign.is(value) ? copier.valueOf(value.object, path) : (value as HomeValue | undefined);
}

/** What is kept of an upvalue. */
function upvalueForm(value: HomeValue | undefined | Placeholder): HomeValue | undefined {
  if (Opaque.is(value)) return new Unsaved(`a ${value.type}`, value.type === "table");
  if (Foreign.is(value)) {
    const what = typeof value.object === "function" ? "a function of the host" : "a table of the host outside _home";
    return new Unsaved(what, false);
  }
  return value as HomeValue | undefined;
}

function awake({ held }: StoredFunction): { readonly reference: number } {
  if (held === undefined) throw new RefusedError("a function of _home could not be loaded");
  return held;
}

/** The tag under which a table of `_home` crosses. */
export function tableTag(table: HomeTable): number {
  return table.metatable === undefined ? TABLE : TABLE_WITH_METATABLE;
}

/** How Lua code would reach the metatable of the table at a path. */
function metatablePath(path: string): string {
  return `getmetatable(${path})`;
}

/** What is no plain table, as the metatable of the table at a path. It stays the very table that it is: nothing is copied. */
function metatableForm(value: unknown, path: () => string): HomeTable | undefined {
  if (value === undefined || value instanceof HomeTable) return value;
  if (Opaque.is(value)) throw new RefusedError(`${metatablePath(path())}: a ${value.type} cannot be stored`);
  if (Foreign.is(value)) throw new RefusedError(`${path()}: a table of the host outside _home cannot be its metatable`);
  throw new InvalidStreamError("the module sent an invalid metatable");
}
