// Two pieces of thinking, then the answer "<prompt> 1 2 3 …", a word every few milliseconds so that they are frames of their own.
const { createInterface } = require("node:readline");
const { setTimeout: sleep } = require("node:timers/promises");

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const cancelled = new Set();

async function run(id, { prompt, words }) {
  for (const text of ["Let me ", "think. "]) {
    say({ type: "token", id, text, thinking: true });
    await sleep(30);
  }
  say({ type: "token", id, text: prompt });
  for (let word = 1; word <= words && !cancelled.has(id); word++) {
    await sleep(30);
    say({ type: "token", id, text: ` ${word}` });
  }
  say(cancelled.delete(id) ? { type: "error", id, message: "cancelled" } : { type: "done", id });
}

say({ type: "ready" });
createInterface({ input: process.stdin }).on("line", (line) => {
  const { type, id, inputs } = JSON.parse(line);
  if (type === "run") void run(id, inputs);
  else cancelled.add(id);
});
