// Loaded into every test file's process by scripts/test.js (--import). Node's --test-timeout fails a test, but a file
// that left a socket, timer or child process open still keeps its process, and so the whole run, alive for ever.
import { isMainThread } from "node:worker_threads";

const limit = Number(process.env.MODELYARD_TEST_FILE_LIMIT_MS);

if (isMainThread && limit > 0 && process.env.NODE_TEST_CONTEXT === "child-v8") {
  setTimeout(() => {
    const open = Object.entries(Object.groupBy(process.getActiveResourcesInfo(), (name) => name));
    process.stderr.write(
      `${process.argv[1]} is still running after ${limit / 1000} s, kept alive by: ` +
        `${open.map(([name, all]) => `${name} ×${all.length}`).join(", ")}. ` +
        "Fix: close what the test opened (t.after), or split the file.\n",
    );
    process.exit(1);
  }, limit).unref();
}
