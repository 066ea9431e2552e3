/** What the camera looks at: a picture, how near each of its parts is, and perhaps a caption in front of it. */
import { join } from "node:path";
import ort from "onnxruntime-node";
import sharp from "sharp";

export interface Scene {
  /** Red, green and blue, one byte each, row by row. */
  pixels: Buffer;
  width: number;
  height: number;
  /** One byte per cell, 0 = farthest, 255 = nearest, on a square of NEARNESS_SIZE cells stretched over the picture. */
  nearness: Buffer;
}

export const NEARNESS_SIZE = 224;
const FONT = "DejaVu Sans, Liberation Sans, Noto Sans, sans-serif";

export async function loadDepthNetwork(folder: string): Promise<(pixels: Buffer) => Promise<Buffer>> {
  const session = await ort.InferenceSession.create(join(folder, "fastdepth.onnx"), { logSeverityLevel: 3 });
  const area = NEARNESS_SIZE * NEARNESS_SIZE;

  /** Takes red, green and blue bytes of NEARNESS_SIZE × NEARNESS_SIZE pixels. */
  return async (pixels) => {
    const planes = new Float32Array(3 * area);
    for (let i = 0; i < planes.length; i++) planes[i] = pixels[(i % area) * 3 + Math.floor(i / area)]! / 255;
    const input = new ort.Tensor("float32", planes, [1, 3, NEARNESS_SIZE, NEARNESS_SIZE]);
    const results = await session.run({ [session.inputNames[0]!]: input });
    const depth = results[session.outputNames[0]!]!.data as Float32Array;
    const near = depth.map((metres) => 1 / Math.max(metres, 0.05));
    // The outermost two percent are mistakes more often than not.
    const sorted = near.toSorted();
    const [low, high] = [sorted[Math.floor(area * 0.02)]!, sorted[Math.floor(area * 0.98)]!];
    return Buffer.from(near.map((value) => Math.min(255, Math.max(0, (255 * (value - low)) / (high - low || 1)))));
  };
}

/** Soft steps of depth stretch less when things move apart. */
async function soften(nearness: Buffer): Promise<Buffer> {
  const raw = { width: NEARNESS_SIZE, height: NEARNESS_SIZE, channels: 1 } as const;
  return sharp(nearness, { raw }).blur(4).extractChannel(0).raw().toBuffer();
}

/** The scene of a picture, scaled and cropped to fill this size. */
export async function pictureScene(
  path: string,
  size: { width: number; height: number },
  depthOf: (pixels: Buffer) => Promise<Buffer>,
): Promise<Scene> {
  const picture = sharp(path).autoOrient().flatten({ background: "white" }).toColourspace("srgb");
  const pixels = await picture.resize(size.width, size.height, { fit: "cover" }).raw().toBuffer();
  const raw = { ...size, channels: 3 } as const;
  const small = await sharp(pixels, { raw }).resize(NEARNESS_SIZE, NEARNESS_SIZE, { fit: "fill" }).raw().toBuffer();
  return { ...size, pixels, nearness: await soften(await depthOf(small)) };
}

/** A scene drawn from words: their letters in front of floating discs and a gradient. Its depth is known, not estimated. */
export async function titleScene(words: string, size: { width: number; height: number }, seed: number): Promise<Scene> {
  const { width, height } = size;
  const random = (n: number) => Math.abs(Math.sin(seed * 12.9898 + n * 78.233) * 43758.5453) % 1;
  const hue = Math.floor(random(0) * 360);
  // Above and below the words.
  const heightOf = (share: number) => (share < 0.5 ? share * 0.32 : 1 - (1 - share) * 0.32);
  const discs = Array.from({ length: 16 }, (_, i) => ({
    x: random(3 * i + 1),
    y: heightOf(random(3 * i + 2)),
    near: 0.1 + 0.5 * random(3 * i + 3),
  }))
    .sort((a, b) => a.near - b.near)
    .map((disc) => ({ ...disc, radius: disc.near * 0.2 * height }));
  const svg = (content: string) =>
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${content}</svg>`);
  const circles = (fill: (near: number) => string) =>
    discs
      .map(({ x, y, near, radius }) => `<circle cx="${x * width}" cy="${y * height}" r="${radius}" ${fill(near)}/>`)
      .join("");

  const gradient = `<linearGradient id="sky" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="hsl(${hue},55%,16%)"/><stop offset="1" stop-color="hsl(${hue + 50},60%,38%)"/></linearGradient>`;
  const picture = svg(`${gradient}<rect width="100%" height="100%" fill="url(#sky)"/>
    ${circles((near) => `fill="hsl(${hue + 30 + near * 60},70%,65%)" opacity="${0.15 + near * 0.35}"`)}
    ${letters(words, { width, height, top: 0.5, largest: 0.11 })}`);
  // The words stand on a near plane of their own, wider than they are, so that no letter is bent.
  const depth = svg(`<rect width="100%" height="100%" fill="black"/>
    ${circles((near) => `fill="hsl(0,0%,${near * 100}%)"`)}
    <rect x="6%" y="29%" width="88%" height="42%" rx="${height / 10}" fill="#c0c0c0"/>`);

  const pixels = await sharp(picture).flatten().removeAlpha().raw().toBuffer();
  const nearness = await sharp(depth)
    .resize(NEARNESS_SIZE, NEARNESS_SIZE, { fit: "fill" })
    .flatten()
    .blur(6)
    .extractChannel(0)
    .raw()
    .toBuffer();
  return { ...size, pixels, nearness };
}

/** A caption for the lower part of the picture: white and black with alpha, red, green, blue and alpha bytes. */
export async function captionLayer(words: string, size: { width: number; height: number }): Promise<Buffer> {
  const text = letters(words, { ...size, top: 0.86, largest: 0.07 });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}">${text}</svg>`;
  return sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
}

/** Words as centred SVG text in as many lines as they need, with a shadow. `top`: middle of the lines, `largest`: letter height. */
function letters(words: string, box: { width: number; height: number; top: number; largest: number }): string {
  const { width, height } = box;
  const shown = words.length > 160 ? `${words.slice(0, 159).trimEnd()}…` : words;
  // A letter is about 0.6 of its height wide; smaller letters until at most three lines are left.
  let size = box.largest * height;
  let lines = wrap(shown, (0.76 * width) / (0.6 * size));
  while (lines.length > 3) {
    size *= 0.9;
    lines = wrap(shown, (0.76 * width) / (0.6 * size));
  }
  const first = box.top * height - (lines.length / 2) * 1.25 * size + size;
  const escaped = (text: string) =>
    text.replace(/[<>&]/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/\p{Cc}/gu, "");
  const draw = (offset: number, fill: string) =>
    lines
      .map(
        (line, i) =>
          `<text x="${width / 2 + offset}" y="${first + i * 1.25 * size + offset}" fill="${fill}">${escaped(line)}</text>`,
      )
      .join("");
  return `<g font-family="${FONT}" font-weight="bold" font-size="${size}" text-anchor="middle">
    <g opacity="0.6">${draw(size / 20, "black")}</g>${draw(0, "white")}</g>`;
}

function wrap(text: string, lettersPerLine: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length === 0 || longer.length > lettersPerLine) lines.push(word);
    else lines[lines.length - 1] = longer;
  }
  return lines;
}
