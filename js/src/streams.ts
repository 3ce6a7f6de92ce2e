/**
 * Streams of records (docs/ABI.md §2) as they are, without the meaning of their values. A stream begins in the module's
 * buffer; what does not fit is kept here and handed over when the module pulls, and what the module pushes is kept here
 * until the operation it belongs to. A record that cannot be is refused.
 */
import type { Memory } from "./memory.js";
import { encodeInto, encodeShort, encodeText, isWellFormed, SHORT_TEXT_CHARS_MAX, textOrBytes } from "./text.js";

const INT = 3;
const FLOAT = 5;
const STRING = 6;
const BIGINT = 12;
export const RECORD_BYTES = 16;
export const FLAG_MORE = 1;
/** On a string that is an error value: it carries its position already. */
export const FLAG_RAISE_AS_IS = 2;
export const FLAG_NEGATIVE = 2;
/** On a string from the module: no bytes follow, its address does. */
const FLAG_LENT = 4;

/** One bufferful, in the module's memory or kept by the host. Its views share one buffer. */
interface Bufferful {
  readonly u8: Uint8Array;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  /** Where it begins and ends in the views, in bytes. */
  readonly start: number;
  end: number;
}

/** Bufferfuls that are kept for the next time: making one costs as much as filling it. */
const KEPT_MAX = 8;

export class Bufferfuls {
  private readonly bytes: number;
  private readonly free: Bufferful[] = [];

  constructor(memory: Memory) {
    this.bytes = memory.bufferBytes;
  }

  take(): Bufferful {
    const known = this.free.pop();
    if (known !== undefined) return known;
    const buffer = new ArrayBuffer(this.bytes);
    return { u8: new Uint8Array(buffer), i32: new Int32Array(buffer), f64: new Float64Array(buffer), start: 0, end: this.bytes };
  }

  /** Whose contents are not needed any more. */
  give(bufferful: Bufferful): void {
    if (this.free.length < KEPT_MAX) this.free.push(bufferful);
  }
}

const padded = (bytes: number) => (bytes + 7) & ~7;

export class StreamWriter {
  private readonly memory: Memory;
  private readonly bufferfuls: Bufferfuls;
  private readonly buffer: Bufferful;
  private target: Bufferful;
  /** Where the next record goes, in bytes of the target's views. */
  private position = 0;
  private firstBytes = 0;
  private spilled: Bufferful[] = [];

  constructor(memory: Memory, bufferfuls: Bufferfuls) {
    this.memory = memory;
    this.bufferfuls = bufferfuls;
    const start = memory.bufferAddress;
    this.buffer = { u8: memory.u8, i32: memory.i32, f64: memory.f64, start, end: start + memory.bufferBytes };
    this.target = this.buffer;
  }

  begin(): void {
    this.target = this.buffer;
    this.position = this.buffer.start;
    if (this.spilled.length > 0) this.spilled = [];
  }

  /** Ends the stream, and returns the bufferfuls that the module will have to pull. */
  finish(): Bufferful[] {
    if (this.target === this.buffer) {
      this.memory.i32[this.memory.cellI32] = this.position - this.buffer.start;
    } else {
      this.memory.i32[this.memory.cellI32] = this.firstBytes;
      this.target.end = this.position;
    }
    return this.spilled;
  }

  record(tag: number, aux: number): void {
    this.open(tag, aux);
    this.position += RECORD_BYTES;
  }

  number(tag: number, value: number): void {
    const at = this.open(tag, 0);
    this.target.f64[(at + 8) >> 3] = value;
    this.position += RECORD_BYTES;
  }

  pair(tag: number, low: number, high: number): void {
    const at = this.open(tag, 0);
    this.target.i32[(at + 8) >> 2] = low;
    this.target.i32[(at + 12) >> 2] = high;
    this.position += RECORD_BYTES;
  }

  text(text: string, flags = 0): void {
    if (text.length <= SHORT_TEXT_CHARS_MAX && this.target.end - this.position >= RECORD_BYTES + SHORT_TEXT_CHARS_MAX) {
      const written = encodeShort(text, this.target.u8, this.position + RECORD_BYTES);
      if (written >= 0) return this.part(STRING, written, flags);
    }
    if (!isWellFormed(text)) return this.bytes(STRING, encodeText(text), flags);
    for (let rest = text; ; ) {
      const at = this.room();
      const { read, written } = encodeInto(rest, this.target.u8.subarray(at, this.target.end));
      if (read === rest.length) return this.part(STRING, written, flags);
      // What is ASCII so far mostly is so to the end.
      this.part(STRING, written, flags | FLAG_MORE, read === written ? rest.length : 0);
      rest = rest.slice(read);
      this.spill();
    }
  }

