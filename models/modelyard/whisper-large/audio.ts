import { execFile } from "node:child_process";

/** Samples a second that Whisper takes. */
export const SAMPLE_RATE = 16_000;
const MOST_SECONDS = 1800;
const BYTES = 4;

/** Decodes any recording with ffmpeg: mono, 16 kHz, -1 to 1. Throws when there is no sound in it or it is too long. */
export async function readAudio(path: string, signal: AbortSignal): Promise<Float32Array> {
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const options = ["-nostdin", "-v", "error", "-protocol_whitelist", "file", "-i", path];
    // A second more than is allowed tells a recording that is too long.
    const form = ["-t", `${MOST_SECONDS + 1}`, "-vn", "-ac", "1", "-ar", `${SAMPLE_RATE}`, "-f", "f32le", "-"];
    execFile(
      "ffmpeg",
      [...options, ...form],
      { encoding: "buffer", maxBuffer: (MOST_SECONDS + 10) * SAMPLE_RATE * BYTES, signal },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else if (signal.aborted) reject(signal.reason);
        else reject(new Error(`The recording could not be read: ${stderr.toString().trim().split("\n").at(-1)}`));
      },
    );
  });
  const length = Math.floor(bytes.length / BYTES);
  if (length > MOST_SECONDS * SAMPLE_RATE) throw new Error("The recording is longer than 30 minutes.");
  if (length < SAMPLE_RATE / 10) throw new Error("There is no sound in the recording.");
  const audio = new Float32Array(length);
  new Uint8Array(audio.buffer).set(bytes.subarray(0, length * BYTES));
  return audio;
}
