/**
 * Folders for runs: a scratch folder with an empty `out/` in it. One that a run left untouched is used again, because making and
 * removing folders on a journalled file system costs a millisecond or more while the same disk is busy with fsyncs (measured).
 *
 * Each model version has a folder of its own for its runs: a warm process sees all of that and nothing of other models. Names cannot be
 * guessed, and a run's folder is made where nothing was before: a warm process of a worker that is not root could put a link there.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { removeForeign } from "./remove-foreign.ts";

/** Untouched folders kept for later. */
const KEEP = 64;
/** A modification time is trusted when it is older than the coarsest clock of a file system (2 s), in milliseconds. */
const TRUSTED_MS = 3_000;

export class RunFolder {
  readonly dir: string;
  readonly outputDir: string;
  readonly #made: { dir: number; out: number };
  #taken = Date.now();

  constructor(dir: string) {
    this.dir = dir;
    this.outputDir = join(dir, "out");
    mkdirSync(dir);
    mkdirSync(this.outputDir);
    this.#made = { dir: statSync(dir).mtimeMs, out: statSync(this.outputDir).mtimeMs };
  }

  /** To be called when a run is given the folder. */
  take(): this {
    this.#taken = Date.now();
    return this;
  }

  /** Whether the run left nothing in `out/`; cheap where the folder's modification time can tell. */
  get hasNoOutputs(): boolean {
    return this.#unchanged(this.outputDir, this.#made.out) || readdirSync(this.outputDir).length === 0;
  }

  get isUntouched(): boolean {
    try {
      if (!this.#unchanged(this.dir, this.#made.dir) && readdirSync(this.dir).join() !== "out") return false;
      return statSync(this.outputDir).isDirectory() && this.hasNoOutputs;
    } catch {
      return false;
    }
  }

  #unchanged(path: string, made: number): boolean {
    return this.#taken - made > TRUSTED_MS && statSync(path).mtimeMs === made;
  }
}

export class RunFolders {
  readonly #root: string;
  readonly #keep: number;
  /** By version. */
  readonly #free = new Map<string, RunFolder[]>();
  readonly #removing = new Set<Promise<void>>();

  /**
   * `reuse`: untouched folders are used again. Not with confined models: one that sets a time back or hides a few bytes in a folder's
   * attributes would speak to a later caller's run, and a sandbox costs more than a folder anyway.
   */
  constructor(root: string, { reuse }: { reuse: boolean }) {
    this.#root = root;
    this.#keep = reuse ? KEEP : 0;
    mkdirSync(root, { recursive: true });
  }

  /** Where the folders of a version's runs are. */
  folderOf(version: string): string {
    const folder = join(this.#root, version);
    if (!this.#free.has(version)) {
      mkdirSync(folder, { recursive: true });
      this.#free.set(version, []);
    }
    return folder;
  }

  /** A folder that nobody else has, with an empty `out/`. */
  take(version: string): RunFolder {
    const parent = this.folderOf(version);
    const free = this.#free.get(version)?.pop();
    return (free ?? new RunFolder(join(parent, randomBytes(12).toString("hex")))).take();
  }

  /** The run is over, and the folder is the worker's again (isolation/ownership.ts). */
  give(version: string, folder: RunFolder): void {
    const free = this.#free.get(version) ?? [];
    if (free.length < this.#keep && folder.isUntouched) {
      free.push(folder);
      return;
    }
    const removed = removeForeign(folder.dir).catch(() => {});
    this.#removing.add(removed);
    void removed.then(() => this.#removing.delete(removed));
  }

  async close(): Promise<void> {
    await Promise.all(this.#removing);
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 2 });
  }
}
