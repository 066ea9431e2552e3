/** The operator's commands, as they are typed: models, queue, workers, audit, operator-token (docs/operate/models.md). */
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  mainStore,
  type Platform,
  REPOSITORY,
  startPlatform,
  startTestServer,
  temporaryFolder,
  visitor,
} from "@modelyard/testing";

const MAIN = join(REPOSITORY, "packages/cli/bin/modelyard.js");
const dataDir = temporaryFolder("cli-models");
const work = temporaryFolder("cli-models-work");
let platform: Platform;
before(async () => {
  platform = await startPlatform({ dataDir });
});
after(() => platform.stop());

async function modelyard(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: work,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
  const [code] = await once(child, "close");
  return { code: code as number | null, out, err };
}
/** The address that first-run.json knows may be an earlier start's. */
const here = () => ["--data", dataDir, "--url", platform.url];
async function ok(...args: string[]): Promise<string> {
  const { code, out, err } = await modelyard([...args, ...here()]);
  assert.equal(code, 0, `modelyard ${args.join(" ")}\n${out}${err}`);
  return out;
}
async function refused(message: RegExp, ...args: string[]): Promise<void> {
  const { code, out, err } = await modelyard([...args, ...here()]);
  assert.deepEqual([code, out], [1, ""], args.join(" "));
  assert.match(err, message);
}
const run = async (model: string) => ok("run", model, "prompt=hello");

let first = "";
test("new, check, add, list, show, versions, activate, remove: one model's whole life", async () => {
  const made = await modelyard(["models", "new", "me/shout", "--language", "python"]);
  assert.equal(made.code, 0, made.err);
  const again = await modelyard(["models", "new", "me/shout"]);
  assert.deepEqual([again.code, /not empty/.test(again.err)], [1, true]);
  const checked = await modelyard(["models", "check", "shout"]);
  assert.match(checked.out, /^me\/shout is fine: version [0-9a-f]{12}, 3 files\n$/);

  assert.match(await ok("models", "add", "shout"), /^me\/shout [0-9a-f]{12} is active\n$/);
  assert.match(await ok("models", "add", "shout"), /was active already/);
  assert.equal(await run("me/shout"), "HELLO\nHELLO\n");
  assert.match(await ok("models", "list"), /^me\/shout +[0-9a-f]{12} +added +1 +live$/m);
  first = JSON.parse(await ok("models", "versions", "me/shout", "--json"))[0].version;

  const program = join(work, "shout", "run.py");
  writeFileSync(program, readFileSync(program, "utf8").replace(".upper()", ".title()"));
  const added = JSON.parse(await ok("models", "add", "shout", "--json"));
  assert.equal(added.changed, true);
  assert.equal(await run("me/shout"), "Hello\nHello\n");
  assert.match(await ok("models", "activate", "me/shout", first.slice(0, 6)), /is active\n$/);
  assert.equal(await run("me/shout"), "HELLO\nHELLO\n");
  const versions = await ok("models", "versions", "me/shout");
  assert.match(versions, new RegExp(`^${added.version.slice(0, 12)} +added +command line +20`, "m"));
  assert.match(versions, new RegExp(`^${first.slice(0, 12)} +active +added`, "m"));
  const shown = await ok("models", "show", "me/shout");
  assert.match(shown, /^price +cpr \$0\.001$/m);
  assert.match(shown, /^runs +3, 3 succeeded, 0 failed$/m);
  await refused(/version-not-exist/, "models", "activate", "me/shout", "ffff");
});

