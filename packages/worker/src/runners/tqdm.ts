/**
 * tqdm's progress line, which half of all model code prints: `45%|████▌     | 9/20 [00:01<00:02,  8.10it/s]`, with or without a
 * description in front and a postfix behind. Format: tqdm 4, `format_meter` (tqdm/std.py).
 */
import type { RunOutput } from "./runner.ts";

export type Progress = Extract<RunOutput, { kind: "progress" }>;

/** A longer line is no progress bar; also bounds the work of the expression below. Characters. */
const MAX_LENGTH = 1000;
const SCALE: Readonly<Record<string, number>> = { "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };
const AFTER_PERCENT =
  /^\|[^|]*\|\s*([\d.]+)([kMGT]?)[A-Za-z]*\/([\d.]+)([kMGT]?)[A-Za-z]* \[([\d:]+)<([\d:]+|\?),\s*(\?|[\d.]+)([kMGT]?)([^\s,\]]+)[^\]]*\]$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: terminal control sequences (nested bars move the cursor)
const CONTROL = /\u001b\[[0-9;?]*[A-Za-z]/g;

/** Cheap test for "may be a progress bar". */
export function looksLikeTqdm(line: string): boolean {
  return line.length <= MAX_LENGTH && line.includes("%|");
}

/** The numbers of a complete tqdm line, or undefined when it is not one. */
export function parseTqdm(line: string): Progress | undefined {
  if (!looksLikeTqdm(line)) return undefined;
  const plain = line.replace(CONTROL, "").trim();
  const at = plain.indexOf("%|");
  const rest = AFTER_PERCENT.exec(plain.slice(at + 1));
  const head = /^(.*?)(\d{1,3})$/.exec(plain.slice(0, at));
  if (rest === null || head === null) return undefined;
  const [, step, stepScale, total, totalScale, elapsed, remaining, rate, rateScale, unit] = rest as unknown as string[];
  const task = (head[1] ?? "").trim().replace(/:$/, "").slice(0, 200);
  return {
    kind: "progress",
    percentage: Math.min(100, Number(head[2])),
    ...(task === "" ? {} : { task }),
    step: scaled(step, stepScale),
    total: scaled(total, totalScale),
    ...(rate === "?" ? {} : { speed: scaled(rate, rateScale) }),
    speedType: (unit ?? "").slice(0, 40),
    elapsed: seconds(elapsed),
    ...(remaining === "?" ? {} : { remaining: seconds(remaining) }),
  };
}

function scaled(digits = "", scale = ""): number {
  return Number(digits) * (SCALE[scale] ?? 1);
}

/** `mm:ss` or `h:mm:ss` */
function seconds(clock = ""): number {
  return clock.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}
