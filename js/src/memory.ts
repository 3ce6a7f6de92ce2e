/**
 * The module's memory as the host sees it: three views, made once because the memory never grows, and the places that
 * `cu_layout_get` names. It refuses a layout that does not lie within the memory.
 */
import { CuLoadError } from "./errors.js";

export const MEMORY_BYTES = 2_097_152;
const LAYOUT = { bufferAddress: 0, bufferBytes: 1, cellAddress: 2, heapBytes: 3, keysMax: 4 } as const;

export class Memory {
  readonly u8: Uint8Array;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  /** Where the I/O buffer begins, and its length. */
  readonly bufferAddress: number;
  readonly bufferBytes: number;
  /** The bytes of the I/O buffer: made once, because making a view costs more than writing a short string. */
  readonly buffer: Uint8Array;
  /** The cell, as indices of the views. */
  readonly cellF64: number;
  readonly cellI32: number;
  readonly heapBytes: number;
  readonly keysMax: number;

  constructor(buffer: ArrayBuffer, layout: (which: number) => number) {
    if (buffer.byteLength !== MEMORY_BYTES) {
      throw new CuLoadError(`the module's memory has ${buffer.byteLength} bytes instead of ${MEMORY_BYTES}`);
    }
    this.u8 = new Uint8Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.bufferAddress = layout(LAYOUT.bufferAddress);
    this.bufferBytes = layout(LAYOUT.bufferBytes);
    const cellAddress = layout(LAYOUT.cellAddress);
    this.cellF64 = cellAddress >> 3;
    this.cellI32 = (cellAddress + 8) >> 2;
    this.heapBytes = layout(LAYOUT.heapBytes);
    this.keysMax = layout(LAYOUT.keysMax);
    const isPlace = (address: number, bytes: number) => address > 0 && address % 8 === 0 && address + bytes <= MEMORY_BYTES;
    if (!isPlace(this.bufferAddress, this.bufferBytes) || this.bufferBytes < 64 || !isPlace(cellAddress, 16) || this.keysMax < 0) {
      throw new CuLoadError("the module names places outside its memory");
    }
    this.buffer = this.u8.subarray(this.bufferAddress, this.bufferAddress + this.bufferBytes);
  }
}
