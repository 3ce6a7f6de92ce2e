/**
 * Tables of `_home` and of `ext.table()`: what they hold keeps Lua's types exactly. A sequence lies in chunks, everything else in Maps,
 * several of them because the engine ends one at 2^24 entries. Each table knows what it costs, how many entries of others it is, and how
 * many of its own lead elsewhere.
 */
import { BOX_BYTES, FIELD_BYTES, TABLE_BYTES } from "./account.js";
import {
  CHUNK_ENTRIES, CHUNK_MASK, CHUNK_SHIFT, Chunk, ENTRY_FLOAT, ENTRY_INT, ENTRY_NIL, FIRST_CHUNK_ENTRIES, GROUP_SHIFT, SEQUENCE_ENTRY_BYTES,
} from "./chunk.js";
import { floatValue, isInteger, LuaBigint, LuaBytes, LuaFloat, LuaNamed, pathStep, valueOfKey } from "./exact.js";
import type { HomeKey, HomeValue } from "./exact.js";
import type { Space } from "./space.js";
import type { ByteReader, ByteWriter } from "./state/bytes.js";
import type { SavedTable } from "./state/saved.js";
import type { CuTable } from "./view.js";

/** What a table stands for: itself, a function of Lua, or an upvalue of one. */
export const KIND_TABLE = 0;
export const KIND_FUNCTION = 1;
export const KIND_CELL = 2;

/** The engine ends a Map at 2^24 entries, removed ones counted until it compacts: half of that is always safe. */
const MAP_ENTRIES_MAX = 2 ** 23;
const PATH_DEPTH_MAX = 50;

export class HomeTable {
  /** Its handle, or 0 while the module has none. */
  handle = 0;
  /** The tables of the instance that it belongs to. */
  readonly space: Space;
  /** The entries 1…length; the last is not nil, and no key of the Maps is within or next to them. */
  length = 0;
  readonly chunks: Chunk[] = [];
  /** The number of entries, and what they cost. */
  size = 0;
  bytes = TABLE_BYTES;
  /** Keys and values of other tables, and its own, that are this table. */
  holds = 0;
  /** Keys and values that are tables, and those of them in Maps. */
  links = 0;
  linksInMaps = 0;
  /**
   * How it is saved, whether that is up to date, and, of a table that is divided, the fields that are not: true for those that moved to the
   * end.
   */
  saved: SavedTable | undefined;
  isClean = false;
  fieldChanges: Map<HomeKey, boolean> | undefined;
  /** The survey that saw it last, and how. */
  mark: number;
  /** Nothing reaches it any more, and it is no longer counted. */
  dropped = false;
  /** What Lua gave it as its metatable. It costs nothing, and counts as held. */
  metatable: HomeTable | undefined;
  /** JavaScript's view, if there is one. */
  shown: WeakRef<CuTable> | undefined;
  private maps: Map<HomeKey, HomeValue>[] = [];
  private parent: HomeTable | undefined;
  private parentKey: HomeKey = null;
  private readonly mapEntriesMax: number;

  /** Made by `Space` alone, or given a handle at once. */
  constructor(space: Space, mapEntriesMax = MAP_ENTRIES_MAX) {
    this.space = space;
    this.mapEntriesMax = mapEntriesMax;
    this.mark = space.epoch;
    space.account.chargeHome(TABLE_BYTES, 0);
  }

  get kind(): number {
    return KIND_TABLE;
  }

  /** Whether it may be saved in several pages. */
  get isDivisible(): boolean {
    return true;
  }

  get(key: HomeKey | undefined): HomeValue | undefined {
    if (key === undefined) return undefined;
    if (typeof key === "number" && this.isInSequence(key)) return this.chunks[(key - 1) >>> CHUNK_SHIFT]!.get((key - 1) & CHUNK_MASK);
    return this.field(key);
  }

