/** One line a message, on stderr: stdout is for what a command was asked for. */
export function log(part: string, message: string): void {
  process.stderr.write(`${new Date().toISOString()} ${part}: ${message}\n`);
}
