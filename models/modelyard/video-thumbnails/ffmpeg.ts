/**
 * ffmpeg as a media tool uses it. The same file lies in each media tool's folder, because a model carries everything that it needs;
 * a test of `convert-media` keeps the copies equal.
 */
import { spawn } from "node:child_process";

/** What a recording holds, as ffmpeg tells it. */
export interface Media {
  /** Length; undefined where the file does not say. */
  seconds: number | undefined;
  /** Moving pictures; a cover picture of a song is none. */
  video: boolean;
  audio: boolean;
}

/** Only local files are opened, so that a playlist cannot make ffmpeg read from elsewhere. */
const LOCAL_ONLY = ["-protocol_whitelist", "file"];
/** Characters of ffmpeg's messages that are kept. */
const KEPT = 20_000;

/** Throws, in words for the caller, when the file is no recording. */
export async function look(path: string): Promise<Media> {
  const { said } = await start(["-nostdin", "-hide_banner", ...LOCAL_ONLY, "-i", path], () => {});
  const streams = said.match(/^ {2}Stream #0.*$/gm) ?? [];
  const video = streams.some((line) => line.includes(" Video: ") && !line.includes("(attached pic)"));
  const audio = streams.some((line) => line.includes(" Audio: "));
  if (!video && !audio) throw new Error(`The recording could not be read: ${lastLine(said).replace(`${path}: `, "")}`);
  const length = /Duration: (\d+):(\d\d):(\d\d\.\d+)/.exec(said);
  return { seconds: length ? clock(length) : undefined, video, audio };
}

/** Runs ffmpeg with `arguments_` behind `-i path` and reports progress against `seconds`. Returns its last messages. */
export async function convert(options: {
  path: string;
  /** Options of the input, in front of `-i`. */
  before?: readonly string[];
  arguments: readonly string[];
  /** Seconds of the result, as far as they are known. */
  seconds: number | undefined;
  task: string;
}): Promise<string> {
  const { path, before = [], seconds, task } = options;
  const { code, said } = await start(
    ["-nostdin", "-hide_banner", "-y", ...LOCAL_ONLY, ...before, "-i", path, ...options.arguments],
    (text) => {
      const at = /time=(\d+):(\d\d):(\d\d\.\d+)/.exec(text);
      if (at && seconds) progress(Math.min(99, Math.round((100 * clock(at)) / seconds)), task);
    },
  );
  if (code !== 0) throw new Error(`ffmpeg could not do it: ${lastLine(said)}`);
  return said;
}

/** A line of progress on stdout, as docs/guide/make-a-model.md has it. */
export function progress(percentage: number, task: string): void {
  process.stdout.write(`${JSON.stringify({ type: "progress", percentage, task })}\n`);
}

function start(args: readonly string[], hear: (text: string) => void): Promise<{ code: number | null; said: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ code: number | null; said: string }>();
  const child = spawn("ffmpeg", args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-KEPT);
    hear(text);
  });
  child.once("error", reject);
  child.once("close", (code) => resolve({ code, said }));
  return promise;
}

function lastLine(said: string): string {
  return (
    said
      .trim()
      .split(/[\r\n]+/)
      .at(-1)
      ?.trim() ?? ""
  );
}

function clock([, hours, minutes, seconds]: RegExpExecArray): number {
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
