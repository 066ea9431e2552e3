/** Wire contract 10: what a subscriber hears, live, late and after a lost connection. Hostile and slow readers: socket-limits.test.ts. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Frame, isTerminal, nextStatus, type TaskEventType, type TaskStatus } from "@modelyard/contract";
import {
  type Caller,
  caller,
  isLast,
  type Platform,
  type Subscription,
  startPlatform,
  subscribe,
  temporaryFolder,
} from "@modelyard/testing";

let platform: Platform;
let own: Caller;

before(async () => {
  platform = await startPlatform({ dataDir: temporaryFolder("socket") });
  own = caller(platform.url, platform.firstRun.projects.find(({ auth }) => auth === "apikey") as { apiKey: string });
});
after(() => platform.stop());

/** All frames of a task, from its first event on. */
async function whole(token: string): Promise<Frame[]> {
  const socket = await subscribe(platform.url);
  socket.follow(token, 0);
  const frames = await socket.until(isLast);
  await close(socket);
  return frames;
}

async function close(...sockets: Subscription[]): Promise<void> {
  for (const socket of sockets) {
    assert.deepEqual(socket.faults, []);
    await socket.close();
  }
}

const types = (frames: readonly Frame[]): TaskEventType[] => frames.map(({ type }) => type);
/** The same type several times in a row counts once. */
const stages = (frames: readonly Frame[]): TaskEventType[] =>
  types(frames).filter((type, n, all) => type !== all[n - 1]);
const gapFree = (frames: readonly Frame[], first = 1) =>
  assert.deepEqual(
    frames.map(({ seq }) => seq),
    frames.map((_, n) => first + n),
  );

/** Every frame is a legal step of the transition table. */
function legal(frames: readonly Frame[]): void {
  let status: TaskStatus = "task_queue";
  for (const { type } of frames.slice(1)) {
    const next = nextStatus(status, type);
    assert.ok(next, `${type} after ${status}`);
    status = next;
  }
  assert.ok(isTerminal(status));
}

const ORDER = [
  "task_queue",
  "task_accept",
  "task_preprocess_start",
  "task_preprocess_end",
  "task_assign",
  "task_start",
];
const END = ["task_end", "task_postprocess_start", "task_postprocess_end"];

test("10, 6 the frames of a run in their order, with structured progress", async () => {
  const { taskid, socketaccesstoken } = await own.run("test/echo", { prompt: "hello", steps: 4 });
  const frames = await whole(socketaccesstoken);
  gapFree(frames);
  legal(frames);
  assert.deepEqual(stages(frames), [...ORDER, "task_output", "task_output_full", ...END]);
  for (const frame of frames)
    assert.deepEqual([frame.id, frame.tasktoken, frame.result], [taskid, socketaccesstoken, true]);
  const progress = frames.flatMap(({ message }) =>
    message && typeof message === "object" && "percentage" in message ? [message] : [],
  );
  assert.deepEqual(progress.at(-1), {
    type: "progressGenerate",
    task: "Generate",
    percentage: "100",
    stepCurrent: "4",
    stepTotal: "4",
    speed: "",
    speedType: "",
    elapsedTime: "",
    remainingTime: "",
  });
  const text = frames
    .filter(({ type, message }) => type === "task_output" && typeof message === "string")
    .map(({ message }) => message);
  assert.equal(text.join(""), `hello from task ${taskid}\nhello`);
  assert.deepEqual(frames.find(({ type }) => type === "task_output_full")?.message, {
    raw: `hello from task ${taskid}\nhello`,
  });

  const last = frames.at(-1) as Frame;
  const { outputs } = await own.ended(taskid);
  assert.deepEqual(
    [last.message, last.outputs, last.pexit, last.exitCode, last.success, last.terminal],
    [outputs, outputs, "0", 0, true, true],
  );
  for (const frame of frames.slice(0, -1))
    assert.deepEqual([frame.terminal, frame.outputs, frame.pexit], [undefined, undefined, undefined]);
});

test("10 a tqdm bar becomes the same progress message", async () => {
  const { socketaccesstoken } = await own.run("test/bar");
  const frames = await whole(socketaccesstoken);
  const bars = frames.flatMap(({ message }) =>
    message && typeof message === "object" && "percentage" in message ? [message] : [],
  );
  // A bar is a level: on a busy machine a later one may have replaced an earlier one.
  const seen = bars.map(({ percentage }) => Number(percentage));
  assert.deepEqual(
    seen,
    [0, 50, 100].filter((percentage) => seen.includes(percentage)),
  );
  assert.deepEqual(bars.at(-1), {
    type: "progressGenerate",
    task: "Sampling",
    percentage: "100",
    stepCurrent: "4",
    stepTotal: "4",
    speed: "2",
    speedType: "it/s",
    elapsedTime: "2",
    remainingTime: "0",
  });
  assert.equal(frames.at(-1)?.success, true);
});

