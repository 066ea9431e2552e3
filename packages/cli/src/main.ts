#!/usr/bin/env node
import { Command } from "commander";
import {
  type DoctorFlags,
  doctorCommand,
  type Pair,
  type RunFlags,
  runCommand,
  tasksCommand,
} from "./client-settings.ts";
import { log } from "./log.ts";
import { pullCommand } from "./pull-command.ts";
import { RELEASE } from "./release.ts";
import { type RemoteWorkerFlags, type ServeFlags, serveCommand, workerCommand } from "./settings.ts";

const program = new Command("modelyard")
  .description("Your own AI model marketplace and inference platform.")
  .version(RELEASE)
  .showHelpAfterError();

// Each command loads its part only when it runs: the worker stays small.
program.addCommand(
  serveCommand().action(async (flags: ServeFlags) => {
    const { serve } = await import("./serve.ts");
    await serve(flags);
  }),
);
program.addCommand(
  workerCommand().action(async (flags: RemoteWorkerFlags) => {
    const { runWorker } = await import("./worker.ts");
    await runWorker(flags);
  }),
);
program.addCommand(
  runCommand().action(async (model: string, inputs: Pair[] | undefined, flags: RunFlags) => {
    const { run } = await import("./run.ts");
    process.exitCode = await run(model, inputs ?? [], flags);
  }),
);
program.addCommand(
  tasksCommand({
    show: async (id, flags) => (await import("./tasks.ts")).showTask(id, flags),
    kill: async (id, flags) => (await import("./tasks.ts")).killTask(id, flags),
  }),
);
program.addCommand(
  new Command("models")
    .description("Look after the models of this machine.")
    .addCommand(pullCommand(async (model, flags) => (await import("./pull.ts")).pull(model, flags))),
);
program.addCommand(
  doctorCommand().action(async (flags: DoctorFlags) => {
    const { doctor } = await import("./doctor.ts");
    process.exitCode = await doctor(flags);
  }),
);

program.parseAsync().catch((error: unknown) => {
  log("modelyard", error instanceof Error ? error.message : String(error));
  process.exit(1);
});
