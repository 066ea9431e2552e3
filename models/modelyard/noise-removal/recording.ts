/** Recordings as a stream of samples, in and out, through ffmpeg: however long one is, only moments of it are in memory. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { FRAME, LAG, SAMPLE_RATE } from "./denoiser.ts";

export type Format = "mp3" | "wav" | "flac" | "m4a";

const LOCAL_ONLY = ["-protocol_whitelist", "file"];
const QUIET = ["-nostdin", "-v", "error", "-y"];
const ENCODER: Record<Format, string[]> = {
  mp3: ["-c:a", "libmp3lame", "-q:a", "2"],
  wav: ["-c:a", "pcm_s16le"],
  flac: ["-c:a", "flac", "-sample_fmt", "s16"],
  m4a: ["-c:a", "aac", "-b:a", "192k"],
};

/** Channels (1 or 2) and length in seconds, where the file says so. Throws, in words for the caller, when there is no sound. */
export async function look(path: string): Promise<{ channels: 1 | 2; seconds: number | undefined }> {
  const said = await new Promise<string>((resolve, reject) => {
    execFile("ffmpeg", ["-nostdin", "-hide_banner", ...LOCAL_ONLY, "-i", path], (error, _out, text) =>
      (error as NodeJS.ErrnoException | null)?.code === "ENOENT" ? reject(error) : resolve(text),
    );
  });
  const sound = /^ {2}Stream #0.* Audio: .*$/m.exec(said)?.[0];
  if (!sound) {
    const reason = said.trim().split("\n").at(-1)?.replace(`${path}: `, "");
    throw new Error(
      said.includes("Stream #0") ? "There is no sound in the file." : `The recording could not be read: ${reason}`,
    );
  }
  const length = /Duration: (\d+):(\d\d):(\d\d\.\d+)/.exec(said);
  const seconds = length ? Number(length[1]) * 3600 + Number(length[2]) * 60 + Number(length[3]) : undefined;
  return { channels: /, mono,/.test(sound) ? 1 : 2, seconds };
}

/** The recording's frames as `change` leaves them, `LAG` frames late, written to `out` in their place. */
export async function rewrite(options: {
  path: string;
  out: string;
  format: Format;
  channels: 1 | 2;
  signal: AbortSignal;
  change(frame: Float32Array): void;
  /** Seconds done so far. */
  onSeconds(seconds: number): void;
}): Promise<void> {
  const { path, out, format, channels, signal } = options;
  const raw = ["-f", "f32le", "-ar", `${SAMPLE_RATE}`, "-ac", `${channels}`];
  const decoder = spawn("ffmpeg", [...QUIET, ...LOCAL_ONLY, "-i", path, "-map", "0:a:0", ...raw, "-"], {
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  const encoder = spawn("ffmpeg", [...QUIET.slice(1), ...raw, "-i", "-", ...ENCODER[format], out], {
    stdio: ["pipe", "ignore", "pipe"],
    signal,
  });
  const ends = [ended(decoder), ended(encoder)];
  for (const end of ends) end.catch(() => {});
  // The pipe breaks when the encoder ends early; its end says why.
  encoder.stdin.on("error", () => {});
  const bytes = FRAME * channels * Float32Array.BYTES_PER_ELEMENT;
  let [came, frames, written] = [0, 0, 0];
  const pass = async (frame: Float32Array) => {
    options.change(frame);
    frames += 1;
    if (frames <= LAG) return;
    const part = Buffer.from(frame.buffer, 0, Math.min(bytes, came - written));
    written += part.length;
    if (!encoder.stdin.write(part)) await Promise.race([once(encoder.stdin, "drain", { signal }), ends[1]]);
    if (frames % 100 === 0) options.onSeconds((frames * FRAME) / SAMPLE_RATE);
  };
  try {
    let waiting = Buffer.alloc(0);
    for await (const chunk of decoder.stdout) {
      came += chunk.length;
      waiting = Buffer.concat([waiting, chunk]);
      for (; waiting.length >= bytes; waiting = waiting.subarray(bytes))
        await pass(new Float32Array(Uint8Array.from(waiting.subarray(0, bytes)).buffer));
    }
    // Silence behind the end drives out what still lags behind.
    for (let rest = waiting; written < came; rest = Buffer.alloc(0))
      await pass(new Float32Array(Uint8Array.from(Buffer.concat([rest, Buffer.alloc(bytes - rest.length)])).buffer));
    await ends[0];
    encoder.stdin.end();
    await ends[1];
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    decoder.kill("SIGKILL");
    encoder.kill("SIGKILL");
  }
}

async function ended(child: ChildProcess): Promise<void> {
  let said = "";
  child.stderr?.on("data", (text) => (said = (said + text).slice(-2000)));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`ffmpeg could not do it: ${said.trim().split("\n").at(-1)}`);
}
