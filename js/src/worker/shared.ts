/**
 * The memory that both sides have, where memory can be shared: in a browser only in pages that are isolated. It says what no message can
 * while Lua runs: which call is to end, and how much output waits to be taken, so that a program that prints without end cannot fill the
 * other side's memory.
 */
const STOP = 0;
const WAITING_BYTES = 1;
const NUMBERS = 2;

export const OUTPUT_BYTES_MAX = 2 ** 20;
/** Then it looks whether it is to end. */
const WAIT_MS = 50;

export class Shared {
  /** As it crosses. */
  readonly numbers: Int32Array;

  static make(): Shared | undefined {
    const { crossOriginIsolated } = globalThis as { crossOriginIsolated?: boolean };
    if (typeof SharedArrayBuffer !== "function" || crossOriginIsolated === false) return undefined;
    return new Shared(new Int32Array(new SharedArrayBuffer(NUMBERS * Int32Array.BYTES_PER_ELEMENT)));
  }

  constructor(numbers: Int32Array) {
    this.numbers = numbers;
  }

  /** The call of that number is to end. */
  stop(id: number): void {
    Atomics.store(this.numbers, STOP, id);
  }

  isStopped(id: number): boolean {
    return Atomics.load(this.numbers, STOP) === id;
  }

  /** A worker has sent so much. Returns when less than the most waits, or when the call is to end. */
  noteSent(bytes: number, id: number): void {
    let waiting = Atomics.add(this.numbers, WAITING_BYTES, bytes) + bytes;
    while (waiting > OUTPUT_BYTES_MAX && !this.isStopped(id)) {
      Atomics.wait(this.numbers, WAITING_BYTES, waiting, WAIT_MS);
      waiting = Atomics.load(this.numbers, WAITING_BYTES);
    }
  }

  noteTaken(bytes: number): void {
    Atomics.sub(this.numbers, WAITING_BYTES, bytes);
    Atomics.notify(this.numbers, WAITING_BYTES);
  }

  /** For a new worker. */
  reset(): void {
    this.numbers.fill(0);
  }
}
