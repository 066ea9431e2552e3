// What every rival program shares: settings come as one JSON argument, results go out as JSON lines, SIGTERM or a closed
// stdin ends it (the bench holds the other end, so a killed bench leaves no program behind).

/** @returns {Record<string, any>} */
export const settings = JSON.parse(process.argv[2] ?? "{}");

export const print = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** @param {() => Promise<void>} stop */
export function onStop(stop) {
  let stopping = false;
  const run = async () => {
    if (stopping) return;
    stopping = true;
    await stop();
    process.exit(0);
  };
  process.on("SIGTERM", run);
  process.stdin.on("end", run).on("error", run).resume();
}
