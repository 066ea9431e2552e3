/** Normalize Loudness: a Modelyard command. It runs once per task; every file in $OUTPUT_DIR is a result. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { convert, look, progress } from "./ffmpeg.ts";
import { main, readInputs } from "./inputs.ts";

type Format = "mp3" | "wav" | "flac" | "m4a";
interface Inputs {
  inputAudio: string;
  loudness?: number;
  peak?: number;
  format?: Format;
}

/** What ffmpeg's filter `loudnorm` measures, as decimals in text (EBU R 128). */
interface Measured {
  input_i: string;
  input_tp: string;
  input_lra: string;
  input_thresh: string;
  target_offset: string;
}

const ENCODER: Record<Format, string[]> = {
  mp3: ["-c:a", "libmp3lame", "-q:a", "2"],
  wav: ["-c:a", "pcm_s16le"],
  flac: ["-c:a", "flac", "-sample_fmt", "s16"],
  m4a: ["-c:a", "aac", "-b:a", "192k"],
};

await main(async () => {
  const { inputAudio, loudness = -16, peak = -1.5, format = "mp3" } = await readInputs<Inputs>();
  progress(0, "Reading the recording");
  const { seconds, audio } = await look(inputAudio);
  if (!audio) throw new Error("There is no sound in the file.");
  const target = `I=${loudness}:TP=${peak}:LRA=11`;
  const measure = async (path: string, task: string) =>
    measuredIn(
      await convert({
        path,
        arguments: ["-map", "0:a:0", "-af", `loudnorm=${target}:print_format=json`, "-f", "null", "-"],
        seconds,
        task,
      }),
    );
  const before = await measure(inputAudio, "Measuring");
  if (!Number.isFinite(Number(before.input_i))) throw new Error("The recording is silent.");
  // With the measured figures the filter changes the volume by one factor, where the peak allows it, and compresses nothing.
  const known =
    `measured_I=${before.input_i}:measured_TP=${before.input_tp}:measured_LRA=${before.input_lra}:` +
    `measured_thresh=${before.input_thresh}:offset=${before.target_offset}:linear=true`;
  const out = join(process.env.OUTPUT_DIR ?? ".", `normalized.${format}`);
  await convert({
    path: inputAudio,
    // The filter works at 192 kHz and leaves it at that.
    arguments: ["-map", "0:a:0", "-vn", "-af", `loudnorm=${target}:${known}`, "-ar", "48000", ...ENCODER[format], out],
    seconds,
    task: "Changing the volume",
  });
  const after = await measure(out, "Measuring again");
  await writeFile(join(process.env.OUTPUT_DIR ?? ".", "loudness.json"), report({ before, after }));
  progress(100, "Done");
});

function measuredIn(said: string): Measured {
  const json = /\{[^{}]*"input_i"[^{}]*\}/.exec(said)?.[0];
  if (!json) throw new Error("ffmpeg measured nothing.");
  return JSON.parse(json) as Measured;
}

function report(measured: Record<"before" | "after", Measured>): string {
  const figures = ({ input_i, input_tp, input_lra }: Measured) => ({
    integratedLufs: Number(input_i),
    truePeakDbtp: Number(input_tp),
    rangeLu: Number(input_lra),
  });
  return `${JSON.stringify({ before: figures(measured.before), after: figures(measured.after) }, null, 2)}\n`;
}
