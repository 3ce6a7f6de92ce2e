/**
 * The page of docs/HOSTS.md, bundled from the packed package by the commands that stand there, in Chromium under a policy that allows nothing
 * but scripts of the site and WebAssembly.
 */
import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { launch, newProfile } from "../browser/browsers.mjs";
import { createProject, runAsWritten, writeFiles } from "./project.mjs";
import { serveFolder } from "./server.mjs";

const TEXT = readFileSync(new URL("../../docs/HOSTS.md", import.meta.url), "utf8");
const HEADERS = { "content-security-policy": "script-src 'self' 'wasm-unsafe-eval'", "cross-origin-embedder-policy": "require-corp" };
const TIMEOUT_MS = 120_000;
const SHOWN = "The longest word is three.";
const SHOWN_MS = 20_000;

/** The heading, and what stands in the page instead of `cu-wasm`. */
const WAYS = [
  ["Without a bundler", "./cu/index.js"],
  ["Vite", "cu-wasm"],
  ["webpack", "cu-wasm"],
  ["esbuild", "cu-wasm"],
  ["esbuild, with the module in the bundle", "cu-wasm/inline"],
  ["Rollup", "cu-wasm"],
  ["Rollup, with the module in the bundle", "cu-wasm/inline"],
];

const page = /```js\n(\/\/ page\.js\n[\s\S]*?)```/.exec(TEXT)[1];
const html = /```html\n<!-- index\.html -->\n([\s\S]*?)```/.exec(TEXT)[1];

function commandsUnder(heading) {
  const [, section] = new RegExp(`^### ${heading}\\n([\\s\\S]*?)(?=^#|(?![\\s\\S]))`, "m").exec(TEXT);
  return /```sh\n([\s\S]*?)```/.exec(section)[1];
}

describe("a page", () => {
  let folder, browser;
  before(async () => {
    folder = createProject("bundlers", ["--omit=optional"]);
    browser = await launch("chromium", newProfile("bundlers"));
  });
  after(() => browser?.close());

  const writePage = (specifier) => {
    rmSync(join(folder, "dist"), { recursive: true, force: true });
    writeFiles(folder, { "index.html": html, "page.js": page.replace('"cu-wasm"', JSON.stringify(specifier)) });
  };

  for (const [heading, specifier] of WAYS) {
    test(heading, { timeout: TIMEOUT_MS }, async () => {
      writePage(specifier);
      runAsWritten(commandsUnder(heading), folder);
      const server = await serveFolder(join(folder, "dist"), HEADERS);
      try {
        await checkPage(browser, server.address);
      } finally {
        await server.close();
      }
    });
  }

  for (const specifier of ["./cu/index.js", "./cu/inline.js"]) {
    test(`where the policy allows no WebAssembly, the error names the cure: ${specifier}`, { timeout: TIMEOUT_MS }, async () => {
      writePage(specifier);
      runAsWritten(`${commandsUnder("Without a bundler")}cp node_modules/cu-wasm/dist/inline.js dist/cu/`, folder);
      const server = await serveFolder(join(folder, "dist"), { "content-security-policy": "script-src 'self'" });
      try {
        const problems = await problemsOfPage(browser, server.address);
        assert.match(problems.join("\n"), /CuLoadError: .*: allow it by 'wasm-unsafe-eval' in the policy's script-src/);
      } finally {
        await server.close();
      }
    });
  }

  test("Vite, while the page is written", { timeout: TIMEOUT_MS }, async () => {
    writePage("cu-wasm");
    const { createServer } = await import("vite");
    const server = await createServer({ root: folder, logLevel: "error", server: { host: "127.0.0.1", headers: HEADERS } });
    try {
      await server.listen();
      await checkPage(browser, server.resolvedUrls.local[0]);
    } finally {
      await server.close();
    }
  });

  test("each way of docs/HOSTS.md is tried", () => {
    assert.deepEqual([...TEXT.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading), WAYS.map(([heading]) => heading));
  });
});

async function checkPage(browser, address) {
  assert.deepEqual(await problemsOfPage(browser, address), []);
}

/** What goes wrong in a page until it shows what it should; also if it never does. */
async function problemsOfPage(browser, address) {
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => {
    const { url = "" } = message.location();
    // Browsers ask for an icon by themselves.
    if (message.type() === "error" && !url.endsWith("/favicon.ico")) problems.push(`${message.text()} ${url}`);
  });
  try {
    const response = await page.goto(address);
    if (response.headers()["content-security-policy"] === undefined) problems.push("it came without a policy");
    const shown = () => page.evaluate("document.body.textContent");
    const start = Date.now();
    while (!(await shown()).includes("word") && problems.length === 0 && Date.now() - start < SHOWN_MS) await new Promise((resolve) => setTimeout(resolve, 20));
    const text = (await shown()).trim();
    return text === SHOWN ? problems : [...problems, `it shows "${text}"`];
  } finally {
    await page.close();
  }
}
