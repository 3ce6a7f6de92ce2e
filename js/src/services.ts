/**
 * What the module asks of its surroundings besides data: output and clocks. Neither ever throws into the module; an error of the caller's
 * own `print` or `now` is kept and thrown when the computation has ended.
 */
import type { Deadline } from "./deadline.js";
import { MEMORY_BYTES } from "./memory.js";

/** Where Lua writes: `print` to stdout, `warn` to stderr. */
export type OutputStream = "stdout" | "stderr";
/** Gets a line without its end. */
export type Print = (line: string, stream: OutputStream) => void;
/** What gets the bytes that Lua writes, as they come. They are the callee's. */
export type WriteBytes = (bytes: Uint8Array, stream: OutputStream) => void;

/** Where output goes: whole lines to one function, or bytes to another. */
export interface OutputTarget {
  readonly print?: Print | undefined;
  readonly write?: WriteBytes | undefined;
}

/** Runs functions of the caller's, and keeps the first error. */
export class Faults {
  private first: { error: unknown } | undefined;

  attempt<T>(work: () => T, otherwise: T): T {
    try {
      return work();
    } catch (error) {
      this.first ??= { error };
      return otherwise;
    }
  }

  take(): { error: unknown } | undefined {
    const { first } = this;
    this.first = undefined;
    return first;
  }
}

export class Output {
  private readonly sinks: readonly Sink[];
  private readonly faults: Faults;
  private readonly u8: Uint8Array;
  /** Whether something was written since the last flush. */
  private written = false;

  constructor(u8: Uint8Array, target: OutputTarget, faults: Faults) {
    this.u8 = u8;
    this.faults = faults;
    this.sinks = (["stdout", "stderr"] as const).map((stream) => sinkFor(stream, target));
  }

  write(stream: number, address: number, bytes: number): void {
    const sink = this.sinks[stream - 1];
    if (sink === undefined || address < 0 || bytes < 0 || address + bytes > MEMORY_BYTES) return;
    this.written = true;
    this.faults.attempt(() => sink.write(this.u8.slice(address, address + bytes)), undefined);
  }

  /** Lets go of lines that have no end yet. */
  flush(): void {
    if (!this.written) return;
    this.written = false;
    for (const sink of this.sinks) this.faults.attempt(() => sink.flush(), undefined);
  }
}

export interface Sink {
  write(bytes: Uint8Array): void;
  flush(): void;
}

/** Calls a function with each whole line. */
class LineSink implements Sink {
  private readonly decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  private line = "";

  constructor(private readonly stream: OutputStream, private readonly print: Print) {}

  write(bytes: Uint8Array): void {
    this.put(this.decoder.decode(bytes, { stream: true }));
  }

  flush(): void {
    this.put(this.decoder.decode());
    const { line } = this;
    this.line = "";
    if (line !== "") this.print(line, this.stream);
  }

  private put(text: string): void {
    const lines = text.split("\n");
    for (let i = 0; i < lines.length - 1; i++) {
      const line = this.line + lines[i]!;
      this.line = "";
      this.print(line, this.stream);
    }
    this.line += lines.at(-1)!;
  }
}

/** Hands bytes on as they come, so that a progress line without an end is seen. */
class ByteSink implements Sink {
  constructor(private readonly put: (bytes: Uint8Array) => unknown) {}

  write(bytes: Uint8Array): void {
    this.put(bytes);
  }

  flush(): void {}
}

export function sinkFor(stream: OutputStream, { print, write }: OutputTarget): Sink {
  if (print !== undefined) return new LineSink(stream, print);
  if (write !== undefined) return new ByteSink((bytes) => write(bytes, stream));
  return defaultSink(stream);
}

function defaultSink(stream: OutputStream): Sink {
  const { process } = globalThis as { process?: { stdout?: unknown; stderr?: unknown } };
  const target = process?.[stream] as { write?(bytes: Uint8Array): unknown } | undefined;
  if (typeof target?.write === "function") return new ByteSink((bytes) => target.write!(bytes));
  return new LineSink(stream, (line) => (stream === "stdout" ? console.log(line) : console.error(line)));
}

const CLOCK_DATE = 0;
const CLOCK_STEADY = 2;

/**
 * The date and the computing time in seconds; with `now` given, both come from it. And the time for limits in milliseconds, which never
 * does.
 */
export class Clock {
  private readonly faults: Faults;
  private readonly now: (() => number) | undefined;
  private readonly origin: number;
  private readonly deadline: Deadline;

  /** `now` gives milliseconds since 1970, as `Date.now` does. */
  constructor(now: number | (() => number) | undefined, faults: Faults, deadline: Deadline) {
    this.deadline = deadline;
    this.faults = faults;
    this.now = typeof now === "number" ? () => now : now;
    this.origin = this.now?.() ?? 0;
  }

  get(which: number): number {
    if (which === CLOCK_STEADY) return this.deadline.milliseconds;
    const { now } = this;
    if (now === undefined) return (which === CLOCK_DATE ? Date.now() : performance.now()) / 1000;
    const time = Number(this.faults.attempt(now, this.origin));
    return (which === CLOCK_DATE ? time : time - this.origin) / 1000;
  }
}
