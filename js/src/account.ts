/**
 * What Lua makes the host hold, in accounted bytes and entries. The costs are simple and rather high, so that the limit is reached before
 * the engine's own, which would end the process. What is garbage is not seen at once: before anything is refused, it is looked for.
 */
import { RefusedError } from "./errors.js";

export const HOST_BYTES_DEFAULT = 536_870_912;

/** Accounted bytes of a table of `_home`, and of an array, object or Map that Lua made under `_io`. */
export const TABLE_BYTES = 320;
/** Of an entry that is found by its key. */
export const FIELD_BYTES = 64;
/** Of an element of an array, besides what its value needs. */
export const ELEMENT_BYTES = 16;
/** Of a function of Lua. */
export const FUNCTION_BYTES = 256;
/** Of any other value that needs memory of its own, besides its contents. */
export const BOX_BYTES = 32;

/** Growth below which nobody looks for garbage. */
const SURVEY_BYTES_MIN = 67_108_864;
/** Near the limit garbage is looked for after this part of the limit was added. */
const SURVEY_PART = 1 / 16;

export interface HostLimits {
  /** Accounted bytes that Lua may make the host hold; 512 MiB unless set. */
  hostBytes?: number;
  /** Entries of tables likewise; as many as the bytes allow unless set. */
  hostEntries?: number;
}

/**
 * When so much of what was free at the last collection is used, the module is asked for the next one; but not for less than this part of
 * the limit.
 */
const COLLECT_PART = 1 / 2;
const COLLECT_PART_MIN = 1 / 64;

/** What holds something counts it anew. */
interface Counted {
  bytes: number;
  entries: number;
}

export class Account {
  /** Tables of `_home`, and what is under `_io`. */
  homeBytes = 0;
  ioBytes = 0;
  homeEntries = 0;
  ioEntries = 0;
  private readonly bytesMax: number;
  private readonly entriesMax: number;
  /** Where more is looked at closely. */
  private bytesThreshold: number;
  private bytesAtSurvey = 0;
  private entriesAtSurvey = 0;
  /** Whether something under `_io` may be garbage since the last survey. */
  private ioShrank = false;
  private collectAt: number;
  private survey: (() => { home: Counted; io: Counted }) | undefined;

  constructor(limits: HostLimits) {
    this.bytesMax = limits.hostBytes ?? HOST_BYTES_DEFAULT;
    this.entriesMax = limits.hostEntries ?? Infinity;
    this.bytesThreshold = Math.min(this.bytesMax, SURVEY_BYTES_MIN);
    this.collectAt = this.bytesMax * COLLECT_PART;
  }

  /** Who counts what there really is. */
  set surveyor(survey: () => { home: Counted; io: Counted }) {
    this.survey = survey;
  }

  get bytes(): number {
    return this.homeBytes + this.ioBytes;
  }

  get entries(): number {
    return this.homeEntries + this.ioEntries;
  }

  /** Counts what a table of `_home` will hold more, or less. Refuses what goes beyond the limits; then nothing has changed. */
  chargeHome(bytes: number, entries: number): void {
    if ((bytes > 0 || entries > 0) && this.isClose(bytes, entries)) this.admit(bytes, entries);
    this.homeBytes += bytes;
    this.homeEntries += entries;
  }

  /** Counts again what was counted less for a moment. */
  takeBack(bytes: number, entries: number): void {
    this.homeBytes += bytes;
    this.homeEntries += entries;
  }

  /** Counts one entry more, whose memory is counted already. */
  chargeEntry(): void {
    if (this.homeEntries + this.ioEntries >= this.entriesMax) this.admit(0, 1);
    this.homeEntries++;
  }

  /** As `chargeHome`, for what is under `_io`, where less is counted only by a survey. */
  chargeIo(bytes: number, entries: number): void {
    if ((bytes > 0 || entries > 0) && this.isClose(bytes, entries)) this.admit(bytes, entries);
    this.ioBytes += bytes;
    this.ioEntries += entries;
  }

  /** Something under `_io` was overwritten or removed. */
  noteShrinking(): void {
    this.ioShrank = true;
  }

  /** Whether Lua should look for garbage, whose size it does not see. */
  takeCollectionDue(): boolean {
    const { bytes, bytesMax } = this;
    if (bytes <= this.collectAt) return false;
    this.collectAt = bytes + Math.max((bytesMax - bytes) * COLLECT_PART, bytesMax * COLLECT_PART_MIN);
    return true;
  }

  /** Tables were released: what they held is counted less. */
  noteCollection(): void {
    this.collectAt = this.bytes + (this.bytesMax - this.bytes) * COLLECT_PART;
  }

  private isClose(bytes: number, entries: number): boolean {
    return this.homeBytes + this.ioBytes + bytes > this.bytesThreshold || this.homeEntries + this.ioEntries + entries > this.entriesMax;
  }

  private admit(bytes: number, entries: number): void {
    if (this.isSurveyDue(bytes, entries)) this.takeSurvey();
    if (this.bytes + bytes > this.bytesMax) throw new RefusedError(`host memory limit reached (${this.bytesMax} bytes)`);
    if (this.entries + entries > this.entriesMax) throw new RefusedError(`host entry limit reached (${this.entriesMax} entries)`);
  }

  private isSurveyDue(bytes: number, entries: number): boolean {
    if (this.ioShrank) return true;
    if (this.entries + entries > this.entriesMax) return this.entries - this.entriesAtSurvey > this.entriesMax * SURVEY_PART;
    return this.bytes + bytes <= this.bytesMax || this.bytes - this.bytesAtSurvey > this.bytesMax * SURVEY_PART;
  }

  private takeSurvey(): void {
    if (this.survey === undefined) return;
    const { home, io } = this.survey();
    this.homeBytes = home.bytes;
    this.homeEntries = home.entries;
    this.ioBytes = io.bytes;
    this.ioEntries = io.entries;
    this.ioShrank = false;
    this.bytesAtSurvey = this.bytes;
    this.entriesAtSurvey = this.entries;
    this.bytesThreshold = Math.min(this.bytesMax, Math.max(SURVEY_BYTES_MIN + this.bytes, 2 * this.bytes));
  }
}
