/** Where the time of the Lua programs goes in Cu, by V8's sampling profiler: what stands between them and native Lua. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { Session } from "node:inspector/promises";
import { fileURLToPath } from "node:url";
import { Cu } from "../../../js/dist/index.js";
import { WORKLOADS } from "../workloads.mjs";

const SECONDS = 1;
const SECONDS_QUICK = 0.1;
const SAMPLE_MICROSECONDS = 200;
const FUNCTIONS_SHOWN = 6;
const SHARE_MIN = 0.02;

const ABOUT = `Shares of the samples that V8's profiler took in the module, functions with at least ${SHARE_MIN * 100} %; the same build as
the shipped one, but with its names. \`luaV_execute\` is the interpreter's loop, \`luaD_precall\` begins a call, \`luaH_…\` are tables,
\`luaS_…\` strings; names with a crate are the Rust side.`;

const root = new URL("../../../", import.meta.url);
const path = (relative) => fileURLToPath(new URL(relative, root));

export async function measure({ quick, progress }) {
  const wasm = await WebAssembly.compile(readFileSync(buildWithNames()));
  const rows = [];
  for (const workload of WORKLOADS) {
    progress(workload.title);
    const shares = await profile(wasm, workload, quick ? SECONDS_QUICK : SECONDS);
    const [first, ...others] = shares.filter(([, share]) => share >= SHARE_MIN).slice(0, FUNCTIONS_SHOWN);
    rows.push([workload.title, show(first), others.map(show).join(", ")]);
  }
  return { title: "Where the time goes", about: ABOUT, tables: [{ columns: ["program", "most", "then"], rows }], charts: [] };
}

/** The module of the last build, linked anew with its names. */
function buildWithNames() {
  const named = path("target/named.wasm");
  const steps = path("scripts/postlink/steps.txt");
  const options = ["--wasm-opt", process.env.CU_WASM_OPT, "--steps", steps, "--lists", path("tests/artifact"), "--keep-names"];
  const raw = path("target/wasm32-unknown-unknown/release/cu.wasm");
  execFileSync(path("target/tool/cu-postlink"), ["build", raw, named, ...options], { stdio: "ignore" });
  return named;
}

/** Functions with their shares of the time in the module, the largest first. A first run has the engine compile them. */
async function profile(wasm, { lua, n }, seconds) {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval: SAMPLE_MICROSECONDS });
  await run(wasm, lua, n);
  await session.post("Profiler.start");
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) await run(wasm, lua, n);
  const { profile: { nodes, samples } } = await session.post("Profiler.stop");
  session.disconnect();
  const own = nodes.filter(({ callFrame }) => callFrame.url.startsWith("wasm:"));
  const names = new Map(own.map(({ id, callFrame }) => [id, callFrame.functionName]));
  const counts = new Map();
  for (const name of samples.map((id) => names.get(id)).filter((name) => name !== undefined)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts].map(([name, count]) => [name, count / all]).sort((a, b) => b[1] - a[1]);
}

async function run(wasm, lua, n) {
  const cu = await Cu.create({ wasm, seed: 1, print() {} });
  cu.computeSync(lua, { args: [n] });
  cu.close();
}

const show = ([name, share]) => `\`${readable(name)}\` ${(share * 100).toFixed(0)} %`;

/** Of one of Rust's mangled names (RFC 2603) the last two identifiers that it has outside of generic arguments. */
function readable(mangled) {
  if (!mangled.startsWith("_R")) return mangled;
  const identifiers = [];
  // An identifier comes with its length, a crate's and some others' with a disambiguator before.
  let rest = mangled.slice(2).replace(/s[0-9A-Za-z]*_(?=\d)/g, "");
  for (let found; (found = /^[^\d]*?(\d+)_?/.exec(rest)) !== null; ) {
    const length = Number(found[1]);
    identifiers.push(rest.slice(found[0].length, found[0].length + length));
    rest = rest.slice(found[0].length + length);
    if (rest.startsWith("I") || rest.startsWith("E")) break;
  }
  return identifiers.slice(-2).join("::");
}
