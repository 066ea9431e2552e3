/** The worker that a server starts beside itself: a process of its own, started again when it dies. */
import { type ChildProcess, spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Server } from "@modelyard/server";
import { log } from "./log.ts";
import { builtInWorkerEnvironment, type WorkerFlags } from "./settings.ts";
import type { BuiltInMessage } from "./worker.ts";

const MAIN = fileURLToPath(new URL("../bin/modelyard.js", import.meta.url));
/** A built-in worker that died is started again after this long, doubling up to a minute. */
const RESTART_MS = 1_000;
const MAX_RESTART_MS = 60_000;

export interface BuiltInWorker {
  /** Lets running tasks end (or not, with `now`), then ends the process. */
  stop(now: boolean): Promise<void>;
}

export function startBuiltInWorker(server: Server, flags: WorkerFlags): BuiltInWorker {
  let child: ChildProcess | undefined;
  let stopped = false;
  let delay = RESTART_MS;
  let timer: NodeJS.Timeout | undefined;
  const args = [
    "worker",
    `--server=${server.url}`,
    `--data=${join(resolve(flags.data), "worker")}`,
    "--name=built-in",
    `--slots=${flags.slots}`,
    `--prepare-mb=${flags.prepareMb}`,
    `--drain-seconds=${flags.drainSeconds}`,
    ...(flags.gpus ? [`--gpus=${flags.gpus.join(",")}`] : []),
    ...(flags.weights ?? []).map((dir) => `--weights=${dir}`),
    ...(flags.allowHosts ?? []).map((host) => `--allow-hosts=${host}`),
    `--isolation=${flags.isolation}`,
    `--log-format=${flags.logFormat}`,
    ...(flags.otlpEndpoint === undefined ? [] : [`--otlp-endpoint=${flags.otlpEndpoint}`]),
    ...(flags.allowNetwork ?? []).map((model) => `--allow-network=${model}`),
    ...(flags.systemInstall ? [] : ["--no-system-install"]),
  ];

  function tell(message: BuiltInMessage): void {
    if (child?.connected) child.send(message);
  }

  function start(): void {
    const began = performance.now();
    child = spawn(process.execPath, [...process.execArgv, MAIN, ...args], {
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: builtInWorkerEnvironment(server.workerToken),
    });
    child.on("error", (error) => log("serve", `the worker could not be started: ${error.message}`, { level: "error" }));
    child.on("exit", (code, signal) => {
      if (stopped) return;
      if (performance.now() - began > MAX_RESTART_MS) delay = RESTART_MS;
      log("serve", `the worker ended (${signal ?? `code ${code}`}); starting it again in ${delay / 1000} s`, {
        level: "warn",
      });
      timer = setTimeout(start, delay);
      delay = Math.min(delay * 2, MAX_RESTART_MS);
    });
  }
  start();
  server.onWorkerToken((token) => tell({ token }));

  return {
    async stop(now) {
      stopped = true;
      clearTimeout(timer);
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const exited = new Promise((resolve) => child?.once("exit", resolve));
      tell(now ? "stop now" : "stop");
      await exited;
    },
  };
}
