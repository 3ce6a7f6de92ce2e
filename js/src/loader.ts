/**
 * From whatever was given as `wasm` to a running instance. Nothing is fetched but what the caller names or, by default, the file beside
 * this one. It refuses what is no WebAssembly, what imports or exports something else than the module does, and another version of the
 * boundary.
 */
import { compileProblem } from "./compiling.js";
import { CuEngineLimitError, CuLoadError } from "./errors.js";

/** The version of the boundary (docs/ABI.md) that this library speaks. */
export const ABI_VERSION = 1;

/** Where the module comes from: its URL (in a page also one relative to it), its bytes, or the compiled module. */
export type WasmSource = URL | string | ArrayBuffer | ArrayBufferView | WebAssembly.Module;

declare global {
  // For programs whose TypeScript knows Node but no browser: there it has no WebAssembly.
  namespace WebAssembly {
    interface Module {}
  }
}

/** @internal */
export interface ModuleExports {
  readonly memory: WebAssembly.Memory;
  cu_abi_version(): number;
  cu_layout_get(which: number): number;
  cu_vm_create(seed: number): number;
  cu_chunk_call(nargs: number): number;
  cu_function_call(reference: number, nargs: number): number;
  cu_path_call(nkeys: number, nargs: number): number;
  cu_reference_release(n: number): void;
  cu_home_forget(): void;
  cu_function_dump(reference: number, what: number): number;
  cu_upvalue_store(reference: number, index: number, handle: number): number;
  cu_function_load(): number;
  cu_function_bind(reference: number, n: number): number;
  cu_functions_sleep(n: number): number;
  cu_heap_collect(): void;
  cu_heap_get(which: number): number;
  cu_limit_set(steps: number, milliseconds: number): void;
  cu_task_set(task: number): void;
  cu_task_resume(task: number, count: number): number;
  cu_vm_close(): void;
}

const EXPORTED_FUNCTIONS = [
  "cu_abi_version", "cu_layout_get", "cu_vm_create", "cu_chunk_call", "cu_function_call", "cu_path_call", "cu_reference_release",
  "cu_home_forget", "cu_function_dump", "cu_upvalue_store", "cu_function_load", "cu_function_bind", "cu_functions_sleep", "cu_heap_collect",
  "cu_heap_get", "cu_limit_set", "cu_task_set", "cu_task_resume", "cu_vm_close",
];

/** Those that import and export what they should: to ask again would take a tenth of the time of a new instance. */
const checkedModules = new WeakSet<WebAssembly.Module>();

/** @internal */
export async function loadModule(source: WasmSource | undefined): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return compileBytes(source, "the bytes given as wasm");
  if (source === undefined) return compileUrl(new URL("./cu.wasm", import.meta.url));
  if (source instanceof URL) return compileUrl(source);
  if (typeof source === "string" && URL.canParse(source, pageAddress())) return compileUrl(new URL(source, pageAddress()));
  throw new TypeError("wasm must be a URL, bytes or a WebAssembly.Module (for a file, new URL(\"./cu.wasm\", import.meta.url))");
}

/** @internal */
export async function instantiate(module: WebAssembly.Module, imports: WebAssembly.ModuleImports): Promise<ModuleExports> {
  if (!checkedModules.has(module)) {
    checkImports(module, imports);
    checkExports(module);
    checkedModules.add(module);
  }
  let exports: ModuleExports;
  try {
    exports = (await instanceOf(module, { env: imports })).exports as unknown as ModuleExports;
  } catch (error) {
    throw instantiationError(error);
  }
  const version = exports.cu_abi_version();
  if (version !== ABI_VERSION) {
    const versions = `the module speaks version ${version} of the boundary, this library version ${ABI_VERSION}`;
    throw new CuLoadError(`${versions}: take both from one release`);
  }
  return exports;
}

/**
 * At once where that is allowed, since it takes a fraction of a millisecond: a browser may want it done in the background. While Node 20
 * waits for its background threads with nothing else to do, it can wait for ever (nodejs/node issue 54918).
 */
async function instanceOf(module: WebAssembly.Module, imports: WebAssembly.Imports): Promise<WebAssembly.Instance> {
  try {
    return new WebAssembly.Instance(module, imports);
  } catch (error) {
    if (error instanceof RangeError) return WebAssembly.instantiate(module, imports);
    throw error;
  }
}

/** What relative URLs are relative to: bundlers give such for their assets. Outside of pages and their workers there is nothing. */
function pageAddress(): string | undefined {
  return globalThis.document?.baseURI ?? globalThis.location?.href;
}

