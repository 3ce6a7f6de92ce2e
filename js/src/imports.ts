/**
 * The imports of the module (docs/ABI.md §4). Each one catches whatever happens behind it: no exception crosses into the module, unless
 * the instance has ended by a trap, when there is nothing left to return to.
 */

export interface Host {
  readonly tables: {
    get(handle: number, ktag: number, k: number): number;
    set(handle: number, ktag: number, k: number, vtag: number, v: number): number;
    next(handle: number, ktag: number, k: number): number;
    length(handle: number): number;
    operate(op: number, a: number, b: number): number;
  };
  readonly calls: {
    call(handle: number, count: number): number;
    putError(error: unknown): void;
  };
  readonly streams: { push(bytes: number): void; pull(): number };
  readonly output: { write(stream: number, address: number, bytes: number): void };
  readonly clock: { get(which: number): number };
  readonly ended: boolean;
}

/** What an import answers that failed: the error is in the stream. */
export const FAILED = -1;

/**
 * The imports, and the way to connect them once there is a host: the memory exists only after the instance was made.
 * @internal
 */
export function createImports(): { imports: WebAssembly.ModuleImports; connect(host: Host): void } {
  let host: Host;
  // For speed, what is used at each access.
  let tables: Host["tables"];
  let calls: Host["calls"];

  function fail(error: unknown): number {
    if (host.ended) throw error;
    host.calls.putError(error);
    return FAILED;
  }

  const imports = {
    js_ext_table_get(handle: number, ktag: number, k: number): number {
      try { return tables.get(handle, ktag, k); } catch (error) { return fail(error); }
    },
    js_ext_table_set(handle: number, ktag: number, k: number, vtag: number, v: number): number {
      try { return tables.set(handle, ktag, k, vtag, v); } catch (error) { return fail(error); }
    },
    js_ext_table_next(handle: number, ktag: number, k: number): number {
      try { return tables.next(handle, ktag, k); } catch (error) { return fail(error); }
    },
    js_ext_table_len(handle: number): number {
      try { return tables.length(handle); } catch (error) { return fail(error); }
    },
    js_ext_table_op(op: number, a: number, b: number): number {
      try { return tables.operate(op, a, b); } catch (error) { return fail(error); }
    },
    js_function_call(handle: number, count: number): number {
      try { return calls.call(handle, count); } catch (error) { return fail(error); }
    },
    js_stream_push(bytes: number): void { host.streams.push(bytes); },
    js_stream_pull(): number { return host.streams.pull(); },
    js_output_write(stream: number, address: number, bytes: number): void { host.output.write(stream, address, bytes); },
    js_clock_get(which: number): number { return host.clock.get(which); },
  };
  return {
    imports,
    connect(connected) {
      host = connected;
      ({ tables, calls } = host);
    },
  };
}
