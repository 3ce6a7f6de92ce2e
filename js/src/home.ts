/**
 * Tables of `_home` and of `ext.table()`: what they hold keeps Lua's types exactly. A sequence lies in chunks of numbers with their tags,
 * everything else in Maps, several of them because the engine ends one at 2^24 entries. `CuTable` is the live view for JavaScript.
 * What cannot be kept is refused with the path at which it would have been.
 */
import { RefusedError } from "./errors.js";

/** A Lua float whose value is integral, which as a JavaScript number would read as a Lua integer. */
export class LuaFloat {
  constructor(readonly value: number) {}
}

/** A bigint of the module's bigint library. A primitive bigint is a Lua integer beyond the safe range. */
export class LuaBigint {
  constructor(readonly value: bigint) {}
}

/** A Lua string that is no text. */
export class LuaBytes {
  constructor(readonly bytes: Uint8Array) {}
}

/** A value as Lua has it. A number is a Lua integer if it is a safe integer and not −0, otherwise a float; `null` is `ext.null`. */
export type HomeValue = null | boolean | number | bigint | string | LuaFloat | LuaBigint | LuaBytes | HomeTable | ((...args: never[]) => unknown);

/** A key as the Maps hold it: `keyOf` and `valueOfKey` translate. */
export type HomeKey = null | boolean | number | bigint | string | HomeTable | ((...args: never[]) => unknown);

const CHUNK_SHIFT = 12;
const CHUNK_ENTRIES = 1 << CHUNK_SHIFT;
const CHUNK_MASK = CHUNK_ENTRIES - 1;
const FIRST_CHUNK_ENTRIES = 4;
/** The engine ends a Map at 2^24 entries, removed ones counted until it compacts: half of that is always safe. */
const MAP_ENTRIES_MAX = 2 ** 23;
const PATH_DEPTH_MAX = 50;

/** Tags of entries in a chunk. INT and FLOAT are those of the boundary. */
export const ENTRY_NIL = 0;
export const ENTRY_INT = 3;
export const ENTRY_FLOAT = 5;
const ENTRY_OTHER = 255;

/** Up to 4,096 consecutive entries. Numbers and other values each have an array that exists from the first of its kind on. */
class Chunk {
  tags: Uint8Array;
  numbers: Float64Array;
  values: HomeValue[] | undefined;

  constructor(entries: number) {
    this.tags = new Uint8Array(entries);
    this.numbers = NO_NUMBERS;
  }

  setNumber(index: number, tag: number, value: number): void {
    if (index >= this.numbers.length) this.growNumbers();
    this.numbers[index] = value;
    if (this.tags[index] === ENTRY_OTHER) this.values![index] = null;
    this.tags[index] = tag;
  }

  setOther(index: number, value: HomeValue): void {
    this.values ??= [];
    while (this.values.length < index) this.values.push(null);
    this.values[index] = value;
    this.tags[index] = ENTRY_OTHER;
  }

  clear(index: number): void {
    if (this.tags[index] === ENTRY_OTHER) this.values![index] = null;
    this.tags[index] = ENTRY_NIL;
  }

  get(index: number): HomeValue | undefined {
    switch (this.tags[index]) {
      case ENTRY_NIL: return undefined;
      case ENTRY_INT: return this.numbers[index]!;
      case ENTRY_FLOAT: return floatValue(this.numbers[index]!);
      default: return this.values![index]!;
    }
  }

  grow(): void {
    const tags = new Uint8Array(this.tags.length * 2);
    tags.set(this.tags);
    this.tags = tags;
  }

  private growNumbers(): void {
    const numbers = new Float64Array(this.tags.length);
    numbers.set(this.numbers);
    this.numbers = numbers;
  }
}

const NO_NUMBERS = new Float64Array(0);

/** A Lua float as a value. */
export function floatValue(value: number): number | LuaFloat {
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? new LuaFloat(value) : value;
}

