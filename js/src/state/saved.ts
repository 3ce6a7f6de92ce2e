/**
 * How a table of `_home` is saved. A small one is one record with all that it holds. One that is larger has its sequence in pages of their
 * own, and its other entries, the *fields*, in others; when a few of those change, a record of the changes follows until they are half as
 * many as the fields, and all of them are written anew.
 */
import { CHUNK_ENTRIES, GROUP_ENTRIES, ENTRY_INT } from "../chunk.js";
import type { Chunk } from "../chunk.js";
import type { HomeKey } from "../exact.js";
import type { HomeTable } from "../home.js";
import type { ByteWriter } from "./bytes.js";
import { PAGE_BYTES, PAGE_FIELDS, PAGE_SEQUENCE } from "./format.js";
import type { Owner, PageBook, Place } from "./pagebook.js";
import { writeFloat, writeKey, writeValue } from "./values.js";
import type { IdOf } from "./values.js";

/** Types of records. */
export const RECORD_TABLE = 1;
export const RECORD_CHANGES = 2;

/** What follows the number of a table in its record. The kind is in the low bits. */
export const KIND_BITS = 3;
export const FLAG_METATABLE = 4;
export const FLAG_PARTS = 8;

/** Forms of a page of a sequence. */
export const FORM_INTS = 1;
export const FORM_FLOATS = 2;
export const FORM_VALUES = 3;

/** What may have become of a field. */
export const FIELD_REMOVED = 0;
export const FIELD_SET = 1;
/** It was removed and set again, so that it comes after all others. */
export const FIELD_MOVED = 2;

/** A table that costs more accounted bytes is divided; it is put together again when it is a quarter of it. */
const SMALL_BYTES_MAX = 2 * PAGE_BYTES;
/** Changes of fields that are recorded in any case before all fields are written anew. */
const CHANGES_MIN = 256;

/** Entries `first` to `end` − 1 of a chunk, in groups, and the page in which they are. */
interface SequencePart {
  readonly first: number;
  readonly end: number;
  readonly page: number;
}

/** The pages of a table that is divided. */
export class Parts {
  /** By chunk. */
  readonly sequence: SequencePart[][] = [];
  fields: number[] = [];
  /** The save that wrote the fields; changes recorded before it are not valid. */
  fieldsGeneration = 0;
  fieldsCount = 0;
  changes: ChangeRecord[] = [];
}

/** Fields that changed in one save. Their values are those of now. */
export class ChangeRecord implements Owner {
  place: Place | undefined;

  constructor(
    private readonly saved: SavedTable,
    readonly generation: number,
    readonly keys: HomeKey[],
    readonly moved: readonly boolean[],
  ) {}

  writeRecord(writer: ByteWriter): void {
    const { saved, keys } = this;
    const { table, idOf } = saved;
    writeFramed(writer, RECORD_CHANGES, () => {
      writer.count(saved.id);
      writer.float(this.generation);
      writer.count(keys.length);
      for (let i = 0; i < keys.length; i++) {
        const key = keys[i]!;
        const value = table.field(key);
        writer.byte(value === undefined ? FIELD_REMOVED : this.moved[i] === true ? FIELD_MOVED : FIELD_SET);
        writeKey(writer, key, idOf);
        if (value !== undefined) writeValue(writer, value, idOf);
      }
    });
  }
}

export class SavedTable implements Owner {
  place: Place | undefined;
  parts: Parts | undefined;

  constructor(readonly table: HomeTable, readonly id: number, readonly idOf: IdOf) {}

  /** Writes what changed since the last save; all of it the first time. */
  save(book: PageBook): void {
    const { table } = this;
    const { parts } = this;
    if (table.isDivisible && table.usedBytes > (parts === undefined ? SMALL_BYTES_MAX : SMALL_BYTES_MAX / 4)) {
      this.parts ??= new Parts();
      this.saveSequence(book, this.parts);
      this.saveFields(book, this.parts);
    } else if (parts !== undefined) {
      this.removeParts(book, parts);
    }
    book.record(this);
  }

