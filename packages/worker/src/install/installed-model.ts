import type { ProgramManifest } from "@modelyard/contract";

/** A model version that is ready to run on this machine: its folder, packages, weights and programs are in place. */
export interface InstalledModel {
  owner: string;
  slug: string;
  /** Content hash of the model's folder (hex). */
  version: string;
  manifest: ProgramManifest;
  /** Absolute path of the read-only copy of the model's folder; the working directory of its processes. */
  dir: string;
  /** Absolute folder that holds the manifest's weight files by their `file` name; exported as WEIGHTS_DIR. */
  weightsDir: string;
  /** Folders put in front of PATH, so that programs found in packages are there under their plain names, and `node` is the Node 24 the worker itself runs on. */
  path: readonly string[];
}
