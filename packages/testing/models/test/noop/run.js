// A warm process that answers every run at once. With $STAMP it notes when each run's input was read.
const { createInterface } = require("node:readline");
process.stdout.write('{"type":"ready"}\n');
createInterface({ input: process.stdin }).on("line", (line) => {
  const { type, id } = JSON.parse(line);
  if (type === "run") process.stdout.write(`${JSON.stringify({ type: "done", id, text: String(Date.now()) })}\n`);
});