  bytes(tag: number, bytes: Uint8Array, flags = 0): void {
    for (let start = 0; ; ) {
      const at = this.room();
      const count = Math.min(bytes.length - start, this.target.end - at);
      this.target.u8.set(bytes.subarray(start, start + count), at);
      const expected = bytes.length - start;
      start += count;
      if (start === bytes.length) return this.part(tag, count, flags);
      this.part(tag, count, flags | FLAG_MORE, expected);
      this.spill();
    }
  }

  /** Where the bytes of a record may begin. */
  private room(): number {
    if (this.target.end - this.position < RECORD_BYTES) this.spill();
    return this.position + RECORD_BYTES;
  }

  /** `expected`: how many bytes the value has from this part on, if that can be said. */
  private part(tag: number, bytes: number, flags: number, expected = 0): void {
    const at = this.open(tag, bytes);
    this.target.i32[(at + 8) >> 2] = flags;
    this.target.i32[(at + 12) >> 2] = expected;
    this.position += RECORD_BYTES + padded(bytes);
  }

  private open(tag: number, aux: number): number {
    if (this.target.end - this.position < RECORD_BYTES) this.spill();
    const { i32 } = this.target;
    const index = this.position >> 2;
    i32[index] = tag;
    i32[index + 1] = aux;
    return this.position;
  }

  private spill(): void {
    if (this.target === this.buffer) this.firstBytes = this.position - this.buffer.start;
    else this.target.end = this.position;
    this.target = this.bufferfuls.take();
    this.target.end = this.target.u8.length;
    this.position = 0;
    this.spilled.push(this.target);
  }
}

const NOTHING: Bufferful[] = [];

/** What the module still has to pull. The stream of an export waits while the imports that run meanwhile have streams of their own. */
export class PullQueue {
  private readonly memory: Memory;
  private readonly bufferfuls: Bufferfuls;
  private ofExport: Bufferful[] = [];
  private ofImport: Bufferful[] = [];

  constructor(memory: Memory, bufferfuls: Bufferfuls) {
    this.memory = memory;
    this.bufferfuls = bufferfuls;
  }

  /** Sets what an export is to pull and returns what the one around it has left, for `leaveExport`. */
  enterExport(rest: Bufferful[]): Bufferful[] {
    const outer = this.ofExport;
    this.ofExport = rest;
    this.ofImport = NOTHING;
    return outer;
  }

  leaveExport(outer: Bufferful[]): void {
    this.ofExport = outer;
    this.ofImport = NOTHING;
  }

  setOfImport(rest: Bufferful[]): void {
    this.ofImport = rest;
  }

  pull(): number {
    const next = this.ofImport.shift() ?? this.ofExport.shift();
    if (next === undefined) return -1;
    this.memory.u8.set(next.u8.subarray(0, next.end), this.memory.bufferAddress);
    this.bufferfuls.give(next);
    return next.end;
  }
}

export class InvalidStreamError extends Error {}

export class StreamReader {
  /** The record read last: its tag, its aux, and where its payload is in the views. */
  tag = 0;
  aux = 0;
  private readonly memory: Memory;
  private readonly buffer: Bufferful;
  private pushed: Bufferful[] = [];
  private parts: Bufferful[] = [];
  private source: Bufferful;
  private position = 0;
  private payload = 0;
  private readonly bufferfuls: Bufferfuls;
  /** Where long strings are put together. */
  private whole = new Uint8Array(0);

  constructor(memory: Memory, bufferfuls: Bufferfuls) {
    this.memory = memory;
    this.bufferfuls = bufferfuls;
    this.buffer = { u8: memory.u8, i32: memory.i32, f64: memory.f64, start: memory.bufferAddress, end: memory.bufferAddress };
    this.source = this.buffer;
  }

  /** Keeps what the module hands over before the operation that the stream belongs to. Nothing means that it gave that stream up. */
  push(bytes: number): void {
    if (bytes === 0) return this.drop();
    if (!this.isLength(bytes)) return;
    const kept = this.bufferfuls.take();
    kept.u8.set(this.memory.u8.subarray(this.memory.bufferAddress, this.memory.bufferAddress + bytes));
    kept.end = bytes;
    this.pushed.push(kept);
  }

  /** Forgets what was pushed for an operation that failed before it looked. */
  drop(): void {
    if (this.pushed.length > 0) this.pushed = [];
  }

  begin(): void {
    const bytes = this.memory.i32[this.memory.cellI32]!;
    if (!this.isLength(bytes)) throw new InvalidStreamError(`the module sent an invalid length of a stream: ${bytes}`);
    this.buffer.end = this.buffer.start + bytes;
    if (this.pushed.length > 0 || this.parts.length > 0) {
      this.parts = this.pushed;
      this.pushed = [];
    }
    this.open(this.parts.shift() ?? this.buffer);
  }

