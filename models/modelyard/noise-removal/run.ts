/**
 * Noise Removal: a Modelyard service. It loads its network once and then answers requests, one JSON object a line: `run` and
 * `cancel` come on stdin; `ready`, `progress`, `done` and `error` go out on stdout. The result is a file in the run's output folder.
 */
import { join } from "node:path";
import { createInterface } from "node:readline";
import { loadNetwork } from "./denoiser.ts";
import { type Format, look, rewrite } from "./recording.ts";

interface Request {
  id: string;
  inputs: { inputAudio: string; strength?: number; format?: Format };
  outputDir: string;
}

const denoiser = await loadNetwork();
const running = new Map<string, AbortController>();

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const request = JSON.parse(line);
    if (request.type === "run") void answer(request);
    if (request.type === "cancel") running.get(request.id)?.abort(new Error("cancelled"));
  })
  .on("close", () => process.exit());
say({ type: "ready" });

function say(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function answer({ id, inputs, outputDir }: Request): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  const progress = (percentage: number) => say({ type: "progress", id, percentage, task: "Listening" });
  try {
    progress(0);
    const { strength = 1, format = "mp3" } = inputs;
    const { channels, seconds } = await look(inputs.inputAudio);
    const network = denoiser(channels);
    try {
      await rewrite({
        path: inputs.inputAudio,
        out: join(outputDir, `clean.${format}`),
        format,
        channels,
        signal: stop.signal,
        change: (frame) => network.clean(frame, strength),
        onSeconds: (done) => seconds && progress(Math.min(99, Math.floor((100 * done) / seconds))),
      });
    } finally {
      network.free();
    }
    say({ type: "done", id });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  } finally {
    running.delete(id);
  }
}