test("10 tokens are cumulative: thinking first, then the answer", async () => {
  const { taskid, socketaccesstoken } = await own.run("test/talk", { prompt: "count", words: 5 });
  const frames = await whole(socketaccesstoken);
  gapFree(frames);
  legal(frames);
  const said = frames.flatMap(({ message }) =>
    message && typeof message === "object" && "isThinking" in message ? [message] : [],
  );
  assert.ok(said.length >= 2, "more than one frame");
  assert.ok(said[0]?.isThinking && said[0].answer.length === 0);
  for (const [n, { raw, thinking, answer, isThinking }] of said.entries()) {
    assert.equal(raw, [...thinking, ...answer].join(""));
    assert.equal(isThinking, answer.length === 0);
    assert.ok(raw.startsWith(said[n - 1]?.raw ?? ""), "each one continues the one before");
  }
  const full = { raw: "Let me think. count 1 2 3 4 5", thinking: ["Let me think. "], answer: ["count 1 2 3 4 5"] };
  const { raw, thinking, answer } = said.at(-1) as (typeof said)[number];
  assert.deepEqual({ raw, thinking, answer }, full);
  assert.deepEqual(frames.find(({ type }) => type === "task_output_full")?.message, full);
  assert.deepEqual(frames.at(-1)?.message, (await own.ended(taskid)).outputs);
});

test("10 stderr comes as task_error, and whole at the end", async () => {
  const { socketaccesstoken } = await own.run("test/echo", { prompt: "x", mode: "stderr" });
  const frames = await whole(socketaccesstoken);
  assert.deepEqual(
    frames.filter(({ type }) => type === "task_error").map(({ message }) => message),
    ["a warning\n"],
  );
  assert.deepEqual(stages(frames).slice(-5), ["task_output_full", "task_error_full", ...END]);
  assert.deepEqual(frames.find(({ type }) => type === "task_error_full")?.message, { raw: "a warning\n" });
});

test("10 a failure ends in task_postprocess_end with no outputs, a kill in task_cancel", async () => {
  const failed = await whole((await own.run("test/echo", { prompt: "x", mode: "fail" })).socketaccesstoken);
  const last = failed.at(-1) as Frame;
  assert.deepEqual(
    [last.type, last.message, last.outputs, last.pexit, last.exitCode, last.success],
    ["task_postprocess_end", [], [], "3", 3, false],
  );

  const task = await own.run("test/stubborn");
  const socket = await subscribe(platform.url);
  socket.follow(task.socketaccesstoken);
  await socket.until(({ type }) => type === "task_output");
  await own.call("Task/Kill", { taskid: task.taskid });
  const cancel = (await socket.until(isLast)).at(-1) as Frame;
  assert.deepEqual(
    [cancel.type, cancel.message, cancel.pexit, cancel.exitCode, cancel.success, cancel.terminal],
    ["task_cancel", null, "", null, false, true],
  );
  await close(socket);
});

test("10.3 who comes late hears where the task is; after the end also task_end", async () => {
  const queued = await own.run("test/dollar");
  const early = await subscribe(platform.url);
  early.follow(queued.socketaccesstoken);
  assert.deepEqual(types(await early.until(() => true)), ["task_queue"]);

  const done = await own.run("test/talk", { prompt: "x", words: 1 });
  const ended = await own.ended(done.taskid);
  const late = await subscribe(platform.url);
  late.follow(done.socketaccesstoken);
  const frames = await late.until(isLast);
  assert.deepEqual(types(frames), ["task_end", "task_postprocess_end"]);
  assert.deepEqual(frames[1]?.outputs, ended.outputs);

  await own.call("Task/Cancel", { taskid: queued.taskid });
  assert.deepEqual(types(await early.until(isLast)), ["task_queue", "task_cancel"]);
  const gone = await subscribe(platform.url);
  gone.follow(queued.socketaccesstoken);
  assert.deepEqual(types(await gone.until(isLast)), ["task_cancel"]);
  await close(early, late, gone);
});