  /** It is not saved any more. */
  remove(book: PageBook): void {
    if (this.parts !== undefined) this.removeParts(book, this.parts);
    book.release(this);
  }

  writeRecord(writer: ByteWriter): void {
    const { table, parts, idOf } = this;
    writeFramed(writer, RECORD_TABLE, () => {
      writer.count(this.id);
      writer.byte(table.kind | (table.metatable === undefined ? 0 : FLAG_METATABLE) | (parts === undefined ? 0 : FLAG_PARTS));
      if (table.metatable !== undefined) writer.count(idOf(table.metatable));
      table.writeOwn(writer);
      writer.count(table.length);
      if (parts !== undefined) {
        writer.count(parts.sequence.reduce((sum, chunk) => sum + chunk.length, 0));
        writer.count(parts.fields.length);
        writer.float(parts.fieldsGeneration);
        writer.count(parts.changes.length);
        return;
      }
      for (let index = 1; index <= table.length; index++) writeValue(writer, table.get(index), idOf);
      writer.count(table.fieldCount);
      for (const [key, value] of table.fields()) {
        writeKey(writer, key, idOf);
        writeValue(writer, value, idOf);
      }
    });
  }

  private removeParts(book: PageBook, parts: Parts): void {
    for (const chunk of parts.sequence) for (const { page } of chunk) book.removePage(page);
    for (const page of parts.fields) book.removePage(page);
    for (const change of parts.changes) book.release(change);
    this.parts = undefined;
    this.table.fieldChanges = undefined;
  }

  private saveSequence(book: PageBook, parts: Parts): void {
    const { table } = this;
    const { sequence } = parts;
    table.chunks.forEach((chunk, number) => {
      const before = sequence[number];
      if (before === undefined || chunk.dirty !== 0) sequence[number] = this.saveChunk(book, chunk, number, before ?? []);
    });
    for (const chunk of sequence.splice(table.chunks.length)) for (const { page } of chunk) book.removePage(page);
  }

  private saveChunk(book: PageBook, chunk: Chunk, number: number, before: readonly SequencePart[]): SequencePart[] {
    const start = number * CHUNK_ENTRIES;
    const count = Math.min(CHUNK_ENTRIES, this.table.length - start);
    const isDirty = ({ first, end }: SequencePart) => {
      for (let group = first; group < end; group++) if ((chunk.dirty & (1 << group)) !== 0) return true;
      return false;
    };
    const after: SequencePart[] = [];
    let isSame = before.length > 0;
    for (const part of before) {
      if (part.first > 0 && part.first * GROUP_ENTRIES >= count) {
        isSame = false;
        break;
      }
      if (!isDirty(part)) {
        after.push(part);
        continue;
      }
      const end = Math.min(count, part.end * GROUP_ENTRIES);
      const { bytes } = this.putSequence(book, chunk, start, part.first * GROUP_ENTRIES, end, part.page);
      after.push(part);
      isSame &&= bytes <= 4 * PAGE_BYTES || part.end - part.first === 1;
    }
    return isSame ? after : this.divideChunk(book, chunk, start, count, before);
  }

  /** Writes all of a chunk, in pages of about the usual length, but a chunk of numbers in one. */
  private divideChunk(book: PageBook, chunk: Chunk, start: number, count: number, before: readonly SequencePart[]): SequencePart[] {
    for (const { page } of before) book.removePage(page);
    const parts: SequencePart[] = [];
    const groups = CHUNK_ENTRIES / GROUP_ENTRIES;
    for (let first = 0; first < groups && (first === 0 || first * GROUP_ENTRIES < count); ) {
      const { page, next } = this.putSequence(book, chunk, start, first * GROUP_ENTRIES, count, undefined);
      const end = next >= count ? groups : next / GROUP_ENTRIES;
      parts.push({ first, end, page });
      first = end;
    }
    return parts;
  }

