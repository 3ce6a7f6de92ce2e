/**
 * From pages to tables. What the root leads to is made, all else in the pages is of earlier saves. Nothing in a page is trusted: lengths,
 * numbers and kinds are checked, and what is wrong is an error that says so, or, when salvaging, is left out and reported.
 */
import { StateFormatError } from "../errors.js";
import { CHUNK_ENTRIES, ENTRY_FLOAT, ENTRY_INT, GROUP_ENTRIES } from "../chunk.js";
import { isInteger } from "../exact.js";
import type { HomeKey, HomeValue } from "../exact.js";
import { HomeTable, KIND_CELL, KIND_FUNCTION, KIND_TABLE } from "../home.js";
import { ByteReader } from "./bytes.js";
import { MANIFEST_NUMBER, PAGE_FIELDS, PAGE_HEADER_BYTES, PAGE_MANIFEST, PAGE_RECORDS, PAGE_SEQUENCE, unseal } from "./format.js";
import type { PageHeader, StateKey } from "./format.js";
import { PageBook, RecordPage } from "./pagebook.js";
import {
  ChangeRecord, FIELD_MOVED, FIELD_REMOVED, FIELD_SET, FLAG_METATABLE, FLAG_PARTS, FORM_FLOATS, FORM_INTS, FORM_VALUES, KIND_BITS, Parts,
  RECORD_CHANGES, RECORD_TABLE, SavedTable,
} from "./saved.js";
import { readKey, readValue } from "./values.js";
import type { TableOf } from "./values.js";

export const ROOT_ID = 1;

/** A record, or the contents of a page: where its bytes are, which save wrote it, and where it lies. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly generation: number;
  readonly page: RecordPage;
  readonly number: number;
  /** Of a page: its place among those of its table. */
  readonly order: number;
}

/** All that the pages have of one table. */
interface Pieces {
  table: Piece | undefined;
  readonly changes: Piece[];
  readonly sequence: Piece[];
  readonly fields: Piece[];
}

export interface Loaded {
  /** What the root holds; links to the root are to `root` itself. */
  readonly contents: HomeTable;
  readonly book: PageBook;
  /** What could not be read, when salvaging. */
  readonly problems: string[];
}

/** How tables are made, and which one is the root. */
export interface Making {
  create(kind: number): HomeTable;
  readonly root: HomeTable;
  readonly salvage: boolean;
  readonly key: StateKey | undefined;
}

/** Throws a StateFormatError, and when there is too much for the limits of the host, what that throws. */
export function loadTables(pages: ReadonlyMap<number, Uint8Array>, making: Making): Loaded {
  return new Loader(making).load(pages);
}

class Loader {
  private readonly making: Making;
  private readonly problems: string[] = [];
  private readonly book: PageBook;
  private readonly pieces = new Map<number, Pieces>();
  private readonly tables = new Map<number, HomeTable>();
  private readonly waiting: [id: number, table: HomeTable][] = [];
  private readonly idOf = (table: HomeTable): number => table.saved!.id;
  private readonly tableOf: TableOf;
  private readonly ghosts = new Map<number, HomeTable>();
  private readonly ghostOf: TableOf = (id) => {
    let known = this.ghosts.get(id);
    if (known === undefined) this.ghosts.set(id, (known = ghost(id)));
    return known;
  };
  /** The kind of the table that is read. */
  private filling = KIND_TABLE;

  constructor(making: Making) {
    this.making = making;
    this.book = new PageBook(making.key);
    this.tableOf = (id) => {
      const table = this.tables.get(id) ?? this.meet(id);
      const isMisplaced = table.kind === KIND_CELL && this.filling !== KIND_FUNCTION;
      if (isMisplaced) throw new StateFormatError(`table ${id} is an upvalue of no function`);
      return table;
    };
  }

  load(pages: ReadonlyMap<number, Uint8Array>): Loaded {
    this.readPages(pages);
    const { root } = this.making;
    this.tables.set(ROOT_ID, root);
    const contents = this.making.create(KIND_TABLE);
    this.attempt("the root table", () => this.fill(ROOT_ID, contents));
    for (let next = this.waiting.pop(); next !== undefined; next = this.waiting.pop()) {
      const [id, table] = next;
      this.attempt(`table ${id}`, () => this.fill(id, table));
    }
    this.book.noteUnneeded(this.orphans());
    return { contents, book: this.book, problems: this.problems };
  }