test("a restart keeps added versions and the choice between them; a removed model's old runs keep its name", async () => {
  await platform.stop();
  platform = await startPlatform({ dataDir });
  assert.equal(await run("me/shout"), "HELLO\nHELLO\n");
  assert.equal(JSON.parse(await ok("models", "versions", "me/shout", "--json")).length, 2);
  assert.match(await ok("models", "remove", "me/shout"), /^me\/shout is removed\n$/);
  await refused(/slug-owner-project-not-exist/, "models", "show", "me/shout");
  const folder = join(dataDir, "models", "me", "shout");
  assert.equal(readdirSync(folder).length, 2, "running tasks may still need the files");
  await platform.stop();
  platform = await startPlatform({ dataDir });
  assert.equal(existsSync(join(folder, first)), false, "the files went at the next start");
  const task = JSON.parse(await ok("tasks", "show", "1", "--json"));
  assert.deepEqual([task.modelslugowner, task.modelslugproject], ["me", "shout"]);
  await ok("models", "add", "shout");
  assert.equal(await run("me/shout"), "Hello\nHello\n");
  await ok("models", "remove", "me/shout");
});

test("what is wrong is explained before anything is sent", async () => {
  mkdirSync(join(work, "broken"));
  writeFileSync(join(work, "broken", "model.yaml"), "owner: me\nslugg: x\n");
  await refused(/^model\.yaml:2:1 error: there is no slugg here\. Did you mean slug\?$/m, "models", "add", "broken");
  await refused(/there is no folder of models at \S+nowhere/, "models", "add", "nowhere");
  const { code, out } = await modelyard(["models", "check", "broken", "--json"]);
  const { ok: isFine, findings } = JSON.parse(out);
  assert.deepEqual([code, isFine, findings.length > 1], [1, false, true]);
  await refused(/is in a folder that the server was started with/, "models", "remove", "test/echo");
});

test("a git repository is added by its address and branch; nothing in it is run", async () => {
  const repository = join(work, "repository");
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=t", "-c", "user.email=t@test.example", "-C", repository, ...args], {
      stdio: "pipe",
    });
  await modelyard(["models", "new", "me/from-git", "--language", "shell", "--dir", repository]);
  git("init", "-q", "-b", "main");
  git("add", ".");
  git("commit", "-qm", "one");
  git("checkout", "-qb", "other");
  writeFileSync(join(repository, "README.md"), "another");
  git("commit", "-qam", "two");
  git("checkout", "-q", "main");
  // A submodule of the repository itself, and hooks that would leave a mark.
  const mark = join(work, "mark");
  for (const hook of ["post-checkout", "reference-transaction"])
    writeFileSync(join(repository, ".git", "hooks", hook), `#!/bin/sh\ntouch '${mark}'\n`, { mode: 0o755 });

  const url = `file://${repository}`;
  const main = JSON.parse(await ok("models", "add", url, "--json"));
  assert.equal(main.slugproject, "from-git");
  const other = JSON.parse(await ok("models", "add", `${url}#other`, "--json"));
  assert.notEqual(other.version, main.version);
  assert.equal(existsSync(mark), false);
  await refused(/cannot be cloned: .*missing/, "models", "add", `${url}#missing`);
  for (const bad of [
    "http://127.0.0.1:9/x.git",
    "ext::sh -c touch",
    "git://127.0.0.1/x",
    "-u",
    `${url}#--upload-pack=x`,
  ])
    await refused(/only https|is no name|unknown option/, "models", "add", bad);
});

test("queue, models and workers are paused and go on", async () => {
  assert.equal(await ok("queue"), "Nothing waits or runs.\n");
  await ok("queue", "pause", "--reason", "moving house");
  assert.match(await ok("queue"), /^The queue is paused since 20.*: moving house$/m);
  const client = platform.client("apikey");
  const { taskid } = await client.run("test/noop", { prompt: "x" });
  assert.match(await ok("queue", "tasks"), new RegExp(`^${taskid} +test/noop .* normal +ready`, "m"));
  assert.equal(await ok("queue", "priority", taskid, "low"), `task ${taskid} has low priority\n`);
  assert.match(await ok("queue", "tasks"), new RegExp(`^${taskid} +test/noop .* low +ready`, "m"));
  await ok("queue", "resume");
  await client.wait({ taskid });
  assert.equal(await ok("queue", "tasks"), "Nothing waits.\n");
  await ok("models", "pause", "test/echo", "--reason", "new weights");
  assert.match(await ok("models", "list"), /^test\/echo .*paused: new weights$/m);
  assert.match(await ok("queue", "show"), /^test\/echo +0 +0 +0 .*paused: new weights$/m);
  await ok("models", "resume", "test/echo");
  const [worker] = JSON.parse(await ok("workers", "--json"));
  assert.match(await ok("workers"), /^built-in +[0-9a-f]{8} +0\/\d+ .*open/m);
  assert.match(
    await ok("workers", "cordon", worker.id.slice(0, 8), "--reason", "a new disk"),
    /^built-in gets nothing more/,
  );
  assert.match(await ok("workers"), /cordoned: a new disk/);
  await ok("workers", "uncordon", "built-in");
  await refused(/worker-not-exist/, "workers", "cordon", "nobody");
});

