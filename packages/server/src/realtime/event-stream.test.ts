import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { Frame } from "@modelyard/contract";
import { openEventStream } from "./event-stream.ts";

/** The segments of each `task_output` that these frames become. */
async function outputs(isText: boolean, frames: readonly [string, Frame["message"]][]): Promise<unknown[]> {
  const server = createServer((_request, response) => {
    const stream = openEventStream(response, { taskId: "1", isText });
    for (const [type, message] of frames) stream.subscriber.send(JSON.stringify({ type, id: "1", message }));
    stream.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const text = await response.text();
  server.close();
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data as string).segments);
}

const said = (answer: string) => ({ raw: answer, thinking: [], answer: [answer] });
const live = (answer: string) => ({
  ...said(answer),
  type: "progressGenerate" as const,
  task: "Generate",
  speed: "1",
  speedType: "words/s",
  isThinking: false,
  elapsedTime: "1",
});
const segments = (text: string) => [{ type: "answer", text }];

test("what a text model logs is no answer of it", async () => {
  const frames: [string, Frame["message"]][] = [
    ["task_output", "seed 0\n"],
    ["task_output", live("Once")],
    ["task_output", live("Once upon")],
    ["task_output_full", said("Once upon")],
  ];
  assert.deepEqual(await outputs(true, frames), [segments("Once"), segments("Once upon"), segments("Once upon")]);
});

test("a text model that streams nothing has its answer at the end; what another model prints is streamed", async () => {
  const frames: [string, Frame["message"]][] = [
    ["task_output", "one\n"],
    ["task_output", "two\n"],
    ["task_output_full", said("one\ntwo\n")],
  ];
  assert.deepEqual(await outputs(true, frames), [segments("one\ntwo\n")]);
  assert.deepEqual(await outputs(false, frames), [segments("one\n"), segments("one\ntwo\n")]);
});
