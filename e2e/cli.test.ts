/** The `modelyard` commands as their users start them. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Platform, REPOSITORY, startPlatform, temporaryFolder, until } from "@modelyard/testing";

let platform: Platform;
before(async () => {
  platform = await startPlatform({ dataDir: temporaryFolder("cli") });
});
after(() => platform.stop());

const MAIN = join(REPOSITORY, "packages/cli/bin/modelyard.js");

function start(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
  });
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (said.err += text));
  return { child, said, exit: once(child, "close").then(([code]) => code as number | null) };
}

async function modelyard(args: readonly string[], env?: Record<string, string>) {
  const { said, exit } = start(args, env);
  return { code: await exit, ...said };
}

const here = () => ["--data", platform.dataDir];
const keyOnly = () => platform.firstRun.projects.find(({ auth }) => auth === "apikey")?.apiKey ?? "";

test("run prints the answer on stdout and ends with 0, with the keys of the first start", async () => {
  const { code, out, err } = await modelyard(["run", "test/talk", "prompt=two words", ...here()]);
  assert.deepEqual([code, out], [0, "two words 1 2 3 4 5 6\n"], err);
  assert.match(err, /^task \d+$/m);
  assert.match(err, /^done \(\d+\.\d{4} s, \$0\.\d+\)$/m);
});

test("run takes key, secret and address from flags or the environment", async () => {
  const flags = await modelyard(["run", "test/talk", "prompt=a=b", "--url", platform.url, "--key", keyOnly()]);
  assert.deepEqual([flags.code, flags.out], [0, "a=b 1 2 3 4 5 6\n"], flags.err);
  const signed = platform.firstRun.projects.find(({ auth }) => auth === "signature");
  const env = {
    MODELYARD_URL: platform.url,
    MODELYARD_API_KEY: signed?.apiKey ?? "",
    MODELYARD_API_SECRET: signed?.apiSecret ?? "",
  };
  const { code, out, err } = await modelyard(["run", "test/talk", "prompt=c", "words=1"], env);
  assert.deepEqual([code, out], [0, "c 1\n"], err);
});

test("run uploads a file and prints the address of what came out", async () => {
  const path = join(temporaryFolder("cli-file"), "dot.txt");
  writeFileSync(path, "the same bytes");
  const { code, out, err } = await modelyard(["run", "test/picture", "--file", `inputImage=${path}`, ...here()]);
  assert.equal(code, 0, err);
  const response = await fetch(out.trim());
  assert.equal(await response.text(), "the same bytes");
});

test("a file that cannot be sent is named, before anything runs", async () => {
  const folder = temporaryFolder("cli-no-file");
  for (const [path, why] of [
    [join(folder, "none.png"), "there is no such file"],
    [folder, "it is no file"],
  ] as const) {
    const { code, err } = await modelyard(["run", "test/picture", "--file", `inputImage=${path}`, ...here()]);
    assert.equal(code, 1);
    assert.ok(err.includes(`${path} cannot be read: ${why}`), err);
  }
});

test("a run that waits says why", async () => {
  assert.equal((await modelyard(["queue", "pause", "--reason", "new disks", ...here()])).code, 0);
  const running = start(["run", "test/talk", "prompt=late", "words=1", ...here()]);
  await until(() => /^waits: .*new disks/m.test(running.said.err), "the reason");
  assert.equal((await modelyard(["queue", "resume", ...here()])).code, 0);
  assert.equal(await running.exit, 0);
  assert.equal(running.said.out, "late 1\n");
});

test("run ends with 1 and says why: a failing model, a refusal, no server, no key", async () => {
  const failed = await modelyard(["run", "test/echo", "prompt=x", "mode=fail", ...here()]);
  assert.deepEqual([failed.code, failed.out], [1, ""]);
  assert.match(failed.err, /^failed: .*it broke/m);
  assert.match(failed.err, /nothing charged/);
  const refused = await modelyard(["run", "test/nothing", ...here()]);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /slug-owner-project-not-exist/);
  const away = await modelyard(["run", "test/echo", "prompt=x", "--url", "http://127.0.0.1:9", "--key", "k"]);
  assert.equal(away.code, 1);
  assert.match(away.err, /nothing answers at http:\/\/127\.0\.0\.1:9;/);
  const unknown = await modelyard(["run", "test/echo", "prompt=x", "--data", temporaryFolder("empty")]);
  assert.equal(unknown.code, 1);
  assert.match(unknown.err, /no --key was given/);
});

test("tasks show and kill", async () => {
  const running = start(["run", "test/wait", "seconds=50", ...here()]);
  await until(() => /^task \d+$/m.test(running.said.err), "the run's number");
  const id = /^task (\d+)$/m.exec(running.said.err)?.[1] as string;
  const shown = await modelyard(["tasks", "show", id, ...here()]);
  assert.equal(shown.code, 0, shown.err);
  assert.match(shown.out, new RegExp(`^task +${id}\\nmodel +test/wait\\nstatus +task_`));
  const killed = await modelyard(["tasks", "kill", id, ...here()]);
  assert.deepEqual([killed.code, killed.out], [0, `task ${id} is stopped; nothing charged\n`], killed.err);
  assert.equal(await running.exit, 1);
  assert.match(running.said.err, /^failed: Killed by the caller\./m);
  const json = await modelyard(["tasks", "show", id, "--json", ...here()]);
  assert.equal(JSON.parse(json.out).status, "task_cancel");
  const again = await modelyard(["tasks", "kill", id, ...here()]);
  assert.equal(again.code, 1);
  assert.match(again.err, /Task could not be killed/);
  assert.equal((await modelyard(["tasks", "show", "999999", ...here()])).code, 1);
});

test("doctor: a good place, the server's own port, a port and a folder that cannot be had", async () => {
  const folder = temporaryFolder("doctor");
  const good = await modelyard(["doctor", "--port", "0", "--data", join(folder, "data")]);
  assert.equal(good.code, 0, good.out + good.err);
  for (const name of ["Node", "data", "disk", "port", "mkfifo", "processes"])
    assert.match(good.out, new RegExp(`^(ok|note) +${name} `, "m"));
  const own = await modelyard(["doctor", "--port", new URL(platform.url).port, "--data", folder]);
  assert.equal(own.code, 0, own.out);
  assert.match(own.out, /^ok +port .*it runs there$/m);
  const other = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
  await once(other, "listening");
  mkdirSync(join(folder, "x"));
  writeFileSync(join(folder, "x", "file"), "");
  const { port } = other.address() as { port: number };
  const bad = await modelyard(["doctor", "--port", String(port), "--data", join(folder, "x", "file", "data")]);
  other.close();
  assert.equal(bad.code, 1);
  assert.match(bad.out, /^FAIL +port .*taken by another program/m);
  assert.match(bad.out, /^FAIL +data /m);
});

test("every command has help; a wrong one is refused", async () => {
  for (const command of [["serve"], ["worker"], ["run"], ["tasks"], ["tasks", "show"], ["tasks", "kill"], ["doctor"]]) {
    const { code, out } = await modelyard([...command, "--help"]);
    assert.equal(code, 0);
    assert.match(out, /^Usage: modelyard /);
  }
  assert.equal((await modelyard(["ran"])).code, 1);
  assert.equal((await modelyard(["run", "echo", ...here()])).code, 1);
  assert.equal((await modelyard(["run", "test/echo", "prompt", ...here()])).code, 1);
});
