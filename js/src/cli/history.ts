/** The lines that were typed, in a file of the user's. That it cannot be read or written keeps nobody from working. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

export class History {
  static readonly LINES_MAX = 1000;
  private readonly file = historyFile();

  newestFirst(): string[] {
    try {
      return readFileSync(this.file, "utf8").split("\n").filter((line) => line !== "").reverse().slice(0, History.LINES_MAX);
    } catch {
      return [];
    }
  }

  /** Replaces what there is; the newest is the first. Only its owner may read it. */
  keep(lines: readonly string[]): void {
    try {
      mkdirSync(dirname(this.file), { recursive: true });
      writeFileSync(this.file, `${[...lines].reverse().join("\n")}\n`, { mode: 0o600 });
    } catch {
      // As said above.
    }
  }
}

function historyFile(): string {
  const { CU_HISTORY, XDG_STATE_HOME } = process.env;
  if (CU_HISTORY) return CU_HISTORY;
  return join(XDG_STATE_HOME || join(homedir(), ".local", "state"), "cu", "history");
}
