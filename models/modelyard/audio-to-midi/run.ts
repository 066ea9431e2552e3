/**
 * Audio to MIDI: a Modelyard service. It loads its network once and then answers requests, one JSON object a line: `run` and
 * `cancel` come on stdin; `ready`, `progress`, `done` and `error` go out on stdout. The results are files in the run's output folder.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { readAudio } from "./audio.ts";
import { midiFile } from "./midi.ts";
import { loadNetwork, SAMPLE_RATE } from "./network.ts";
import { findNotes, type Note } from "./notes.ts";

interface Request {
  id: string;
  inputs: {
    inputAudio: string;
    begin?: number;
    sound?: number;
    shortest?: number;
    lowest?: number;
    highest?: number;
    tempo?: number;
  };
  outputDir: string;
}

const listen = await loadNetwork(process.env.WEIGHTS_DIR ?? "weights");
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
  const progress = (percentage: number, task: string) => say({ type: "progress", id, percentage, task });
  try {
    const { begin = 0.5, sound = 0.3, shortest = 60, lowest = 21, highest = 108, tempo = 120 } = inputs;
    if (lowest > highest) throw new Error(`The lowest key, ${lowest}, is above the highest, ${highest}.`);
    progress(0, "Reading the recording");
    const audio = await readAudio(inputs.inputAudio, stop.signal);
    const seconds = audio.length / SAMPLE_RATE;
    const frames = await listen(audio, {
      signal: stop.signal,
      onSeconds: (done) => progress(Math.min(99, Math.floor((100 * done) / seconds)), "Listening"),
    });
    const notes = findNotes(frames, { begin, sound, shortest: shortest / 1000, lowest, highest });
    await writeFile(join(outputDir, "notes.mid"), midiFile(notes, tempo));
    await writeFile(join(outputDir, "notes.json"), list(notes));
    say({ type: "log", id, text: `${notes.length} notes in ${seconds.toFixed(1)} s\n` });
    say({ type: "done", id });
  } catch (error) {
    say({ type: "error", id, message: (error as Error).message });
  } finally {
    running.delete(id);
  }
}

/** A line for each note: seconds to the millisecond, the key in MIDI's count and by name. */
function list(notes: readonly Note[]): string {
  const names = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"];
  const lines = notes.map(({ start, end, pitch, strength }) =>
    JSON.stringify({
      start: Number(start.toFixed(3)),
      end: Number(end.toFixed(3)),
      pitch,
      name: `${names[pitch % 12]}${Math.floor(pitch / 12) - 1}`,
      strength: Number(strength.toFixed(3)),
    }),
  );
  return lines.length ? `[\n  ${lines.join(",\n  ")}\n]\n` : "[]\n";
}
