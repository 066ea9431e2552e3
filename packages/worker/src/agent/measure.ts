/**
 * What a price counts in a run's files, measured here and never taken from a caller or a model: pixels and seconds by ffprobe. It
 * reads files that foreign code wrote, so it runs in the model's own sandbox, from the file itself only (no playlist may lead it
 * elsewhere), one file at a time, with a limit.
 */
import { readdir } from "node:fs/promises";
import path from "node:path";
import {
  type Finish,
  type InputFile,
  type Log,
  MEDIA_METHODS,
  type ProgramManifest,
  quote,
  type RunInputs,
} from "@modelyard/contract";
import type { InstalledModel } from "../install/installed-model.ts";
import { takeFolders } from "../isolation/ownership.ts";
import type { Processes } from "../process/index.ts";
import { modelEnvironment } from "../runners/model-environment.ts";
import { modelSandbox } from "../runners/model-sandbox.ts";
import type { ReportedUsage } from "../runners/runner.ts";
import type { RunFolder } from "./run-folders.ts";

type Usage = NonNullable<Finish["usage"]>;

export interface MeasureOptions {
  model: InstalledModel;
  folder: Pick<RunFolder, "dir" | "outputDir">;
  inputs: Readonly<Record<string, string | number | boolean>>;
  files: readonly InputFile[];
  reported: ReportedUsage | undefined;
  spawn: Processes["spawnProcess"];
  /** The run's own: a kill reaches what measures it, too. */
  signal: AbortSignal;
  log: Log;
}

/** Milliseconds for one file and for all of a run's, and bytes of what ffprobe says about it. */
const LIMIT_MS = 20_000;
const TOTAL_MS = 60_000;
const ANSWER_BYTES = 64 * 1024;

interface Media {
  width: number;
  height: number;
  /** Milliseconds; 0 for what has no duration. */
  ms: number;
  kind: "picture" | "video" | "audio" | "other";
}

const NOTHING: Media = { width: 0, height: 0, ms: 0, kind: "other" };

/** Demuxers that read one file and nothing else. */
const FORMATS =
  "png_pipe,jpeg_pipe,mjpeg,webp_pipe,gif,bmp_pipe,tiff_pipe,image2,mov,mp4,m4a,3gp,matroska,webm,avi,mpegts,wav,mp3,flac,ogg,aac,aiff,w64,caf";

/** The method that bills a run with these inputs. */
function methodOf(manifest: ProgramManifest, { inputs, files }: MeasureOptions) {
  const values: RunInputs["values"] = { ...inputs };
  for (const [item, group] of Map.groupBy(files, (file) => file.item)) values[item] = group.map(() => ({ url: "" }));
  return quote(manifest, values).method;
}

export async function measureUsage(options: MeasureOptions): Promise<Usage | undefined> {
  const { model, folder, reported, signal, log } = options;
  const method = methodOf(model.manifest, options);
  if (!MEDIA_METHODS.has(method)) return reported && { reported };
  try {
    const end = performance.now() + TOTAL_MS;
    const of = async (dir: string, isWanted = (_name: string) => true) => {
      const names = (await readdir(dir).catch(() => [])).filter(isWanted).sort();
      const found: Media[] = [];
      for (const name of names) {
        signal.throwIfAborted();
        if (performance.now() > end) throw new Error(`it takes longer than ${TOTAL_MS / 1000} s`);
        found.push(await probe(options, path.join(dir, name)));
      }
      signal.throwIfAborted();
      return found;
    };
    // Beside the files there is one of text for each other input.
    const isFile = (name: string) => options.files.some(({ item }, n) => name.startsWith(`${item}-${n}`));
    const inputs = method === "cp-outputVideoLength" ? [] : await of(path.join(folder.dir, "in"), isFile);
    const outputs = method === "cp-audiosecondslength" ? [] : await of(folder.outputDir);
    const pixels = (media: readonly Media[]) =>
      media.filter(({ kind }) => kind === "picture").map(({ width, height }) => width * height);
    const time = (media: readonly Media[], kind: Media["kind"]) =>
      media.filter((one) => one.kind === kind).reduce((sum, { ms }) => sum + ms, 0);
    return {
      ...(method === "cp-pixel" ? { outputPixels: pixels(outputs), inputPixels: pixels(inputs) } : {}),
      ...(method === "cp-audiosecondslength" ? { audioMs: time(inputs, "audio") } : {}),
      ...(method === "cp-outputVideoLength" ? { videoMs: time(outputs, "video") } : {}),
      ...(reported ? { reported } : {}),
    };
  } catch (error) {
    signal.throwIfAborted();
    // The run succeeded: it is given away rather than failed.
    log(
      `not billed, because its files could not be measured: ${error instanceof Error ? error.message : String(error)}`,
      { level: "warn" },
    );
    return reported && { reported };
  } finally {
    takeFolders([folder.dir, folder.outputDir]);
  }
}

interface Probed {
  streams?: { codec_type?: string; width?: number; height?: number; duration?: string; nb_frames?: string }[];
  format?: { format_name?: string; duration?: string };
}

/** Looks at one file; what is no picture, sound or video is nothing. */
async function probe({ model, folder, spawn, signal }: MeasureOptions, file: string): Promise<Media> {
  const child = await spawn({
    command: [
      "ffprobe",
      "-v",
      "error",
      "-protocol_whitelist",
      "file",
      "-format_whitelist",
      FORMATS,
      "-show_entries",
      "stream=codec_type,width,height,duration,nb_frames:format=format_name,duration",
      "-of",
      "json",
      `file:${file}`,
    ],
    cwd: model.dir,
    env: modelEnvironment({ model, home: folder.dir, gpus: [] }),
    sandbox: modelSandbox({
      model,
      gpus: [],
      writable: [folder.dir],
      owned: [folder.dir, folder.outputDir],
      networkAllowed: false,
    }),
  });
  const stop = () => void child.stop(0);
  const timer = setTimeout(stop, LIMIT_MS);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    if (text.length < ANSWER_BYTES) text += chunk.toString();
  });
  child.stderr.resume();
  child.stdin.end();
  try {
    await child.exited;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    await child.stop(0);
  }
  return mediaOf(text);
}

/** What ffprobe said, as far as it is what we asked for. */
export function mediaOf(text: string): Media {
  let probed: Probed;
  try {
    probed = JSON.parse(text) as Probed;
  } catch {
    return NOTHING;
  }
  const streams = Array.isArray(probed.streams) ? probed.streams : [];
  const moving = streams.find(({ codec_type }) => codec_type === "video");
  const ms = Math.max(0, Number(probed.format?.duration ?? 0) * 1000) || 0;
  const count = (value: unknown) => (Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : 0);
  if (!moving)
    return streams.some(({ codec_type }) => codec_type === "audio") ? { ...NOTHING, ms, kind: "audio" } : NOTHING;
  const size = { width: count(moving.width), height: count(moving.height) };
  const isStill = /_pipe$|^image2$|^mjpeg$|^gif$/.test(probed.format?.format_name ?? "");
  return isStill ? { ...size, ms: 0, kind: "picture" } : { ...size, ms, kind: "video" };
}
