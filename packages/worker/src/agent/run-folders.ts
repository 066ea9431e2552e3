/**
 * Folders for runs: a scratch folder with an empty `out/` in it. One that a run left untouched is used again, because making and
 * removing folders on a journalled file system costs a millisecond or more while the same disk is busy with fsyncs (measured).
 */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";

/** Untouched folders kept for later. */
const KEEP = 64;

export class RunFolders {
  readonly #root: string;
  readonly #free: string[] = [];
  readonly #removing = new Set<Promise<void>>();
  #made = 0;

  constructor(root: string) {
    this.#root = root;
    mkdirSync(root, { recursive: true });
  }

  /** A folder that nobody else has, with an empty `out/`. */
  take(): string {
    const free = this.#free.pop();
    if (free) return free;
    const dir = join(this.#root, String(++this.#made));
    mkdirSync(join(dir, "out"), { recursive: true });
    return dir;
  }

  /** Nothing may use the folder any more. */
  give(dir: string): void {
    if (this.#free.length < KEEP && isUntouched(dir)) {
      this.#free.push(dir);
      return;
    }
    const removed = rm(dir, { recursive: true, force: true, maxRetries: 2 }).catch(() => {});
    this.#removing.add(removed);
    void removed.then(() => this.#removing.delete(removed));
  }

  async close(): Promise<void> {
    await Promise.all(this.#removing);
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 2 });
  }
}

function isUntouched(dir: string): boolean {
  try {
    const entries = readdirSync(dir, { withFileTypes: true });
    return entries.length === 1 && entries[0]?.name === "out" && entries[0].isDirectory() && readdirSync(join(dir, "out")).length === 0;
  } catch {
    return false;
  }
}
