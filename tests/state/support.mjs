/** What the tests of saved states share: instances, and a digest of all that `_home` holds. */
import { readFileSync } from "node:fs";
import { Cu } from "../../js/dist/index.js";

const wasm = await WebAssembly.compile(readFileSync(new URL("../../js/dist/cu.wasm", import.meta.url)));

/** Large counts run in full when CU_LONG is set, otherwise the part that fits a test run. */
export const isLong = process.env.CU_LONG !== undefined;

export const create = (options = {}) => Cu.create({ wasm, seed: 1, now: 0, ...options });

/** An instance that has loaded the state of a store. */
export async function reopen(store, options = {}) {
  const cu = await create({ store, ...options });
  await cu.loadState();
  return cu;
}

/** Whatever a table leads to, types, order and sharing included, as text. Functions are shown by what they return. */
const DIGEST = `
  local root, put = ...
  local numbers, n, lines = {}, 0, {}
  local show
  local function one(v)
    if type(v) == "table" then return show(v) end
    if type(v) == "function" then return "function" .. tostring(select(2, pcall(v))) end
    if type(v) == "string" and #v > 200 then return ("%d bytes, %q"):format(#v, v:sub(1, 50) .. v:sub(-50)) end
    if type(v) == "string" then return ("%q"):format(v) end
    if math.type(v) == "float" then return ("float %a"):format(v) end
    return (math.type(v) or type(v)) .. " " .. tostring(v)
  end
  local waiting = {}
  function show(t)
    if not numbers[t] then
      n = n + 1
      numbers[t] = n
      waiting[#waiting + 1] = t
    end
    return "#" .. numbers[t]
  end
  show(root)
  local at = 1
  while waiting[at] do
    local t = waiting[at]
    for k, v in pairs(t) do
      lines[#lines + 1] = numbers[t] .. ": " .. one(k) .. " = " .. one(v)
      if #lines >= 200 then put(table.concat(lines, "\\n")) lines = {} end
    end
    lines[#lines + 1] = numbers[t] .. ": length " .. #t
    at = at + 1
  end
  put(table.concat(lines, "\\n"))`;

export async function digest(cu) {
  const parts = [];
  const root = await cu.compute("return _home");
  await cu.compute(DIGEST, { args: [root, (text) => { parts.push(typeof text === "string" ? text : Buffer.from(text).toString("latin1")); }], name: "digest" });
  return parts.join("\n");
}
