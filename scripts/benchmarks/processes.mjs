/** Processes of Node that answer one message at a time: each system has one of its own, so that none has a share in the other's garbage. */
import { fork } from "node:child_process";

/** A process that runs `file`. `ask` resolves to the answer, and rejects when the process ends instead. */
export function openProcess(name, file, args) {
  const child = fork(file, args, { execArgv: ["--expose-gc"] });
  const ask = (message) => new Promise((resolve, reject) => {
    const settle = (act) => (value) => {
      child.removeAllListeners();
      act(value);
    };
    const take = ({ answer, error }) => (error === undefined ? resolve(answer) : reject(new Error(`${name}: ${error}`)));
    child.once("message", settle(take));
    child.once("exit", settle((code) => reject(new Error(`${name}: the process ended with ${code}`))));
    child.send(message);
  });
  return { ask, close: () => { if (child.connected) child.disconnect(); } };
}

/** The other side of it: `work` resolves to the answer to a message. */
export function answerEach(work) {
  process.on("message", async (message) => {
    const answer = await work(message).then((answer) => ({ answer }), (error) => ({ error: error.stack ?? String(error) }));
    // Whoever asked may have ended meanwhile.
    process.send(answer, (failure) => { if (failure) process.exit(1); });
  });
}
