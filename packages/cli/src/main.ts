#!/usr/bin/env node
import { Command } from "commander";
import {
  type BackupFlags,
  backupCommand,
  type DoctorFlags,
  doctorCommand,
  type Pair,
  type RunFlags,
  runCommand,
  tasksCommand,
} from "./client-settings.ts";
import { type DevFlags, devCommand } from "./dev-settings.ts";
import { log } from "./log.ts";
import {
  auditCommand,
  mailCommand,
  modelsCommand,
  type OperatorFlags,
  operatorTokenCommand,
  queueCommand,
  workersCommand,
} from "./operator-settings.ts";
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
  devCommand().action(async (path: string, flags: DevFlags) => {
    const { dev } = await import("./dev.ts");
    process.exitCode = await dev(path, flags);
  }),
);
program.addCommand(
  modelsCommand({
    list: async (flags) => (await import("./models.ts")).listModels(flags),
    show: async (name, flags) => (await import("./models.ts")).showModel(name, flags),
    async check(path, flags) {
      process.exitCode = (await import("./models-check.ts")).checkModel(path, flags);
    },
    add: async (source, flags) => (await import("./models.ts")).addModel(source, flags),
    versions: async (name, flags) => (await import("./models.ts")).listVersions(name, flags),
    activate: async (name, version, flags) => (await import("./models.ts")).activateModel(name, version, flags),
    remove: async (name, flags) => (await import("./models.ts")).removeModel(name, flags),
    pause: async (name, flags) => (await import("./models.ts")).pauseModel(name, flags),
    resume: async (name, flags) => (await import("./models.ts")).resumeModel(name, flags),
    create: async (name, flags) => (await import("./models-new.ts")).createModel(name, flags),
    pull: async (name, flags) => (await import("./pull.ts")).pull(name, flags),
  }),
);
program.addCommand(
  queueCommand({
    show: async (flags) => (await import("./operate.ts")).showQueue(flags),
    pause: async (flags) => (await import("./operate.ts")).pauseQueue(flags),
    resume: async (flags) => (await import("./operate.ts")).resumeQueue(flags),
    tasks: async (flags) => (await import("./operate.ts")).showWaiting(flags),
    priority: async (task, priority, flags) => (await import("./operate.ts")).setPriority(task, priority, flags),
  }),
);
program.addCommand(
  workersCommand({
    show: async (flags) => (await import("./operate.ts")).showWorkers(flags),
    cordon: async (name, flags) => (await import("./operate.ts")).cordonWorker(name, flags),
    uncordon: async (name, flags) => (await import("./operate.ts")).uncordonWorker(name, flags),
    tokens: async (flags) => (await import("./operate.ts")).showWorkerTokens(flags),
    token: async (name, flags) => (await import("./operate.ts")).createWorkerToken(name, flags),
    revoke: async (id, flags) => (await import("./operate.ts")).revokeWorkerToken(id, flags),
  }),
);
program.addCommand(
  auditCommand().action(async (flags: OperatorFlags) => {
    process.exitCode = await (await import("./operate.ts")).runAudit(flags);
  }),
);
program.addCommand(
  mailCommand().action(async (flags: OperatorFlags) => {
    await (await import("./operate.ts")).showMail(flags);
  }),
);
program.addCommand(
  operatorTokenCommand().action(async (flags: OperatorFlags) => {
    const { tokenOf } = await import("./operator-client.ts");
    process.stdout.write(`${tokenOf(flags)}\n`);
  }),
);
program.addCommand(
  backupCommand().action(async (folder: string, flags: BackupFlags) => {
    const { backup } = await import("./backup.ts");
    await backup(folder, flags);
  }),
);
program.addCommand(
  doctorCommand().action(async (flags: DoctorFlags) => {
    const { doctor } = await import("./doctor.ts");
    process.exitCode = await doctor(flags);
  }),
);

program.parseAsync().catch((error: unknown) => {
  log("modelyard", error instanceof Error ? error.message : String(error), { level: "error" });
  process.exit(1);
});
