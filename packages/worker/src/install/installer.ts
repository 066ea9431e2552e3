/**
 * Makes model versions ready to run on this machine. Everything it makes lies under one cache folder:
 *
 *   models/<version>/        read-only copy of the model's folder; `node_modules` links to its environment
 *   env/<hash>/              npm packages, shared by models with equal package files
 *   weights/<sha256>         weight files, shared by all models
 *   linked/<version>/        one model's weights under their own names
 *   programs/…/              `node`, and programs that came in npm packages
 *   ready/<version>.json     what an earlier installation found complete; only `status` reads it
 *
 * A name in it stands for something complete (scratch.ts), so every step can be repeated and a killed one leaves nothing to repair.
 */
import { existsSync, readFileSync } from "node:fs";
import { rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { RETRY_DELAYS } from "./fetch-retry.ts";
import { describe, InstallError, type InstallStep } from "./install-error.ts";
import type { InstalledModel } from "./installed-model.ts";
import { KeyedLock, unlessAborted } from "./keyed-lock.ts";
import { installFolder } from "./model-folder.ts";
import type { FetchFile, InstallProgress, ModelVersion } from "./model-version.ts";
import { environmentName, installPackages } from "./npm-packages.ts";
import { knownWeights } from "./pins.ts";
import { installPrograms, neededPrograms } from "./programs.ts";
import { openCacheFolder, scratchName } from "./scratch.ts";
import { bytesToFetch, fetchWeights, haveWeights, type KnownWeight, linkWeights } from "./weights.ts";

/** Pause between two progress reports of one file, in milliseconds; the last byte is always reported. */
const PROGRESS_EVERY_MS = 200;

export type InstallStatus =
  | { state: "missing" }
  | { state: "installing"; step: InstallStep; progress?: InstallProgress }
  | { state: "ready" }
  | { state: "failed"; reason: string };

export interface Installer {
  /** What is known of a version without touching the network. */
  status(version: string): InstallStatus;
  /** Whether this machine has the weights of a model whose manifest says `pull`. */
  isPulled(model: ModelVersion): boolean;
  /** Bytes of weights that `ensure` would have to download. */
  downloadSize(model: ModelVersion): number;
  /**
   * Resolves when everything the version needs is in place. Callers at the same time share one installation; it is stopped when
   * the signals of all of them are aborted. Throws `InstallError`, or the signal's reason.
   */
  ensure(model: ModelVersion, fetchFile: FetchFile, signal: AbortSignal): Promise<InstalledModel>;
}

interface Installation {
  promise: Promise<InstalledModel>;
  abort: AbortController;
  callers: number;
  step: InstallStep;
  progress?: InstallProgress;
}

export function createInstaller(options: {
  cacheDir: string;
  weightsDirs?: readonly string[];
  /** Never install Debian packages. */
  noSystemInstall?: boolean;
  log?(message: string): void;
  onProgress?(progress: InstallProgress): void;
  /** Pauses between tries of a download, in milliseconds. */
  retryDelays?: readonly number[];
}): Installer {
  const root = resolve(options.cacheDir);
  const folders = {
    models: join(root, "models"),
    env: join(root, "env"),
    weights: join(root, "weights"),
    linked: join(root, "linked"),
    programs: join(root, "programs"),
    ready: join(root, "ready"),
  };
  const locks = new KeyedLock();
  const retryDelays = options.retryDelays ?? RETRY_DELAYS;
  const log = options.log ?? (() => {});
  const weightCache = { folder: folders.weights, localFolders: options.weightsDirs ?? [], retryDelays, locks };
  const programCache = {
    folder: folders.programs,
    noSystemInstall: options.noSystemInstall ?? false,
    retryDelays,
    locks,
    log,
  };
  const running = new Map<string, Installation>();
  const failed = new Map<string, string>();
  let opened: Promise<unknown> | undefined;

  /** undefined: some of them have no hash yet, because they were never pulled. */
  function weightsOf(model: ModelVersion): KnownWeight[] | undefined {
    const known = knownWeights(root, model, model.manifest.weights);
    return known.every((weight) => weight !== undefined) ? known : undefined;
  }

  async function install(
    model: ModelVersion,
    fetchFile: FetchFile,
    installation: Installation,
  ): Promise<InstalledModel> {
    const signal = installation.abort.signal;
    const onBytes = progressReporter(model, installation, options.onProgress);
    const dir = join(folders.models, model.version);
    const environment = environmentName(model);
    const packages = environment && join(folders.env, environment, "node_modules");
    const weightsDir = join(folders.linked, model.version);
    await (opened ??= Promise.all(Object.values(folders).map(openCacheFolder)));

    await installFolder({ model, dir, packages, fetchFile, signal });
    if (environment) {
      installation.step = "packages";
      // One npm at a time: it is heavy, and two of them gain nothing on the same connection.
      await locks.run("npm", signal, () =>
        installPackages({ dir, environment: join(folders.env, environment), signal }),
      );
    }
    installation.step = "weights";
    const weights = weightsOf(model);
    if (!weights || (model.manifest.pull && !haveWeights(weightCache, weights))) throw notPulled(model);
    await fetchWeights({ cache: weightCache, weights, signal, onBytes });
    await linkWeights(weightCache, weights, weightsDir);
    installation.step = "programs";
    const path = await installPrograms({
      cache: programCache,
      programs: neededPrograms(model.manifest),
      signal,
      onBytes,
    });

    await writeRecord(folders.ready, model.version, [dir, weightsDir, ...(packages ? [packages] : []), ...path]);
    const { owner, slug, version, manifest } = model;
    return { owner, slug, version, manifest, dir, weightsDir, path };
  }

  function start(model: ModelVersion, fetchFile: FetchFile): Installation {
    const installation: Installation = {
      promise: undefined as never,
      abort: new AbortController(),
      callers: 0,
      step: "folder",
    };
    failed.delete(model.version);
    installation.promise = install(model, fetchFile, installation)
      .catch((error: unknown) => {
        if (installation.abort.signal.aborted) throw error;
        failed.set(model.version, describe(error));
        throw error instanceof InstallError
          ? error
          : new InstallError(installation.step, describe(error), { cause: error });
      })
      .finally(() => running.delete(model.version));
    // Whoever waits sees the failure; when nobody waits any more it is no unhandled rejection.
    installation.promise.catch(() => {});
    running.set(model.version, installation);
    return installation;
  }

  return {
    status(version) {
      const installation = running.get(version);
      if (installation)
        return {
          state: "installing",
          step: installation.step,
          ...(installation.progress && { progress: installation.progress }),
        };
      const reason = failed.get(version);
      if (reason !== undefined) return { state: "failed", reason };
      return { state: recordHolds(folders.ready, version) ? "ready" : "missing" };
    },

    downloadSize: (model) => (model.manifest.pull ? 0 : bytesToFetch(weightCache, weightsOf(model) ?? [])),

    isPulled(model) {
      const weights = weightsOf(model);
      return weights !== undefined && haveWeights(weightCache, weights);
    },

    async ensure(model, fetchFile, signal) {
      signal.throwIfAborted();
      if (!/^[0-9a-f]{16,128}$/.test(model.version))
        throw new InstallError("folder", `not a version: ${JSON.stringify(model.version)}`);
      let installation = running.get(model.version);
      while (installation?.abort.signal.aborted) {
        // The last one's callers have all left; it is about to end.
        await unlessAborted(
          installation.promise.catch(() => {}),
          signal,
        );
        installation = running.get(model.version);
      }
      installation ??= start(model, fetchFile);
      installation.callers += 1;
      try {
        return await unlessAborted(installation.promise, signal);
      } finally {
        installation.callers -= 1;
        if (installation.callers === 0) installation.abort.abort(signal.reason);
      }
    },
  };
}

function progressReporter(
  model: ModelVersion,
  installation: Installation,
  report: ((progress: InstallProgress) => void) | undefined,
) {
  let reported = { file: "", at: 0 };
  return (file: string, done: number, total: number) => {
    const progress = { model: `${model.owner}/${model.slug}`, version: model.version, file, done, total };
    installation.progress = progress;
    const now = performance.now();
    if (file === reported.file && done < total && now - reported.at < PROGRESS_EVERY_MS) return;
    reported = { file, at: now };
    report?.(progress);
  };
}

async function writeRecord(folder: string, version: string, paths: readonly string[]): Promise<void> {
  const scratch = scratchName(folder);
  try {
    await writeFile(scratch, JSON.stringify({ paths }));
    await rename(scratch, join(folder, `${version}.json`));
  } finally {
    await rm(scratch, { force: true });
  }
}

function recordHolds(folder: string, version: string): boolean {
  try {
    const record = JSON.parse(readFileSync(join(folder, `${version}.json`), "utf8")) as { paths: string[] };
    return record.paths.every((path) => existsSync(path));
  } catch {
    return false;
  }
}

/** The reason that operators and callers read where a model that has to be pulled was not. */
export function notPulled({ owner, slug }: Pick<ModelVersion, "owner" | "slug">): InstallError {
  return new InstallError(
    "weights",
    `its weights are not on this worker; they come with: modelyard models pull ${owner}/${slug}`,
  );
}
