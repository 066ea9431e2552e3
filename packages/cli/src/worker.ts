import { resolve } from "node:path";
import { startWorker, type Worker, type WorkerConfig } from "@modelyard/worker";
import { log, setLogFormat } from "./log.ts";
import { RELEASE } from "./release.ts";
import type { RemoteWorkerFlags } from "./settings.ts";

/** What `serve` says to the worker that it started: to end, or that there is another token. */
export type BuiltInMessage = "stop" | "stop now" | { token: string };

/** Runs a worker until it is told to stop: by a signal, or, when `serve` started it, by its parent's message or end. */
export async function runWorker(flags: RemoteWorkerFlags): Promise<void> {
  setLogFormat(flags.logFormat);
  const config: WorkerConfig = {
    server: flags.server,
    token: flags.token,
    name: flags.name,
    dataDir: resolve(flags.data),
    slots: flags.slots,
    gpus: flags.gpus,
    weightsDirs: flags.weights ?? [],
    noSystemInstall: !flags.systemInstall,
    prepareBytes: flags.prepareMb * 1_000_000,
    allowHosts: flags.allowHosts ?? [],
    isolation: flags.isolation,
    allowNetwork: flags.allowNetwork ?? [],
    otlpEndpoint: flags.otlpEndpoint,
    drainMs: flags.drainSeconds * 1000,
  };
  let worker: Worker | undefined;
  let stopping = 0;
  const stop = (now: boolean) => {
    stopping++;
    // While it starts nothing runs yet, and what it has started ends with it.
    if (worker === undefined || stopping > 2) process.exit(worker === undefined ? 0 : 1);
    const ended = now || stopping === 2 ? worker.close() : worker.drain();
    void ended.then(() => process.exit(0));
  };
  // Before anything else: a parent that ends while its worker starts must not leave it behind.
  if (process.send) {
    // The terminal's Ctrl-C, and its end, reach the whole process group; the parent decides what it means for us.
    for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
    process.on("SIGTERM", () => stop(false));
    process.on("message", (message: BuiltInMessage) => {
      if (typeof message === "string") stop(message === "stop now");
      else config.token = message.token;
    });
    process.on("disconnect", () => stop(true));
    if (!process.connected) stop(true);
  } else {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => stop(false));
  }

  worker = await startWorker({
    config,
    release: RELEASE,
    log: (message, facts) => log("worker", message, { worker: flags.name, ...facts }),
  });
}
