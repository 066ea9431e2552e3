/** Resize and Convert Image: a Modelyard command. It runs once per task and leaves one file in $OUTPUT_DIR. */
import { join } from "node:path";
import sharp from "sharp";
import { main, readInputs } from "./inputs.ts";

const MOST_PIXELS = 50_000_000;

type Format = "jpeg" | "png" | "webp" | "avif";
interface Inputs {
  inputImage: string;
  width?: number;
  height?: number;
  fit?: "inside" | "cover" | "contain" | "fill";
  format?: Format;
  quality?: number;
  background?: "white" | "black" | "transparent";
}

const SUFFIX: Record<Format, string> = { jpeg: "jpg", png: "png", webp: "webp", avif: "avif" };

await main(async () => {
  const inputs = await readInputs<Inputs>();
  const { inputImage, width = 0, height = 0, fit = "inside", format = "jpeg", quality = 85 } = inputs;
  const picture = sharp(inputImage, { limitInputPixels: MOST_PIXELS }).autoOrient().toColourspace("srgb");
  await picture.metadata().catch((error: Error) => {
    throw new Error(`The picture could not be read: ${error.message}`);
  });
  const transparent = inputs.background === "transparent" && format !== "jpeg";
  const background = transparent ? "#00000000" : inputs.background === "black" ? "black" : "white";
  if (width > 0 || height > 0)
    picture.resize({
      ...(width > 0 && { width }),
      ...(height > 0 && { height }),
      fit,
      background,
      withoutEnlargement: fit === "inside",
    });
  if (format === "jpeg") picture.flatten({ background });
  await picture
    .toFormat(format, format === "png" ? {} : { quality })
    .toFile(join(process.env.OUTPUT_DIR ?? ".", `image.${SUFFIX[format]}`))
    .catch((error: Error) => {
      throw new Error(`The picture could not be read: ${error.message}`);
    });
});
