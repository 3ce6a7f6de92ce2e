/**
 * Which pages a saved state has, and which records lie in each page of records. Records are written one after the other; a table that
 * changed is written anew elsewhere, and a page of which less than half is still valid is given up, what is valid in it being written once
 * more. So a save costs what changed, and the state is never much larger than what it holds (Rosenblum and Ousterhout, "The Design and
 * Implementation of a Log-Structured File System", 1992).
 */
import { ByteWriter } from "./bytes.js";
import { MANIFEST_NUMBER, PAGE_BYTES, PAGE_HEADER_BYTES, PAGE_MANIFEST, PAGE_RECORDS, seal } from "./format.js";
import type { StateKey } from "./format.js";

/** A page of records is given up when less than this part of it is valid. */
const VALID_PART_MIN = 1 / 2;
/** So many pages of records that are less than half full are put together. */
const SMALL_PAGES_MAX = 16;

/** What has one valid record. */
export interface Owner {
  place: Place | undefined;
  /** Writes the record as it is now. */
  writeRecord(writer: ByteWriter): void;
}

/** Where a record lies, and how long it is. */
export interface Place {
  readonly page: RecordPage;
  readonly bytes: number;
}

export class RecordPage {
  bytes = 0;
  valid = 0;
  readonly owners: Owner[] = [];

  constructor(readonly number: number) {}
}

/** What a save writes. */
export interface Written {
  readonly put: Map<number, Uint8Array>;
  readonly remove: Set<number>;
}

export class PageBook {
  /** Counts the saves. */
  generation = 0;
  /** The number of the next table; the root is 1. */
  nextTable = 2;
  private nextPage = MANIFEST_NUMBER + 1;
  private readonly free: number[] = [];
  /** Numbers that no page of a state that was loaded has. There may be as many as a page can have. */
  private readonly gaps: { next: number; readonly end: number }[] = [];
  /** Pages that the next save removes. */
  private unneeded: readonly number[] = [];
  private readonly records = new Set<RecordPage>();
  /** Checksums by page, and their sum, by which a page that is missing or of another save is found out. */
  private readonly checksums = new Map<number, number>();
  private sum = 0;
  private change: Written = { put: new Map(), remove: new Set() };
  private open: RecordPage | undefined;
  private readonly writer = new ByteWriter();
  private readonly scratch = new ByteWriter();
  private readonly key: StateKey | undefined;

  constructor(key: StateKey | undefined) {
    this.key = key;
  }

  /** Begins a save. */
  begin(): void {
    this.generation++;
    this.change = { put: new Map(), remove: new Set() };
    for (const number of this.unneeded) this.removePage(number);
    this.unneeded = [];
  }

  /** Ends it: everything that it writes. */
  finish(): Written {
    this.clean();
    this.closePage();
    this.putManifest();
    return this.change;
  }

  /** Writes the record of `owner`, which replaces its former one. */
  record(owner: Owner): void {
    this.release(owner);
    const { writer } = this;
    const page = this.openPage();
    const start = writer.length;
    owner.writeRecord(writer);
    const bytes = writer.length - start;
    page.valid += bytes;
    page.owners.push(owner);
    owner.place = { page, bytes };
    if (writer.length >= PAGE_BYTES) this.closePage();
  }

  /** The record of `owner` is not valid any more. */
  release(owner: Owner): void {
    if (owner.place === undefined) return;
    owner.place.page.valid -= owner.place.bytes;
    owner.place = undefined;
  }

  /** Puts a page of another kind, whose contents `write` writes, under `number` or the next free number, and returns the number. */
  putPage(kind: number, write: (writer: ByteWriter) => void, number = this.takeNumber()): number {
    this.scratch.length = 0;
    reserveHeader(this.scratch);
    write(this.scratch);
    this.put(number, kind, this.scratch.slice());
    return number;
  }

