/**
 * A piece of the sequence of a table of `_home`: up to 4,096 consecutive entries. Numbers lie in typed arrays, with their types beside
 * them, so that a hundred million of them are ordinary; other values have an array that exists from the first of them on.
 */
import { floatValue } from "./exact.js";
import type { HomeValue } from "./exact.js";

export const CHUNK_SHIFT = 12;
export const CHUNK_ENTRIES = 1 << CHUNK_SHIFT;
export const CHUNK_MASK = CHUNK_ENTRIES - 1;
/** The first chunk of a table begins small. */
export const FIRST_CHUNK_ENTRIES = 4;

/** Changes are known by groups of so many entries, one for each bit of a number. */
export const GROUP_SHIFT = 7;
export const GROUP_ENTRIES = 1 << GROUP_SHIFT;
const ALL_GROUPS = -1;

/** Tags of entries. INT and FLOAT are those of the boundary. */
export const ENTRY_NIL = 0;
export const ENTRY_INT = 3;
export const ENTRY_FLOAT = 5;
export const ENTRY_OTHER = 255;

/** Accounted bytes of an entry, for its tag, its number and what else it may be. */
export const SEQUENCE_ENTRY_BYTES = 10;

const NO_NUMBERS = new Float64Array(0);

export class Chunk {
  tags: Uint8Array;
  /** The groups that changed since the last save: all of a new chunk. */
  dirty = ALL_GROUPS;
  numbers = NO_NUMBERS;
  values: (HomeValue | undefined)[] | undefined;

  constructor(entries: number) {
    this.tags = new Uint8Array(entries);
  }

  get(index: number): HomeValue | undefined {
    switch (this.tags[index]) {
      case ENTRY_NIL: return undefined;
      case ENTRY_INT: return this.numbers[index]!;
      case ENTRY_FLOAT: return floatValue(this.numbers[index]!);
      default: return this.values![index];
    }
  }

  /** What an entry is, if it is no number: the others need no bookkeeping. */
  otherAt(index: number): HomeValue | undefined {
    return this.tags[index] === ENTRY_OTHER ? this.values![index] : undefined;
  }

  setNumber(index: number, tag: number, value: number): void {
    if (index >= this.numbers.length) this.growNumbers();
    this.numbers[index] = value;
    this.tags[index] = tag;
    this.dirty |= 1 << (index >> GROUP_SHIFT);
  }

  /** Sets consecutive entries, none of which is another value. */
  setNumbers(index: number, tag: number, numbers: Float64Array): void {
    if (index + numbers.length > this.numbers.length) this.growNumbers();
    this.numbers.set(numbers, index);
    this.tags.fill(tag, index, index + numbers.length);
    this.dirty = ALL_GROUPS;
  }

  setOther(index: number, value: HomeValue): void {
    this.values ??= [];
    while (this.values.length < index) this.values.push(undefined);
    this.values[index] = value;
    this.tags[index] = ENTRY_OTHER;
    this.dirty |= 1 << (index >> GROUP_SHIFT);
  }

  clear(index: number): void {
    if (this.tags[index] === ENTRY_OTHER) this.values![index] = undefined;
    this.tags[index] = ENTRY_NIL;
    this.noteChanged(index);
  }

  noteChanged(index: number): void {
    this.dirty |= 1 << (index >> GROUP_SHIFT);
  }

  /** How many entries from `index` on, `most` at most, are numbers of the type of the first; 0 if that is none. */
  runLength(index: number, most: number): number {
    const { tags } = this;
    const tag = tags[index]!;
    if (tag !== ENTRY_INT && tag !== ENTRY_FLOAT) return 0;
    const end = Math.min(index + most, tags.length);
    let at = index + 1;
    while (at < end && tags[at] === tag) at++;
    return at - index;
  }

  grow(entries: number): void {
    const tags = new Uint8Array(entries);
    tags.set(this.tags);
    this.tags = tags;
  }

  private growNumbers(): void {
    const numbers = new Float64Array(this.tags.length);
    numbers.set(this.numbers);
    this.numbers = numbers;
  }
}
