/** The packed package, installed into an empty project, on each host; the README's table of them; and the examples of docs/HOSTS.md. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { createHostsProject, HOSTS, testInWorkerd, TIMEOUT_MS } from "./hosts.mjs";
import { runAsWritten, writeFiles } from "./project.mjs";
import { problemOf, readTable, rowOf } from "./table.mjs";

const { devDependencies } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8"));

let folder;
before(async () => (folder = await createHostsProject()));

for (const host of HOSTS) {
  test(host.name, { timeout: TIMEOUT_MS }, async () => assert.equal(problemOf(host, await host.run(folder)), undefined));
}

test("the README's table has these hosts, with the versions that npm brings", () => {
  const rows = readTable();
  assert.deepEqual(rows.map(([name, , store]) => [name, store]), HOSTS.map((host) => rowOf(host, "")).map(([name, , store]) => [name, store]));
  const versions = new Map(rows.map(([name, version]) => [name, version]));
  // workerd names the day that its npm version has in it.
  const day = /\.(\d{4})(\d\d)(\d\d)\./.exec(devDependencies.workerd).slice(1).join("-");
  const pinned = { "Node 20": devDependencies["node-20"].replace("npm:node@", ""), Node: devDependencies.node, Deno: devDependencies.deno, Bun: devDependencies.bun, workerd: day };
  for (const [name, version] of Object.entries(pinned)) assert.equal(versions.get(name), version, `${name}: scripts/hosts --write renews the table`);
});

const DOCS = readFileSync(new URL("../../docs/HOSTS.md", import.meta.url), "utf8");
const example = (name) => new RegExp(`\`\`\`js\\n(// ${name}\\n[\\s\\S]*?)\`\`\``).exec(DOCS)[1];

test("docs/HOSTS.md: Node, Bun and Deno go on with one state", { timeout: TIMEOUT_MS }, () => {
  writeFiles(folder, { "main.mjs": example("main.mjs") });
  const [, commands] = /```sh\n(node main\.mjs\n[\s\S]*?)```/.exec(DOCS);
  assert.equal(runAsWritten(commands, folder), "started 1 times\nstarted 2 times\nstarted 3 times\n");
});

test("docs/HOSTS.md: a Worker", { timeout: TIMEOUT_MS }, async () => {
  writeFiles(folder, {
    "example.mjs": example("worker.mjs"),
    "tried.mjs": `
import worker from "./example.mjs";
export default { test: async () => console.log(await (await worker.fetch(new Request("http://host", { method: "POST", body: "[1, 2, 3.5]" }))).text()) };`,
  });
  assert.equal(await testInWorkerd(folder, "tried.mjs"), '{"sum":6.5}\n');
});
