import { readFile } from "node:fs/promises";

/** The run's inputs by id, checked and filled with their defaults by the platform. */
export async function readInputs<T>(): Promise<T> {
  return JSON.parse(await readFile(process.env.INPUT_JSON ?? "/dev/stdin", "utf8")) as T;
}

/** Runs the tool; what goes wrong is said on stderr, where the caller's message comes from. */
export async function main(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
