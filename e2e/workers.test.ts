/** `modelyard worker` as a process of its own: on this machine, on another network, and where it is turned away. */
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  type Caller,
  caller,
  type Platform,
  REPOSITORY,
  startPlatform,
  startProgram,
  stopProgram,
  temporaryFolder,
  until,
} from "@modelyard/testing";

const MAIN = join(REPOSITORY, "packages/cli/src/main.ts");
/** One /30 of a range that is kept for documentation-like private use; the name is this process's own. */
const NAMESPACE = `modelyard-${process.pid}`;
const SERVER_SIDE = "10.231.77.1";
const WORKER_SIDE = "10.231.77.2";

let platform: Platform;
let own: Caller;
let token: string;

before(async () => {
  platform = await startPlatform({ dataDir: temporaryFolder("workers"), args: ["--no-worker", "--host", "0.0.0.0"] });
  own = caller(platform.url, platform.firstRun.projects.find(({ auth }) => auth === "apikey") as { apiKey: string });
  token = readFileSync(join(platform.dataDir, "worker-token"), "utf8").trim();
});
after(() => platform.stop());

/** Waits for the end of a run without a limit of its own on who runs it. */
async function runs(prompt: string): Promise<string> {
  const { taskid } = await own.run("test/echo", { prompt });
  const task = await own.ended(taskid);
  assert.equal(task.pexit, "0", task.debugerror);
  const [output] = task.outputs as { url: string }[];
  return (await fetch(output?.url ?? "")).text();
}

test("a task waits, with the reason, until a worker comes; a file goes there and back", async () => {
  const { taskid } = await own.run("test/echo", { prompt: "early" });
  const waiting = await own.detail(taskid);
  assert.equal(waiting.status, "task_queue");
  assert.match(waiting.modelyard.waitreason ?? "", /worker/i);
  const args = [
    "worker",
    "--server",
    platform.url,
    "--data",
    temporaryFolder("second"),
    "--name",
    "second",
    "--slots",
    "2",
    "--prepare-mb",
    "0",
  ];
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: "ignore",
    env: { PATH: process.env.PATH, HOME: process.env.HOME, MODELYARD_WORKER_TOKEN: token },
  });
  try {
    assert.equal((await own.ended(taskid)).pexit, "0");
    const form = new FormData();
    form.append("inputImage", new Blob(["bytes of a picture"]), "p.png");
    const picture = await own.ended((await own.run("test/picture", form)).taskid);
    const [output] = picture.outputs as { url: string }[];
    assert.equal(await (await fetch(output?.url ?? "")).text(), "bytes of a picture");
    assert.equal(await runs("late"), "late");
  } finally {
    assert.equal(await stopProgram(child), 0);
  }
});

test("a worker with a wrong token is refused, says so, and gets nothing", async () => {
  const args = [
    "worker",
    "--server",
    platform.url,
    "--data",
    temporaryFolder("wrong"),
    "--token",
    `${token.slice(0, -1)}x`,
    "--prepare-mb",
    "0",
  ];
  const { child, output } = await startProgram(args, {
    ready: /does not take this worker token: make one there/,
  });
  try {
    const { taskid } = await own.run("test/echo", { prompt: "x" });
    assert.equal((await own.detail(taskid)).status, "task_queue");
    await own.call("Task/Cancel", { taskid });
    assert.ok(!output().includes(token.slice(0, -1)), "the token is not printed");
  } finally {
    await stopProgram(child);
  }
  for (const [method, path] of [
    ["GET", `/worker/v1/models/${"0".repeat(64)}/run.sh`],
    ["GET", "/worker/v1/tasks/1/1/inputs/0"],
    ["POST", "/worker/v1/tasks/1/1/outputs"],
  ] as const) {
    for (const authorization of [undefined, "Bearer x", `Bearer ${token.slice(0, -1)}x`]) {
      const response = await fetch(platform.url + path, { method, headers: authorization ? { authorization } : {} });
      assert.equal(response.status, 401, path);
    }
  }
});

/** Whether this machine lets us make a network namespace with a link to us. */
function linkNamespace(): string | undefined {
  if (process.getuid?.() !== 0) return "not root";
  const ip = (...args: string[]) => execFileSync("ip", args, { stdio: ["ignore", "ignore", "pipe"] });
  try {
    ip("netns", "add", NAMESPACE);
    ip("link", "add", `my${process.pid}`, "type", "veth", "peer", "name", "eth0", "netns", NAMESPACE);
    ip("addr", "add", `${SERVER_SIDE}/30`, "dev", `my${process.pid}`);
    ip("link", "set", `my${process.pid}`, "up");
    ip("-n", NAMESPACE, "addr", "add", `${WORKER_SIDE}/30`, "dev", "eth0");
    ip("-n", NAMESPACE, "link", "set", "eth0", "up");
    return undefined;
  } catch (error) {
    return String((error as Error).message).split("\n")[0];
  }
}

test("a worker on another network: one outbound connection, nothing else", async (t) => {
  const problem = linkNamespace();
  t.after(() => {
    if (existsSync(`/run/netns/${NAMESPACE}`)) execFileSync("ip", ["netns", "del", NAMESPACE]);
  });
  if (problem !== undefined) {
    process.stderr.write(`SKIPPED: a worker in a network namespace (${problem})\n`);
    return t.skip(problem);
  }
  const { port } = new URL(platform.url);
  const inside = ["netns", "exec", NAMESPACE, process.execPath, MAIN, "worker"];
  const args = [
    "--server",
    `http://${SERVER_SIDE}:${port}`,
    "--token",
    token,
    "--data",
    temporaryFolder("far"),
    "--name",
    "far",
    "--slots",
    "2",
    "--prepare-mb",
    "0",
  ];
  const child: ChildProcess = spawn("ip", [...inside, ...args], {
    stdio: "ignore",
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
  try {
    assert.equal(await runs("from afar"), "from afar");
    const listening = execFileSync("ip", [
      "netns",
      "exec",
      NAMESPACE,
      "cat",
      "/proc/net/tcp",
      "/proc/net/tcp6",
    ]).toString();
    assert.ok(!/^\s*\d+: \S+ \S+ 0A /m.test(listening), "the worker listens on nothing");
    // Cut the cable during a run: the lease ends, the task is taken up again once the cable is back.
    const { taskid } = await own.run("test/wait", { seconds: 1 });
    await own.when(taskid, ({ status }) => status !== "task_queue");
    execFileSync("ip", ["link", "set", `my${process.pid}`, "down"]);
    execFileSync("ip", ["link", "set", `my${process.pid}`, "up"]);
    const task = await own.ended(taskid);
    assert.equal(task.pexit, "0", task.debugerror);
    assert.equal(await runs("again"), "again");
  } finally {
    assert.equal(await stopProgram(child), 0);
  }
});

test("without a worker the server says so, and serves on", async () => {
  const { taskid } = await own.run("test/echo", { prompt: "x" });
  await until(
    async () => /worker/i.test((await own.detail(taskid)).modelyard.waitreason ?? ""),
    "the reason for waiting",
  );
  await own.call("Task/Cancel", { taskid });
});
