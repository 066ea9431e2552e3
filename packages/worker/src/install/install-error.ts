/** What an installation consists of, in the order it is done. */
export type InstallStep = "folder" | "packages" | "weights" | "programs";

/**
 * A model version could not be made ready. The message is written for the operator: it names the file or program, what was
 * expected and what was found. The platform is at fault, never the caller.
 */
export class InstallError extends Error {
  override readonly name = "InstallError";
  readonly step: InstallStep;

  constructor(step: InstallStep, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.step = step;
  }
}

/** The error's own words, with the cause that fetch and pipelines hide behind "fetch failed". */
export function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return error.message.includes(cause.slice(2, -1)) ? error.message : error.message + cause;
}
