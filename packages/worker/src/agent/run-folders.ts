/**
 * Folders for runs: a scratch folder with an empty `out/` in it. One that a run left untouched is used again, because making and
 * removing folders on a journalled file system costs a millisecond or more while the same disk is busy with fsyncs (measured).
 */
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

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
    mkdirSync(this.outputDir, { recursive: true });
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
  readonly #free: RunFolder[] = [];
  readonly #removing = new Set<Promise<void>>();
  #made = 0;

  constructor(root: string) {
    this.#root = root;
    mkdirSync(root, { recursive: true });
  }

  /** A folder that nobody else has, with an empty `out/`. */
  take(): RunFolder {
    return (this.#free.pop() ?? new RunFolder(join(this.#root, String(++this.#made)))).take();
  }

  /** Nothing may use the folder any more. */
  give(folder: RunFolder): void {
    if (this.#free.length < KEEP && folder.isUntouched) {
      this.#free.push(folder);
      return;
    }
    const removed = rm(folder.dir, { recursive: true, force: true, maxRetries: 2 }).catch(() => {});
    this.#removing.add(removed);
    void removed.then(() => this.#removing.delete(removed));
  }

  async close(): Promise<void> {
    await Promise.all(this.#removing);
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 2 });
  }
}
