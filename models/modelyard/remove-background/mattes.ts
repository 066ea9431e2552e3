/** Two networks that tell, for every pixel, how much of it belongs to the subject: 0 = background, 255 = subject. */
import { join } from "node:path";
import ort from "onnxruntime-node";
import type sharp from "sharp";

export interface Matte {
  /** One byte per pixel, row by row. */
  data: Buffer;
  width: number;
  height: number;
}

/** A network gets the picture as three planes, red, green and blue, of float32. */
interface Network {
  file: string;
  size(width: number, height: number): { width: number; height: number };
  /** Turns a byte (0 to 255) of the given colour plane into what the network was trained on. */
  scale(byte: number, plane: number): number;
  /** Whether the result is to be stretched so that its smallest value is 0 and its largest 1. */
  stretch: boolean;
}

const IMAGENET_MEAN = [0.485, 0.456, 0.406];
const IMAGENET_DEVIATION = [0.229, 0.224, 0.225];

const NETWORKS = {
  anything: {
    file: "silueta.onnx",
    size: () => ({ width: 320, height: 320 }),
    scale: (byte, plane) => (byte / 255 - IMAGENET_MEAN[plane]!) / IMAGENET_DEVIATION[plane]!,
    stretch: true,
  },
  people: {
    file: "modnet.onnx",
    // The short side becomes 512; both are multiples of 32.
    size(width, height) {
      const factor = 512 / Math.min(width, height);
      const sized = (side: number) => Math.max(32, Math.round((side * factor) / 32) * 32);
      return { width: Math.min(sized(width), 2048), height: Math.min(sized(height), 2048) };
    },
    scale: (byte) => byte / 127.5 - 1,
    stretch: false,
  },
} satisfies Record<string, Network>;

export type Subject = keyof typeof NETWORKS;

/** Loads the networks; the returned function makes mattes. */
export async function loadNetworks(
  folder: string,
): Promise<(subject: Subject, picture: ReturnType<typeof sharp>) => Promise<Matte>> {
  const open = (network: Network) => ort.InferenceSession.create(join(folder, network.file), { logSeverityLevel: 3 });
  const sessions = { anything: await open(NETWORKS.anything), people: await open(NETWORKS.people) };

  return async (subject, picture) => {
    const network: Network = NETWORKS[subject];
    const session = sessions[subject];
    const original = await picture.metadata();
    const { width, height } = network.size(original.autoOrient.width, original.autoOrient.height);
    const pixels = await picture
      .clone()
      .flatten({ background: "white" })
      .resize(width, height, { fit: "fill" })
      .raw()
      .toBuffer();

    const area = width * height;
    const planes = new Float32Array(3 * area);
    for (let i = 0; i < planes.length; i++) {
      const plane = Math.floor(i / area);
      planes[i] = network.scale(pixels[(i % area) * 3 + plane]!, plane);
    }
    const input = new ort.Tensor("float32", planes, [1, 3, height, width]);
    const results = await session.run({ [session.inputNames[0]!]: input });
    const values = results[session.outputNames[0]!]!.data as Float32Array;

    const [low, high] = network.stretch ? range(values) : [0, 1];
    const data = Buffer.alloc(area);
    // A Buffer keeps the low eight bits of a number, so the value is held between 0 and 255 here.
    for (let i = 0; i < area; i++)
      data[i] = Math.min(255, Math.max(0, Math.round((255 * (values[i]! - low)) / (high - low))));
    return { data, width, height };
  };
}

function range(values: Float32Array): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, Math.max(high, low + 1e-6)];
}
