/**
 * The functions of Node, Deno and Bun that DirectoryStore calls, and no more of them: the types of all of Node would let code for browsers
 * use it by mistake. (The command line, which is for Node alone, has them all.)
 */

declare module "node:fs/promises" {
  interface FileHandle {
    writeFile(data: string): Promise<void>;
    sync(): Promise<void>;
    close(): Promise<void>;
  }
  export function mkdir(path: string): Promise<void>;
  export function open(path: string, flags: "r" | "w"): Promise<FileHandle>;
  export function readdir(path: string): Promise<string[]>;
  export function readFile(path: string, encoding: "utf8"): Promise<string>;
  export function rename(from: string, to: string): Promise<void>;
  export function rm(path: string, options: { force: true }): Promise<void>;
  export function stat(path: string): Promise<{ readonly size: number; readonly mtimeMs: number }>;
  export function truncate(path: string, length: number): Promise<void>;
  export function writeFile(path: string, data: string, options: { flag: "wx" }): Promise<void>;
}

declare module "node:crypto" {
  export function createHash(algorithm: "sha256"): { update(data: string): { digest(encoding: "hex"): string } };
}

declare module "node:path" {
  export function dirname(path: string): string;
  export function join(...parts: string[]): string;
  export function resolve(path: string): string;
}

declare module "node:process" {
  const process: { readonly pid: number; uptime(): number; readonly hrtime: { bigint(): bigint } };
  export default process;
}

declare module "node:url" {
  export function fileURLToPath(url: URL): string;
}
