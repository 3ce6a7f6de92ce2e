// Saves in a loop until it is killed, and prints the generation of each save that was acknowledged. What crash.test.mjs starts.

import { DirectoryStore } from "../../js/dist/stores/directory.js";
import { reopen } from "./support.mjs";

const CHANGE = `
  if not _home.generation then
    _home.generation = 0
    _home.list, _home.fields, _home.tables = {}, {}, {}
    for i = 1, 3000 do _home.list[i] = 0 end
    for i = 0, 1999 do _home.fields["k" .. i] = 0 end
    for i = 1, 20 do _home.tables[i] = {} end
    local n = 0
    function _home.step() n = n + 1 end
    function _home.count() return n + 1 end
  end
  local g = _home.generation + 1
  _home.generation = g
  _home.step()
  _home.list[g % 3000 + 1] = g
  _home.fields["k" .. g % 2000] = g
  for i = 1, 20 do _home.tables[i].generation = g end
  return g`;

const cu = await reopen(new DirectoryStore(process.argv[2]));
for (;;) {
  const generation = await cu.compute(CHANGE);
  await cu.saveState();
  process.stdout.write(`${generation}\n`);
}