  /** Pages of tables that nothing leads to any more. */
  private orphans(): number[] {
    const orphans: number[] = [];
    for (const [id, { sequence, fields }] of this.pieces) {
      if (!this.tables.has(id)) for (const { number } of [...sequence, ...fields]) orphans.push(number);
    }
    return orphans;
  }

  /** When salvaging, what fails is noted and passed over. */
  private attempt(what: string, work: () => void): void {
    if (!this.making.salvage) return work();
    try {
      work();
    } catch (error) {
      if (!(error instanceof StateFormatError)) throw error;
      this.problems.push(`${what}: ${error.message}`);
    }
  }

  private readPages(pages: ReadonlyMap<number, Uint8Array>): void {
    let manifest: ByteReader | undefined;
    for (const number of [...pages.keys()].sort((a, b) => a - b)) {
      this.attempt(`page ${number}`, () => {
        const page = pages.get(number)!;
        const header = unseal(page, number, this.making.key);
        const { kind, generation } = header;
        if ((kind === PAGE_MANIFEST) !== (number === MANIFEST_NUMBER)) {
          throw new StateFormatError(`page ${number} of the state is of the wrong kind`);
        }
        this.book.generation = Math.max(this.book.generation, checkedGeneration(generation));
        if (number === MANIFEST_NUMBER) manifest = new ByteReader(page, PAGE_HEADER_BYTES, header.end);
        else this.readPage(page, number, header);
      });
    }
    this.attempt("the state", () => this.checkManifest(manifest));
  }

  private checkManifest(reader: ByteReader | undefined): void {
    if (reader === undefined) throw new StateFormatError("it has no first page: it is not a state, or not all of one");
    const pages = reader.count();
    const sum = reader.u32();
    const nextTable = reader.count();
    const { summary } = this.book;
    if (pages !== summary.pages || sum !== summary.sum) {
      throw new StateFormatError(`it should have ${pages} pages and has ${summary.pages}, or they are not of one save`);
    }
    if (nextTable < this.book.nextTable) throw new StateFormatError("its tables are numbered beyond what it says");
    this.book.nextTable = nextTable;
  }

  private readPage(bytes: Uint8Array, number: number, { kind, generation, checksum, end }: PageHeader): void {
    const page = new RecordPage(number);
    page.bytes = bytes.length;
    this.book.adopt(number, checksum, kind === PAGE_RECORDS ? page : undefined);
    const reader = new ByteReader(bytes, PAGE_HEADER_BYTES, end);
    if (kind === PAGE_RECORDS) {
      while (!reader.isAtEnd) this.readRecord(bytes, reader, page, generation);
    } else if (kind === PAGE_SEQUENCE || kind === PAGE_FIELDS) {
      const { sequence, fields } = this.piecesOf(reader.count());
      const order = reader.count();
      (kind === PAGE_SEQUENCE ? sequence : fields).push({ bytes, start: reader.at, end, generation, page, number, order });
    } else {
      throw new StateFormatError(`page ${number} of the state is of the unknown kind ${kind}`);
    }
  }

  private readRecord(bytes: Uint8Array, reader: ByteReader, page: RecordPage, generation: number): void {
    const before = reader.at;
    const type = reader.byte();
    const length = reader.u32();
    const start = reader.skip(length);
    const body = new ByteReader(bytes, start, start + length);
    const pieces = this.piecesOf(body.count());
    const piece = { bytes, start: body.at, end: body.end, generation, page, number: page.number, order: body.end - before };
    if (type === RECORD_CHANGES) pieces.changes.push(piece);
    else if (type !== RECORD_TABLE) throw new StateFormatError(`page ${page.number} of the state has a record of the unknown type ${type}`);
    // Of records of one save the later one is as good.
    else if (pieces.table === undefined || pieces.table.generation <= generation) pieces.table = piece;
  }

  private piecesOf(id: number): Pieces {
    let pieces = this.pieces.get(id);
    if (pieces === undefined) this.pieces.set(id, (pieces = { table: undefined, changes: [], sequence: [], fields: [] }));
    this.book.nextTable = Math.max(this.book.nextTable, id + 1);
    return pieces;
  }

  /** A table that something leads to. What it is, is in its record. */
  private meet(id: number): HomeTable {
    const piece = this.pieces.get(id)?.table;
    if (piece === undefined) throw new StateFormatError(`table ${id} is missing`);
    const kind = piece.bytes[piece.start]! & KIND_BITS;
    if (kind !== KIND_TABLE && kind !== KIND_FUNCTION && kind !== KIND_CELL) {
      throw new StateFormatError(`table ${id} is of the unknown kind ${kind}`);
    }
    const table = this.making.create(kind);
    this.tables.set(id, table);
    this.waiting.push([id, table]);
    return table;
  }