test("audit ends with 0 where nothing is wrong, and with 1 where something is", async () => {
  assert.match(await ok("audit"), /^Nothing is wrong/);
  assert.deepEqual(JSON.parse(await ok("audit", "--json")).faults, []);
  const spoiled = await startTestServer(mainStore());
  await spoiled.server.db.write((tx) => tx.run("update wallet set held = held + 1", []));
  const there = ["--data", spoiled.dataDir, "--url", spoiled.server.url];
  const { code, out, err } = await modelyard(["audit", ...there]);
  const json = await modelyard(["audit", "--json", ...there]);
  await spoiled.close();
  assert.equal(code, 1, err);
  assert.match(out, /^\S.*: /);
  assert.match(err, /faults/);
  assert.deepEqual([json.code, JSON.parse(json.out).faults.length > 0], [1, true]);
});

test("mail shows what waits for want of a mail server: the operator's own new password, too", async () => {
  assert.equal(await ok("mail"), "No mail waits.\n");
  const { email, password } = platform.firstRun.owner;
  await visitor(platform.url).account("Forgot", { email });
  const shown = await ok("mail");
  assert.match(shown, /^20\S+Z {2}\S+@\S+ {2}Choose a new password \(waits\)$/m);
  const token = /^ {2}http\S+\/account\/Reset\?token=([\w-]{43})$/m.exec(shown)?.[1];
  const own = visitor(platform.url);
  assert.equal((await own.account("Reset", { token, password: `${password}-2` })).body.result, true);
  assert.equal((await own.account("SignIn", { email, password: `${password}-2` })).body.result, true);
  assert.equal(JSON.parse(await ok("mail", "--json")).mail.length, 1);
});

test("operator-token is for a command line elsewhere; without it or the data folder nothing is done", async () => {
  const token = (await modelyard(["operator-token", "--data", dataDir])).out.trim();
  assert.match(token, /^myop_[\w-]{43}$/);
  const env = { MODELYARD_URL: platform.url, MODELYARD_OPERATOR_TOKEN: token };
  const empty = temporaryFolder("cli-nothing");
  const away = await modelyard(["models", "list", "--data", empty], env);
  assert.equal(away.code, 0, away.err);
  const wrong = await modelyard(["models", "list", "--data", empty], { ...env, MODELYARD_OPERATOR_TOKEN: `${token}x` });
  assert.deepEqual([wrong.code, /token is invalid/.test(wrong.err)], [1, true]);
  const nothing = await modelyard(["models", "list", "--data", empty, "--url", platform.url]);
  assert.equal(nothing.code, 1);
  assert.match(nothing.err, /master\.key cannot be read \(there is none\); --data names/);
  assert.ok(!platform.output().includes(token.slice(5)));
});

test("every command has help", async () => {
  const names = ["list", "show", "check", "new", "add", "versions", "activate", "remove", "pause", "resume"];
  const commands = [
    ...names.map((name) => ["models", name]),
    ...[
      ["queue"],
      ["queue", "pause"],
      ["workers"],
      ["workers", "cordon"],
      ["audit"],
      ["mail"],
      ["operator-token"],
      ["dev"],
    ],
  ];
  for (const command of commands) {
    const { code, out } = await modelyard([...command, "--help"]);
    assert.equal(code, 0);
    assert.match(out, /^Usage: modelyard /);
  }
  assert.equal((await modelyard(["models", "show", "echo"])).code, 1);
});
