/**
 * The worker: takes assignments over its one connection, keeps their leases alive, stops what it may no longer run.
 *
 * Self-fencing: a lease that could not be renewed for SELF_FENCE_MS is given up and its processes are killed here, before the
 * server lets somebody else have the task.
 */
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import {
  type FromWorker,
  HEARTBEAT_MS,
  type Lease,
  type Log,
  type ModelVersion,
  SELF_FENCE_MS,
  type ToWorker,
  WORKER_PROTOCOL,
} from "@modelyard/contract";
import { guardedFetch } from "@modelyard/guarded-fetch";
import type { WorkerConfig } from "../config.ts";
import type { InstalledModel } from "../install/installed-model.ts";
import { createInstaller, notPulled } from "../install/installer.ts";
import { chooseIsolation } from "../isolation/choose.ts";
import { limitsText } from "../isolation/limits.ts";
import { createProcesses } from "../process/index.ts";
import { createRunners } from "../runners/index.ts";
import { type Assignment, Attempt, type AttemptDeps } from "./attempt.ts";
import { workerTracing } from "./attempt-spans.ts";
import { Connection } from "./connection.ts";
import { detectGpus } from "./gpus.ts";
import { Places } from "./places.ts";
import { RunFolders } from "./run-folders.ts";
import { createServerFiles } from "./server-files.ts";

export interface Worker {
  id: string;
  /** Takes nothing new, waits for what runs (at most `drainMs`), hands the rest back, stops all processes. */
  drain(): Promise<void>;
  /** Stops everything now; what ran is handed back. */
  close(): Promise<void>;
}

/** How often leases are looked at; far below the margins, because a stopped process wakes up late. */
const WATCH_MS = 1_000;
/** How often is looked whether somebody has pulled weights, or removed them: a few file sizes each time. */
const LOOK_FOR_PULLED_MS = 5_000;
/** A model that could not be installed is tried again after this long. */
const RETRY_INSTALL_MS = 60_000;

/** Leases that were named to the server at this moment of the monotonic clock. */
interface Renewal {
  at: number;
  keys: readonly string[];
}

export interface AgentOptions {
  config: WorkerConfig;
  release: string;
  log: Log;
}

