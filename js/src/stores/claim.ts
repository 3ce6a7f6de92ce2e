/**
 * Who within one process has a state open: a file that says so. LevelDB's own lock keeps processes apart, but not what is in one process
 * (threads, two copies of this library): POSIX gives a file's lock back as soon as the process closes any descriptor of that file, and an
 * attempt of LevelDB's that is refused does just that. So no second attempt of the same process may get as far as LevelDB.
 */
import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
// Deno exports the members of `process` only on it.
import process from "node:process";

const PREFIX = "open-by-";
/** The start of one process, computed twice, differs by microseconds. */
const SAME_START_MS = 50;
/** A file that is empty for longer is of a process that ended between making and writing it. */
const WRITTEN_MS = 1000;

export interface Claim {
  /** False when somebody removed it, and most likely the folder with it. */
  isThere(): Promise<boolean>;
  giveBack(): Promise<void>;
}

/** Resolves to undefined if this process has claimed the folder already. */
export async function claim(folder: string): Promise<Claim | undefined> {
  const file = join(folder, `${PREFIX}${process.pid}`);
  try {
    await writeFile(file, String(processStartMs()), { flag: "wx" });
  } catch (error) {
    const isClaimed = (error as { code?: unknown }).code === "EEXIST";
    // Otherwise it may have been made, but without room for what it says.
    await (isClaimed ? removeIfStale(file) : rm(file, { force: true }).catch(() => undefined));
    if (!isClaimed) throw error;
    return undefined;
  }
  return {
    isThere: () => stat(file).then(() => true, () => false),
    // Where it cannot be removed, the next one finds out that nobody stands behind it.
    giveBack: () => rm(file, { force: true }).catch(() => undefined),
  };
}

/** Removes what processes that have ended left behind. Only for one who has LevelDB's lock: there is no other holder then. */
export async function removeOtherClaims(folder: string): Promise<void> {
  const others = (await readdir(folder)).filter((file) => file.startsWith(PREFIX) && file !== `${PREFIX}${process.pid}`);
  await Promise.all(others.map((file) => rm(join(folder, file), { force: true })));
}

/** Of an earlier process with the number of this one, as the first process of a container always has. */
async function removeIfStale(file: string): Promise<void> {
  try {
    const text = await readFile(file, "utf8");
    const isStale = text === "" ? Date.now() - (await stat(file)).mtimeMs > WRITTEN_MS : !isThisProcess(Number(text));
    if (isStale) await rm(file, { force: true });
  } catch {
    // It is gone.
  }
}

function isThisProcess(startMs: number): boolean {
  return Math.abs(startMs - processStartMs()) < SAME_START_MS;
}

/**
 * By the clock that nobody sets, the same for all threads of the process. Of several results the latest: one that was held up between
 * its two readings is too early.
 */
function processStartMs(): number {
  const results = Array.from({ length: 5 }, () => Number(process.hrtime.bigint()) / 1e6 - process.uptime() * 1000);
  return Math.round(Math.max(...results));
}
