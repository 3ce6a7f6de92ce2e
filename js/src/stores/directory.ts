/**
 * A store in a folder, for Node, Deno and Bun: the package's second entry, because a browser has no use for it. Each state has a folder
 * and a LevelDB of its own (the package `classic-level`): LevelDB lets one process in at a time, so in a common one two processes could not
 * have two states. In the folder of a state are
 *
 *   pages/       the LevelDB
 *   name         the state's name, there while it holds pages
 *   open-by-N    while process N has it open
 *
 * The folder of a removed state stays, with an empty LevelDB of some KiB: it is what others wait for, and must not vanish under them.
 *
 * @module cu-wasm/stores/directory
 */
import { createHash } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { CuClosedError, StateLockedError, StoreError } from "../errors.js";
import { checkStateName, sortNames } from "./checks.js";
import { claim, removeOtherClaims } from "./claim.js";
import type { Claim } from "./claim.js";
import { storeError } from "./failures.js";
import { LevelPages, lostToProcess } from "./leveldb.js";
import { OpenedState } from "./opened.js";
import type { Durability, OpenState, PageChange, Store } from "./store.js";
import { lockedMessage, waitFor } from "./waiting.js";

const NAME_FILE = "name";
const SLUG_CHARS_MAX = 40;
const HASH_CHARS = 32;
const FOLDER_NAME = new RegExp(`-[0-9a-f]{${HASH_CHARS}}$`);

export class DirectoryStore implements Store {
  private readonly directory: string;
  private readonly opened = new Set<DirectoryState>();
  private closed = false;

  /** A path or a `file:` URL. The folder is made at the first `open`; the one that it is in must be there. */
  constructor(directory: string | URL) {
    if (!(directory instanceof URL) && (typeof directory !== "string" || directory === "")) {
      throw new TypeError("a DirectoryStore needs a path or a file: URL");
    }
    this.directory = resolve(directory instanceof URL ? fileURLToPath(directory) : directory);
  }

  async open(state: string): Promise<OpenState> {
    return this.openState(state);
  }

  async list(): Promise<string[]> {
    this.checkOpen();
    try {
      const folders = (await ifThere(readdir(this.directory)) ?? []).filter((folder) => FOLDER_NAME.test(folder));
      const names = await Promise.all(folders.map((folder) => ifThere(readFile(join(this.directory, folder, NAME_FILE), "utf8"))));
      return sortNames(names.filter((name) => name !== undefined));
    } catch (error) {
      throw storeError(`the states in ${this.directory} cannot be listed`, error);
    }
  }

  async remove(state: string): Promise<void> {
    checkStateName(state);
    this.checkOpen();
    if (!(await this.mayBeThere(state))) return;
    const opened = await this.openState(state);
    try {
      await opened.empty();
    } finally {
      await opened.close();
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.opened].map((opened) => opened.close()));
  }

  /** What cannot be seen is for `open` to complain of. */
  private async mayBeThere(state: string): Promise<boolean> {
    return (await ifThere(stat(join(this.directory, folderName(state)))).catch(() => "unknown")) !== undefined;
  }

  private async openState(state: string): Promise<DirectoryState> {
    checkStateName(state);
    this.checkOpen();
    const folder = join(this.directory, folderName(state));
    const what = `the state ${JSON.stringify(state)} in ${this.directory}`;
    let opened: DirectoryState | undefined;
    try {
      await makeFolder(this.directory);
      await makeFolder(folder);
      opened = await waitFor(() => this.openIfFree(state, folder, what));
    } catch (error) {
      throw error instanceof CuClosedError ? error : storeError(`${what} cannot be opened`, error);
    }
    if (opened === undefined) throw new StateLockedError(lockedMessage(state));
    return opened;
  }

  private async openIfFree(state: string, folder: string, what: string): Promise<DirectoryState | undefined> {
    this.checkOpen();
    const claimed = await claim(folder);
    if (claimed === undefined) return undefined;
    let pages: LevelPages | undefined;
    try {
      pages = await LevelPages.open(join(folder, "pages"), what);
    } finally {
      if (pages === undefined) await claimed.giveBack();
    }
    if (pages === undefined) return undefined;
    const opened = new DirectoryState(state, what, folder, pages, claimed, () => this.opened.delete(opened));
    this.opened.add(opened);
    await removeOtherClaims(folder);
    if (this.closed) await opened.close();
    this.checkOpen();
    return opened;
  }

  private checkOpen(): void {
    if (this.closed) throw new CuClosedError("the store was closed");
  }
}

