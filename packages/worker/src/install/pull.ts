/** `modelyard models pull`: an operator fetches a model's weights into a worker's cache, before anybody runs it. */
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { chmod, copyFile, mkdir, rename, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Weight } from "@modelyard/contract";
import { RETRY_DELAYS } from "./fetch-retry.ts";
import { describe, InstallError } from "./install-error.ts";
import { KeyedLock } from "./keyed-lock.ts";
import { knownWeights, pin } from "./pins.ts";
import { openCacheFolder, scratchName } from "./scratch.ts";
import { claimPart, downloadUrl } from "./url-source.ts";
import { fetchWeights, type KnownWeight, type OnBytes, type WeightCache } from "./weights.ts";

export interface Pulled {
  file: string;
  sha256: string;
  size: number;
  /** Its hash was not known before and is pinned now. */
  pinned: boolean;
}

/**
 * Brings every weight into `cacheDir`, resuming what an earlier pull left. `from`: only files of this folder are used, by their sha256, their
 * name in the manifest, or the end of it: `chat/onnx/model.onnx` is also found as `onnx/model.onnx`, as a clone of the publisher's repository has
 * it, and as `model.onnx`. `mirror`: an address that stands in for the scheme and host of the sources' addresses.
 * Throws `InstallError`, or the signal's reason.
 */
export async function pullWeights(options: {
  cacheDir: string;
  model: { owner: string; slug: string };
  weights: readonly Weight[];
  mirror?: string | undefined;
  from?: string | undefined;
  signal: AbortSignal;
  retryDelays?: readonly number[];
  onBytes: OnBytes;
}): Promise<Pulled[]> {
  const { cacheDir, model, weights, mirror, from, signal, onBytes } = options;
  const cache: WeightCache = {
    folder: join(resolve(cacheDir), "weights"),
    localFolders: from === undefined ? [] : [resolve(from)],
    retryDelays: options.retryDelays ?? RETRY_DELAYS,
    locks: new KeyedLock(),
  };
  await mkdir(cache.folder, { recursive: true });
  await openCacheFolder(cache.folder);
  const known = knownWeights(cacheDir, model, weights);
  const pulled: Pulled[] = [];
  for (const [i, weight] of weights.entries()) {
    const sources = from === undefined ? weight.sources.map((source) => mirrored(source, mirror)) : [];
    const certain = known[i];
    if (certain) {
      await fetchWeights({ cache, weights: [{ ...named(certain, cache), sources }], signal, onBytes });
      pulled.push({ file: weight.file, sha256: certain.sha256, size: certain.size, pinned: false });
    } else {
      const fresh = await trustFirst({ cache, weight: { ...weight, sources }, signal, onBytes });
      await pin(cacheDir, model, weight.file, fresh);
      pulled.push({ file: weight.file, ...fresh, pinned: true });
    }
  }
  return pulled;
}

/** In an operator's folder a file may also lie under the end of its name. */
function named(weight: KnownWeight, cache: WeightCache): KnownWeight {
  const lies = (name: string) => cache.localFolders.some((folder) => existsSync(join(folder, name)));
  return { ...weight, file: endsOf(weight.file).find(lies) ?? weight.file };
}

/** The name, and what is left of it without its first part, its first two parts, and so on. */
function endsOf(name: string): string[] {
  const parts = name.split("/");
  return parts.map((_, i) => parts.slice(i).join("/"));
}

/** As HF_ENDPOINT and the like do: the path stays, everything in front of it changes. */
function mirrored(source: Weight["sources"][number], mirror: string | undefined): Weight["sources"][number] {
  if (mirror === undefined || !("url" in source)) return source;
  const { pathname, search } = new URL(source.url);
  return { url: `${mirror.replace(/\/+$/, "")}${pathname}${search}` };
}

/** Fetches a file that nobody has named the hash or the size of, and says what came. */
async function trustFirst(options: {
  cache: WeightCache;
  weight: Weight;
  signal: AbortSignal;
  onBytes: OnBytes;
}): Promise<{ sha256: string; size: number }> {
  const { cache, weight, signal, onBytes } = options;
  const reasons: string[] = [];
  for (const path of cache.localFolders.flatMap((folder) => endsOf(weight.file).map((name) => join(folder, name)))) {
    if (!existsSync(path)) continue;
    const copy = scratchName(cache.folder);
    await copyFile(path, copy);
    return keep(cache, copy, weight);
  }
  // The part is found again by the name that it will have to the model, because nothing else is known of it.
  const name = createHash("sha256")
    .update(JSON.stringify([weight.file, weight.sources]))
    .digest("hex");
  const shared = join(cache.folder, `${name}.part`);
  for (const source of weight.sources) {
    if (!("url" in source)) continue;
    const own = scratchName(cache.folder, `.${name}.part`);
    await claimPart(shared, own);
    try {
      await downloadUrl({
        url: source.url,
        part: own,
        name: weight.file,
        size: weight.size ?? undefined,
        sha256: weight.sha256 ?? undefined,
        signal,
        retryDelays: cache.retryDelays,
        onBytes: (done, total) => onBytes(weight.file, done, total ?? weight.size ?? done),
      });
      return await keep(cache, own, weight);
    } catch (error) {
      await rename(own, shared).catch(() => {});
      signal.throwIfAborted();
      reasons.push(describe(error));
    }
  }
  const tried = reasons.map((reason) => `\n  - ${reason}`).join("");
  throw new InstallError(
    "weights",
    `${weight.file} could not be had from any source:${tried || " it lies in none of the folders"}`,
  );
}

async function keep(cache: WeightCache, path: string, weight: Weight): Promise<{ sha256: string; size: number }> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  const sha256 = hash.digest("hex");
  const { size } = await stat(path);
  // One of the two may be known.
  const wrong = sha256 !== (weight.sha256 ?? sha256) || size !== (weight.size ?? size);
  if (wrong) {
    await rm(path, { force: true });
    const expected =
      weight.sha256 === null
        ? `size is ${size}, expected ${weight.size}`
        : `sha256 is ${sha256}, expected ${weight.sha256}`;
    throw new InstallError("weights", `${weight.file}: ${expected}`);
  }
  await chmod(path, 0o444);
  await rename(path, join(cache.folder, sha256)).catch(async (error: unknown) => {
    await rm(path, { force: true });
    throw error;
  });
  return { sha256, size };
}