test("10.3 who comes in the middle of a text hears all of it so far", async () => {
  const { taskid, socketaccesstoken } = await own.run("test/talk", { prompt: "x", words: 400 });
  const first = await subscribe(platform.url);
  first.follow(socketaccesstoken);
  await first.until(
    ({ message }) =>
      message !== null &&
      typeof message === "object" &&
      "answer" in message &&
      (message.answer?.[0] ?? "").includes(" 5"),
  );
  const second = await subscribe(platform.url);
  second.follow(socketaccesstoken);
  const [state] = await second.until(() => true);
  assert.equal(state?.type, "task_output");
  assert.ok(
    typeof state.message === "object" &&
      state.message !== null &&
      "raw" in state.message &&
      state.message.raw.startsWith("Let me think. x 1 2 3 4 5"),
  );
  await own.call("Task/Kill", { taskid });
  const ends = await Promise.all([first.until(isLast), second.until(isLast)]);
  assert.deepEqual(ends[0].at(-1), ends[1].at(-1));
  await close(first, second);
});

test("`after`: a connection lost again and again loses and repeats nothing", async () => {
  const { socketaccesstoken } = await own.run("test/talk", { prompt: "x", words: 80 });
  const heard: Frame[] = [];
  for (let connection = 0; !heard.some(isLast); connection++) {
    const socket = await subscribe(platform.url);
    socket.follow(socketaccesstoken, heard.at(-1)?.seq ?? 0);
    await socket.until((frame, all) => frame.terminal === true || all.length >= 3 + connection);
    assert.deepEqual(socket.faults, []);
    socket.socket.terminate();
    heard.push(...socket.frames);
  }
  gapFree(heard);
  assert.deepEqual(heard, await whole(socketaccesstoken));
});

test("`after` beyond the last event: what follows, and nothing else", async () => {
  const { taskid, socketaccesstoken } = await own.run("test/dollar");
  const socket = await subscribe(platform.url);
  socket.follow(socketaccesstoken, 1);
  await own.call("Task/Cancel", { taskid });
  assert.deepEqual(types(await socket.until(isLast)), ["task_cancel"]);
  await close(socket);
});

test("10.2 several tasks on one socket, the same one named again and again", async () => {
  const tasks = await Promise.all([1, 2, 3].map(() => own.run("test/wait", { seconds: 50 })));
  const socket = await subscribe(platform.url);
  for (const { socketaccesstoken } of tasks) for (let n = 0; n < 5; n++) socket.follow(socketaccesstoken, 0);
  socket.send(`{"type": "task_info",  "tasktoken": "${tasks[0]?.socketaccesstoken}"}`);
  for (const { taskid } of tasks) {
    await socket.until(({ id, type }) => id === taskid && type === "task_output");
    await own.call("Task/Kill", { taskid });
  }
  await socket.until((_, all) => all.filter(isLast).length === 3);
  for (const { taskid } of tasks) {
    const frames = socket.frames.filter(({ id }) => id === taskid);
    gapFree(frames);
    legal(frames);
  }
  await close(socket);
});

test("10.2 unknown tokens and unknown types are ignored; the socket goes on", async () => {
  const socket = await subscribe(platform.url, "/v1/");
  for (const message of [
    { type: "task_info", tasktoken: "x".repeat(30) },
    { type: "task_info", tasktoken: "" },
    { type: "task_info" },
    { type: "task_info", tasktoken: 7 },
    { type: "task_session_end", tasktoken: "x" },
    { type: "hello" },
    {},
    [],
    null,
    "7",
  ]) {
    socket.send(message);
  }
  const { socketaccesstoken } = await own.run("test/echo", { prompt: "x" });
  socket.follow(socketaccesstoken, 0);
  gapFree(await socket.until(isLast));
  await close(socket);
});

test("10 the socket opens on /, /v1 and /v1/, and nowhere else", async () => {
  for (const path of ["", "/", "/v1", "/v1/", "/V1", "/v1?x=1"]) await close(await subscribe(platform.url, path));
  for (const path of ["/v2", "/v1/Run", "/worker/v1"])
    await assert.rejects(subscribe(platform.url, path), /Unexpected server response: 40[14]/);
});

test("two hundred subscribers of one task hear the same", async () => {
  const { socketaccesstoken } = await own.run("test/talk", { prompt: "x", words: 40 });
  const sockets = await Promise.all(Array.from({ length: 200 }, () => subscribe(platform.url)));
  for (const socket of sockets) socket.follow(socketaccesstoken, 0);
  const all = await Promise.all(sockets.map((socket) => socket.until(isLast)));
  const expected = await whole(socketaccesstoken);
  for (const frames of all) assert.deepEqual(frames, expected);
  await close(...sockets);
});
