/** Video to GIF: a Modelyard command. It runs once per task and leaves one file in $OUTPUT_DIR. */
import { join } from "node:path";
import { convert, look, progress } from "./ffmpeg.ts";
import { main, readInputs } from "./inputs.ts";

interface Inputs {
  inputVideo: string;
  start?: number;
  duration?: number;
  width?: number;
  fps?: number;
  loop?: boolean;
}

await main(async () => {
  const { inputVideo, start = 0, duration = 5, width = 480, fps = 12, loop = true } = await readInputs<Inputs>();
  progress(0, "Reading the video");
  const { seconds, video } = await look(inputVideo);
  if (!video) throw new Error("There is no video in the file.");
  if (seconds !== undefined && start >= seconds)
    throw new Error(`The video is ${seconds} s long; there is nothing after ${start} s.`);
  // One set of 256 colours for the whole film, chosen from all of its frames.
  const frames = `fps=${fps},scale='min(${width},iw)':-1:flags=lanczos`;
  const colours =
    "split[a][b];[a]palettegen=stats_mode=diff[colours];[b][colours]paletteuse=dither=bayer:bayer_scale=3";
  await convert({
    path: inputVideo,
    before: ["-ss", `${start}`, "-t", `${duration}`],
    arguments: [
      ...["-map", "0:v:0", "-an", "-vf", `${frames},${colours}`, "-loop", loop ? "0" : "-1"],
      join(process.env.OUTPUT_DIR ?? ".", "animation.gif"),
    ],
    seconds: Math.min(duration, (seconds ?? start + duration) - start),
    task: "Drawing frames",
  });
  progress(100, "Done");
});
