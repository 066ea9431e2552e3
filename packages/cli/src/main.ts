#!/usr/bin/env node
import { Command } from "commander";
import { log } from "./log.ts";
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

program.parseAsync().catch((error: unknown) => {
  log("modelyard", error instanceof Error ? error.message : String(error));
  process.exit(1);
});
