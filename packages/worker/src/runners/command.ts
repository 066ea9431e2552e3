/**
 * Runner `command`: one process per task, started in the model's folder. Inputs as JSON on stdin and in $INPUT_JSON, outputs are the files
 * in $OUTPUT_DIR; stdout and stderr are streamed as text, progress and tokens (output-lines.ts).
 */
import path from "node:path";
import { type Processes, ProgramError } from "../process/index.ts";
import { describeExit } from "./exit-text.ts";
import { exitCodeOf, modelCommand, modelEnvironment, STOPPED_EXIT_CODE, taskEnvironment } from "./model-environment.ts";
import { type AllowsNetwork, modelSandbox } from "./model-sandbox.ts";
import { OutputLines } from "./output-lines.ts";
import { pumpOutput } from "./output-pump.ts";
import { RunOutputBatch } from "./run-output.ts";
import type { Runner, RunResult, RunSpec, StopReason } from "./runner.ts";

export function createCommandRunner(processes: Processes, allowsNetwork: AllowsNetwork): Runner {
  return {
    run: (spec) => run(processes, spec, allowsNetwork(spec.model)),
    async close() {}, // nothing is kept; each run ends by its own signal
  };
}

async function run(processes: Processes, spec: RunSpec, networkAllowed: boolean): Promise<RunResult> {
  const { signal, model } = spec;
  if (signal.aborted) return { exitCode: STOPPED_EXIT_CODE, stopped: signal.reason as StopReason };
  const env = { ...modelEnvironment({ model, home: spec.dir, gpus: spec.gpus }), ...taskEnvironment(spec) };
  let child: Awaited<ReturnType<Processes["spawnProcess"]>>;
  try {
    const sandbox = modelSandbox({
      model,
      gpus: spec.gpus,
      writable: [spec.dir],
      sealed: [path.join(spec.dir, "in"), path.join(spec.dir, "input.json")],
      owned: [spec.dir, spec.outputDir],
      networkAllowed,
    });
    child = await processes.spawnProcess({ command: modelCommand(model), cwd: model.dir, env, sandbox });
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
    return exitCode === 0 ? { exitCode } : { exitCode, error: describeExit(exit, out.lastWords(), model.manifest) };
  } finally {
    signal.removeEventListener("abort", stop);
    out.flush();
    await child.stop(0); // at once when it ended; otherwise something above threw
  }
}
