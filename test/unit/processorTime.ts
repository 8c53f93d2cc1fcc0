/** Milliseconds of processor time that work takes: what else a busy machine does counts for nothing. */
export function processorTime(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}