/** What was compiled, by URL, the oldest first. A program has one module or two; one that makes up URLs shall not keep all it got. */
const compiled = new Map<string, Promise<WebAssembly.Module>>();
const COMPILED_MAX = 8;

/** Once for each URL: compiling takes some ms of a processor, and a page would fetch the file again. What failed is tried anew. */
function compileUrl(url: URL): Promise<WebAssembly.Module> {
  const known = compiled.get(url.href);
  if (known !== undefined) return known;
  const module = compileFrom(url);
  compiled.set(url.href, module);
  if (compiled.size > COMPILED_MAX) compiled.delete(compiled.keys().next().value!);
  module.catch(() => { if (compiled.get(url.href) === module) compiled.delete(url.href); });
  return module;
}

/** What is wrong with a module has its own classes; what is left is memory, which engines tell in different ways. */
function instantiationError(error: unknown): Error {
  const { LinkError, RuntimeError } = WebAssembly;
  if (error instanceof LinkError || error instanceof RuntimeError || error instanceof TypeError) {
    return new CuLoadError(`the module cannot be instantiated: ${messageOf(error)}`, { cause: error });
  }
  const cure = "close() instances that are no longer needed, or use workers or processes";
  return new CuEngineLimitError(`the engine has no memory for another instance (${messageOf(error)}): ${cure}`, { cause: error });
}

async function compileFrom(url: URL): Promise<WebAssembly.Module> {
  return url.protocol === "file:" ? compileBytes(await readFile(url), url.href) : compileFetched(url);
}

async function readFile(url: URL): Promise<Uint8Array> {
  // Asked at run time, so that no bundler sees a built-in module of Node.
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } };
  const fs = process?.getBuiltinModule?.("node:fs") as { promises: { readFile(url: URL): Promise<Uint8Array> } } | undefined;
  if (fs === undefined) throw new CuLoadError(`${url.href} cannot be read here: give the bytes as wasm`);
  try {
    return await fs.promises.readFile(url);
  } catch (error) {
    throw new CuLoadError(`${url.href} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

async function compileFetched(url: URL): Promise<WebAssembly.Module> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new CuLoadError(`${url.href} cannot be fetched: ${messageOf(error)}`, { cause: error });
  }
  if (!response.ok) throw new CuLoadError(`${url.href} cannot be fetched: the answer is ${response.status}`);
  // A stream is compiled as it arrives, but only if the server names the type.
  if (response.headers.get("content-type")?.startsWith("application/wasm") !== true) {
    return compileBytes(await response.arrayBuffer(), url.href);
  }
  try {
    return await WebAssembly.compileStreaming(response);
  } catch (error) {
    throw new CuLoadError(`${url.href} is not a module that can be compiled: ${compileProblem(error)}`, { cause: error });
  }
}

async function compileBytes(source: ArrayBuffer | ArrayBufferView, what: string): Promise<WebAssembly.Module> {
  const bytes = ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
  const isWasm = bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
  if (!isWasm) {
    const first = Array.from(bytes.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const found = bytes.length === 0 ? "is empty" : `begins with ${first}`;
    throw new CuLoadError(`${what}: not a WebAssembly file, it ${found}`);
  }
  try {
    return await WebAssembly.compile(bytes as BufferSource);
  } catch (error) {
    const problem = `${bytes.length} bytes that cannot be compiled (truncated or damaged?)`;
    throw new CuLoadError(`${what}: ${problem}: ${compileProblem(error)}`, { cause: error });
  }
}

function checkImports(module: WebAssembly.Module, imports: WebAssembly.ModuleImports): void {
  const foreign = WebAssembly.Module.imports(module)
    .filter(({ module: from, name, kind }) => from !== "env" || kind !== "function" || !Object.hasOwn(imports, name))
    .map(({ module: from, name }) => `${from}.${name}`);
  if (foreign.length > 0) throw new CuLoadError(`not a module of Cu: it imports ${list(foreign)}`);
}

function checkExports(module: WebAssembly.Module): void {
  const found = new Map(WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]));
  const missing = EXPORTED_FUNCTIONS.filter((name) => found.get(name) !== "function");
  if (found.get("memory") !== "memory") missing.unshift("memory");
  if (missing.length === 0) return;
  const names = found.size === 0 ? "nothing" : list([...found.keys()]);
  throw new CuLoadError(`not a module of Cu, or of another version: it exports ${names}, but not ${list(missing)}`);
}

function list(names: string[]): string {
  return names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
