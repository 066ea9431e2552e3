/** Convert Media: a Modelyard command. It runs once per task and leaves one file in $OUTPUT_DIR. */
import { join } from "node:path";
import { encoding, type Format, type Quality, type Resolution } from "./encoding.ts";
import { convert, look, progress } from "./ffmpeg.ts";
import { main, readInputs } from "./inputs.ts";

interface Inputs {
  inputMedia: string;
  format?: Format;
  resolution?: Resolution;
  quality?: Quality;
}

await main(async () => {
  const { inputMedia, format = "mp4", resolution = "original", quality = "medium" } = await readInputs<Inputs>();
  progress(0, "Reading the recording");
  const { seconds, video, audio } = await look(inputMedia);
  const { needs, arguments: args } = encoding(format, resolution, quality);
  if (needs === "video" && !video)
    throw new Error(`There is no video in the recording, so it cannot become ${format}.`);
  if (needs === "audio" && !audio)
    throw new Error(`There is no sound in the recording, so it cannot become ${format}.`);
  const out = join(process.env.OUTPUT_DIR ?? ".", `converted.${format}`);
  await convert({ path: inputMedia, arguments: [...args, out], seconds, task: "Converting" });
  progress(100, "Done");
});
