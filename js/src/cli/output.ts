/**
 * Standard output and standard error, written at once and in order: no line of the one overtakes a line of the other, and nothing is lost
 * at the end. When the reader of a pipe has gone, the program ends at once as other programs of a pipe do, also in the middle of a
 * computation.
 */
import { writeSync } from "node:fs";
import { EXIT } from "./exit.js";

export type Stream = "stdout" | "stderr";

const RETRY_MS = 2;

export function writeOut(data: string | Uint8Array, stream: Stream = "stdout"): void {
  const bytes = typeof data === "string" ? Buffer.from(data) : data;
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(stream === "stdout" ? 1 : 2, bytes, written);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") process.exit(EXIT.pipe);
      if (code !== "EAGAIN") throw error;
      // A pipe that does not block, and is full.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

export function writeError(text: string): void {
  writeOut(text, "stderr");
}