export async function startWorker({ config, release, log }: AgentOptions): Promise<Worker> {
  const id = randomUUID();
  const gpus = await detectGpus(config.gpus);
  const tracing = await workerTracing(config, release, log);
  // What an earlier worker that was killed left behind; a data folder belongs to one worker at a time.
  for (const name of ["runs", "isolation"]) rmSync(join(config.dataDir, name), { recursive: true, force: true });
  const isolationDir = join(config.dataDir, "isolation");
  mkdirSync(isolationDir, { recursive: true });
  const allowsNetwork = ({ owner, slug }: Pick<ModelVersion, "owner" | "slug">): boolean =>
    config.allowNetwork.includes(`${owner}/${slug}`) || config.allowNetwork.includes("*");
  const nameOf = (version: string): string => {
    const model = models.get(version);
    return model === undefined ? version : `${model.owner}/${model.slug}`;
  };
  const processes = createProcesses();
  const { controllers } = await processes.info();
  const isolation = await chooseIsolation(config.isolation, { controllers, tmpDir: isolationDir }).catch(
    async (error: unknown) => {
      await processes.close();
      throw error;
    },
  );
  const folders = new RunFolders(join(config.dataDir, "runs", id), { reuse: isolation.kind === "none" });
  log(`isolation: ${isolation.text}${isolation.kind === "none" ? "" : `; ${limitsText(controllers)}`}`);
  const confined = processes.confinedBy(isolation);
  const runners = createRunners({
    processes: confined,
    allowsNetwork,
    onCrashLoop: (version, text) => {
      log(`${nameOf(version)}: ${text ?? "may be tried again"}`, {
        level: text === undefined ? "info" : "warn",
        model: nameOf(version),
      });
      if (text === undefined) send({ t: "model", version, state: "ready" });
      else send({ t: "model", version, state: "unavailable", reason: text.slice(0, 1000) });
    },
  });
  const files = createServerFiles(config);
  const installer = createInstaller({
    cacheDir: join(config.dataDir, "cache"),
    weightsDirs: config.weightsDirs,
    noSystemInstall: config.noSystemInstall,
    log,
    onProgress: ({ model, file, done, total }) => {
      if (done === total) log(`${model}: ${file} is here (${Math.ceil(total / 1e6)} MB)`, { model });
    },
  });
  /** What was found complete since this worker started is not looked at again: a look costs several milliseconds a run. */
  const installed = new Map<string, InstalledModel>();
  const install: AttemptDeps["install"] = async (model, signal) => {
    const known = installed.get(model.version);
    if (known) return known;
    const ready = await installer.ensure(model, (path) => files.model(model.version, path), signal);
    installed.set(model.version, ready);
    send({ t: "model", version: model.version, state: "ready" });
    runners.keepWarm(ready, folders.folderOf(ready.version));
    return ready;
  };
  const places = new Places(
    config.slots,
    gpus.map((gpu) => gpu.index),
  );
  const attempts = new Map<string, { attempt: Attempt; end: Promise<void> }>();
  let models = new Map<string, ModelVersion>();
  let draining = false;
  /** The last hello and the last heartbeat. */
  let renewal: Renewal = { at: 0, keys: [] };
  let beat: Renewal & { seq: number } = { seq: 0, at: 0, keys: [] };
  const closing = new AbortController();
  const fetchInput: AttemptDeps["fetchInput"] = (url, signal) =>
    guardedFetch(url, { signal, allowHosts: config.allowHosts });

  const key = ({ task, epoch }: Lease) => `${task}.${epoch}`;
  const held = (): Lease[] =>
    [...attempts.values()]
      .filter(({ attempt }) => !attempt.isLost)
      .map(({ attempt: { task, epoch } }) => ({ task, epoch }));
  const send = (message: FromWorker) => connection.send(message);

  function hello(): FromWorker {
    const leases = held();
    renewal = { at: performance.now(), keys: leases.map(key) };
    return {
      t: "hello",
      protocol: WORKER_PROTOCOL,
      worker: id,
      name: config.name,
      release,
      slots: config.slots,
      gpus,
      memory: Math.floor(totalmem() / 2 ** 20),
      cpus: availableParallelism(),
      leases,
    };
  }

  function begin(assignment: Assignment): void {
    const model = models.get(assignment.version);
    if (!model || draining) {
      send({ t: "release", task: assignment.task, epoch: assignment.epoch });
      return;
    }
    const attempt = new Attempt(assignment, {
      model,
      install,
      runners,
      spawn: confined.spawnProcess,
      places,
      files,
      fetchInput,
      send,
      folders,
      onInstallFailed: (error) => installFailed(model, error),
      log,
      tracing,
    });
    const end = attempt.execute().then((outcome) => {
      attempts.delete(key(attempt));
      if (outcome === "handed-back") send({ t: "release", task: attempt.task, epoch: attempt.epoch });
      if (outcome === "lost") send({ t: "freed", task: attempt.task, epoch: attempt.epoch });
    });
    attempts.set(key(attempt), { attempt, end });
  }

  function installFailed(model: ModelVersion, error: Error): void {
    log(`${nameOf(model.version)} cannot run here: ${error.message}`, { level: "warn", model: nameOf(model.version) });
    send({ t: "model", version: model.version, state: "unavailable", reason: error.message.slice(0, 1000) });
    setTimeout(() => {
      pulled.delete(model.version);
      if (model.manifest.pull) lookForPulled();
      else send({ t: "model", version: model.version, state: "missing" });
    }, RETRY_INSTALL_MS).unref();
  }

  function lose(leases: readonly Lease[]): void {
    for (const lease of leases) attempts.get(key(lease))?.attempt.stop("lease-lost");
  }

  /** Small models are made ready before anybody asks, one after the other; the catalogue may change meanwhile. */
  async function prepare(): Promise<void> {
    let prepared: typeof models | undefined;
    while (prepared !== models) {
      prepared = models;
      await prepareAll(models);
    }
  }

  async function prepareAll(these: ReadonlyMap<string, ModelVersion>): Promise<void> {
    for (const model of these.values()) {
      if (closing.signal.aborted) return;
      if (refuseNetwork(model) || model.manifest.pull) continue;
      if (installer.status(model.version).state !== "missing" || installer.downloadSize(model) > config.prepareBytes)
        continue;
      log(`installing ${nameOf(model.version)} …`, { model: nameOf(model.version) });
      send({ t: "model", version: model.version, state: "installing" });
      await install(model, closing.signal).then(
        () => log(`${nameOf(model.version)} is ready`, { model: nameOf(model.version) }),
        (error: unknown) => {
          if (!closing.signal.aborted) installFailed(model, error as Error);
        },
      );
    }
  }

  /** A model that needs the network and may not have it waits with that reason, instead of failing run after run. */
  function refuseNetwork({ owner, slug, version, manifest }: ModelVersion): boolean {
    if (!manifest.network || !isolation.hidesNetwork || allowsNetwork({ owner, slug })) return false;
    const reason = `it needs the network, which --allow-network=${owner}/${slug} of the worker would give it`;
    send({ t: "model", version, state: "unavailable", reason });
    return true;
  }

  /** By version: what the server was told of models that have to be pulled. */
  const pulled = new Map<string, boolean>();
  function lookForPulled(): void {
    for (const model of models.values()) {
      if (!model.manifest.pull || refuseNetwork(model)) continue;
      const here = installer.isPulled(model);
      if (pulled.get(model.version) === here) continue;
      pulled.set(model.version, here);
      if (!here) installed.delete(model.version);
      const reason = notPulled(model).message;
      send({ t: "model", version: model.version, ...(here ? { state: "missing" } : { state: "unavailable", reason }) });
    }
  }

  let preparing: Promise<void> | undefined;

  function receive(message: ToWorker): void {
    switch (message.t) {
      case "welcome":
        lose(message.lost);
        // The hello has renewed the others: without this a restart of the server between two heartbeats would cost them.
        renewedSince(renewal);
        for (const { attempt } of attempts.values()) attempt.reporter.resend();
        if (draining) send({ t: "drain" });
        return;
      case "refused":
        log(`the server refused this worker: ${message.reason}`, { level: "error" });
        return;
      case "models":
        models = new Map(message.models.map((model) => [model.version, model]));
        runners.retire(new Set(models.keys()));
        for (const [version, model] of models) {
          if (refuseNetwork(model) || model.manifest.pull) continue;
          const status = installer.status(version);
          if (status.state === "ready" || status.state === "installing")
            send({ t: "model", version, state: status.state });
        }
        pulled.clear();
        lookForPulled();
        if (config.prepareBytes > 0) preparing ??= prepare().finally(() => (preparing = undefined));
        return;
      case "assign":
        begin(message);
        return;
      case "reported":
        attempts.get(key(message))?.attempt.reporter.answered(message.n, message.ok);
        if (!message.ok) lose([message]);
        return;
      case "heartbeat":
        renewed(message.seq, message.lost);
        return;
      case "kill": {
        const running = attempts.get(key(message));
        if (running) running.attempt.stop("killed");
        else send({ t: "freed", task: message.task, epoch: message.epoch });
        return;
      }
    }
  }

  // What a hello or heartbeat named and its answer did not call lost is ours until LEASE_MS after the moment it was sent.
  function heartbeat(): void {
    const leases = held();
    beat = { seq: beat.seq + 1, at: performance.now(), keys: leases.map(key) };
    send({ t: "heartbeat", seq: beat.seq, leases });
    connection.checkSilence();
  }
  function renewed(answered: number, lost: readonly Lease[]): void {
    lose(lost);
    if (beat.seq === answered) renewedSince(beat);
  }
  function renewedSince({ at, keys }: Renewal): void {
    for (const name of keys) {
      const running = attempts.get(name);
      if (running) running.attempt.renewedAt = Math.max(running.attempt.renewedAt, at);
    }
  }
  function watch(): void {
    const limit = performance.now() - SELF_FENCE_MS;
    for (const { attempt } of attempts.values()) if (attempt.renewedAt < limit) attempt.stop("lease-lost");
  }

  const connection = new Connection(config, { hello, message: receive, log });
  const timers = [
    setInterval(heartbeat, HEARTBEAT_MS),
    setInterval(watch, WATCH_MS),
    setInterval(lookForPulled, LOOK_FOR_PULLED_MS),
  ];

  async function close(): Promise<void> {
    draining = true;
    closing.abort("shutdown");
    for (const { attempt } of attempts.values()) attempt.stop("shutdown");
    await Promise.all([...attempts.values()].map(({ end }) => end));
    for (const timer of timers) clearInterval(timer);
    await runners.close();
    isolation.close();
    await preparing?.catch(() => {});
    connection.close();
    await folders.close();
    await tracing.close();
  }

  return {
    id,
    close,
    async drain() {
      draining = true;
      send({ t: "drain" });
      const waited = Promise.all([...attempts.values()].map(({ end }) => end));
      await Promise.race([waited, new Promise((resolve) => setTimeout(resolve, config.drainMs).unref())]);
      await close();
    },
  };
}