// A minifier renames classes, but not what is shown of them.
Object.defineProperty(DirectoryStore, "name", { value: "DirectoryStore", configurable: true });

class DirectoryState extends OpenedState {
  private readonly what: string;
  private readonly folder: string;
  private readonly pages: LevelPages;
  private readonly claimed: Claim;
  private readonly forget: () => void;

  constructor(state: string, what: string, folder: string, pages: LevelPages, claimed: Claim, forget: () => void) {
    super(state);
    this.what = what;
    this.folder = folder;
    this.pages = pages;
    this.claimed = claimed;
    this.forget = forget;
  }

  /** Removes all pages, unread. */
  async empty(): Promise<void> {
    await this.pages.write(new Map(), await this.pages.numbers(), true);
    await this.dropName();
    await this.pages.compactIfWasteful(0);
  }

  protected async load(): Promise<Map<number, Uint8Array>> {
    const pages = await this.pages.read();
    // A process that ended between the two steps of a save may have left it.
    if (pages.size === 0) await this.dropName();
    return pages;
  }

  /** The name is there before the first page and goes after the last one, so that no state with pages is ever without. */
  protected async save({ put, remove }: PageChange, durability: Durability, holdsPages: boolean): Promise<void> {
    const removed = [...(remove === "all" ? this.numbers() : remove)].filter((number) => !put.has(number));
    if (!(await this.claimed.isThere())) throw await this.lostError();
    if (holdsPages) await this.keepName();
    try {
      await this.pages.write(put, removed, durability === "strict");
    } catch (error) {
      if (this.isEmpty()) await this.dropName();
      throw error;
    }
    if (!holdsPages) await this.dropName();
  }

  protected async release(): Promise<void> {
    try {
      const bytes = this.pageBytes();
      if (bytes !== undefined) await this.pages.compactIfWasteful(bytes);
      await this.pages.close();
    } finally {
      await this.claimed.giveBack();
      this.forget();
    }
  }

  /** LevelDB would go on with the files that it has open, though nobody could ever find them. */
  private async lostError(): Promise<StoreError> {
    const isRemoved = (await ifThere(stat(this.folder))) === undefined;
    if (isRemoved) return new StoreError(`${this.what} cannot be written: its folder was removed`);
    return lostToProcess(this.what);
  }

  private async keepName(): Promise<void> {
    const file = join(this.folder, NAME_FILE);
    try {
      if ((await ifThere(stat(file))) !== undefined) return;
      await writeSynced(`${file}.new`, this.name);
      await rename(`${file}.new`, file);
      await syncFolder(this.folder);
    } catch (error) {
      throw storeError(`${this.what} cannot be written`, error);
    }
  }

  /** One that stays is dropped another time: it tells of a state that is empty, and no more. */
  private async dropName(): Promise<void> {
    await rm(join(this.folder, NAME_FILE), { force: true }).catch(() => undefined);
  }
}

/**
 * Readable, and the same only for the same name wherever case does not count, characters are composed or names are short: what makes it
 * one of its own is the hash.
 */
function folderName(state: string): string {
  const slug = state.toLowerCase().replace(/[^a-z0-9]+/g, "-").slice(0, SLUG_CHARS_MAX);
  return `${slug}-${createHash("sha256").update(state).digest("hex").slice(0, HASH_CHARS)}`;
}

/** In a folder that must be there. What was made is not lost in a power failure. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === "EEXIST") return;
    throw code === "ENOENT" ? new StoreError(`the folder ${dirname(folder)} is missing`, { cause: error }) : error;
  }
  await syncFolder(dirname(folder));
}

async function writeSynced(file: string, text: string): Promise<void> {
  const handle = await open(file, "w");
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Where a folder can be opened; elsewhere (Windows) the file system sees to it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

async function ifThere<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  }
}
