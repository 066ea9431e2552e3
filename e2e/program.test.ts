/** The program as its operator starts it: settings, the first start, stopping, and what it refuses. Workers of their own: workers.test.ts. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import {
  caller,
  FIXTURE_MODELS,
  type FirstRunFile,
  type Platform,
  startPlatform,
  startProgram,
  stopProgram,
  temporaryFolder,
} from "@modelyard/testing";

const started: { stop(): Promise<unknown> }[] = [];
after(() => Promise.all(started.map((program) => program.stop())));

async function platform(options: Parameters<typeof startPlatform>[0]): Promise<Platform> {
  const made = await startPlatform(options);
  started.push(made);
  return made;
}

const keyOf = (file: FirstRunFile) => file.projects.find(({ auth }) => auth === "apikey") as { apiKey: string };

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The text with which a start is refused. */
async function refusal(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  try {
    const { child } = await startProgram(args, { ready: /Modelyard is ready/, env });
    await stopProgram(child);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`it started: ${args.join(" ")}`);
}

test("the first start makes an account and a project of each kind, once", async () => {
  const dataDir = temporaryFolder("first");
  const first = await platform({ dataDir });
  const path = join(dataDir, "first-run.json");
  const text = readFileSync(path, "utf8");
  const file = JSON.parse(text) as FirstRunFile;
  assert.deepEqual(Object.keys(file).sort(), ["owner", "projects", "url", "welcome"]);
  assert.equal(file.url, first.url);
  assert.match(file.owner.email, /@/);
  assert.ok(file.owner.password.length >= 16);
  assert.deepEqual(
    file.projects.map(({ auth, apiSecret }) => [auth, apiSecret !== undefined]),
    [
      ["signature", true],
      ["apikey", false],
    ],
  );
  for (const secret of ["first-run.json", "master.key", "worker-token"]) {
    assert.equal(statSync(join(dataDir, secret)).mode & 0o777, 0o600, secret);
  }
  assert.equal(statSync(dataDir).mode & 0o077, 0, "the folder is its owner's alone");
  const credentials = [
    file.welcome,
    ...file.projects.flatMap(({ apiKey, apiSecret }) => [apiKey, apiSecret ?? apiKey]),
  ];
  for (const secret of credentials) assert.ok(first.output().includes(secret), "shown once");
  for (const project of file.projects) await caller(first.url, project).run("test/noop");

  assert.deepEqual(await (await fetch(`${first.url}/health`)).json(), { status: "ok" });
  const own = caller(first.url, keyOf(file));
  const { taskid } = await own.run("test/echo", { prompt: "kept" });
  const before = await own.ended(taskid);
  assert.equal(await first.stop(), 0);

  const second = await platform({ dataDir });
  assert.equal(readFileSync(path, "utf8"), text, "never written again");
  for (const secret of credentials) assert.ok(!second.output().includes(secret), "never shown again");
  const again = caller(second.url, keyOf(file));
  const after = await again.detail(taskid);
  assert.deepEqual({ ...after, outputs: [] }, { ...before, outputs: [] });
  const [output] = after.outputs as { url: string }[];
  assert.equal(await (await fetch(output?.url ?? "")).text(), "kept");
  assert.equal((await again.ended((await again.run("test/echo", { prompt: "new" })).taskid)).pexit, "0");
  assert.equal(await second.stop("SIGINT"), 0);
});

test("settings as flags and as environment variables", async () => {
  const models = temporaryFolder("models");
  cpSync(join(FIXTURE_MODELS, "test/noop"), join(models, "mine/own"), { recursive: true });
  const yaml = join(models, "mine/own/model.yaml");
  writeFileSync(
    yaml,
    readFileSync(yaml, "utf8").replace("owner: test", "owner: mine").replace("slug: noop", "slug: own"),
  );
  mkdirSync(join(models, "mine/broken"));
  writeFileSync(join(models, "mine/broken/model.yaml"), "owner: mine\nslug: broken\n");

  const start = async (args: readonly string[], env: NodeJS.ProcessEnv) => {
    const { child, match, output } = await startProgram(["serve", ...args], {
      ready: /Modelyard is ready at (\S+)/,
      env,
    });
    started.push({ stop: () => stopProgram(child) });
    return { child, base: match[1] as string, output };
  };
  for (const kind of ["flags", "environment"] as const) {
    const port = await freePort();
    const settings = {
      port: String(port),
      host: "127.0.0.1",
      data: temporaryFolder(kind),
      "public-url": `http://localhost:${port}`,
      models,
    };
    const flags = Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
    const env = Object.fromEntries(
      Object.entries(settings).map(([name, value]) => [`MODELYARD_${name.toUpperCase().replace("-", "_")}`, value]),
    );
    const common = ["--no-catalogue", "--prepare-mb", "0"];
    const program =
      kind === "flags" ? await start([...flags, ...common], { MODELYARD_PORT: "1" }) : await start(common, env);
    assert.equal(program.base, `http://localhost:${port}`);
    assert.match(program.output(), /broken\/model\.yaml/, "a broken model is named");
    const file = JSON.parse(readFileSync(join(settings.data, "first-run.json"), "utf8")) as FirstRunFile;
    const own = caller(`http://127.0.0.1:${port}`, keyOf(file));
    const picture = new FormData();
    picture.append("note", new Blob(["x"]), "note.txt");
    const { taskid } = await own.run("mine/own", picture);
    const task = await own.ended(taskid);
    assert.equal(task.pexit, "0");
    assert.match(
      String(task.parameters.note),
      new RegExp(`^http://localhost:${port}/v1/File/`),
      "addresses begin with the public one",
    );
    assert.equal(await stopProgram(program.child), 0);
  }
});

