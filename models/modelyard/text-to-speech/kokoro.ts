/** Kokoro: 82 million parameters that turn sounds, and a voice to say them in, into a wave. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import ort from "onnxruntime-node";
import { toNumbers } from "./phonemes.ts";

/** Samples a second. */
export const SAMPLE_RATE = 24_000;
/** Sounds that the network takes at a time, and rows of a voice: a voice is a little different in short texts. */
const MOST_SOUNDS = 509;
const STYLE = 256;

/**
 * In 16-bit floats some texts drive a layer over its range, and the whole wave is NaN: one of five with onnxruntime's full optimization,
 * one of fourteen with `extended` (measured). A pace that is a little different has always been without.
 */
const PACES = [1, 0.98, 1.02, 0.96, 1.04, 0.94];

export type Speak = (phonemes: string, voice: string, speed: number) => Promise<Float32Array>;

export async function loadKokoro(folder: string): Promise<Speak> {
  const session = await ort.InferenceSession.create(join(folder, "kokoro.onnx"), {
    logSeverityLevel: 3,
    graphOptimizationLevel: "extended",
  });
  const voices = new Map<string, Float32Array>();

  const voiceOf = async (name: string): Promise<Float32Array> => {
    let voice = voices.get(name);
    if (!voice) {
      const bytes = await readFile(join(folder, "voices", `${name}.bin`)).catch(() => {
        throw new Error(`There is no voice ${name}.`);
      });
      voice = new Float32Array(new Uint8Array(bytes).buffer);
      voices.set(name, voice);
    }
    return voice;
  };

  return async (phonemes, name, speed) => {
    const voice = await voiceOf(name);
    const sounds = toNumbers(phonemes).slice(0, MOST_SOUNDS);
    if (sounds.length === 0) return new Float32Array(0);
    const ids = BigInt64Array.from([0, ...sounds, 0].map(BigInt));
    const row = Math.min(sounds.length, voice.length / STYLE - 1);
    for (const pace of PACES) {
      const { waveform } = await session.run({
        input_ids: new ort.Tensor("int64", ids, [1, ids.length]),
        style: new ort.Tensor("float32", voice.slice(row * STYLE, (row + 1) * STYLE), [1, STYLE]),
        speed: new ort.Tensor("float32", Float32Array.of(speed * pace), [1]),
      });
      const wave = waveform.data as Float32Array;
      if (!wave.some(Number.isNaN)) return wave;
    }
    throw new Error(`The network could not say this: ${phonemes}`);
  };
}
