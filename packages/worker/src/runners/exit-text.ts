/** How a model's process ended, in words for the caller: first the limit that it hit, then its own last words, or the plain fact. */
import type { ProgramManifest } from "@modelyard/contract";
import { processLimits } from "../isolation/limits.ts";
import type { ProcessExit } from "../process/index.ts";

const MIB = 2 ** 20;

export function describeExit(
  exit: ProcessExit,
  lastWords: string,
  manifest: Pick<ProgramManifest, "resources" | "limits">,
): string {
  const limit = limitText(exit, manifest);
  const words = [limit, lastWords].filter(Boolean).join(" ");
  if (limit !== "") return words;
  if (exit.signal !== null)
    return words === "" ? `killed by signal ${exit.signal}` : `killed by signal ${exit.signal}: ${words}`;
  return words === "" ? `exited with code ${exit.code}` : words;
}

/** "" where no limit had a part in it. */
export function limitText(exit: ProcessExit, manifest: Pick<ProgramManifest, "resources" | "limits">): string {
  const limits = processLimits(manifest);
  if (exit.hits.memory > 0) return `The model used up its memory, ${limits.memory / MIB} MiB (limits.memory).`;
  if (exit.signal === "SIGXFSZ") return `The model wrote a file larger than ${limits.file} bytes (limits.diskBytes).`;
  if (exit.hits.processes > 0)
    return `The model reached its limit of ${limits.processes} processes (limits.processes).`;
  return "";
}
