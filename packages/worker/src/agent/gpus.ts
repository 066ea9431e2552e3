import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { FromWorker } from "@modelyard/contract";

type Gpus = Extract<FromWorker, { t: "hello" }>["gpus"];

/** The NVIDIA GPUs of this machine, or the given indexes (of unknown kind). A machine without the tool has none. */
export async function detectGpus(given: readonly number[] | undefined): Promise<Gpus> {
  if (given) return given.map((index) => ({ index, name: "GPU", vram: 0 }));
  try {
    const query = ["--query-gpu=index,name,memory.total", "--format=csv,noheader,nounits"];
    const { stdout } = await promisify(execFile)("nvidia-smi", query, { timeout: 5_000 });
    return stdout
      .trim()
      .split("\n")
      .flatMap((line) => {
        const [index, name = "GPU", vram] = line.split(",").map((part) => part.trim());
        return /^\d+$/.test(index ?? "") ? [{ index: Number(index), name, vram: Number(vram) || 0 }] : [];
      });
  } catch {
    return [];
  }
}
