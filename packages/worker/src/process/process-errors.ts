/** The two ways in which a process cannot run, told apart by whose fault it is. */

/** The program could not be started for a reason that lies with the model: it is missing, not executable, not a program. */
export class ProgramError extends Error {
  /** errno name. */
  readonly code: string;
  /** The exit code a shell would report: 127 = not found, 126 = cannot be executed. */
  readonly exitCode: 126 | 127;

  constructor(program: string, code: string) {
    super(`${program}: ${PROGRAM_FAULTS[code] ?? code}`);
    this.name = "ProgramError";
    this.code = code;
    this.exitCode = code === "ENOENT" ? 127 : 126;
  }
}

/** errno names that are the model's fault; every other one (EAGAIN, ENOMEM, EMFILE …) is the machine's. */
export const PROGRAM_FAULTS: Readonly<Record<string, string>> = {
  ENOENT: "program not found",
  EACCES: "permission denied (is it executable?)",
  EPERM: "operation not permitted",
  ENOEXEC: "not a program (a script needs a #! line)",
  EISDIR: "is a folder",
  ENOTDIR: "program not found",
  ELOOP: "too many symbolic links",
  E2BIG: "arguments too long",
};

/** The platform's fault, not the model's: the attempt may be repeated elsewhere and costs nothing. */
export class PlatformFault extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PlatformFault";
  }
}
