/**
 * One system in a process of its own: runs each workload that it is sent, and answers with its processor time and its checksum.
 * usage (by systems.mjs alone): worker.mjs cu | cu-limited | wasmoon | fengari | quickjs [MODULE]
 */
import { readFileSync } from "node:fs";
import { clock } from "./clock.mjs";
import { answerEach } from "./processes.mjs";
import { chunkOf } from "./systems.mjs";

/** Each resolves to a function that runs a workload with a clock and with what takes its result, in a new state. */
const SYSTEMS = { cu, "cu-limited": () => cu(undefined, { maxInstructions: 1e15, timeoutMs: 1e9 }), wasmoon, fengari, quickjs };

async function cu(path = new URL("../../js/dist/cu.wasm", import.meta.url), limits = {}) {
  const { Cu } = await import("../../js/dist/index.js");
  const module = await WebAssembly.compile(readFileSync(path));
  return async ({ lua, n }, record) => {
    const instance = await Cu.create({ wasm: module, limits });
    await instance.compute(chunkOf(lua), { args: [clock, record, n] });
    await instance.close();
  };
}

async function wasmoon() {
  const { LuaFactory } = await import("wasmoon");
  const factory = new LuaFactory();
  return async ({ lua, n }, record) => {
    const engine = await factory.createEngine();
    engine.global.set("bench", { clock, record });
    await engine.doString(`(function(...) ${chunkOf(lua)} end)(bench.clock, bench.record, ${n})`);
    engine.global.close();
  };
}

async function fengari() {
  const { lua, lauxlib, lualib, to_luastring: bytes } = (await import("fengari")).default;
  return async ({ lua: source, n }, record) => {
    const state = lauxlib.luaL_newstate();
    lualib.luaL_openlibs(state);
    const check = (status) => {
      if (status !== lua.LUA_OK) throw new Error(lua.lua_tojsstring(state, -1));
    };
    check(lauxlib.luaL_loadstring(state, bytes(chunkOf(source))));
    lua.lua_pushcfunction(state, () => {
      lua.lua_pushnumber(state, clock());
      return 1;
    });
    lua.lua_pushcfunction(state, () => {
      const isNumber = lua.lua_type(state, 1) === lua.LUA_TNUMBER;
      record(isNumber ? lua.lua_tonumber(state, 1) : lua.lua_tojsstring(state, 1), lua.lua_tonumber(state, 2));
      return 0;
    });
    lua.lua_pushinteger(state, n);
    check(lua.lua_pcall(state, 3, 0, 0));
    lua.lua_close(state);
  };
}

async function quickjs() {
  const { getQuickJS } = await import("quickjs-emscripten");
  const library = await getQuickJS();
  return async ({ script, n }, record) => {
    const context = library.newContext();
    context.newFunction("clock", () => context.newNumber(clock())).consume((handle) => context.setProp(context.global, "clock", handle));
    const code = `{
      const work = (${script.replace(/;\s*$/, "")});
      const start = clock();
      const result = work(${n});
      ({ result, seconds: clock() - start });
    }`;
    const { result, seconds } = context.unwrapResult(context.evalCode(code)).consume((handle) => context.dump(handle));
    record(result, seconds);
    context.dispose();
  };
}

const [name, path] = process.argv.slice(2);
const opened = SYSTEMS[name](path);

answerEach(async (workload) => {
  const run = await opened;
  let answer;
  // What earlier runs left behind is not this one's to clear away.
  globalThis.gc();
  await run(workload, (result, seconds) => { answer = { result, seconds }; });
  return answer;
});
