/** Place on a Background: a Modelyard command. It runs once per task and leaves one file in $OUTPUT_DIR. */
import { join } from "node:path";
import sharp from "sharp";
import { main, readInputs } from "./inputs.ts";

type Picture = ReturnType<typeof sharp>;
type Layer = { input: Buffer; left: number; top: number };

const MOST_PIXELS = 50_000_000;

type Backdrop = "studio" | "white" | "sand" | "sky" | "night" | "picture";
interface Inputs {
  inputImage: string;
  backdrop?: Backdrop;
  inputBackground?: string;
  size?: "square" | "portrait" | "wide";
  margin?: number;
  shadow?: boolean;
  format?: "jpeg" | "png";
}

const SIZES = { square: [1200, 1200], portrait: [1080, 1350], wide: [1280, 720] } as const;

/** Colours at the top, at the horizon and at the bottom: a sweep of paper has no edge, only a change of light. */
const SWEEPS: Record<Exclude<Backdrop, "picture">, readonly [string, string, string]> = {
  studio: ["#f3f3f1", "#e2e2df", "#cfcfcb"],
  white: ["#ffffff", "#ffffff", "#ffffff"],
  sand: ["#f2e4cd", "#e6cfa9", "#cfae7e"],
  sky: ["#dbeafb", "#b9d6f5", "#8fb6e3"],
  night: ["#2b3142", "#1c2130", "#0f121b"],
};

function sweep([top, middle, bottom]: readonly [string, string, string], width: number, height: number): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs>
      <linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${top}"/>
      <stop offset="0.62" stop-color="${middle}"/><stop offset="1" stop-color="${bottom}"/></linearGradient></defs>
      <rect width="100%" height="100%" fill="url(#g)"/></svg>`,
  );
}

/** A blurred ellipse that the thing stands on. */
function shadowOf(width: number): { image: Buffer; width: number; height: number } {
  const blur = Math.max(2, Math.round(width * 0.025));
  const rx = Math.max(3, Math.round(width * 0.5));
  const ry = Math.max(3, Math.round(width * 0.055));
  const whole = { width: 2 * (rx + 3 * blur), height: 2 * (ry + 3 * blur) };
  const image = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${whole.width}" height="${whole.height}">
      <filter id="b" x="-50%" y="-200%" width="200%" height="500%"><feGaussianBlur stdDeviation="${blur}"/></filter>
      <ellipse cx="50%" cy="50%" rx="${rx}" ry="${ry}" fill="#000" fill-opacity="0.38" filter="url(#b)"/></svg>`,
  );
  return { image, ...whole };
}

function open(path: string): Picture {
  return sharp(path, { limitInputPixels: MOST_PIXELS }).autoOrient().toColourspace("srgb");
}

/** The picture without the empty rim around it, within this frame. */
async function fitted(path: string, frame: { width: number; height: number }) {
  const upright = await open(path).ensureAlpha().png().toBuffer();
  const { isOpaque } = await sharp(upright).stats();
  // A picture that is empty all over has no rim.
  const cut = isOpaque
    ? upright
    : await sharp(upright)
        .trim({ background: "#00000000", threshold: 8 })
        .toBuffer()
        .catch(() => upright);
  const { data, info } = await sharp(cut)
    .resize({ ...frame, fit: "inside" })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, isOpaque };
}

/** Share of the height, from below, in which the thing touches the ground. */
const FOOT = 0.1;

/** Where the thing stands: from where to where its lowest part reaches. */
async function footOf(picture: Buffer): Promise<{ from: number; to: number }> {
  const { data, info } = await sharp(picture).extractChannel("alpha").raw().toBuffer({ resolveWithObject: true });
  let from = info.width;
  let to = 0;
  for (let y = Math.floor(info.height * (1 - FOOT)); y < info.height; y++) {
    for (let x = 0; x < info.width; x++) {
      if ((data[y * info.width + x] ?? 0) < 128) continue;
      from = Math.min(from, x);
      to = Math.max(to, x);
    }
  }
  return from > to ? { from: 0, to: info.width } : { from, to };
}

await main(async () => {
  const inputs = await readInputs<Inputs>();
  const { backdrop = "studio", size = "square", margin = 12, shadow = true, format = "jpeg" } = inputs;
  const [width, height] = SIZES[size];
  if (backdrop === "picture" && !inputs.inputBackground)
    throw new Error("For the backdrop “A picture of mine” a picture is needed.");
  const rim = Math.round((Math.min(width, height) * margin) / 100);
  const unread = (error: Error): never => {
    throw new Error(`The picture could not be read: ${error.message}`);
  };
  const thing = await fitted(inputs.inputImage, { width: width - 2 * rim, height: height - 2 * rim }).catch(unread);
  const ground =
    backdrop === "picture"
      ? await open(inputs.inputBackground ?? "")
          .resize({ width, height, fit: "cover" })
          .flatten()
          .png()
          .toBuffer()
          .catch(unread)
      : sweep(SWEEPS[backdrop], width, height);
  const left = Math.round((width - thing.width) / 2);
  const top = Math.round((height - thing.height) / 2);
  const layers: Layer[] = [{ input: thing.data, left, top }];
  if (shadow && !thing.isOpaque) {
    const { from, to } = await footOf(thing.data);
    const below = shadowOf(to - from);
    const at = {
      left: Math.round(left + (from + to) / 2 - below.width / 2),
      top: Math.round(top + thing.height - below.height / 2 - thing.height * 0.01),
    };
    // What reaches beyond the frame is cut off first: sharp refuses larger layers.
    const image = await sharp({ create: { width, height, channels: 4, background: "#00000000" } })
      .composite([await within(below, at, { width, height })])
      .png()
      .toBuffer();
    layers.unshift({ input: image, left: 0, top: 0 });
  }
  const picture = sharp(ground).composite(layers).flatten({ background: "white" });
  await picture
    .toFormat(format, format === "png" ? {} : { quality: 90 })
    .toFile(join(process.env.OUTPUT_DIR ?? ".", `placed.${format === "png" ? "png" : "jpg"}`));
});

async function within(
  layer: { image: Buffer; width: number; height: number },
  at: { left: number; top: number },
  frame: { width: number; height: number },
): Promise<Layer> {
  const cut = {
    left: Math.max(0, -at.left),
    top: Math.max(0, -at.top),
    width: Math.min(layer.width, frame.width - at.left) - Math.max(0, -at.left),
    height: Math.min(layer.height, frame.height - at.top) - Math.max(0, -at.top),
  };
  const input = await sharp(layer.image).extract(cut).png().toBuffer();
  return { input, left: Math.max(0, at.left), top: Math.max(0, at.top) };
}