  private fill(id: number, table: HomeTable): void {
    const pieces = this.pieces.get(id);
    const piece = pieces?.table;
    if (pieces === undefined || piece === undefined) throw new StateFormatError(`table ${id} is missing`);
    const owner = id === ROOT_ID ? this.making.root : table;
    const saved = new SavedTable(owner, id, this.idOf);
    saved.place = { page: piece.page, bytes: piece.order };
    piece.page.valid += piece.order;
    piece.page.owners.push(saved);
    table.saved = saved;
    this.filling = table.kind;
    const reader = new ByteReader(piece.bytes, piece.start, piece.end);
    const flags = reader.byte();
    if ((flags & KIND_BITS) !== table.kind) throw new StateFormatError(`table ${id} is of the wrong kind`);
    if ((flags & FLAG_METATABLE) !== 0) table.setMetatable(this.tableOf(reader.count()));
    table.readOwn(reader);
    const length = reader.count();
    if ((flags & FLAG_PARTS) === 0) this.fillSmall(table, reader, length);
    else this.fillParts(table, saved, pieces, reader, length);
    if (table.length !== length) throw new StateFormatError(`the sequence of table ${id} should have ${length} entries`);
    const problem = table.problem();
    if (problem !== undefined) throw new StateFormatError(`table ${id}: ${problem}`);
    table.noteSaved();
  }

  private fillSmall(table: HomeTable, reader: ByteReader, length: number): void {
    for (let index = 1; index <= length; index++) table.append(readValue(reader, this.tableOf));
    for (let left = reader.count(); left > 0; left--) this.loadField(table, readKey(reader, this.tableOf), reader);
  }

  private fillParts(table: HomeTable, saved: SavedTable, pieces: Pieces, reader: ByteReader, length: number): void {
    const parts = (saved.parts = new Parts());
    const sequencePages = reader.count();
    const fieldPages = reader.count();
    parts.fieldsGeneration = reader.float();
    const changeRecords = reader.count();
    const { sequence, fields } = pieces;
    sequence.sort((a, b) => a.order - b.order);
    fields.sort((a, b) => a.order - b.order);
    const changes = latest(pieces.changes).filter((piece) => saveOf(piece) > parts.fieldsGeneration);
    const isWhole = sequence.length === sequencePages && fields.length === fieldPages && changes.length === changeRecords;
    if (!isWhole) this.attempt(`table ${saved.id}`, () => { throw new StateFormatError("some of its pages are missing"); });
    for (const piece of sequence) this.attempt(`table ${saved.id}`, () => this.fillSequence(table, parts, piece, length));
    const exact = changes.length === 0 ? undefined : new Map<HomeKey, HomeValue>();
    for (const piece of fields) {
      parts.fields.push(piece.number);
      this.attempt(`table ${saved.id}`, () => {
        const page = new ByteReader(piece.bytes, piece.start, piece.end);
        while (!page.isAtEnd) {
          if (exact === undefined) this.loadField(table, readKey(page, this.tableOf), page);
          else exact.set(readKey(page, this.ghostOf), readField(page, this.ghostOf));
        }
      });
    }
    if (exact !== undefined) {
      for (const piece of changes) this.attempt(`table ${saved.id}`, () => this.applyChanges(exact, saved, parts, piece));
      for (const [key, value] of exact) {
        this.attempt(`table ${saved.id}`, () => table.loadField(this.real(key) as HomeKey, this.real(value)));
      }
      parts.changes.forEach(({ keys }) => keys.forEach((key, i) => { keys[i] = this.known(key); }));
    }
    parts.fieldsCount = table.fieldCount;
    table.fieldChanges = new Map();
  }

  /** The table behind a ghost. */
  private real(value: HomeValue): HomeValue {
    return isGhost(value) ? this.tableOf(value.saved!.id) : value;
  }

  /** The same of a key, which may be one that is there no more. */
  private known(key: HomeKey): HomeKey {
    return isGhost(key) ? (this.tables.get(key.saved!.id) ?? key) : key;
  }