  next(): void {
    while (this.source.end - this.position < RECORD_BYTES) this.advance();
    const index = this.position >> 2;
    this.tag = this.source.i32[index]!;
    this.aux = this.source.i32[index + 1]!;
    this.payload = this.position + 8;
    this.position += RECORD_BYTES;
  }

  /** Whether the next record has this tag; then it is read, otherwise it stays the next one. */
  nextIs(tag: number): boolean {
    while (this.source.end - this.position < RECORD_BYTES) this.advance();
    if (this.source.i32[this.position >> 2] !== tag) return false;
    this.next();
    return true;
  }

  /** Whether the next records are numbers, and are all there. */
  areNumbers(count: number): boolean {
    const { i32, end } = this.source;
    if (end - this.position < count * RECORD_BYTES) return false;
    for (let index = this.position >> 2; count > 0; count--, index += RECORD_BYTES >> 2) {
      const tag = i32[index];
      if (tag !== INT && tag !== FLOAT) return false;
    }
    return true;
  }

  /** The next record's number, after `areNumbers`. */
  takeNumber(): number {
    const number = this.source.f64[(this.position + 8) >> 3]!;
    this.position += RECORD_BYTES;
    return number;
  }

  get number(): number {
    return this.source.f64[this.payload >> 3]!;
  }

  get low(): number {
    return this.source.i32[this.payload >> 2]!;
  }

  get high(): number {
    return this.source.i32[(this.payload >> 2) + 1]!;
  }

  /** The string whose first record was just read: as text, or a copy of its bytes if they are no text. */
  string(): string | Uint8Array {
    const flags = this.low;
    if ((flags & FLAG_LENT) !== 0) return textOrBytes(this.memory.u8, this.high, this.endOfLent());
    if ((flags & FLAG_MORE) !== 0) {
      const length = this.gather();
      return textOrBytes(this.whole, 0, length);
    }
    const { u8 } = this.source;
    return textOrBytes(u8, this.position, this.skip(this.aux));
  }

  /** A copy of the bytes of the string or bigint whose first record was just read. */
  bytes(): Uint8Array {
    const flags = this.low;
    if (this.tag === STRING && (flags & FLAG_LENT) !== 0) return this.memory.u8.slice(this.high, this.endOfLent());
    if ((flags & FLAG_MORE) !== 0) {
      const length = this.gather();
      return this.whole.slice(0, length);
    }
    const at = this.position;
    return this.source.u8.slice(at, this.skip(this.aux));
  }

  /** Puts the parts together and returns their length. */
  private gather(): number {
    const { tag } = this;
    for (let length = 0; ; this.next()) {
      if (this.tag !== tag) throw new InvalidStreamError("the module sent an invalid continuation");
      const more = (this.low & FLAG_MORE) !== 0;
      const { u8 } = this.source;
      const at = this.position;
      const end = this.skip(this.aux);
      if (length + end - at > this.whole.length) this.growWhole(length + end - at);
      this.whole.set(u8.subarray(at, end), length);
      length += end - at;
      if (!more) return length;
    }
  }

  /** Where a string ends that lies somewhere in the module's memory. */
  private endOfLent(): number {
    const { aux, high } = this;
    const end = high + aux;
    if (high < 0 || aux < 0 || end > this.memory.u8.length) {
      throw new InvalidStreamError(`the module sent an invalid record: a string of ${aux} bytes at ${high}`);
    }
    return end;
  }

  private growWhole(length: number): void {
    const before = this.whole;
    this.whole = new Uint8Array(Math.max(length, 2 * before.length, 2 * this.memory.bufferBytes));
    this.whole.set(before);
  }

  /** Passes over the bytes of a record and returns where they end. */
  private skip(bytes: number): number {
    const end = this.position + bytes;
    if (bytes < 0 || end > this.source.end || (this.tag !== STRING && this.tag !== BIGINT)) {
      throw new InvalidStreamError(`the module sent an invalid record: tag ${this.tag}, aux ${bytes}`);
    }
    this.position += padded(bytes);
    return end;
  }

  private advance(): void {
    if (this.source === this.buffer) throw new InvalidStreamError("the module sent a stream that ends early");
    this.open(this.parts.shift() ?? this.buffer);
  }

  private open(source: Bufferful): void {
    if (this.source !== this.buffer) this.bufferfuls.give(this.source);
    this.source = source;
    this.position = source.start;
  }

  private isLength(bytes: number): boolean {
    return bytes >= 0 && bytes <= this.memory.bufferBytes && bytes % 8 === 0;
  }
}
