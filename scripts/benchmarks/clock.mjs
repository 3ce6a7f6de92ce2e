/** The clock of all benchmarks: processor time of the whole process, in seconds, so that other work on the machine counts little. */

export function clock() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
