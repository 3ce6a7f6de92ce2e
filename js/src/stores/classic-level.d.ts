/** What DirectoryStore calls of the package `classic-level`, as it calls it. */

declare module "classic-level" {
  type Bytes = Uint8Array;
  export type Operation = { type: "put"; key: Bytes; value: Bytes } | { type: "del"; key: Bytes };

  interface Range {
    readonly gte?: Bytes;
    readonly lt?: Bytes;
    readonly limit?: number;
    readonly fillCache?: boolean;
    readonly highWaterMarkBytes?: number;
  }

  export class ClassicLevel {
    constructor(location: string, options: { keyEncoding: "view"; valueEncoding: "view" });
    open(): Promise<void>;
    close(): Promise<void>;
    get(key: Bytes): Promise<Bytes | undefined>;
    batch(operations: Operation[], options: { sync: boolean }): Promise<void>;
    compactRange(start: Bytes, end: Bytes): Promise<void>;
    iterator(range: Range): { nextv(size: number): Promise<[Bytes, Bytes][]>; close(): Promise<void> };
    keys(range: Range): { all(): Promise<Bytes[]> };
  }
}
