/**
 * Bulk moves (docs/ABI.md §4, READ, WRITE_FLOATS, WRITE_INTS, BYTES): thousands of numbers, or a bufferful of bytes, at once. What cannot
 * be moved so is read a few values at a time, and written one by one.
 */
import { CHUNK_MASK, CHUNK_SHIFT, ENTRY_FLOAT } from "./chunk.js";
import { integerValue, isInteger } from "./exact.js";
import { RefusedError } from "./errors.js";
import { ARRAY, BIG_INTEGERS, FLOAT32, FLOAT64, HOME, INTEGERS } from "./handles.js";
import type { HomeTable } from "./home.js";
import type { Memory } from "./memory.js";

/** How READ answers. */
export const FORM_VALUES = 0;
const FORM_FLOATS = 1;
const FORM_INTS = 2;

const NUMBERS_MAX = 8_192;
export const VALUES_MAX = 256;
/** A run of numbers that is shorter is worth less than a crossing, unless it is all that there is. */
const RUN_MIN = 16;

const prototypeOfTypedArrays = Object.getPrototypeOf(Uint8Array.prototype) as object;
const viewed = (name: string) => Object.getOwnPropertyDescriptor(prototypeOfTypedArrays, name)!.get!;
const bufferOf = viewed("buffer");
const byteOffsetOf = viewed("byteOffset");
const byteLengthOf = viewed("byteLength");

/** Numbers of one type, and which. */
interface Run {
  readonly form: number;
  readonly numbers: ArrayLike<number>;
}

export class Bulk {
  private readonly memory: Memory;
  private readonly bufferF64: number;
  /** Where elements of arrays are gathered: nothing before the first time, and while that goes on, since a getter may cross. */
  private scratch: Float64Array | undefined;

  constructor(memory: Memory) {
    this.memory = memory;
    this.bufferF64 = memory.bufferAddress >> 3;
  }

  /** How many elements or bytes the module asks for, or hands over. */
  count(most: number): number {
    const count = this.memory.f64[this.memory.cellF64]!;
    if (!(count >= 0 && count <= most && Number.isInteger(count))) throw new RefusedError(`the module sent an invalid count: ${count}`);
    return count;
  }

  get numbersMax(): number {
    return Math.min(NUMBERS_MAX, this.memory.bufferBytes >> 3);
  }

  /** Puts the numbers that begin at `from` into the buffer and answers with their form, or with FORM_VALUES if there are too few. */
  readNumbers(kind: number, target: object, from: number, wanted: number): number {
    const run = kind === ARRAY ? this.arrayRun(target as unknown[], from, wanted) : numbersAt(kind, target, from, wanted);
    if (run === undefined || run.numbers.length < Math.min(RUN_MIN, wanted)) return FORM_VALUES;
    this.memory.f64.set(run.numbers, this.bufferF64);
    this.memory.f64[this.memory.cellF64] = run.numbers.length;
    return run.form;
  }

  private arrayRun(array: unknown[], from: number, wanted: number): Run {
    const numbers = this.scratch ?? new Float64Array(NUMBERS_MAX);
    this.scratch = undefined;
    try {
      const ofInts = isInteger(array[from - 1] as number);
      const count = gather(array, from - 1, Math.min(wanted, array.length - from + 1), ofInts, numbers);
      return { form: ofInts ? FORM_INTS : FORM_FLOATS, numbers: numbers.subarray(0, count) };
    } finally {
      this.scratch = numbers;
    }
  }

  /** The numbers that the module handed over. They are overwritten by the next crossing. */
  numbers(count: number): Float64Array {
    return this.memory.f64.subarray(this.bufferF64, this.bufferF64 + count);
  }

  /** Puts bytes into the buffer, and answers how many. */
  readBytes(target: object, from: number, wanted: number): number {
    const bytes = bytesOf(target).subarray(from - 1, from - 1 + wanted);
    this.memory.buffer.set(bytes);
    return bytes.length;
  }
}

function numbersAt(kind: number, target: object, from: number, wanted: number): Run | undefined {
  // Of a buffer that was transferred away no part can be made.
  if (ArrayBuffer.isView(target) && target.byteLength === 0) return undefined;
  switch (kind) {
    case FLOAT64: case FLOAT32: return { form: FORM_FLOATS, numbers: (target as Float64Array).subarray(from - 1, from - 1 + wanted) };
    case INTEGERS: return { form: FORM_INTS, numbers: (target as Int32Array).subarray(from - 1, from - 1 + wanted) };
    case BIG_INTEGERS: return target instanceof BigInt64Array ? bigRun(target.subarray(from - 1, from - 1 + wanted)) : undefined;
    case HOME: return homeRun(target as HomeTable, from, wanted);
    default: return undefined;
  }
}

function homeRun(table: HomeTable, from: number, wanted: number): Run | undefined {
  if (from < 1 || from > table.length) return undefined;
  const chunk = table.chunks[(from - 1) >>> CHUNK_SHIFT]!;
  const index = (from - 1) & CHUNK_MASK;
  const length = chunk.runLength(index, Math.min(wanted, table.length - from + 1));
  return { form: chunk.tags[index] === ENTRY_FLOAT ? FORM_FLOATS : FORM_INTS, numbers: chunk.numbers.subarray(index, index + length) };
}

/** How many elements from `start` on, `most` at most, are numbers of one type; they are put into `numbers`. */
function gather(array: unknown[], start: number, most: number, ofInts: boolean, numbers: Float64Array): number {
  const inheritsNothing = hasPlainPrototypes(array);
  let count = 0;
  for (; count < most; count++) {
    const value = array[start + count];
    if (typeof value !== "number" || isInteger(value) !== ofInts || !(inheritsNothing || Object.hasOwn(array, start + count))) break;
    numbers[count] = value;
  }
  return count;
}

/** Whether no element can come from a prototype, so that a hole reads undefined and a new element is the array's own. */
export function hasPlainPrototypes(array: object): boolean {
  if (Object.getPrototypeOf(array) !== Array.prototype || Object.getPrototypeOf(Array.prototype) !== Object.prototype) return false;
  // Names that are integers come first.
  return [Array.prototype, Object.prototype].every((prototype) => !/^\d/.test(String(Reflect.ownKeys(prototype)[0])));
}

function bigRun(elements: BigInt64Array): Run {
  const numbers: number[] = [];
  for (const element of elements) {
    const value = integerValue(element);
    if (typeof value !== "number") break;
    numbers.push(value);
  }
  return { form: FORM_INTS, numbers };
}

function bytesOf(target: object): Uint8Array {
  if (!ArrayBuffer.isView(target) || target instanceof DataView) throw new RefusedError("only an ArrayBuffer or a typed array has bytes");
  const get = (getter: () => unknown) => Reflect.apply(getter, target, []);
  return new Uint8Array(get(bufferOf) as ArrayBuffer, get(byteOffsetOf) as number, get(byteLengthOf) as number);
}

const typedArrayLength = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), "length")!.get!;

/** The length of a typed array, whatever properties of its own it has. */
export function elementCount(array: object): number {
  return Reflect.apply(typedArrayLength, array, []) as number;
}
