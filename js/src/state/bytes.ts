/**
 * Bytes that grow as they are written, and a reader that refuses to go beyond their end. Numbers are little-endian; a `count` is LEB128,
 * seven bits a byte, the lowest first.
 */
import { decodeText, encodeInto, encodeShort, encodeText, isWellFormed } from "../text.js";
import { StateFormatError } from "../errors.js";

const FIRST_BYTES = 65_536;
/** A text needs at most so many bytes for each of its UTF-16 units. */
const BYTES_PER_UNIT_MAX = 3;

export class ByteWriter {
  length = 0;
  private u8 = new Uint8Array(FIRST_BYTES);
  private view = new DataView(this.u8.buffer);

  /** A copy of all that was written. */
  slice(): Uint8Array {
    return this.u8.slice(0, this.length);
  }

  /** Overwrites four bytes that were written before. */
  patchU32(at: number, value: number): void {
    this.view.setUint32(at, value, true);
  }

  byte(value: number): void {
    this.need(1);
    this.u8[this.length++] = value;
  }

  u32(value: number): void {
    this.need(4);
    this.view.setUint32(this.length, value, true);
    this.length += 4;
  }

  float(value: number): void {
    this.need(8);
    this.view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  integer(value: bigint): void {
    this.need(8);
    this.view.setBigInt64(this.length, value, true);
    this.length += 8;
  }

  /** A whole number from 0 to 2^53. */
  count(value: number): void {
    this.need(8);
    while (value > 127) {
      this.u8[this.length++] = (value % 128) | 128;
      value = Math.floor(value / 128);
    }
    this.u8[this.length++] = value;
  }

  bytes(bytes: Uint8Array): void {
    this.need(bytes.length);
    this.u8.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Length and bytes of a text; a lone surrogate is three bytes. */
  text(text: string): void {
    this.need(5 + BYTES_PER_UNIT_MAX * text.length);
    const short = encodeShort(text, this.u8, this.length + 1);
    if (short >= 0) {
      this.u8[this.length] = short;
      this.length += 1 + short;
      return;
    }
    if (!isWellFormed(text)) {
      const bytes = encodeText(text);
      this.count(bytes.length);
      return this.bytes(bytes);
    }
    // The length comes first, so room is left for it and the text moved when it needs less.
    const guess = countBytes(text.length);
    const { written } = encodeInto(text, this.u8.subarray(this.length + guess));
    const needed = countBytes(written);
    if (needed !== guess) this.u8.copyWithin(this.length + needed, this.length + guess, this.length + guess + written);
    this.count(written);
    this.length += written;
  }

  private need(bytes: number): void {
    if (this.length + bytes <= this.u8.length) return;
    const before = this.u8;
    this.u8 = new Uint8Array(Math.max(2 * before.length, this.length + bytes));
    this.u8.set(before);
    this.view = new DataView(this.u8.buffer);
  }
}

/** The bytes of a `count`. */
function countBytes(value: number): number {
  let bytes = 1;
  for (; value > 127; value = Math.floor(value / 128)) bytes++;
  return bytes;
}

export class ByteReader {
  at: number;
  readonly end: number;
  private readonly u8: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.u8 = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = start;
    this.end = end;
  }

  get isAtEnd(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    return this.u8[this.skip(1)]!;
  }

  u32(): number {
    return this.view.getUint32(this.skip(4), true);
  }

  float(): number {
    return this.view.getFloat64(this.skip(8), true);
  }

  integer(): bigint {
    return this.view.getBigInt64(this.skip(8), true);
  }

  count(): number {
    let value = 0;
    let weight = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * weight;
      if (byte < 128) break;
      weight *= 128;
      if (weight > 2 ** 49) throw new StateFormatError("a number is too large");
    }
    if (value > Number.MAX_SAFE_INTEGER) throw new StateFormatError("a number is too large");
    return value;
  }

  /** A copy. */
  bytes(count: number): Uint8Array {
    const at = this.skip(count);
    return this.u8.slice(at, at + count);
  }

  text(): string {
    const count = this.count();
    const at = this.skip(count);
    const text = decodeText(this.u8, at, at + count);
    if (text === undefined) throw new StateFormatError("a text is not valid");
    return text;
  }

  /** Passes over `count` bytes and returns where they begin. */
  skip(count: number): number {
    const { at } = this;
    if (!(count <= this.end - at)) throw new StateFormatError("it ends early");
    this.at = at + count;
    return at;
  }
}
