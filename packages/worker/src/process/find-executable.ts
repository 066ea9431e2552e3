/** Whether a program can be started, asked before a sandbox is made around it: its own error would not tell whose fault it is. */
import fs from "node:fs";
import path from "node:path";
import { ProgramError } from "./process-errors.ts";

/** Throws ProgramError. `command[0]`: an absolute path, or a name that is searched in `searched` (as PATH is). */
export function checkExecutable(command: readonly string[], searched: string | undefined): void {
  const program = command[0] ?? "";
  if (program.includes("/")) {
    const problem = problemOf(program);
    if (problem !== undefined) throw new ProgramError(program, problem);
    return;
  }
  const folders = (searched ?? "").split(":").filter(Boolean);
  const problems = folders.map((folder) => problemOf(path.join(folder, program)));
  if (problems.includes(undefined)) return;
  throw new ProgramError(
    program,
    problems.find((problem) => problem !== "ENOENT" && problem !== "ENOTDIR") ?? "ENOENT",
  );
}

/** errno name, undefined when it can be started. */
function problemOf(file: string): string | undefined {
  try {
    if (!fs.statSync(file).isFile()) return "EISDIR";
    fs.accessSync(file, fs.constants.X_OK);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? "ENOENT";
  }
}
