/** A worker whose Lua code finds functions of the host, well-behaved and not. */
import { serve } from "../../js/dist/worker.js";

class Failure extends Error {
  name = "Failure";
  code = "E_FAILURE";
}

const host = {
  double: (x) => x * 2,
  stuck: () => { for (;;); },
  exit: () => process.exit(7),
  throwLater: () => void setTimeout(() => { throw new Error("thrown later"); }),
  fail: () => { throw new Failure("it failed", { cause: new RangeError("too far") }); },
  failWithCircle: () => {
    const error = new TypeError("round");
    error.cause = error;
    throw error;
  },
  uncloneable: () => ({ promise: Promise.resolve() }),
  date: () => new Date(0),
};

serve({ modules: { host: () => host }, now: () => 86_400_000 });
