/** An error whose text is meant for the person at the terminal: what went wrong, then the fix. Printed without a stack. */
export class UserError extends Error {
  name = "UserError";
}

/** Runs a command's main function, turns a UserError into one readable message, and exits with its code. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    process.stderr.write(error instanceof UserError ? `\n${error.message}\n` : `${error?.stack ?? error}\n`);
    process.exitCode = 1;
  }
}
