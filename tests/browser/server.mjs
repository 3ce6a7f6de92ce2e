/** A server of the host library's files and an empty page, on this machine alone, for as long as a test runs. */
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";

const FOLDER = new URL("../../js/dist/", import.meta.url);
const TYPES = { js: "text/javascript", wasm: "application/wasm", map: "application/json" };
const PAGE = "<!doctype html><meta charset=utf-8><title>Cu</title>";

/** Resolves to the address of the page and the way to end it. */
export async function serve() {
  const server = createServer(async (request, response) => {
    const name = /^\/([\w.]+\.(js|wasm|map))$/.exec(request.url);
    if (name === null) return response.writeHead(request.url === "/" ? 200 : 404, { "content-type": "text/html" }).end(request.url === "/" ? PAGE : "");
    try {
      const body = await readFile(new URL(name[1], FOLDER));
      response.writeHead(200, { "content-type": TYPES[name[2]] }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${server.address().port}/`, close: () => new Promise((resolve) => server.close(resolve)) };
}
