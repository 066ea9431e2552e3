/**
 * Whisper Large: a Modelyard service. It loads Whisper once and then answers requests, one JSON object a line: `run` and `cancel`
 * come on stdin; `ready`, `progress`, `done` with the text, and `error` go out on stdout. Runs come one at a time.
 */
import { createInterface } from "node:readline";
import { readAudio, SAMPLE_RATE } from "./audio.ts";
import { type Format, layOut } from "./formats.ts";
import { loadWhisper } from "./whisper.ts";

interface Request {
  id: string;
  inputs: {
    inputAudio: string;
    language?: string;
    task?: "transcribe" | "translate";
    format?: Format;
  };
}

const running = new Map<string, AbortController>();
const whisper = await loadWhisper();

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

async function answer({ id, inputs }: Request): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  try {
    say({ type: "done", id, text: await transcribe(id, inputs, stop.signal) });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  } finally {
    running.delete(id);
  }
}

async function transcribe(id: string, inputs: Request["inputs"], signal: AbortSignal): Promise<string> {
  const progress = (percentage: number, task: string) => say({ type: "progress", id, percentage, task });
  progress(0, "Reading the recording");
  const audio = await readAudio(inputs.inputAudio, signal);
  const given = inputs.language && inputs.language !== "auto" ? inputs.language : undefined;
  const language = given ?? (await whisper.detectLanguage(audio));
  signal.throwIfAborted();
  say({ type: "log", id, text: `${(audio.length / SAMPLE_RATE).toFixed(1)} s of audio, language ${language}\n` });
  const transcript = await whisper.transcribe({
    audio,
    language,
    task: inputs.task ?? "transcribe",
    signal,
    onSeconds: (seconds) => progress(Math.min(99, (100 * seconds * SAMPLE_RATE) / audio.length), "Listening"),
  });
  return layOut(inputs.format ?? "text", { language, ...transcript });
}
