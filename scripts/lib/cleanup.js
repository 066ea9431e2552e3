/**
 * What a command started, to be stopped in reverse order whatever way the command ends: return, failure or signal.
 * @returns {{ add: (stop: () => unknown) => void, run: () => Promise<void> }}
 */
export function createCleanup() {
  const stops = [];
  let running;
  const runAll = async () => {
    while (stops.length > 0) {
      try {
        await stops.pop()();
      } catch (error) {
        process.stderr.write(`While cleaning up: ${error?.message ?? error}\n`);
      }
    }
  };
  return {
    add: (stop) => stops.push(stop),
    run: () => (running ??= runAll()),
  };
}
