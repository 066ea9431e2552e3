/**
 * Runner `command`: one process per task, started in the model's folder. Inputs as JSON on stdin and in $INPUT_JSON, outputs are the files
 * in $OUTPUT_DIR; stdout and stderr are streamed as text, progress and tokens (output-lines.ts).
 */
import { type Processes, ProgramError } from "../process/index.ts";
import { exitCodeOf, modelCommand, modelEnvironment, STOPPED_EXIT_CODE, taskEnvironment } from "./model-environment.ts";
import { OutputLines } from "./output-lines.ts";
import { pumpOutput } from "./output-pump.ts";
import { RunOutputBatch } from "./run-output.ts";
import type { Runner, RunResult, RunSpec, StopReason } from "./runner.ts";

export function createCommandRunner(processes: Processes): Runner {
  return {
    run: (spec) => run(processes, spec),
    async close() {}, // nothing is kept; each run ends by its own signal
  };
}

async function run(processes: Processes, spec: RunSpec): Promise<RunResult> {
  const { signal, model } = spec;
  if (signal.aborted) return { exitCode: STOPPED_EXIT_CODE, stopped: signal.reason as StopReason };
  const env = { ...modelEnvironment({ model, home: spec.dir, gpus: spec.gpus }), ...taskEnvironment(spec) };
  let child: Awaited<ReturnType<Processes["spawnProcess"]>>;
  try {
    child = await processes.spawnProcess({ command: modelCommand(model), cwd: model.dir, env });
  } catch (error) {
    if (!(error instanceof ProgramError)) throw error;
    return { exitCode: error.exitCode, error: error.message };
  }
  let stopped: StopReason | undefined;
  const stop = (): void => {
    stopped = signal.reason as StopReason;
    void child.stop();
  };
  const out = new RunOutputBatch(spec.onOutput);
  const stdout = new OutputLines("stdout", out, { json: true });
  const stderr = new OutputLines("stderr", out, { json: false });
  try {
    spec.onStart();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    pumpOutput(child.stdout, stdout);
    pumpOutput(child.stderr, stderr);
    child.stdin.end(JSON.stringify(spec.inputs));
    const exit = await child.exited;
    const exitCode = exitCodeOf(exit);
    stdout.end();
    stderr.end();
    if (stopped !== undefined) return { exitCode: exitCode || STOPPED_EXIT_CODE, stopped };
    return exitCode === 0 ? { exitCode } : { exitCode, error: errorText(exit, out.lastWords()) };
  } finally {
    signal.removeEventListener("abort", stop);
    out.flush();
    await child.stop(0); // at once when it ended; otherwise something above threw
  }
}

/** What the caller reads: the program's own last words, or the plain fact. */
function errorText(exit: { code: number | null; signal: string | null }, lastWords: string): string {
  if (exit.signal !== null)
    return lastWords === "" ? `killed by signal ${exit.signal}` : `killed by signal ${exit.signal}: ${lastWords}`;
  return lastWords === "" ? `exited with code ${exit.code}` : lastWords;
}