  private fillSequence(table: HomeTable, parts: Parts, piece: Piece, length: number): void {
    const first = piece.order - 1;
    const chunk = Math.floor(first / CHUNK_ENTRIES);
    const group = (first % CHUNK_ENTRIES) / GROUP_ENTRIES;
    if (first < 0 || !Number.isInteger(group) || first > length) throw new StateFormatError("a page of its sequence is misplaced");
    // What is missing before is nil.
    while (this.making.salvage && table.length < first) table.append(undefined);
    if (table.length !== first) throw new StateFormatError("pages of its sequence overlap or are missing");
    const reader = new ByteReader(piece.bytes, piece.start, piece.end);
    const form = reader.byte();
    if (form === FORM_VALUES) while (!reader.isAtEnd) table.append(readValue(reader, this.tableOf));
    else if (form === FORM_INTS || form === FORM_FLOATS) appendNumbers(table, reader, form === FORM_INTS ? ENTRY_INT : ENTRY_FLOAT);
    else throw new StateFormatError(`a page of its sequence has the unknown form ${form}`);
    const pages = (parts.sequence[chunk] ??= []);
    const before = pages.at(-1);
    if (before !== undefined) pages[pages.length - 1] = { ...before, end: group };
    pages.push({ first: group, end: CHUNK_ENTRIES / GROUP_ENTRIES, page: piece.number });
  }

  /** What was changed again later may name tables that are there no more: so only what all changes lead to is made. */
  private applyChanges(fields: Map<HomeKey, HomeValue>, saved: SavedTable, parts: Parts, piece: Piece): void {
    const reader = new ByteReader(piece.bytes, piece.start, piece.end);
    const generation = reader.float();
    const keys: HomeKey[] = [];
    const moved: boolean[] = [];
    for (let left = reader.count(); left > 0; left--) {
      const change = reader.byte();
      const key = readKey(reader, this.ghostOf);
      if (change === FIELD_REMOVED || change === FIELD_MOVED) fields.delete(key);
      else if (change !== FIELD_SET) throw new StateFormatError(`a field has the unknown change ${change}`);
      if (change !== FIELD_REMOVED) fields.set(key, readField(reader, this.ghostOf));
      keys.push(key);
      moved.push(change === FIELD_MOVED);
    }
    const record = new ChangeRecord(saved, generation, keys, moved);
    record.place = { page: piece.page, bytes: piece.order };
    piece.page.valid += piece.order;
    piece.page.owners.push(record);
    parts.changes.push(record);
  }

  private loadField(table: HomeTable, key: HomeKey, reader: ByteReader): void {
    table.loadField(key, readField(reader, this.tableOf));
  }
}

function readField(reader: ByteReader, tableOf: TableOf): HomeValue {
  const value = readValue(reader, tableOf);
  if (value === undefined) throw new StateFormatError("a field is nil");
  return value;
}

/** What stands for a table that may not be there: all that is known of it is its number. */
function ghost(id: number): HomeTable {
  const made = Object.create(HomeTable.prototype) as HomeTable;
  made.saved = { id } as SavedTable;
  ghosts.add(made);
  return made;
}

const ghosts = new WeakSet<object>();

function isGhost(value: HomeKey | HomeValue): value is HomeTable {
  return typeof value === "object" && value !== null && ghosts.has(value);
}

function checkedGeneration(generation: number): number {
  if (!Number.isSafeInteger(generation) || generation < 0) throw new StateFormatError("its saves are numbered wrongly");
  return generation;
}

/** The save whose changes a record has: a record that was written once more is in a page of a later one. */
function saveOf({ bytes, start, end }: Piece): number {
  return new ByteReader(bytes, start, end).float();
}

/** Of records of one save, which may be there twice, the last; in the order of the saves. */
function latest(pieces: readonly Piece[]): Piece[] {
  const bySave = new Map<number, Piece>();
  for (const piece of pieces) {
    const save = saveOf(piece);
    const before = bySave.get(save);
    if (before === undefined || before.generation <= piece.generation) bySave.set(save, piece);
  }
  return [...bySave].sort(([a], [b]) => a - b).map(([, piece]) => piece);
}

function appendNumbers(table: HomeTable, reader: ByteReader, tag: number): void {
  const bytes = reader.bytes(reader.end - reader.at);
  if (bytes.length % 8 !== 0) throw new StateFormatError("a page of its sequence is cut off");
  const numbers = new Float64Array(bytes.buffer);
  for (const number of tag === ENTRY_INT ? numbers : []) {
    if (!isInteger(number)) throw new StateFormatError("an integer of its sequence is none");
  }
  table.setNumbers(table.length + 1, tag, numbers);
}
