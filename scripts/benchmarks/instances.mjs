/**
 * How each system makes an instance: `open` prepares what all share (a compiled module), `make` resolves to a new instance that can
 * compute, with `compute` (of "1 + 1") and `close`. Complete in itself, so that startup_worker.mjs can measure one system in a process
 * that knows no other.
 */
import { readFileSync } from "node:fs";

const CU = new URL("../../js/dist/index.js", import.meta.url);
const SUM = "return 1 + 1";

export const INSTANCES = {
  async cu(path = new URL("./cu.wasm", CU)) {
    const { Cu } = await import(CU);
    const module = await WebAssembly.compile(readFileSync(path));
    return async () => {
      const cu = await Cu.create({ wasm: module });
      return { compute: () => cu.compute(SUM), close: () => cu.close() };
    };
  },
  async wasmoon() {
    const { LuaFactory } = await import("wasmoon");
    // An engine of its own memory, as those of the others have, needs a factory of its own.
    return async () => {
      const engine = await new LuaFactory().createEngine();
      return { compute: () => engine.doString(SUM), close: () => engine.global.close() };
    };
  },
  async quickjs() {
    const { newQuickJSWASMModule } = await import("quickjs-emscripten");
    return async () => {
      const context = (await newQuickJSWASMModule()).newContext();
      return { compute: () => context.unwrapResult(context.evalCode("1 + 1")).consume(context.dump), close: () => context.dispose() };
    };
  },
  async fengari() {
    const { lua, lauxlib, lualib, to_luastring: bytes } = (await import("fengari")).default;
    return async () => {
      const state = lauxlib.luaL_newstate();
      lualib.luaL_openlibs(state);
      const compute = () => {
        lauxlib.luaL_dostring(state, bytes(SUM));
        return lua.lua_tonumber(state, -1);
      };
      return { compute, close: () => lua.lua_close(state) };
    };
  },
};

const importOf = (name) => JSON.stringify(import.meta.resolve(name));

/** What a cold process runs, as the package's users would write it. */
export const COLD = {
  cu: `import { Cu } from ${JSON.stringify(CU.href)}; const cu = await Cu.create(); result = await cu.compute("${SUM}");`,
  wasmoon: `import { LuaFactory } from ${importOf("wasmoon")};
    const engine = await new LuaFactory().createEngine(); result = await engine.doString("${SUM}");`,
  quickjs: `import { getQuickJS } from ${importOf("quickjs-emscripten")};
    const context = (await getQuickJS()).newContext(); result = context.unwrapResult(context.evalCode("1 + 1")).consume(context.dump);`,
  fengari: `import fengari from ${importOf("fengari")}; const { lua, lauxlib, lualib, to_luastring } = fengari;
    const state = lauxlib.luaL_newstate(); lualib.luaL_openlibs(state);
    lauxlib.luaL_dostring(state, to_luastring("${SUM}")); result = lua.lua_tonumber(state, -1);`,
};
