/**
 * One system in a process of its own: answers the nanoseconds of each row of boundary_peers.mjs that it is asked for by number.
 * usage (by parts/boundary.mjs alone): boundary_worker.mjs cu MODULE | wasmoon
 */
import { cuPeer, ROWS, wasmoonPeer } from "./boundary_peers.mjs";
import { answerEach } from "./processes.mjs";

const [name, path] = process.argv.slice(2);
let peer;

answerEach(async (r) => {
  // An engine of wasmoon loses a little of its stack with each chunk, and fails after some.
  if (peer === undefined || (name === "wasmoon" && r === 0)) peer = await (name === "cu" ? cuPeer(path) : wasmoonPeer());
  const ns = await peer.run(ROWS[r]);
  if (ROWS[r].litter) globalThis.gc();
  return ns;
});