  /**
   * Puts the entries from `from` on, counted from 0 in the chunk, into a page: up to `to` if it is given a number, otherwise as many groups
   * as fill a page.
   */
  private putSequence(
    book: PageBook, chunk: Chunk, start: number, from: number, to: number, number: number | undefined,
  ): { page: number; next: number; bytes: number } {
    let next = to;
    let bytes = 0;
    const page = book.putPage(PAGE_SEQUENCE, (writer) => {
      writer.count(this.id);
      writer.count(start + from + 1);
      const form = formOf(chunk, from, to);
      writer.byte(form);
      if (form !== FORM_VALUES) {
        writeNumbers(writer, chunk.numbers.subarray(from, to));
      } else {
        next = writeEntries(writer, chunk, from, to, this.idOf, number === undefined);
      }
      bytes = writer.length;
    }, number);
    return { page, next, bytes };
  }

  private saveFields(book: PageBook, parts: Parts): void {
    const { table } = this;
    const changes = table.fieldChanges;
    table.fieldChanges = undefined;
    if (changes !== undefined && parts.fieldsGeneration > 0) {
      if (changes.size === 0) {
        table.fieldChanges = changes;
        return;
      }
      const recorded = parts.changes.reduce((sum, change) => sum + change.keys.length, 0);
      if (recorded + changes.size <= Math.max(CHANGES_MIN, parts.fieldsCount / 2)) {
        const change = new ChangeRecord(this, book.generation, [...changes.keys()], [...changes.values()]);
        parts.changes.push(change);
        book.record(change);
        table.fieldChanges = new Map();
        return;
      }
    }
    this.putFields(book, parts);
    table.fieldChanges = new Map();
  }

  private putFields(book: PageBook, parts: Parts): void {
    for (const page of parts.fields) book.removePage(page);
    for (const change of parts.changes) book.release(change);
    parts.changes = [];
    parts.fields = [];
    parts.fieldsGeneration = book.generation;
    parts.fieldsCount = this.table.fieldCount;
    const fields = this.table.fields();
    for (let next = fields.next(); next.done !== true; ) {
      const page = book.putPage(PAGE_FIELDS, (writer) => {
        writer.count(this.id);
        writer.count(parts.fields.length);
        for (; next.done !== true && writer.length < PAGE_BYTES; next = fields.next()) {
          writeKey(writer, next.value[0], this.idOf);
          writeValue(writer, next.value[1], this.idOf);
        }
      });
      parts.fields.push(page);
    }
  }
}

/** Type and length come first, so that a record can be passed over. */
function writeFramed(writer: ByteWriter, type: number, write: () => void): void {
  writer.byte(type);
  const at = writer.length;
  writer.u32(0);
  write();
  writer.patchU32(at, writer.length - at - 4);
}

/** Whether all entries are numbers of one type. */
function formOf(chunk: Chunk, from: number, to: number): number {
  const run = chunk.runLength(from, to - from);
  if (run < to - from || run === 0) return FORM_VALUES;
  return chunk.tags[from] === ENTRY_INT ? FORM_INTS : FORM_FLOATS;
}

function writeNumbers(writer: ByteWriter, numbers: Float64Array): void {
  const at = writer.length;
  writer.bytes(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength));
  // A NaN has many forms, and one of them is saved.
  for (let i = 0; i < numbers.length; i++) {
    if (numbers[i] === numbers[i]) continue;
    const end = writer.length;
    writer.length = at + 8 * i;
    writeFloat(writer, NaN);
    writer.length = end;
  }
}

/** Writes entries, whole groups until the page is full if `isOpen`, and returns where it stopped. */
function writeEntries(writer: ByteWriter, chunk: Chunk, from: number, to: number, idOf: IdOf, isOpen: boolean): number {
  let index = from;
  for (; index < to; index++) {
    if (isOpen && index > from && index % GROUP_ENTRIES === 0 && writer.length >= PAGE_BYTES) break;
    writeValue(writer, chunk.get(index), idOf);
  }
  return index;
}
