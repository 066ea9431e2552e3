// npm test: real services, then node's own test runner.
//   npm test                        everything (e2e/faults with its short numbers)
//   npm test -- packages/server     only files whose path contains this
//   npm test -- --test-name-pattern=text    also --test-skip-pattern=text and --test-only: as node has them
//   npm run test:faults             only e2e/faults, with its long numbers
//   npm run test:faults -- --list   what is tried there, and what is not
// In CI (CI=true) the check comes first, and a missing Debian package is installed, or else a failure.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createCleanup } from "./lib/cleanup.js";
import { runMain, UserError } from "./lib/fail.js";
import { findTestFiles, spread } from "./lib/files.js";
import { runForeground } from "./lib/foreground.js";
import { installParts, missingParts, testParts } from "./lib/parts.js";
import { root } from "./lib/root.js";
import { tieToParent } from "./lib/run.js";
import { ensureDependencies, ensureRuntime, runtimeEnvironment } from "./lib/runtime.js";
import { findProgram, startNats, startPostgres } from "./lib/services.js";
import { ensureWeb } from "./lib/web.js";

/**
 * `concurrency`: test files at a time. With three of them two cores are busy, since many tests wait most of their time; the long faults
 * measure times. `test`, `file`: milliseconds for one test, and for a file as a whole (see lib/test-file-limit.js).
 */
const MODES = {
  all: { concurrency: 3, test: 240_000, file: 600_000 },
  faults: { concurrency: 2, test: 10_800_000, file: 14_400_000 },
};

const inCi = /^(1|true)$/i.test(process.env.CI ?? "");
const isMissing = (name) => missingParts(testParts).some((part) => part.name === name);

async function main({ cleanup, signals, mode, args }) {
  const node = await ensureRuntime();
  await ensureDependencies();
  if (mode === "faults" && args.includes("--list"))
    return runForeground(node, [join(root, "e2e/faults/print-matrix.ts")], { cwd: root });
  await ensureWeb(node);
  const { filters, ...choice } = readArguments(args);
  const files = await findTestFiles({ base: root, filters, mode });
  if (files.length === 0) {
    throw new UserError(
      `No test file${filters.length > 0 ? ` has ${filters.join(" or ")} in its path` : ""}.\nFix: give a part of a path, such as packages/server.`,
    );
  }
  if (inCi) {
    const checked = mode === "all" ? await runForeground(process.execPath, [join(root, "scripts", "check.js")]) : 0;
    if (checked !== 0) return checked;
    await installParts(testParts);
  } else {
    for (const { name, packages, tests } of missingParts(testParts)) {
      process.stderr.write(
        `SKIPPED: ${name} is missing, so ${tests} will not be tested. Fix: apt-get install ${packages.join(" ")}\n`,
      );
    }
  }
  signals.phase = "services";
  const env = runtimeEnvironment(node, await startServices(cleanup));
  if (signals.code !== 0) return signals.code;
  // Stripped and compiled code of what nearly every test file imports: half of the time that it takes a file to begin.
  env.NODE_COMPILE_CACHE ??= join(root, ".runtime", "compiled-tests");
  // CI runs every model; elsewhere those with large downloads are run by who wants to.
  if (inCi) env.MODELYARD_HEAVY ??= "1";
  env.MODELYARD_FAULTS = mode === "faults" ? "long" : "short";
  env.MODELYARD_TEST_FILE_LIMIT_MS = String(MODES[mode].file);
  const options = {
    concurrency: MODES[mode].concurrency,
    timeout: MODES[mode].test,
    times: join(root, "artifacts", "test-times.tsv"),
    ...choice,
  };
  const runner = [join(root, "scripts/lib/test-runner.js"), JSON.stringify(options)];
  return runForeground(...tieToParent(node, [...runner, ...spread(files)]), { env, cwd: root });
}

function readArguments(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        list: { type: "boolean" },
        "test-name-pattern": { type: "string", multiple: true },
        "test-skip-pattern": { type: "string", multiple: true },
        "test-only": { type: "boolean" },
      },
    });
    const { "test-name-pattern": namePatterns, "test-skip-pattern": skipPatterns, "test-only": only } = values;
    return { filters: positionals, namePatterns, skipPatterns, only };
  } catch (error) {
    throw new UserError(`${error.message}\nFix: see the first lines of scripts/test.js for what there is.`);
  }
}

/** Starts what is there and returns the variables that tell the tests about it; a test skips itself where its variable is unset. */
async function startServices(cleanup) {
  const start = async (name, starter) => {
    if (isMissing(name)) return undefined;
    const service = await starter();
    cleanup.add(service.stop);
    return service.url;
  };
  const [postgres, nats] = await Promise.all([start("postgresql", startPostgres), start("nats-server", startNats)]);
  return {
    MODELYARD_TEST_POSTGRES: postgres,
    MODELYARD_TEST_NATS: nats,
    MODELYARD_TEST_CHROMIUM: findProgram("chromium"),
  };
}

/**
 * Signals before the test run: nothing to clean up yet means to leave at once; while services start, their start is
 * waited for and they are stopped again. During the run, runForeground passes signals on and returns.
 */
function watchSignals() {
  const state = { phase: "before", code: 0 };
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
    process.on(signal, () => {
      state.code = code;
      if (state.phase === "before") process.exit(code);
    });
  }
  return state;
}

await runMain(async () => {
  const args = process.argv.slice(2);
  const cleanup = createCleanup();
  const signals = watchSignals();
  try {
    return await (args[0] === "faults"
      ? main({ cleanup, signals, mode: "faults", args: args.slice(1) })
      : main({ cleanup, signals, mode: "all", args }));
  } finally {
    await cleanup.run();
  }
});
