// Runs test files with node's own test runner, in the order given; its command line would sort them by name.
//   node test-runner.js <options as JSON> <file> …
// options: concurrency; timeout of one test in ms; namePatterns, skipPatterns, only as node has them; times: the file that is told how
// long each test file took, the slowest first.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";

const [json = "{}", ...files] = process.argv.slice(2);
const { concurrency, timeout, namePatterns, skipPatterns, only, times } = JSON.parse(json);

/** Ends the test files too, each of which would go on alone otherwise. */
const stop = new AbortController();
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.on(signal, () => {
    process.exitCode = code;
    stop.abort();
  });
}

const results = run({
  files,
  concurrency,
  timeout,
  only,
  signal: stop.signal,
  testNamePatterns: namePatterns,
  testSkipPatterns: skipPatterns,
  execArgv: ["--import", new URL("test-file-limit.js", import.meta.url).href],
});
results.on("test:fail", ({ todo }) => {
  if (todo === undefined) process.exitCode ||= 1;
});

const took = [];
results.on("test:summary", ({ file, duration_ms: ms }) => {
  if (file !== undefined) took.push([ms / 1000, relative(process.cwd(), file)]);
});
results.on("end", () => {
  if (times === undefined) return;
  const lines = took.sort(([a], [b]) => b - a).map(([seconds, file]) => `${seconds.toFixed(1)}\t${file}\n`);
  mkdirSync(dirname(times), { recursive: true });
  writeFileSync(times, lines.join(""));
});

results.compose(new spec()).pipe(process.stdout);
