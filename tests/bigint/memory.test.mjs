/** Memory: temporaries are collected as they come, what does not fit is an error, and nothing leaks when it is. With CU_LONG=1, more of each. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCu } from "./support.mjs";

const IS_LONG = process.env.CU_LONG === "1";

async function usedAfter(cu) {
  cu.collectGarbage();
  return cu.memory.used;
}

test("a loop of small additions leaves the heap as it was, and its peak is small", async () => {
  const { cu } = await createCu();
  const before = await usedAfter(cu);
  const count = IS_LONG ? 1e7 : 1e6;
  assert.equal(await cu.compute(`local sum = bigint.new(2)^70 for i = 1, ${count} do sum = sum + i end return sum`), 2n ** 70n + BigInt(count * (count + 1) / 2));
  assert.ok(cu.memory.peak < before + 200_000, `${before} bytes before, at most ${cu.memory.peak}`);
  assert.ok(Math.abs((await usedAfter(cu)) - before) < 2000);
  cu.close();
});

test("temporaries of 10,000 digits run in constant memory", async () => {
  const { cu } = await createCu();
  assert.equal(await cu.compute(`local a = bigint.new(10)^9999 for i = 1, 20000 do a = (a + i) - i end return a == bigint.new(10)^9999`), true);
  assert.ok(cu.memory.peak < 600_000, `at most ${cu.memory.peak}`);
  cu.close();
});

/** Each fails in another way: before anything is allocated, for want of the result, for want of a temporary. */
const TOO_LARGE = [
  "a * a", "a * (a + 1)", "b * b", "a << 9000000", "one << math.maxinteger", "one << a", "two ^ 12000000", "two ^ math.maxinteger", "two ^ a", "(a + 1) ^ 3", "bigint.pow(3, 1 << 40)",
  "tostring(a)", "bigint.tostring(a, 2)", "bigint.lcm(a + 1, a - 2)", "a .. ''", "bigint.new(('z'):rep(500000), 36)", "bigint.modpow(b + 1, 3, b * 3)",
];

test("10,000 results that do not fit leave the heap as it was", async () => {
  const { cu } = await createCu();
  const before = await usedAfter(cu);
  const rounds = 10_000;
  const failures = await cu.compute(`
    local failures = 0
    local operations = {}
    for i, code in ipairs{${TOO_LARGE.map((code) => `"${code}"`).join(", ")}} do
      operations[i] = load("local a, b, one, two = ... return " .. code)
    end
    do
      local one, two = bigint.new(1), bigint.new(2)
      local a, b = one << 4000000, one << 2400000
      for i = 1, ${rounds} do
        local n = i % #operations + 1
        local ok, message = pcall(operations[n], a, b, one, two)
        if not ok and message == "not enough memory" then failures = failures + 1 else return n .. ": " .. tostring(ok) .. " " .. tostring(message):sub(1, 50) end
      end
    end
    return failures`);
  assert.equal(failures, rounds);
  assert.ok(Math.abs((await usedAfter(cu)) - before) < 2000, `${before} bytes before, ${cu.memory.used} after`);
  assert.equal(await cu.compute("return bigint.new(3) ^ 100"), 3n ** 100n);
  cu.close();
});

test("with any amount of memory left an operation succeeds or says that it is not enough", async () => {
  const { cu } = await createCu();
  const before = await usedAfter(cu);
  const outcome = await cu.compute(`
    local operations = {
      function(a, b) return a * b end, function(a, b) return a // b end, function(a, b) return a + b end, function(a) return bigint.new(tostring(a)) end,
      function(a, b) return a % b end, function(a) return bigint.sqrt(a) end, function(a, b) return bigint.gcd(a, b) end, function(a, b) return a ~ b end,
      function(a, b) return bigint.modpow(a, 5, b) end, function(a) return a ^ 3 end, function(a) return bigint.frombytes(bigint.tobytes(a)) end, function(a) return a << 777 end,
    }
    local a, b = bigint.new(7) ^ 12000, bigint.new(11) ^ 5000
    local expected = {}
    for i, operation in ipairs(operations) do expected[i] = operation(a, b) end
    local failures, successes = 0, 0
    local filler, size = nil, 10
    local function fill() filler = {filler, ("f"):rep(size)} end
    pcall(fill)
    for left = 1000, 120000, ${IS_LONG ? 700 : 7000} do
      for i, operation in ipairs(operations) do
        collectgarbage()
        -- Fill the heap, in ever smaller blocks, but for about so many bytes.
        local hole = ("h"):rep(left)
        size = 600000
        while size > 200 do
          if not pcall(fill) then size = size // 2 end
        end
        hole = nil
        local ok, result = pcall(operation, a, b)
        filler = nil
        if ok then
          successes = successes + 1
          if result ~= expected[i] then return i .. ": a wrong result" end
        elseif result == "not enough memory" then
          failures = failures + 1
        else
          return i .. ": " .. tostring(result)
        end
      end
    end
    return failures > 30 and successes > 30 or failures .. " failures, " .. successes .. " successes"`);
  assert.equal(outcome, true);
  assert.ok(Math.abs((await usedAfter(cu)) - before) < 4000, `${before} bytes before, ${cu.memory.used} after`);
  cu.close();
});