  /** An entry outside the sequence. */
  field(key: HomeKey): HomeValue | undefined {
    const { maps } = this;
    for (let i = 0; i < maps.length; i++) {
      const value = maps[i]!.get(key);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  set(key: HomeKey, value: HomeValue): void {
    if (typeof value === "number") return this.setNumber(key, isInteger(value) ? ENTRY_INT : ENTRY_FLOAT, value);
    if (value instanceof LuaFloat) return this.setNumber(key, ENTRY_FLOAT, value.value);
    if (typeof key === "number" && (key === this.length + 1 || this.isInSequence(key))) this.setOtherInSequence(key, value);
    else this.setInMaps(key, value);
    this.noteParent(key, value);
  }

  /** Sets an entry to a number, with no allocation where it lies in the sequence or next to it. */
  setNumber(key: HomeKey, tag: number, value: number): void {
    if (typeof key === "number") {
      const { length } = this;
      if (key === length + 1) {
        const chunk = this.place(key);
        this.space.account.chargeEntry();
        this.size++;
        chunk.setNumber((key - 1) & CHUNK_MASK, tag, value);
        if (this.isClean) this.touch();
        this.extended();
        return;
      }
      if (this.isInSequence(key)) {
        const chunk = this.chunks[(key - 1) >>> CHUNK_SHIFT]!;
        const index = (key - 1) & CHUNK_MASK;
        const before = chunk.tags[index];
        if (before !== ENTRY_INT && before !== ENTRY_FLOAT) this.vacate(chunk, index, 1);
        chunk.setNumber(index, tag, value);
        if (this.isClean) this.touch();
        return;
      }
    }
    this.setInMaps(key, tag === ENTRY_FLOAT ? floatValue(value) : value);
  }

  /** Sets consecutive entries from `key` on, which lies in the sequence or next to it. */
  setNumbers(key: number, tag: number, numbers: Float64Array): void {
    for (let from = 0; from < numbers.length; ) {
      const at = key + from;
      const index = (at - 1) & CHUNK_MASK;
      const count = Math.min(numbers.length - from, CHUNK_ENTRIES - index);
      const added = at + count - 1 - this.length;
      if (this.maps.length > 0 || (added > 0 && added < count) || this.chunks[(at - 1) >>> CHUNK_SHIFT]?.values !== undefined) {
        for (let i = 0; i < count; i++) this.setNumber(at + i, tag, numbers[from + i]!);
      } else {
        const chunk = this.place(at + count - 1);
        // Without other values, what is no number is nil.
        const filled = added > 0 ? count : countNil(chunk.tags, index, count);
        this.charge(0, filled);
        this.touch();
        chunk.setNumbers(index, tag, numbers.subarray(from, from + count));
        if (added > 0) this.length += count;
      }
      from += count;
    }
  }

  delete(key: HomeKey): void {
    if (typeof key === "number" && this.isInSequence(key)) {
      const chunk = this.chunks[(key - 1) >>> CHUNK_SHIFT]!;
      const index = (key - 1) & CHUNK_MASK;
      if (chunk.tags[index] === ENTRY_NIL) return;
      this.touch();
      this.vacate(chunk, index, -1);
      if (key === this.length) this.shorten();
      return;
    }
    this.removeField(key);
  }

  setMetatable(metatable: HomeTable | undefined): void {
    const before = this.metatable;
    this.touch();
    if (metatable !== undefined) metatable.holds++;
    this.metatable = metatable;
    if (before === undefined) return;
    before.holds--;
    this.space.dropIfUnused(before);
  }

  /** What it costs, less the room in its first chunk that a longer sequence left. */
  get usedBytes(): number {
    const entries = this.chunks[0]?.tags.length ?? 0;
    let needed = Math.min(entries, FIRST_CHUNK_ENTRIES);
    while (needed < entries && needed < this.length) needed *= 2;
    return this.bytes - (entries - needed) * SEQUENCE_ENTRY_BYTES;
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

  get fieldCount(): number {
    let count = 0;
    for (const map of this.maps) count += map.size;
    return count;
  }

  /** The entries outside the sequence. */
  *fields(): Generator<[HomeKey, HomeValue], void> {
    for (const map of this.maps) yield* map.entries();
  }

  /** The sequence, then the other keys. */
  *entries(): Generator<[HomeKey, HomeValue], void> {
    for (let index = 1; index <= this.length; index++) {
      const value = this.get(index);
      if (value !== undefined) yield [index, value];
    }
    for (const map of this.maps) yield* map.entries();
  }

  /** Visits the tables in it and its metatable, each as often as it is there. Numbers in the sequence are not looked at. */
  eachLink(visit: (link: HomeTable) => void): void {
    if (this.metatable !== undefined) visit(this.metatable);
    if (this.links > this.linksInMaps) {
      for (const { values } of this.chunks) {
        if (values !== undefined) for (const value of values) if (isLink(value)) visit(value);
      }
    }
    if (this.linksInMaps === 0) return;
    for (const map of this.maps) {
      for (const [key, value] of map) {
        if (isLink(key)) visit(key);
        if (isLink(value)) visit(value);
      }
    }
  }

  /** As `eachLink`, of what changed since the last save. Only for a table that is divided. */
  eachChangedLink(visit: (link: HomeTable) => void): void {
    if (this.metatable !== undefined) visit(this.metatable);
    for (const { dirty, values } of this.chunks) {
      if (dirty === 0 || values === undefined) continue;
      values.forEach((value, index) => {
        if ((dirty & (1 << (index >> GROUP_SHIFT))) !== 0 && isLink(value)) visit(value);
      });
    }
    for (const key of this.fieldChanges?.keys() ?? []) {
      const value = this.field(key);
      if (value !== undefined && isLink(key)) visit(key);
      if (isLink(value)) visit(value);
    }
  }

  /** It differs from how it was saved. */
  touch(): void {
    if (!this.isClean) return;
    this.isClean = false;
    this.space.changed.push(this);
  }

  /** It was saved, or loaded, as it is. */
  noteSaved(): void {
    this.isClean = true;
    for (const chunk of this.chunks) chunk.dirty = 0;
  }

  /** It counts as never saved. */
  forgetSaved(): void {
    this.saved = this.fieldChanges = undefined;
    this.isClean = false;
  }

  /** Runs what saves it to somewhere else: what changed since the last save is as before. */
  untracked(save: () => void): void {
    const { fieldChanges } = this;
    this.fieldChanges = undefined;
    try {
      save();
    } finally {
      this.fieldChanges = fieldChanges;
    }
  }

  /** What a function has besides its entries. */
  writeOwn(_writer: ByteWriter): void {}

  readOwn(_reader: ByteReader): void {}

  /** The next entry of a sequence that is loaded; the last one is not nil. */
  append(value: HomeValue | undefined): void {
    if (value !== undefined) return this.set(this.length + 1, value);
    this.place(this.length + 1);
    this.length++;
  }

  /** A field that is loaded. `problem` tells if it belongs to the sequence. */
  loadField(key: HomeKey, value: HomeValue): void {
    const kept = typeof key === "string" ? valueOfKey(key) : key;
    if (kept instanceof LuaNamed) this.space.stored.noteKey(kept);
    this.setInMaps(key, value);
    this.noteParent(key, value);
  }

  /** Removes an entry outside the sequence. */
  removeField(key: HomeKey): void {
    for (const map of this.maps) {
      const value = map.get(key);
      if (value === undefined) continue;
      map.delete(key);
      this.touch();
      this.noteField(key, false);
      this.charge(-FIELD_BYTES - contentBytes(key) - contentBytes(value), -1);
      this.unlink(key, true);
      this.unlink(value, true);
      return;
    }
  }

  /** What is wrong with a table that was loaded. */
  problem(): string | undefined {
    if (this.length > 0 && this.tagAt(this.length) === ENTRY_NIL) return "its sequence ends with nil";
    for (const key of this.otherKeys()) {
      if (typeof key === "number" && Number.isInteger(key) && key >= 1 && key <= this.length + 1) return "a field belongs to its sequence";
    }
    if (this.metatable !== undefined && this.metatable.kind !== KIND_TABLE) return "its metatable is no table";
    return undefined;
  }

  /** Takes over what another table holds, which holds nothing then, in place of what it held itself. */
  takeOver(other: HomeTable): void {
    this.length = other.length;
    this.chunks.splice(0, this.chunks.length, ...other.chunks);
    this.maps = other.maps;
    this.size = other.size;
    this.bytes = other.bytes;
    this.links = other.links;
    this.linksInMaps = other.linksInMaps;
    this.metatable = other.metatable;
    this.saved = other.saved;
    this.isClean = other.isClean;
    this.fieldChanges = other.fieldChanges;
    this.eachLink((link) => {
      if (link.parent === other) link.parent = this;
    });
    other.clear();
  }

  /** Holds nothing any more. What it held is the caller's to see to. */
  clear(): void {
    this.length = this.size = this.links = this.linksInMaps = 0;
    this.bytes = TABLE_BYTES;
    this.chunks.length = 0;
    this.maps = [];
    this.metatable = this.saved = this.fieldChanges = undefined;
    this.isClean = false;
  }

  /** How Lua code would reach this table, as far as it is known: a table that was moved is not searched for. */
  path(): string {
    const steps: string[] = [];
    let table: HomeTable = this;
    while (table.parent !== undefined && steps.length < PATH_DEPTH_MAX && table.parent.get(table.parentKey) === table) {
      steps.push(table.parent.stepTo(table.parentKey));
      table = table.parent;
    }
    const root = table === this.space.root ? "_home" : "a table of the host";
    return steps.reverse().reduce((path, step) => path + step, root);
  }

  /** The part of a path from this table to what it holds. */
  stepTo(key: HomeKey): string {
    return pathStep(key);
  }

  /** Lets go of a parent that is none any more, which would otherwise stay in memory with this table. */
  forgetParentUnless(isAlive: (parent: HomeTable) => boolean): void {
    if (this.parent !== undefined && !isAlive(this.parent)) this.parent = undefined;
  }

  private isInSequence(key: number): boolean {
    return key >= 1 && key <= this.length && Number.isInteger(key);
  }

  private noteParent(key: HomeKey, value: HomeValue): void {
    if (value instanceof HomeTable && value.parent === undefined) {
      value.parent = this;
      value.parentKey = key;
    }
  }

  /** `moved`: it comes after all others, or is gone. */
  private noteField(key: HomeKey, moved: boolean): void {
    const changes = this.fieldChanges;
    if (changes === undefined) return;
    changes.delete(key);
    changes.set(key, moved);
  }

  private setOtherInSequence(key: number, value: HomeValue): void {
    const isNext = key > this.length;
    const chunk = this.place(key);
    const index = (key - 1) & CHUNK_MASK;
    const before = isNext ? undefined : chunk.otherAt(index);
    const isNew = isNext || chunk.tags[index] === ENTRY_NIL;
    this.charge(contentBytes(value) - contentBytes(before), isNew ? 1 : 0);
    this.touch();
    this.link(value, false);
    chunk.setOther(index, value);
    if (isNext) this.extended();
    this.unlink(before, false);
  }

  private setInMaps(key: HomeKey, value: HomeValue): void {
    for (const map of this.maps) {
      const before = map.get(key);
      if (before === undefined) continue;
      this.charge(contentBytes(value) - contentBytes(before), 0);
      this.touch();
      if (this.fieldChanges?.has(key) === false) this.fieldChanges.set(key, false);
      this.link(value, true);
      map.set(key, value);
      this.unlink(before, true);
      return;
    }
    this.charge(FIELD_BYTES + contentBytes(key) + contentBytes(value), 1);
    this.touch();
    this.noteField(key, true);
    this.link(key, true);
    this.link(value, true);
    this.addToMaps(key, value);
  }

  /** Only the last Map has entries added, so that the order is that of insertion. */
  private addToMaps(key: HomeKey, value: HomeValue): void {
    let map = this.maps.at(-1);
    if (map === undefined || map.size >= this.mapEntriesMax) this.maps.push((map = new Map()));
    map.set(key, value);
  }

  /** The chunk in which the entry lies, or will lie as the next one. */
  private place(key: number): Chunk {
    const number = (key - 1) >>> CHUNK_SHIFT;
    const index = (key - 1) & CHUNK_MASK;
    const chunk = this.chunks[number];
    return chunk !== undefined && index < chunk.tags.length ? chunk : this.makePlace(number, index);
  }

  private makePlace(number: number, index: number): Chunk {
    let chunk = this.chunks[number];
    let entries = CHUNK_ENTRIES;
    if (number === 0) for (entries = FIRST_CHUNK_ENTRIES; entries <= index; ) entries *= 2;
    this.charge((entries - (chunk?.tags.length ?? 0)) * SEQUENCE_ENTRY_BYTES, 0);
    if (chunk === undefined) this.chunks.push((chunk = new Chunk(entries)));
    else chunk.grow(entries);
    return chunk;
  }

  /** Empties an entry of the sequence, whose number of entries it changes: −1 for good, 1 to fill it anew. */
  private vacate(chunk: Chunk, index: number, change: 1 | -1): void {
    const before = chunk.otherAt(index);
    const wasNil = chunk.tags[index] === ENTRY_NIL;
    this.charge(-contentBytes(before), change === -1 ? -1 : wasNil ? 1 : 0);
    chunk.clear(index);
    this.unlink(before, false);
  }

  /** Counts the new last entry in, and those that were waiting in the Maps for it. */
  private extended(): void {
    this.length++;
    while (this.maps.length > 0) {
      const key = this.length + 1;
      const map = this.maps.find((one) => one.has(key));
      if (map === undefined) return;
      const value = map.get(key)!;
      // Before it needs a place: what moves must not be refused.
      this.charge(-FIELD_BYTES - (value instanceof LuaFloat ? BOX_BYTES : 0), 0);
      const chunk = this.place(key);
      map.delete(key);
      this.noteField(key, false);
      const index = (key - 1) & CHUNK_MASK;
      if (typeof value === "number") chunk.setNumber(index, isInteger(value) ? ENTRY_INT : ENTRY_FLOAT, value);
      else if (value instanceof LuaFloat) chunk.setNumber(index, ENTRY_FLOAT, value.value);
      else chunk.setOther(index, value);
      if (isLink(value)) this.linksInMaps--;
      this.length++;
    }
  }

  private shorten(): void {
    while (this.length > 0 && this.tagAt(this.length) === ENTRY_NIL) this.length--;
    // Its end is saved with what is now its last entry.
    if (this.length > 0) this.chunks[(this.length - 1) >>> CHUNK_SHIFT]!.noteChanged((this.length - 1) & CHUNK_MASK);
    const chunks = Math.ceil(this.length / CHUNK_ENTRIES);
    for (let chunk = this.chunks.length; chunk > chunks; chunk--) this.charge(-this.chunks.pop()!.tags.length * SEQUENCE_ENTRY_BYTES, 0);
  }

  /** Counts what it needs besides its entries. */
  chargeOwn(bytes: number): void {
    this.charge(bytes, 0);
  }

  private charge(bytes: number, entries: number): void {
    this.space.account.chargeHome(bytes, entries);
    this.bytes += bytes;
    this.size += entries;
  }

  private link(value: HomeKey | HomeValue, inMaps: boolean): void {
    if (!isLink(value)) return;
    this.links++;
    if (inMaps) this.linksInMaps++;
    value.holds++;
  }

  private unlink(value: HomeKey | HomeValue | undefined, inMaps: boolean): void {
    if (!isLink(value)) return;
    this.links--;
    if (inMaps) this.linksInMaps--;
    value.holds--;
    this.space.dropIfUnused(value);
  }
}

function isLink(value: HomeKey | HomeValue | undefined): value is HomeTable {
  return typeof value === "object" && value instanceof HomeTable;
}

/** What a key or value costs besides its place. */
function contentBytes(value: HomeKey | HomeValue | undefined): number {
  switch (typeof value) {
    case "string": return BOX_BYTES + 2 * value.length;
    case "bigint": return BOX_BYTES;
    case "object":
      if (value instanceof LuaBytes) return BOX_BYTES + value.bytes.length;
      if (value instanceof LuaBigint) return BOX_BYTES + value.value.toString(16).length / 2;
      if (value instanceof LuaNamed) return BOX_BYTES + 2 * value.name.length;
      return value instanceof LuaFloat ? BOX_BYTES : 0;
    default: return 0;
  }
}

function countNil(tags: Uint8Array, index: number, count: number): number {
  let nils = 0;
  for (let i = index; i < index + count; i++) if (tags[i] === ENTRY_NIL) nils++;
  return nils;
}