export class HomeTable {
  /** Its handle, or 0 while the module has none. */
  handle = 0;
  /** The instance that it belongs to. */
  readonly owner: object;
  /** The entries 1…length; the last is not nil, and no key of the Maps is within or next to them. */
  length = 0;
  readonly chunks: Chunk[] = [];
  private maps: Map<HomeKey, HomeValue>[] = [];
  private shown: CuTable | undefined;
  private parent: HomeTable | undefined;
  private parentKey: HomeKey = null;

  constructor(owner: object) {
    this.owner = owner;
  }

  /** Always the same view. */
  get view(): CuTable {
    return (this.shown ??= new CuTable(this));
  }

  get(key: HomeKey | undefined): HomeValue | undefined {
    if (key === undefined) return undefined;
    if (typeof key === "number" && key >= 1 && key <= this.length && Number.isInteger(key)) {
      return this.chunks[(key - 1) >>> CHUNK_SHIFT]!.get((key - 1) & CHUNK_MASK);
    }
    for (const map of this.maps) {
      const value = map.get(key);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  set(key: HomeKey, value: HomeValue): void {
    if (value instanceof HomeTable && value.parent === undefined) {
      value.parent = this;
      value.parentKey = key;
    }
    if (typeof key === "number" && key >= 1 && key <= this.length + 1 && Number.isInteger(key)) {
      this.write(key, value);
      if (key > this.length) this.extended();
    } else {
      this.setInMaps(key, value);
    }
  }

  /** Sets an entry to a number, with no allocation where it lies in the sequence or next to it. */
  setNumber(key: number, tag: number, value: number): void {
    const { length } = this;
    if (key >= 1 && key <= length + 1) {
      this.place(key).setNumber((key - 1) & CHUNK_MASK, tag, value);
      if (key > length) this.extended();
    } else {
      this.setInMaps(key, tag === ENTRY_FLOAT ? floatValue(value) : value);
    }
  }

  delete(key: HomeKey): void {
    if (typeof key === "number" && key >= 1 && key <= this.length && Number.isInteger(key)) {
      this.chunks[(key - 1) >>> CHUNK_SHIFT]!.clear((key - 1) & CHUNK_MASK);
      if (key === this.length) this.shorten();
      return;
    }
    for (const map of this.maps) if (map.delete(key)) return;
  }

  get size(): number {
    let size = 0;
    for (let index = 1; index <= this.length; index++) if (this.tagAt(index) !== ENTRY_NIL) size++;
    for (const map of this.maps) size += map.size;
    return size;
  }

  tagAt(index: number): number {
    return this.chunks[(index - 1) >>> CHUNK_SHIFT]!.tags[(index - 1) & CHUNK_MASK]!;
  }

  numberAt(index: number): number {
    return this.chunks[(index - 1) >>> CHUNK_SHIFT]!.numbers[(index - 1) & CHUNK_MASK]!;
  }

  /** The keys outside the sequence, in the order in which they were inserted. It goes on when entries are removed meanwhile. */
  *otherKeys(): Generator<HomeKey, void> {
    for (const map of this.maps) yield* map.keys();
  }

  /** The sequence, then the other keys. */
  *entries(): Generator<[HomeKey, HomeValue], void> {
    for (let index = 1; index <= this.length; index++) {
      const value = this.get(index);
      if (value !== undefined) yield [index, value];
    }
    for (const map of this.maps) yield* map.entries();
  }

  /** How Lua code would reach this table, as far as it is known: a table that was moved is not searched for. */
  path(): string {
    const keys: HomeKey[] = [];
    let table: HomeTable = this;
    while (table.parent !== undefined && keys.length < PATH_DEPTH_MAX && table.parent.get(table.parentKey) === table) {
      keys.unshift(table.parentKey);
      table = table.parent;
    }
    const root = table.handle === 2 ? "_home" : "a table of the host";
    return keys.reduce<string>((path, key) => path + pathStep(key), root);
  }

  private setInMaps(key: HomeKey, value: HomeValue): void {
    for (const map of this.maps) {
      if (map.has(key)) {
        map.set(key, value);
        return;
      }
    }
    // Only the last one has entries added, so that the order is that of insertion.
    let map = this.maps.at(-1);
    if (map === undefined || map.size >= MAP_ENTRIES_MAX) this.maps.push((map = new Map()));
    map.set(key, value);
  }

  /** The chunk in which the entry lies, or will lie as the next one. */
  private place(key: number): Chunk {
    const number = (key - 1) >>> CHUNK_SHIFT;
    let chunk = this.chunks[number];
    if (chunk === undefined) this.chunks.push((chunk = new Chunk(number === 0 ? FIRST_CHUNK_ENTRIES : CHUNK_ENTRIES)));
    if (((key - 1) & CHUNK_MASK) >= chunk.tags.length) chunk.grow();
    return chunk;
  }

  private write(key: number, value: HomeValue): void {
    const chunk = this.place(key);
    const index = (key - 1) & CHUNK_MASK;
    if (typeof value === "number") chunk.setNumber(index, tagOfNumber(value), value);
    else if (value instanceof LuaFloat) chunk.setNumber(index, ENTRY_FLOAT, value.value);
    else chunk.setOther(index, value);
  }

  /** Counts the new last entry in, and those that were waiting in the Maps for it. */
  private extended(): void {
    this.length++;
    while (this.maps.length > 0) {
      const next = this.get(this.length + 1);
      if (next === undefined) return;
      this.delete(this.length + 1);
      this.write(this.length + 1, next);
      this.length++;
    }
  }

  private shorten(): void {
    while (this.length > 0 && this.tagAt(this.length) === ENTRY_NIL) this.length--;
    this.chunks.length = Math.ceil(this.length / CHUNK_ENTRIES);
  }
}

function tagOfNumber(value: number): number {
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? ENTRY_INT : ENTRY_FLOAT;
}

/** Strings are keys as they are. One that begins with NUL is set apart, because NUL marks the kinds that no JavaScript primitive stands for. */
export function textKey(text: string): string {
  return text.charCodeAt(0) === 0 ? `\0${text}` : text;
}

export function keyOf(value: Exclude<HomeValue, undefined>): HomeKey {
  if (typeof value === "string") return textKey(value);
  if (value instanceof LuaBytes) return `\0b${Array.from(value.bytes, (byte) => String.fromCharCode(byte)).join("")}`;
  if (value instanceof LuaBigint) return `\0n${value.value}`;
  return value instanceof LuaFloat ? value.value : value;
}

export function valueOfKey(key: HomeKey): HomeValue {
  if (typeof key !== "string" || key.charCodeAt(0) !== 0) return key;
  const rest = key.slice(2);
  switch (key[1]) {
    case "b": return new LuaBytes(Uint8Array.from(rest, (char) => char.charCodeAt(0)));
    case "n": return new LuaBigint(BigInt(rest));
    default: return key.slice(1);
  }
}

/** A key as a step of a path, as Lua would write it. */
export function pathStep(key: unknown): string {
  if (typeof key === "string" && /^[A-Za-z_]\w*$/.test(key)) return `.${key}`;
  if (typeof key === "string" && !key.startsWith("\0")) return `[${JSON.stringify(key)}]`;
  if (typeof key === "number" || typeof key === "bigint" || typeof key === "boolean") return `[${key}]`;
  return "[?]";
}

/** Whether a function is one of Lua's; the host's own cannot be kept. Set by the instance that owns the tables. */
type IsLuaFunction = (value: object) => boolean;
const luaFunctionChecks = new WeakMap<object, IsLuaFunction>();

export function createHome(owner: object, isLuaFunction: IsLuaFunction): HomeTable {
  luaFunctionChecks.set(owner, isLuaFunction);
  return new HomeTable(owner);
}

/**
 * A value of JavaScript as `_home` keeps it: containers are copied deeply, shared parts and cycles kept.
 * Throws with the path if there is something that cannot be kept.
 */
export function homeValueOf(owner: object, value: unknown, path: () => string, copies: Map<object, HomeTable> = new Map()): HomeValue | undefined {
  switch (typeof value) {
    case "undefined": return undefined;
    case "boolean": case "number": case "string": return value;
    case "bigint": return new LuaBigint(value);
    case "function":
      if (luaFunctionChecks.get(owner)?.(value) === true) return value as (...args: never[]) => unknown;
      throw new RefusedError(`${path()}: a function of the host cannot be stored`);
    case "object": return value === null ? undefined : homeTableOf(owner, value, path, copies);
    default: throw new RefusedError(`${path()}: a ${typeof value} cannot be stored`);
  }
}

function homeTableOf(owner: object, source: object, path: () => string, copies: Map<object, HomeTable>): HomeTable {
  const view = tableBehind(source);
  if (view !== undefined) {
    if (view.owner === owner) return view;
    throw new RefusedError(`${path()}: a table of another instance cannot be stored`);
  }
  const known = copies.get(source);
  if (known !== undefined) return known;
  const table = new HomeTable(owner);
  copies.set(source, table);
  const put = (key: HomeKey, item: unknown) => {
    const kept = homeValueOf(owner, item, () => path() + pathStep(key), copies);
    if (kept !== undefined) table.set(key, kept);
  };
  if (Array.isArray(source)) {
    for (let index = 0; index < source.length; index++) put(index + 1, Object.hasOwn(source, index) ? source[index] : undefined);
  } else if (source instanceof Map) {
    for (const [key, item] of source) put(mapKeyOf(owner, key, path, copies), item);
  } else if (source instanceof Set) {
    for (const item of source) put(mapKeyOf(owner, item, path, copies), true);
  } else if (ArrayBuffer.isView(source) && !(source instanceof DataView)) {
    copyElements(source as unknown as ArrayLike<number | bigint>, table);
  } else if (isPlainObject(source)) {
    for (const key of Object.keys(source)) put(textKey(key), (source as Record<string, unknown>)[key]);
  } else {
    throw new RefusedError(`${path()}: ${describe(source)} cannot be stored`);
  }
  return table;
}

function mapKeyOf(owner: object, key: unknown, path: () => string, copies: Map<object, HomeTable>): HomeKey {
  const value = homeValueOf(owner, key, () => `${path()}[?]`, copies);
  if (value === undefined || Number.isNaN(value)) throw new RefusedError(`${path()}: ${String(key)} cannot be a key`);
  return keyOf(value);
}

/** The elements of floating-point arrays are floats whatever their value, those of a BigInt64Array Lua integers. */
function copyElements(source: ArrayLike<number | bigint>, table: HomeTable): void {
  const isFloat = source instanceof Float64Array || source instanceof Float32Array;
  for (let index = 0; index < source.length; index++) {
    const item = source[index]!;
    if (typeof item === "number") table.setNumber(index + 1, isFloat ? ENTRY_FLOAT : ENTRY_INT, item);
    else table.set(index + 1, source instanceof BigInt64Array ? integerValue(item) : new LuaBigint(item));
  }
}

/** A Lua integer as a value. */
export function integerValue(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function isPlainObject(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null;
}

export function describe(object: object): string {
  const name: unknown = (object as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof name === "string" && name !== "" ? `an object of class ${name}` : "such an object";
}

/** A value of `_home` as JavaScript sees it. */
export function shownValue(value: HomeValue | undefined): unknown {
  if (value instanceof HomeTable) return value.view;
  if (value instanceof LuaBytes) return value.bytes.slice();
  return value instanceof LuaFloat || value instanceof LuaBigint ? value.value : value;
}

/** The table behind a view, or undefined. */
export let tableBehind: (object: object) => HomeTable | undefined;

/**
 * A table of `_home` as JavaScript sees it: live, and always the same object for the same table. What is assigned is copied deeply;
 * keys are strings, numbers, booleans, bigints, tables, or the bytes of a string that is no text.
 */
export class CuTable {
  readonly #table: HomeTable;

  static {
    tableBehind = (object) => (#table in object ? object.#table : undefined);
  }

  /** @internal */
  constructor(table: HomeTable) {
    this.#table = table;
  }

  get(key: unknown): unknown {
    return shownValue(this.#table.get(this.#find(key)));
  }

  /** Assigns a deep copy of `value`; undefined and null remove the entry. Throws with the path of what cannot be kept. */
  set(key: unknown, value: unknown): this {
    const found = this.#find(key);
    const kept = homeValueOf(this.#table.owner, value, () => this.#table.path() + pathStep(found));
    if (kept === undefined) this.#table.delete(found);
    else this.#table.set(found, kept);
    return this;
  }

  has(key: unknown): boolean {
    return this.#table.get(this.#find(key)) !== undefined;
  }

  /** Removes an entry and says whether there was one. */
  delete(key: unknown): boolean {
    const had = this.has(key);
    if (had) this.#table.delete(this.#find(key));
    return had;
  }

  /** The number of entries. */
  get size(): number {
    return this.#table.size;
  }

  *entries(): IterableIterator<[unknown, unknown]> {
    for (const [key, value] of this.#table.entries()) yield [shownValue(valueOfKey(key)), shownValue(value)];
  }

  [Symbol.iterator](): IterableIterator<[unknown, unknown]> {
    return this.entries();
  }

  /** A deep copy: an array for a sequence, an object for string keys, otherwise a Map; shared parts and cycles are kept. */
  toJS(): unknown {
    return copyToJs(this.#table, new Map());
  }

  /** The key as the table holds it. A bigint is looked for as a Lua integer first. */
  #find(key: unknown): HomeKey {
    if (key === undefined || key === null || Number.isNaN(key)) throw new TypeError(`a key must not be ${String(key)}`);
    if (typeof key === "bigint") {
      const integer = integerValue(key);
      return this.#table.get(integer) !== undefined ? integer : keyOf(new LuaBigint(key));
    }
    if (key instanceof Uint8Array) return keyOf(new LuaBytes(key));
    if (typeof key === "object" && tableBehind(key) === undefined) throw new TypeError("an object cannot be a key of this table");
    return keyOf(homeValueOf(this.#table.owner, key, () => "key")!);
  }
}

function copyToJs(table: HomeTable, copies: Map<HomeTable, unknown>): unknown {
  const known = copies.get(table);
  if (known !== undefined) return known;
  const target = emptyCopy(table);
  copies.set(table, target);
  const copyOf = (value: HomeValue) => (value instanceof HomeTable ? copyToJs(value, copies) : shownValue(value));
  for (const [key, value] of table.entries()) {
    const item = copyOf(value);
    if (Array.isArray(target)) target.push(item);
    else if (target instanceof Map) target.set(copyOf(valueOfKey(key)), item);
    else defineField(target, valueOfKey(key) as string, item);
  }
  return target;
}

function emptyCopy(table: HomeTable): unknown[] | Map<unknown, unknown> | Record<string, unknown> {
  const { size } = table;
  if (size > 0 && size === table.length) return [];
  for (const [key] of table.entries()) if (typeof valueOfKey(key) !== "string") return new Map();
  return {};
}

/** Makes an own property whatever the prototypes have of that name. */
export function defineField(object: object, name: string | number, value: unknown): void {
  if (name in object && !Object.hasOwn(object, name)) {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    (object as Record<string | number, unknown>)[name] = value;
  }
}