test("settings that make no sense are refused with the reason", async () => {
  const data = temporaryFolder("wrong");
  for (const [args, text] of [
    [["serve", "--port", "70000"], /a TCP port is 0 to 65535/],
    [["serve", "--slots", "0"], /whole number from 1/],
    [["serve", "--public-url", "example.org"], /http:\/\/ or https:\/\//],
    [["serve", "--nonsense"], /unknown option/],
    [["serve", "--data", data, "--master-key", "abc"], /64 hex digits/],
    [
      ["serve", "--data", data, "--port", "0", "--no-worker", "--models", join(data, "none")],
      /there is no folder of models at \S+none/,
    ],
    [
      ["serve", "--data", data, "--port", "0", "--database", "postgres://me:secret@127.0.0.1:1/yard"],
      /the database at 127\.0\.0\.1:1\/yard cannot be opened: .*ECONNREFUSED/,
    ],
    [["worker", "--server", "http://127.0.0.1:1"], /--token/],
    [["nonsense"], /unknown command|error/i],
  ] as [string[], RegExp][]) {
    assert.match(await refusal(args), text, args.join(" "));
  }
});

test("a port that is taken, a data folder that is used, a master key that is another's", async () => {
  const dataDir = temporaryFolder("taken");
  const first = await platform({ dataDir });
  const { port } = new URL(first.url);
  const serve = (data: string, more: string[] = []) => [
    "serve",
    "--no-catalogue",
    "--no-worker",
    "--data",
    data,
    "--port",
    "0",
    ...more,
  ];
  const other = temporaryFolder("other");
  const taken = new RegExp(`port ${port} of 127\\.0\\.0\\.1 is in use already; .*--port`);
  assert.match(await refusal(serve(other, ["--port", port])), taken);
  const late = await platform({ dataDir: other });
  const { url, welcome, projects } = late.firstRun;
  assert.deepEqual([url, welcome.startsWith(`${late.url}/account/Welcome?token=`)], [late.url, true]);
  for (const project of projects) {
    assert.ok(late.output().includes(project.apiKey), "shown by the first start that comes so far");
    await caller(late.url, project).run("test/noop");
  }
  await late.stop();
  assert.match(await refusal(serve(dataDir)), /another Modelyard server \(process \d+\) already uses/);
  assert.equal((await fetch(`${first.url}/health`)).status, 200, "the first one is not disturbed");
  await first.stop();

  const anothers = randomBytes(32).toString("hex");
  assert.match(await refusal(serve(dataDir, ["--master-key", anothers])), /the master key is not the one/);
  assert.match(await refusal(serve(dataDir), { MODELYARD_MASTER_KEY: anothers }), /the master key is not the one/);
  const own = readFileSync(join(dataDir, "master.key"), "utf8");
  writeFileSync(join(dataDir, "master.key"), `${anothers}\n`);
  assert.match(await refusal(serve(dataDir)), /the master key is not the one/);
  writeFileSync(join(dataDir, "master.key"), own);
  await (await platform({ dataDir })).stop();
});

test("SIGTERM lets a running task end, takes nothing new, and exits with 0", async () => {
  const dataDir = temporaryFolder("drain");
  const first = await platform({ dataDir });
  const own = caller(first.url, keyOf(first.firstRun));
  const { taskid, socketaccesstoken } = await own.run("test/wait", { seconds: 3 });
  await own.when(taskid, ({ status }) => status === "task_output");
  assert.equal(await first.stop("SIGTERM"), 0);

  const second = await platform({ dataDir, args: ["--no-worker"] });
  const task = await caller(second.url, keyOf(first.firstRun)).detail(taskid);
  assert.deepEqual(
    [task.socketaccesstoken, task.status, task.pexit, task.modelyard.attempts],
    [socketaccesstoken, "task_postprocess_end", "0", 1],
  );
  await second.stop();
});

test("a second signal does not wait: the task goes back to the queue and runs at the next start", async () => {
  const dataDir = temporaryFolder("now");
  const first = await platform({ dataDir });
  const own = caller(first.url, keyOf(first.firstRun));
  const { taskid } = await own.run("test/wait", { seconds: 5 });
  await own.when(taskid, ({ status }) => status === "task_output");
  const ended = first.stop("SIGTERM");
  first.process.kill("SIGTERM");
  assert.notEqual(await ended, null, "it exits by itself");
  const second = await platform({ dataDir });
  const task = await caller(second.url, keyOf(first.firstRun)).ended(taskid);
  assert.deepEqual([task.pexit, task.totalcost === "0"], ["0", false], task.debugerror);
  await second.stop();
});
