/** The worker's places: how many runs at a time, and which GPU belongs to which run. Whoever comes first is served first. */

interface Waiting {
  gpus: number;
  resolve: (gpus: number[]) => void;
  reject: (reason: unknown) => void;
}

export class Places {
  #free: number;
  readonly #gpus: Set<number>;
  readonly #waiting: Waiting[] = [];

  constructor(slots: number, gpus: readonly number[]) {
    this.#free = slots;
    this.#gpus = new Set(gpus);
  }

  /** Takes one slot and `gpus` GPUs; resolves to the GPUs' indexes. Rejects with the signal's reason when that comes first. */
  take(gpus: number, signal: AbortSignal): Promise<number[]> {
    if (signal.aborted) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        reject(signal.reason);
      };
      const entry: Waiting = {
        gpus,
        reject,
        resolve: (taken) => {
          signal.removeEventListener("abort", abort);
          resolve(taken);
        },
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting.push(entry);
      this.#serve();
    });
  }

  give(gpus: readonly number[]): void {
    this.#free++;
    for (const index of gpus) this.#gpus.add(index);
    this.#serve();
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next && this.#free > 0 && next.gpus <= this.#gpus.size; next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#free--;
      const taken = [...this.#gpus].slice(0, next.gpus);
      for (const index of taken) this.#gpus.delete(index);
      next.resolve(taken);
    }
  }
}
