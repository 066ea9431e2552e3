/** The environment and the program of a model's process. Nothing of the worker's own environment is in it. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { InstalledModel } from "../install/installed-model.ts";
import type { RunSpec } from "./runner.ts";

const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What every process of a model gets. `home`: a writable folder of its own. */
export function modelEnvironment(options: {
  model: InstalledModel;
  home: string;
  gpus: readonly number[];
}): Record<string, string> {
  const { model, home, gpus } = options;
  return {
    PATH: [...model.path, SYSTEM_PATH].join(":"),
    HOME: home,
    TMPDIR: home,
    LANG: "C.UTF-8",
    WEIGHTS_DIR: model.weightsDir,
    // Without it Python holds its output back until 8 KiB are together, and nobody sees progress.
    PYTHONUNBUFFERED: "1",
    CUDA_VISIBLE_DEVICES: gpus.join(","),
  };
}

/** What the process of one task gets besides. */
export function taskEnvironment(spec: RunSpec): Record<string, string> {
  return {
    INPUT_JSON: path.join(spec.dir, "input.json"),
    INPUT_DIR: path.join(spec.dir, "in"),
    OUTPUT_DIR: spec.outputDir,
    TASK_ID: spec.id.replace(/\.\d+$/, ""),
    ...(spec.traceparent === undefined ? {} : { TRACEPARENT: spec.traceparent }),
  };
}

/**
 * The manifest's command with its program resolved: a path is taken relative to the model's folder, a plain name is a file of that folder
 * when there is one, and is searched in PATH otherwise. Arguments stay as they are: the process starts in the model's folder.
 */
export function modelCommand(model: InstalledModel): string[] {
  const [program = "", ...args] = model.manifest.runner.command;
  const inFolder = path.resolve(model.dir, program);
  if (program.includes("/")) return [inFolder, ...args];
  const isFile = fs.statSync(inFolder, { throwIfNoEntry: false })?.isFile() === true;
  return [isFile ? inFolder : program, ...args];
}

/** Exit code as a shell reports it: 128 + signal number when a signal ended the process. */
export function exitCodeOf(exit: { code: number | null; signal: string | null }): number {
  if (exit.code !== null) return exit.code;
  return 128 + (os.constants.signals[exit.signal as NodeJS.Signals] ?? os.constants.signals.SIGKILL);
}

/** The exit code of a run that we stopped and that has none of its own: as if TERM had ended it. */
export const STOPPED_EXIT_CODE = 128 + os.constants.signals.SIGTERM;
