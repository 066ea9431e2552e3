/**
 * Finished pages, kept as they are sent. Pages are the same for everybody, so one rendering serves all; a page that has grown old is
 * still sent while a new one is made, so that nobody waits but the very first visitor.
 */
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { SiteAnswer } from "@modelyard/contract";

/** Younger than this, a page is sent without a second thought: run counts may be this old. Milliseconds. */
const FRESH_MS = 5_000;
/** Older than this, it is made anew before it is sent. Milliseconds. */
const STALE_MS = 600_000;
/** Bytes kept, of all encodings together; the pages that were not asked for longest go first. */
const BYTES = 24 * 1024 * 1024;

export interface Page {
  answer: SiteAnswer;
  etag: string;
  bodies: { identity: Buffer; gzip: Buffer; br: Buffer };
}

interface Entry {
  page: Page;
  at: number;
  size: number;
}

const compress = { gzip: promisify(gzip), br: promisify(brotliCompress) };

/** A page in all its encodings. */
export async function pageOf(answer: SiteAnswer): Promise<Page> {
  const identity = Buffer.from(answer.body);
  const [zipped, br] = await Promise.all([
    compress.gzip(identity, { level: 6 }),
    compress.br(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  ]);
  const etag = `"${createHash("sha256").update(identity).digest("base64url").slice(0, 22)}"`;
  return { answer, etag, bodies: { identity, gzip: zipped, br } };
}

export interface PageCache {
  /** The page under this key, made by `make` where there is none that may be sent. Concurrent questions share one making. */
  get(key: string, make: () => Promise<SiteAnswer>): Promise<Page>;
  /** What pages are made of has changed: none that was made before, or is being made, is sent to whoever asks from now on. */
  clear(): void;
}

/** `now`: milliseconds of any clock that does not go back. */
export function createPageCache(now: () => number, limit = BYTES): PageCache {
  const entries = new Map<string, Entry>();
  const making = new Map<string, Promise<Page>>();
  let bytes = 0;
  /** Counts clearings. */
  let generation = 0;

  function drop(key: string): void {
    const entry = entries.get(key);
    if (!entry) return;
    entries.delete(key);
    bytes -= entry.size;
  }

  function keep(key: string, page: Page): void {
    drop(key);
    const { identity, gzip: zipped, br } = page.bodies;
    const size = identity.length + zipped.length + br.length + key.length;
    entries.set(key, { page, at: now(), size });
    bytes += size;
    for (const oldest of entries.keys()) {
      if (bytes <= limit) break;
      drop(oldest);
    }
  }

  function renew(key: string, make: () => Promise<SiteAnswer>): Promise<Page> {
    let running = making.get(key);
    if (!running) {
      const began = generation;
      const own = make()
        .then(pageOf)
        .then((page) => {
          if (page.answer.status < 500 && began === generation) keep(key, page);
          return page;
        })
        .finally(() => {
          if (making.get(key) === own) making.delete(key);
        });
      running = own;
      making.set(key, running);
    }
    return running;
  }

  return {
    async get(key, make) {
      const entry = entries.get(key);
      const age = entry ? now() - entry.at : Number.POSITIVE_INFINITY;
      if (!entry || age > STALE_MS) return renew(key, make);
      // Asked for last is dropped last.
      entries.delete(key);
      entries.set(key, entry);
      // Where it cannot be made anew, the old one is better than none.
      if (age > FRESH_MS) renew(key, make).catch(() => undefined);
      return entry.page;
    },
    clear() {
      generation += 1;
      entries.clear();
      making.clear();
      bytes = 0;
    },
  };
}
