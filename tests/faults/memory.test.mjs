/**
 * Out of memory everywhere: each program of the corpus runs again and again, each time with other allocations failing. Whatever fails, the
 * program ends as it should or with an error that says so; nothing traps and nothing is half done; and afterwards the same instance runs the
 * same program as before, and what it has in use, handles included, is what it was.
 *
 * The n-th request for memory fails alone (Lua's emergency collection then mends it), or with the one behind it (the second attempt fails, too, and
 * what handles the error has memory again), or with all behind it. With CU_LONG=1 that is done for every n, otherwise for one n of PART.
 */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { inspect } from "node:util";
import { Cu, CuMemoryError, LuaError } from "../../js/dist/index.js";
import { CORPUS } from "./corpus.mjs";
import { randomFrom } from "../js/support.mjs";
import { collectHost, Faults, instances, instrumented, isLong } from "./support.mjs";

const SEED = Number(process.env.CU_SEED ?? 20_240_607);
const PART = isLong ? 1 : 8;
const ALL = 0x7fffffff;
const MODES = [["alone", 1], ["and the next", 2], ["and all others", ALL]];
/** Runs before the first measurement, in which caches fill. */
const WARM_UP = 6;
const MANY = 600;
/** What is in use may take some collections to settle: records of calls are halved by each. */
const SETTLING = 8;
/** Lua asks for room on its stack in a way that does not tell why there is none. */
const SHORT_OF_MEMORY = /not enough memory|too many results to unpack|stack overflow/;

const module = await instrumented();
const random = randomFrom(SEED);
console.log(`seed ${SEED} (CU_SEED), one request of ${PART}`);
let failures = 0;
let caught = 0;
let mended = 0;
let alone = 0;
after(() => {
  console.log(`${failures} runs with failing requests in ${CORPUS.length} programs; ${caught} ended with an error`);
  console.log(`${alone} requests failed alone; a collection mended ${mended}`);
});

class Program {
  static async of(row) {
    const options = typeof row.options === "function" ? row.options() : row.options;
    const program = new Program();
    program.row = row;
    program.cu = await Cu.create({ wasm: module, seed: 1, now: 0, print: () => {}, ...options });
    program.faults = new Faults(instances[0]);
    // What grows with the number of handles and references that there ever were at once shall not grow later.
    program.cu.computeSync("local kept = {} for i, v in ipairs((...)) do kept[i] = v end", { args: [Array.from({ length: MANY }, () => ({}))] });
    for (const f of program.cu.computeSync("local fs = {} for i = 1, ... do fs[i] = function() return i end end return fs", { args: [MANY] })) f[Symbol.dispose]();
    program.apply(row.prepare);
    return program;
  }

  apply(code) {
    return typeof code === "string" ? this.cu.computeSync(code) : code?.(this.cu);
  }

  reset() {
    this.cu.clearIo();
    this.apply(this.row.reset);
    if (this.row.input !== undefined) this.cu.setInput(this.row.input());
  }

  async run() {
    const { cu, row } = this;
    return inspect(await (typeof row.run === "string" ? cu.computeAll(row.run) : row.run(cu)), { depth: 9 });
  }

  async runAnew() {
    this.reset();
    return this.run();
  }

  state() {
    return this.row.state === undefined ? undefined : inspect(this.apply(this.row.state));
  }

  /** How many requests a run makes. */
  async count() {
    this.reset();
    const before = this.faults.attempts.value;
    await this.run();
    return this.faults.attempts.value - before;
  }

  /** What is in use when all garbage is gone. The last error's place is kept, so there is one that is always the same. */
  inUse() {
    const { cu } = this;
    assert.throws(() => cu.computeSync("error('settled', 0)"), { message: "settled" });
    cu.collectGarbage();
    cu.collectGarbage();
    const { used, handles, tables } = cu.memory;
    return { used, handles, tables };
  }

  /** Once more, until it is what it was or no collection changes it any more. */
  async settled(expected) {
    let now = this.inUse();
    for (let i = 0; i < SETTLING && !isAtMost(now, expected, this.row.slack); i++) {
      await collectHost();
      if (i > 1) await this.runAnew();
      now = this.inUse();
    }
    return now;
  }
}

/** After a failed call a coroutine's stack begins smaller, and so grows to other sizes. */
const STACK_SLACK_BYTES = 256;

/** What falls short of it had not settled. `slack` bytes are for hash parts of weak tables, which are as large as chance makes them. */
function isAtMost(now, expected, slack = 0) {
  return now.used <= expected.used + STACK_SLACK_BYTES + slack && now.handles <= expected.handles && now.tables <= expected.tables;
}

for (const row of CORPUS) {
  test(`memory fails: ${row.name}`, async () => {
    const program = await Program.of(row);
    const { cu, faults } = program;
    program.reset();
    const states = [program.state()];
    for (let i = 0; i < WARM_UP; i++) {
      await program.runAnew();
      program.inUse();
      await collectHost();
    }
    const expected = await program.runAnew();
    states.push(program.state());
    let baseline = program.inUse();
    const requests = await program.count();
    assert.ok(requests > 0);
    for (const [mode, count] of MODES) {
      for (let n = 1 + random(PART); n <= requests; n += PART) {
        const what = `request ${n} of ${requests} fails ${mode}`;
        program.reset();
        faults.arm(n, count);
        const { result, error } = await program.run().then((result) => ({ result }), (error) => ({ error }));
        faults.disarm();
        failures++;
        if (count === 1) {
          alone++;
          if (error === undefined) mended++;
        }
        if (error !== undefined) {
          caught++;
          assert.ok(error instanceof LuaError && SHORT_OF_MEMORY.test(error.message), `${what}: ${error.stack}`);
          if (error.message === "not enough memory") assert.ok(error instanceof CuMemoryError, what);
        } else if (!SHORT_OF_MEMORY.test(result)) {
          assert.equal(result, expected, what);
        }
        if (row.state !== undefined) assert.ok(states.includes(program.state()), `${what}: half done: ${program.state()}`);
        assert.equal(await program.runAnew(), expected, `after ${what}`);
        const now = await program.settled(baseline);
        assert.ok(isAtMost(now, baseline, row.slack), `after ${what}: ${inspect(baseline)} in use became ${inspect(now)}`);
        if (now.used < baseline.used) baseline = now;
      }
    }
    await cu.close();
  });
}
