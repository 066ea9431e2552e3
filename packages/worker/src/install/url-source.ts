import { rename, rm, stat } from "node:fs/promises";
import { CheckedFile, WrongContent } from "./checked-file.ts";
import { fetchBody, withRetries } from "./fetch-retry.ts";

/**
 * Downloads one file to `part` and checks it. Bytes already in `part` are not fetched again where the server grants ranges.
 * After wrong content on top of resumed bytes the whole file is fetched once more: the file on the server may be a newer one.
 */
export async function downloadUrl(options: {
  url: string;
  part: string;
  name: string;
  /** undefined: as long as the server says. */
  size: number | undefined;
  /** undefined: whatever comes is taken. */
  sha256: string | undefined;
  signal: AbortSignal;
  retryDelays: readonly number[];
  /** `total`: bytes of the whole file, where the server says so. */
  onBytes(done: number, total: number | undefined): void;
}): Promise<void> {
  const { url, part, signal } = options;
  await withRetries(signal, options.retryDelays, async () => {
    const had = await sizeOf(part);
    const resumed = had > 0 && (options.size === undefined || had < options.size);
    try {
      await downloadOnce(options, resumed ? had : 0);
    } catch (error) {
      if (!(error instanceof WrongContent)) throw error;
      await rm(part, { force: true });
      if (!resumed) throw new WrongContent(`${error.message} (from ${url})`);
      await downloadOnce(options, 0);
    }
  });
}

async function downloadOnce(options: Parameters<typeof downloadUrl>[0], offset: number): Promise<void> {
  const { url, part, signal } = options;
  const response = await fetchBody(url, { signal, headers: offset > 0 ? { range: `bytes=${offset}-` } : {} });
  // 200 to a range request: the server sends everything.
  const resume =
    response.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${offset}-`) === true;
  if (response.status === 206 && !resume) {
    await response.body.cancel();
    await rm(part, { force: true });
    throw new Error(`${url} answered with another byte range than was asked for`);
  }
  const length = Number(response.headers.get("content-length")) || undefined;
  const total = options.size ?? (length === undefined ? undefined : length + (resume ? offset : 0));
  const file = await CheckedFile.open(part, { ...options, resume });
  try {
    options.onBytes(file.bytes, total);
    for await (const chunk of response.body) {
      await file.write(chunk);
      options.onBytes(file.bytes, total);
    }
  } catch (error) {
    await file.close();
    throw error;
  }
  if (total !== undefined && file.bytes < total) {
    await file.close();
    throw new Error(`${url} ended after ${file.bytes} of ${total} bytes`);
  }
  await file.finish();
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.size,
    () => 0,
  );
}

/**
 * Takes over the half-finished download of an earlier run, if there is one. By rename, so that of two processes one gets it
 * and the other starts from nothing.
 */
export async function claimPart(shared: string, own: string): Promise<void> {
  await rename(shared, own).catch(() => {});
}
