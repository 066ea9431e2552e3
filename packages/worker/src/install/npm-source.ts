import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { CheckedFile, WrongContent } from "./checked-file.ts";
import { fetchBody, SourceRefused, withRetries } from "./fetch-retry.ts";
import { registryFor } from "./npm.ts";

/** A file wanted from a tarball, or a byte range of it. */
export interface WantedFile {
  /** Path inside the package. */
  path: string;
  range?: { offset: number; length: number } | undefined;
  size?: number;
  sha256?: string;
  /** Where it is written. It is not to be used before `extractFromPackage` has returned without an error for it. */
  to: string;
}

/**
 * Streams a published package's tarball through its SRI check and writes out the wanted files; nothing else touches the disk.
 * Returns what is wrong with single files; throws when the tarball itself is not the expected one or does not come.
 */
export async function extractFromPackage(options: {
  /** `name@version` */
  spec: string;
  /** `sha512-<base64>` of the whole tarball. */
  integrity: string;
  wanted: readonly WantedFile[];
  cwd: string;
  signal: AbortSignal;
  retryDelays: readonly number[];
  /** `total`: bytes of the tarball, where the registry says so. */
  onBytes(done: number, total: number | undefined): void;
}): Promise<Map<WantedFile, Error>> {
  const { spec, signal, retryDelays } = options;
  const at = spec.lastIndexOf("@");
  const [name, version] = [spec.slice(0, at), spec.slice(at + 1)];
  const registry = await registryFor(name, options);
  return withRetries(signal, retryDelays, async () =>
    extractOnce({ ...options, url: await tarballUrl(registry, name, version, signal) }),
  );
}

async function tarballUrl(registry: string, name: string, version: string, signal: AbortSignal): Promise<string> {
  const url = `${registry}${name.replace("/", "%2f")}`;
  const response = await fetchBody(url, { signal, headers: { accept: "application/vnd.npm.install-v1+json" } });
  const found = (await response.json()) as { versions?: Record<string, { dist?: { tarball?: string } } | undefined> };
  const tarball = found.versions?.[version]?.dist?.tarball;
  if (!tarball) throw new SourceRefused(`${url} has no version ${version}`);
  // Registries that mirror another one may still name its address; the configured registry is the one we are allowed to reach.
  const conventional = `${name}/-/${name.slice(name.indexOf("/") + 1)}-${version}.tgz`;
  return tarball.startsWith(registry) ? tarball : registry + conventional;
}

async function extractOnce(
  options: Parameters<typeof extractFromPackage>[0] & { url: string },
): Promise<Map<WantedFile, Error>> {
  const { url, spec, integrity, wanted, signal } = options;
  const response = await fetchBody(url, { signal });
  const length = Number(response.headers.get("content-length")) || undefined;
  const sri = createHash("sha512");
  let done = 0;
  const files = extract();
  async function* checked(): AsyncGenerator<Uint8Array> {
    for await (const chunk of response.body) {
      sri.update(chunk);
      done += chunk.length;
      options.onBytes(done, length);
      yield chunk;
    }
  }
  // Caught at once: it may fail while the loop below still waits for the disk.
  const pumped = pipeline(checked(), createGunzip(), files, { signal }).then(
    () => undefined,
    (reason: NodeJS.ErrnoException) => reason,
  );
  const problems = new Map<WantedFile, Error>(
    wanted.map((file) => [file, new WrongContent(`${file.path} is not in ${spec}`)]),
  );
  try {
    for await (const entry of files) {
      // npm ignores the name of the topmost folder ("package" by custom).
      const path = entry.header.name.slice(entry.header.name.indexOf("/") + 1);
      const here = entry.header.type === "file" ? wanted.filter((file) => file.path === path) : [];
      if (here.length > 0)
        await writeEntry(entry as AsyncIterable<unknown> as AsyncIterable<Uint8Array>, here, problems);
      else entry.resume();
    }
  } catch (error) {
    // The first cause wins: either end of the pipe reports the other's failure as a premature close.
    const cause = await pumped;
    throw cause && cause.code !== "ERR_STREAM_PREMATURE_CLOSE" ? cause : error;
  }
  const cause = await pumped;
  if (cause) throw cause;
  const actual = `sha512-${sri.digest("base64")}`;
  if (actual !== integrity) {
    for (const file of wanted) await rm(file.to, { force: true });
    throw new WrongContent(`the tarball of ${spec} is ${actual}, expected ${integrity}`);
  }
  return problems;
}

async function writeEntry(
  entry: AsyncIterable<Uint8Array>,
  wanted: readonly WantedFile[],
  problems: Map<WantedFile, Error>,
): Promise<void> {
  const sinks: { file: WantedFile; out: CheckedFile; fault?: WrongContent }[] = [];
  try {
    for (const file of wanted) sinks.push({ file, out: await CheckedFile.open(file.to, { ...file, name: file.path }) });
    let position = 0;
    for await (const chunk of entry) {
      for (const sink of sinks) {
        const piece = sink.fault ? undefined : overlap(chunk, position, sink.file.range);
        if (piece) sink.fault = await faultOf(sink.out.write(piece));
      }
      position += chunk.length;
    }
    for (const { file, out, fault } of sinks) {
      const problem = fault ?? (await faultOf(out.finish()));
      if (problem) problems.set(file, problem);
      else problems.delete(file);
    }
  } finally {
    for (const { out } of sinks) await out.close().catch(() => {});
  }
}

/** The part of a chunk, which starts at `position` of the file, that lies in the range. */
function overlap(chunk: Uint8Array, position: number, range: WantedFile["range"]): Uint8Array | undefined {
  const from = Math.max(0, (range?.offset ?? 0) - position);
  const to = Math.min(chunk.length, range ? range.offset + range.length - position : chunk.length);
  return from < to ? chunk.subarray(from, to) : undefined;
}

/** Wrong content is a fault of one file: the tarball's other files still come. Anything else ends the whole download. */
async function faultOf(work: Promise<void>): Promise<WrongContent | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof WrongContent) return error;
    throw error;
  }
}