  removePage(number: number): void {
    this.change.put.delete(number);
    this.change.remove.add(number);
    this.forgetChecksum(number);
    this.free.push(number);
  }

  /** Takes over a page of a state that was loaded. In the order of their numbers. */
  adopt(number: number, checksum: number, page?: RecordPage): void {
    this.noteChecksum(number, checksum);
    if (page !== undefined) this.records.add(page);
    if (this.nextPage < number) this.gaps.push({ next: this.nextPage, end: number });
    this.nextPage = Math.max(this.nextPage, number + 1);
  }

  /** Pages that were taken over, and hold nothing that is needed. */
  noteUnneeded(numbers: readonly number[]): void {
    this.unneeded = numbers;
  }

  /** How many records there are, and whose they are. */
  get tables(): number {
    let count = 0;
    for (const page of this.records) count += page.owners.length;
    return count;
  }

  *owners(): Generator<Owner, void> {
    for (const page of this.records) for (const owner of page.owners) if (owner.place?.page === page) yield owner;
  }

  /** What the manifest says of all other pages. */
  get summary(): { pages: number; sum: number } {
    return { pages: this.checksums.size, sum: this.sum };
  }

  private openPage(): RecordPage {
    if (this.open === undefined) {
      this.open = new RecordPage(this.takeNumber());
      this.writer.length = 0;
      reserveHeader(this.writer);
    }
    return this.open;
  }

  private closePage(): void {
    const page = this.open;
    if (page === undefined) return;
    this.open = undefined;
    page.bytes = this.writer.length;
    this.records.add(page);
    this.put(page.number, PAGE_RECORDS, this.writer.slice());
  }

  /** What is still valid in pages that are not worth keeping is written once more; such pages go. */
  private clean(): void {
    const small = [...this.records].filter((page) => page.bytes < PAGE_BYTES * VALID_PART_MIN);
    const merged = small.length > SMALL_PAGES_MAX ? new Set(small) : undefined;
    for (const page of [...this.records]) {
      const isWorthKeeping = page.valid > 0 && page.valid >= (page.bytes - PAGE_HEADER_BYTES) * VALID_PART_MIN;
      if (isWorthKeeping && merged?.has(page) !== true) continue;
      for (const owner of page.owners) if (owner.place?.page === page) this.record(owner);
      this.records.delete(page);
      this.removePage(page.number);
    }
  }

  private putManifest(): void {
    const { pages, sum } = this.summary;
    this.putPage(PAGE_MANIFEST, (writer) => {
      writer.count(pages);
      writer.u32(sum);
      writer.count(this.nextTable);
    }, MANIFEST_NUMBER);
  }

  private put(number: number, kind: number, contents: Uint8Array): void {
    const { page, checksum } = seal(contents, kind, number, this.generation, this.key);
    this.change.put.set(number, page);
    this.change.remove.delete(number);
    if (number !== MANIFEST_NUMBER) this.noteChecksum(number, checksum);
  }

  private takeNumber(): number {
    const free = this.free.pop();
    if (free !== undefined) return free;
    const gap = this.gaps.at(-1);
    if (gap === undefined) return this.nextPage++;
    const number = gap.next++;
    if (gap.next === gap.end) this.gaps.pop();
    return number;
  }

  private noteChecksum(number: number, checksum: number): void {
    this.forgetChecksum(number);
    this.checksums.set(number, checksum);
    this.sum = (this.sum + weigh(number, checksum)) >>> 0;
  }

  private forgetChecksum(number: number): void {
    const before = this.checksums.get(number);
    if (before === undefined) return;
    this.checksums.delete(number);
    this.sum = (this.sum - weigh(number, before)) >>> 0;
  }
}

function reserveHeader(writer: ByteWriter): void {
  writer.bytes(new Uint8Array(PAGE_HEADER_BYTES));
}

/** Two pages that change places change the sum. */
function weigh(number: number, checksum: number): number {
  return Math.imul(checksum ^ number, 0x9e3779b1) >>> 0;
}
