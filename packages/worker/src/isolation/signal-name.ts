import os from "node:os";

/** `SIGKILL` for 9; undefined where no signal has the number. */
export function signalName(number: number): string | undefined {
  return Object.entries(os.constants.signals).find(([, value]) => value === number)?.[0];
}
