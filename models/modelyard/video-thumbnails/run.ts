/** Video Thumbnails: a Modelyard command. It runs once per task; every file in $OUTPUT_DIR is a result. */
import { join } from "node:path";
import { convert, look, progress } from "./ffmpeg.ts";
import { main, readInputs } from "./inputs.ts";

interface Inputs {
  inputVideo: string;
  count?: number;
  width?: number;
  sheet?: boolean;
}

await main(async () => {
  const { inputVideo, count = 6, width = 480, sheet = true } = await readInputs<Inputs>();
  progress(0, "Reading the video");
  const { seconds, video } = await look(inputVideo);
  if (!video) throw new Error("There is no video in the file.");
  if (!seconds) throw new Error("The video does not say how long it is, so no even steps can be taken.");
  const folder = process.env.OUTPUT_DIR ?? ".";
  const size = `scale='trunc(min(${width},iw)/2)*2':-2`;
  for (let i = 0; i < count; i++) {
    // The middle of each of `count` equal parts: never the black first frame.
    const at = (seconds * (i + 0.5)) / count;
    await convert({
      path: inputVideo,
      before: ["-ss", at.toFixed(3)],
      arguments: [
        ...["-map", "0:v:0", "-frames:v", "1", "-vf", size, "-q:v", "3"],
        join(folder, `thumbnail-${String(i + 1).padStart(2, "0")}.jpg`),
      ],
      seconds: undefined,
      task: "Taking pictures",
    });
    progress(Math.round((90 * (i + 1)) / count), "Taking pictures");
  }
  if (sheet && count > 1) {
    const columns = Math.ceil(Math.sqrt(count));
    const tiles = `tile=${columns}x${Math.ceil(count / columns)}:margin=8:padding=8:color=white`;
    await convert({
      path: join(folder, "thumbnail-%02d.jpg"),
      arguments: ["-frames:v", "1", "-vf", tiles, "-q:v", "3", join(folder, "sheet.jpg")],
      seconds: undefined,
      task: "Laying out the sheet",
    });
  }
  progress(100, "Done");
});
