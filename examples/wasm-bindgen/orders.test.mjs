// The package that the script `build` makes, as a program of JavaScript has it: loaded in Node and in a page of Chromium. What is behind
// it is tested in tests/app/.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { launch, newProfile } from "../../tests/browser/browsers.mjs";
import { serve } from "../../tests/browser/server.mjs";

const BUILT = new URL("../../target/examples/orders/", import.meta.url);

/** Runs in Node and in the page. */
function price(Orders) {
  const orders = new Orders();
  const input = { items: [{ price: 2.5 }, { price: 4 }], paid: new Date(0) };
  orders.setInput(input);
  const discount = orders.compute(`
    local items = _io.input.items
    local new = { price = 0 }
    items[#items + 1] = new
    new.price = 1.5
    local total = 0
    for _, item in ipairs(items) do total = total + require("round")(item.price) end
    _io.output = { total = total, paid = _io.input.paid:toISOString() }
    print("total", total)
    return function(percent) return total * percent / 100 end`);
  let error;
  try {
    orders.compute("error('no')");
  } catch (caught) {
    error = `${caught.name}: ${caught.message} in line ${caught.line}`;
  }
  const result = { items: input.items, output: orders.output(), discount: discount(50), printed: orders.takePrinted(), error };
  orders.free();
  return result;
}

const PRICED = {
  items: [{ price: 2.5 }, { price: 4 }, { price: 1.5 }],
  output: { total: 8, paid: "1970-01-01T00:00:00.000Z" },
  discount: 4,
  printed: "total\t8.0\n",
  error: "LuaError: compute:1: no in line 1",
};

const { default: init, Orders } = await import(new URL("orders.js", BUILT).href);
await init({ module_or_path: readFileSync(new URL("orders_bg.wasm", BUILT)) });

test("in Node", () => assert.deepEqual(price(Orders), PRICED));

test("Lua lets go of functions that JavaScript's collector found unused", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const orders = new Orders();
  // Some three times as many as its heap has room for.
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 500; i++) orders.compute("local n = 0 return function() n = n + 1 return n end");
    collect();
    // Finalizers run between tasks.
    await setTimeout(10);
  }
  orders.free();
});

test("in a page of Chromium", async () => {
  const files = { "/orders.js": new URL("orders.js", BUILT), "/orders_bg.wasm": new URL("orders_bg.wasm", BUILT) };
  const server = await serve(files);
  const browser = await launch("chromium", newProfile("orders"));
  try {
    const page = await browser.newPage();
    await page.goto(server.address);
    const result = await page.evaluate(`(async () => {
      const { default: init, Orders } = await import("/orders.js");
      await init();
      return (${price})(Orders);
    })()`);
    assert.deepEqual(result, PRICED);
  } finally {
    await browser.close();
    await server.close();
  }
});
