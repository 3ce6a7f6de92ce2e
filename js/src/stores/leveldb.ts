/**
 * The pages of one state in a LevelDB of their own (the package `classic-level`). A LevelDB that failed is opened anew, and one that holds
 * something else is refused.
 */
import type { ClassicLevel, Operation } from "classic-level";
import { readdir, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { StateLockedError, StoreError } from "../errors.js";
import { innermost, storeError } from "./failures.js";
import { wholeBytes } from "./opened.js";
import { newRevision } from "./revision.js";

/** Keys: one of this byte alone for the header, one of this byte and the page's number, big-endian, for each page. */
const HEADER = 0;
const PAGE = 1;
const END = 2;
const PAGE_KEY_BYTES = 5;
const HEADER_KEY = Uint8Array.of(HEADER);
const FORMAT_VERSION = 1;
/** LevelDB's own batches of 16 KiB would be less than a page. */
const READ_AHEAD_BYTES = 8 * 2 ** 20;
const READ_AHEAD_PAGES = 1000;
/** A save that fails is tried once more with a LevelDB opened anew: one that has failed before refuses every write. */
const ATTEMPTS = 2;
/** More than this, beside the pages, is worth a compaction. */
const WASTE_BYTES = 2 ** 20;
const WASTE_RATIO = 1.5;

export class LevelPages {
  private readonly folder: string;
  private readonly what: string;
  /** None after an opening that failed, until the next one succeeds. */
  private level: ClassicLevel | undefined;
  /** What the last save of this state left in the header; empty before the first. */
  private revision: string;
  /** The lengths of LevelDB's logs before the save that runs, or that failed. Nothing else writes to them. */
  private logBytes: Map<string, number> | undefined;

  private constructor(folder: string, what: string, { level, revision }: Opened) {
    this.folder = folder;
    this.what = what;
    this.level = level;
    this.revision = revision;
  }

  /** Resolves to undefined if another process has it. `what` says in errors what this is. */
  static async open(folder: string, what: string): Promise<LevelPages | undefined> {
    const opened = await openLevel(folder);
    return opened && new LevelPages(folder, what, opened);
  }

  async read(): Promise<Map<number, Uint8Array>> {
    const pages = new Map<number, Uint8Array>();
    try {
      const level = await this.usable();
      const iterator = level.iterator({ gte: pagesStart, lt: pagesEnd, fillCache: false, highWaterMarkBytes: READ_AHEAD_BYTES });
      try {
        for (;;) {
          const entries = await iterator.nextv(READ_AHEAD_PAGES);
          if (entries.length === 0) return pages;
          for (const [key, value] of entries) pages.set(pageNumber(key), new Uint8Array(wholeBytes(value).buffer));
        }
      } finally {
        await iterator.close();
      }
    } catch (error) {
      throw storeError(`${this.what} cannot be read`, error);
    }
  }

  /** The numbers of the pages, without the pages. */
  async numbers(): Promise<number[]> {
    try {
      const keys = await (await this.usable()).keys({ gte: pagesStart, lt: pagesEnd, fillCache: false }).all();
      return keys.map(pageNumber);
    } catch (error) {
      throw storeError(`${this.what} cannot be read`, error);
    }
  }

  /** One batch, hence one record of LevelDB's log with a checksum: all of it or nothing. */
  async write(put: ReadonlyMap<number, Uint8Array>, remove: Iterable<number>, sync: boolean): Promise<void> {
    const operations: Operation[] = [];
    for (const number of remove) operations.push({ type: "del", key: pageKey(number) });
    for (const [number, page] of put) operations.push({ type: "put", key: pageKey(number), value: wholeBytes(page) });
    const revision = newRevision();
    operations.push({ type: "put", key: HEADER_KEY, value: new TextEncoder().encode(`cu-store ${FORMAT_VERSION} ${revision}`) });
    for (let attempt = 1; ; attempt++) {
      try {
        const level = await this.usable();
        this.logBytes = await logBytesIn(this.folder);
        await level.batch(operations, { sync });
        this.logBytes = undefined;
        break;
      } catch (error) {
        if (attempt < ATTEMPTS) continue;
        // At once, for the room that it frees. Where it fails, the next call tries again.
        await this.usable().catch(() => undefined);
        throw storeError(`${this.what} cannot be written`, error);
      }
    }
    this.revision = revision;
  }

  /** LevelDB keeps what was overwritten until it compacts, and it does so by its own pace. `bytes` are those of all pages. */
  async compactIfWasteful(bytes: number): Promise<void> {
    if (this.level === undefined || (await folderBytes(this.folder)) < bytes * WASTE_RATIO + WASTE_BYTES) return;
    // Where it fails there is no less than before.
    await this.level.compactRange(HEADER_KEY, pagesEnd).catch(() => undefined);
  }

  async close(): Promise<void> {
    const { level } = this;
    if (this.logBytes !== undefined) await cutLogs(this.folder, this.logBytes).catch(() => undefined);
    this.level = undefined;
    await level?.close();
  }

  /**
   * The open LevelDB; after a failed save another one, because a LevelDB that failed once refuses all writes, if it is still the state that
   * this one left. What the failed save wrote to a log is cut off, before anybody else can have the lock: part of it would keep room that
   * may be short, and all of it, without the sync that failed, would be a save that was refused.
   */
  private async usable(): Promise<ClassicLevel> {
    if (this.level !== undefined) {
      if (this.logBytes === undefined) return this.level;
      await cutLogs(this.folder, this.logBytes);
      await this.level.close();
      this.level = undefined;
      this.logBytes = undefined;
    }
    const opened = await openLevel(this.folder);
    if (opened === undefined) throw lostToProcess(this.what);
    if (opened.revision !== this.revision) {
      await opened.level.close();
      throw new StoreError("another process changed it meanwhile: close it and open it again");
    }
    return (this.level = opened.level);
  }
}

export function lostToProcess(what: string): StateLockedError {
  return new StateLockedError(`${what} was opened by another process meanwhile: close it and open it again`);
}

interface Opened {
  readonly level: ClassicLevel;
  readonly revision: string;
}

const pagesStart = Uint8Array.of(PAGE);
const pagesEnd = Uint8Array.of(END);

async function openLevel(folder: string): Promise<Opened | undefined> {
  const { ClassicLevel } = await importLevel();
  const level = new ClassicLevel(folder, { keyEncoding: "view", valueEncoding: "view" });
  try {
    await level.open();
  } catch (error) {
    if (innermost(error).code === "LEVEL_LOCKED") return undefined;
    throw error;
  }
  try {
    return { level, revision: await readRevision(level) };
  } catch (error) {
    await level.close();
    throw error;
  }
}

/** When the first state is opened, because an application that has no use for the package may have left it out. */
async function importLevel(): Promise<typeof import("classic-level")> {
  try {
    return await import("classic-level");
  } catch (error) {
    throw new StoreError("the package classic-level is missing, to mend it: npm install classic-level@3", { cause: error });
  }
}

async function readRevision(level: ClassicLevel): Promise<string> {
  const header = await level.get(HEADER_KEY);
  if (header === undefined) {
    if ((await level.keys({ limit: 1 }).all()).length > 0) throw new StoreError("it is a LevelDB of something else");
    return "";
  }
  const match = /^cu-store (\d+) ([0-9a-f]+)$/.exec(new TextDecoder().decode(header));
  if (match === null) throw new StoreError("it is a LevelDB of something else, or damaged");
  if (Number(match[1]) > FORMAT_VERSION) throw new StoreError(`a later version of this library made it (format ${match[1]})`);
  return match[2]!;
}

function pageKey(number: number): Uint8Array {
  const key = new Uint8Array(PAGE_KEY_BYTES);
  key[0] = PAGE;
  new DataView(key.buffer).setUint32(1, number);
  return key;
}

function pageNumber(key: Uint8Array): number {
  if (key.length !== PAGE_KEY_BYTES) throw new StoreError("it has keys that are none of a page");
  return new DataView(key.buffer, key.byteOffset, key.length).getUint32(1);
}

async function logBytesIn(folder: string): Promise<Map<string, number>> {
  const logs = (await readdir(folder)).filter((file) => /^\d+\.log$/.test(file));
  return new Map(await Promise.all(logs.map(async (log) => [log, (await stat(join(folder, log))).size] as const)));
}

async function cutLogs(folder: string, before: ReadonlyMap<string, number>): Promise<void> {
  for (const [log, bytes] of await logBytesIn(folder)) {
    const length = before.get(log) ?? 0;
    if (bytes > length) await truncate(join(folder, log), length);
  }
}

async function folderBytes(folder: string): Promise<number> {
  const sizes = (await readdir(folder).catch(() => [])).map((file) => stat(join(folder, file)).then(({ size }) => size, () => 0));
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
