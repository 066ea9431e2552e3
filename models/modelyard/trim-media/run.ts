/** Trim Media: a Modelyard command. It runs once per task and leaves one file in $OUTPUT_DIR. */
import { extname, join } from "node:path";
import { convert, look, progress } from "./ffmpeg.ts";
import { main, readInputs } from "./inputs.ts";

interface Inputs {
  inputMedia: string;
  start?: number;
  end?: number;
}

/** Sound stays what it was where its kind has an encoder here. */
const SOUND: Record<string, string[]> = {
  ".mp3": ["-c:a", "libmp3lame", "-q:a", "2"],
  ".wav": ["-c:a", "pcm_s16le"],
  ".flac": ["-c:a", "flac"],
  ".ogg": ["-c:a", "libopus", "-b:a", "128k"],
  ".m4a": ["-c:a", "aac", "-b:a", "192k"],
};
const VIDEO = [
  ...["-map", "0:v:0", "-map", "0:a:0?", "-vf", "scale=trunc(iw/2)*2:trunc(ih/2)*2,format=yuv420p"],
  ...["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart"],
];

await main(async () => {
  const { inputMedia, start = 0, end = 0 } = await readInputs<Inputs>();
  progress(0, "Reading the recording");
  const { seconds, video } = await look(inputMedia);
  if (end > 0 && end <= start) throw new Error(`The end, ${end} s, is not after the start, ${start} s.`);
  if (seconds !== undefined && start >= seconds)
    throw new Error(`The recording is ${seconds} s long; there is nothing after ${start} s.`);
  const until = end > 0 ? Math.min(end, seconds ?? end) : seconds;
  const length = until === undefined ? undefined : until - start;
  const kind = extname(inputMedia).toLowerCase();
  const suffix = video ? ".mp4" : SOUND[kind] ? kind : ".m4a";
  const encoder = video ? VIDEO : ["-map", "0:a:0", "-vn", ...(SOUND[suffix] ?? [])];
  const out = join(process.env.OUTPUT_DIR ?? ".", `trimmed${suffix}`);
  await convert({
    path: inputMedia,
    // In front of -i ffmpeg goes to the key frame before it and decodes from there, so the cut is exact and quick.
    before: ["-ss", `${start}`],
    arguments: [...(end > 0 ? ["-t", `${end - start}`] : []), ...encoder, out],
    seconds: length,
    task: "Cutting",
  });
  progress(100, "Done");
});
