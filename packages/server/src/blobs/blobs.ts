import type { Readable, Writable } from "node:stream";

/** A finished blob: `key` is its identity, content never changes. */
export interface StoredBlob {
  key: string;
  /** Bytes. */
  size: number;
  /** Hex. */
  sha256: string;
}

/** Raised when more bytes come than were allowed; nothing of the blob is kept. */
export class BlobTooLargeError extends Error {
  override name = "BlobTooLargeError";
}

/** A blob that is about to be sent; whoever opened it calls `send` once. */
export interface OpenBlob {
  /** Writes bytes `start` to `end` (inclusive), ends `target` and closes the blob. Rejects when the reader goes away. */
  send(target: Writable, range: { start: number; end: number }): Promise<void>;
}

/** Input and output bytes, apart from the database. */
export interface Blobs {
  /** Streams `source` into a new blob; durable when the promise resolves. */
  put(source: Readable, options: { limit: number }): Promise<StoredBlob>;
  /** `start` and `end` are inclusive byte positions. Resolves to undefined where there is no such blob. */
  get(key: string, range?: { start: number; end: number }): Promise<Readable | undefined>;
  /** For answers to readers: found first, then written. Undefined where there is no such blob. */
  open(key: string): Promise<OpenBlob | undefined>;
  delete(key: string): Promise<void>;
  /** Keys of blobs that were finished before `before` (Unix milliseconds), in no particular order. */
  finishedBefore(before: number): AsyncIterable<string>;
}
