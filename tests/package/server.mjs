/** A static server of a folder, with headers of the caller's for every file. */
import { readFile } from "node:fs/promises";
import { extname, join, normalize } from "node:path";
import { listen, TYPES } from "../browser/server.mjs";

/** Resolves to the address and the way to end it. */
export function serveFolder(folder, headers = {}) {
  return listen(async (request, response) => {
    const path = normalize(new URL(request.url, "http://host").pathname);
    const file = path.endsWith("/") ? `${path}index.html` : path;
    try {
      const body = await readFile(join(folder, file));
      response.writeHead(200, { "content-type": TYPES[extname(file).slice(1)] ?? "application/octet-stream", ...headers }).end(body);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
}
