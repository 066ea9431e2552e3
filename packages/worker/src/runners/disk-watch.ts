/**
 * Looks now and then at how much a run's folder holds. Plain folders have no quota, so a model can exceed its limit by what it writes
 * between two looks; one file is bounded by the kernel (RLIMIT_FSIZE) where there is isolation. What is deleted and still open is not seen.
 */
import { lstat, opendir } from "node:fs/promises";
import path from "node:path";

/** Milliseconds between two looks; longer where a look itself takes long, so that it never costs more than a tenth of a core. */
const EVERY_MS = 250;
const SHARE = 10;
/** Names in the folder, at any depth. */
export const MAX_ENTRIES = 100_000;

/** What a folder holds, or at which limit counting stopped. */
export async function diskUse(folder: string, limit: number): Promise<{ bytes: number; entries: number }> {
  const use = { bytes: 0, entries: 0 };
  const waiting = [folder];
  for (let dir = waiting.pop(); dir !== undefined; dir = waiting.pop()) {
    // The model is at work in it: what vanishes or is closed off between two calls counts as nothing.
    const entries = await opendir(dir).catch(() => undefined);
    if (entries === undefined) continue;
    for await (const entry of entries) {
      const name = path.join(dir, entry.name);
      use.entries += 1;
      if (entry.isDirectory()) waiting.push(name);
      else use.bytes += ((await lstat(name).catch(() => undefined))?.blocks ?? 0) * 512;
      if (use.bytes > limit || use.entries > MAX_ENTRIES) return use;
    }
  }
  return use;
}

/** Calls `onExceeded` once. Returns how to end it. */
export function watchDisk(options: { folder: string; limit: number; onExceeded(): void }): () => void {
  const { folder, limit, onExceeded } = options;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const next = (ms: number): void => {
    if (!ended) timer = setTimeout(() => void look(), ms);
    timer?.unref();
  };
  const look = async (): Promise<void> => {
    const start = performance.now();
    const use = await diskUse(folder, limit).catch(() => ({ bytes: 0, entries: 0 }));
    if (ended) return;
    if (use.bytes <= limit && use.entries <= MAX_ENTRIES)
      return next(Math.max(EVERY_MS, SHARE * (performance.now() - start)));
    ended = true;
    onExceeded();
  };
  next(EVERY_MS);
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
