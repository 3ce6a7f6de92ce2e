/** A server of the host library's files and an empty page, on this machine alone, for as long as a test runs. */
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";

const FOLDER = new URL("../../js/dist/", import.meta.url);
export const TYPES = { js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm", map: "application/json", html: "text/html" };
const PAGE = "<!doctype html><meta charset=utf-8><title>Cu</title>";

/** Resolves to the address of the page and the way to end it. `files` are served besides: URLs of files by their paths. */
export function serve(files = {}) {
  return listen(async (request, response) => {
    try {
      const body = request.url === "/" ? PAGE : await readFile(fileAt(request.url, files));
      response.writeHead(200, { "content-type": TYPES[/\w*$/.exec(request.url)[0] || "html"] }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
}

/** The same for any function that answers. */
export async function listen(answer) {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = () => {
    const closed = new Promise((resolve) => server.close(resolve));
    // A browser keeps connections that it has no use for.
    server.closeAllConnections();
    return closed;
  };
  return { address: `http://127.0.0.1:${server.address().port}/`, close };
}

function fileAt(path, files) {
  if (path in files) return files[path];
  if (!/^\/[\w.-]+$/.test(path)) throw new Error(`there is no ${path}`);
  return new URL(path.slice(1), FOLDER);
}
