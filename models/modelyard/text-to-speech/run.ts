/**
 * Natural Speech: a Modelyard service. It loads Kokoro once and then answers requests, one JSON object a line: `run` and `cancel`
 * come on stdin; `ready`, `progress`, `done` and `error` go out on stdout. The result is a file in the run's output folder.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { loadKokoro, SAMPLE_RATE } from "./kokoro.ts";
import { toPhonemes } from "./phonemes.ts";
import { stretches } from "./sentences.ts";
import { waveFile } from "./wave.ts";

/** Seconds of silence between two stretches. */
const PAUSE = 0.2;

interface Request {
  id: string;
  inputs: { prompt: string; voice?: string; speed?: number };
  outputDir: string;
}

const speak = await loadKokoro(process.env.WEIGHTS_DIR ?? "weights");
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
  const progress = (percentage: number) => say({ type: "progress", id, percentage, task: "Speaking" });
  try {
    const { prompt, voice = "af_heart", speed = 1 } = inputs;
    const texts = stretches(prompt);
    if (texts.length === 0) throw new Error("There is no text to read.");
    const letters = texts.reduce((sum, text) => sum + text.length, 0);
    let said = 0;
    const parts: Float32Array[] = [];
    for (const text of texts) {
      progress(Math.floor((100 * said) / letters));
      const phonemes = await toPhonemes(text, voice.startsWith("b") ? "en-gb" : "en-us");
      // Between two stretches, so that a cancel on stdin is heard.
      await new Promise((resolve) => setImmediate(resolve));
      stop.signal.throwIfAborted();
      if (parts.length > 0) parts.push(new Float32Array(PAUSE * SAMPLE_RATE));
      parts.push(await speak(phonemes, voice, speed));
      said += text.length;
    }
    await writeFile(join(outputDir, "speech.wav"), waveFile(parts, SAMPLE_RATE));
    progress(100);
    say({ type: "done", id });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  } finally {
    running.delete(id);
  }
}
