/** `modelyard dev`: a folder with a page, or run from the terminal, taken up again when it is saved (docs/guide/make-a-model.md). */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { FIXTURE_MODELS, REPOSITORY, temporaryFolder, until } from "@modelyard/testing";

const MAIN = join(REPOSITORY, "packages/cli/bin/modelyard.js");
const work = temporaryFolder("dev");
/** Where the commands put what is theirs: others use the system's folder at the same time. */
const temporary = temporaryFolder("dev-tmp");
const children: ChildProcess[] = [];
after(() => {
  for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
});

function start(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: work,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, TMPDIR: temporary },
  });
  children.push(child);
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (said.err += text));
  return { child, said, exit: once(child, "close").then(([code]) => code as number | null) };
}
async function modelyard(...args: string[]) {
  const { said, exit } = start(...args);
  return { code: await exit, ...said };
}
const left = () => readdirSync(temporary).sort();

test("with --input it runs once, saves the files, and leaves nothing behind", async () => {
  await modelyard("models", "new", "me/once", "--language", "shell");
  const before = left();
  const { code, out, err } = await modelyard(
    "dev",
    "once",
    "--input",
    "prompt=a word",
    "--input",
    "times=1",
    "--output",
    "made",
  );
  assert.deepEqual([code, out], [0, "made/said.txt\n"], err);
  assert.equal(readFileSync(join(work, "made/said.txt"), "utf8"), "A WORD\n");
  assert.match(err, /^done \(/m);
  assert.deepEqual(left(), before);
});

test("a run that fails ends with 1 and says why; a folder that is wrong is explained", async () => {
  await modelyard("models", "new", "me/failing", "--language", "shell");
  writeFileSync(join(work, "failing/run.sh"), "echo out of paint >&2\nexit 3\n");
  const { code, out, err } = await modelyard("dev", "failing", "--input", "prompt=x", "--input", "tmies=3");
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /^tmies is no input of this model; it has prompt, times, loud$/m);
  assert.match(err, /^failed: .*out of paint/m);
  writeFileSync(join(work, "failing/model.yaml"), "owner: me\n");
  const wrong = await modelyard("dev", "failing", "--input", "prompt=x");
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /^model\.yaml:1:1 error: slug: is missing/m);
});

test("key=@path sends a file", async () => {
  await modelyard("models", "new", "me/copy", "--language", "shell");
  const manifest = join(work, "copy/model.yaml");
  const text = readFileSync(manifest, "utf8");
  writeFileSync(
    manifest,
    text.replace(/ {6}- \{ id: prompt.*\n/, "      - { id: paper, type: fileinput, label: Paper, required: true }\n"),
  );
  writeFileSync(
    join(work, "copy/run.sh"),
    'cp "$INPUT_DIR"/paper* "$OUTPUT_DIR/copy.txt"; mkdir "$OUTPUT_DIR/parts"\n',
  );
  writeFileSync(join(work, "letter.txt"), "Dear all,");
  const { code, err } = await modelyard("dev", "copy", "--input", "paper=@letter.txt", "--output", "copies");
  assert.equal(code, 0, err);
  assert.match(err, /^Left out of the outputs: parts \(a folder\)$/m);
  assert.equal(readFileSync(join(work, "copies/copy.txt"), "utf8"), "Dear all,");
});

test("an app finds the models of its steps in --models", async () => {
  cpSync(join(FIXTURE_MODELS, "test/chain"), join(work, "chain"), { recursive: true });
  const inputs = ["--input", "prompt=a house", "--input", "tell=false", "--output", "chained"];
  const alone = await modelyard("dev", "chain", ...inputs);
  assert.equal(alone.code, 1);
  assert.match(alone.err, /It needs the model test\/picture/);
  const { code, out, err } = await modelyard("dev", "chain", "--models", FIXTURE_MODELS, ...inputs);
  assert.equal(code, 0, err);
  assert.ok(out.split("\n").filter((line) => line.startsWith("chained/")).length >= 2, out);
});

test("it stays, prints the page's address, and takes up what is saved; a broken folder leaves the last good one", async () => {
  await modelyard("models", "new", "me/living", "--language", "python");
  const data = join(work, "kept");
  const running = start("dev", "living", "--data", data, "--port", "0");
  await until(() => /^http:\S+\/models\/me\/living$/m.test(running.said.out), "the page's address");
  const page = /^(http:\S+)\/models\/me\/living$/m.exec(running.said.out);
  const base = page?.[1] ?? "";
  // The printed link signs the author in, and leads back to the model.
  await until(() => /^http\S+Welcome\?token=\S+$/m.test(running.said.err), "the sign-in link");
  const link = new URL(/^http\S+Welcome\?token=\S+$/m.exec(running.said.err)?.[0] ?? "");
  const form = await (await fetch(link)).text();
  assert.match(form, /name="next" value="&#47;models&#47;me&#47;living"|name="next" value="\/models\/me\/living"/);
  const signedIn = await fetch(new URL(link.pathname, base), {
    method: "POST",
    redirect: "manual",
    headers: { origin: base, "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      token: link.searchParams.get("token") ?? "",
      next: link.searchParams.get("next") ?? "",
      email: "me@test.example",
      password: "a fine long one",
    }),
  });
  assert.deepEqual([signedIn.status, signedIn.headers.get("location")], [303, "/models/me/living"]);

  const run = async () =>
    (await modelyard("run", "me/living", "prompt=hello", "times=1", "--data", data, "--url", base)).out;
  assert.equal(await run(), "HELLO\n");

  const program = join(work, "living/run.py");
  const good = readFileSync(program, "utf8");
  const ready = () => running.said.err.split("is ready as version").length - 1;
  writeFileSync(program, good.replace(".upper()", ".title()"));
  await until(() => ready() === 2, "the second version");
  assert.equal(await run(), "Hello\n");

  const manifest = join(work, "living/model.yaml");
  const right = readFileSync(manifest, "utf8");
  writeFileSync(manifest, right.replace("title:", "titel:"));
  await until(
    () => /^model\.yaml:3:1 error: there is no titel here\. Did you mean title\?$/m.test(running.said.err),
    "why",
  );
  await until(() => /whatever worked before goes on/.test(running.said.err), "what that means");
  assert.equal(await run(), "Hello\n");
  writeFileSync(manifest, right.replace("title:", "tags: [mended]\ntitle:"));
  await until(() => ready() === 3, "the mended version");
  const tool = await fetch(`${base}/v1/Tool/Detail`, {
    method: "POST",
    body: '{"slugowner":"me","slugproject":"living"}',
  });
  assert.deepEqual(((await tool.json()) as { tool: { tags: string[] }[] }).tool[0]?.tags, ["mended"]);

  running.child.kill("SIGINT");
  assert.equal(await running.exit, 0, running.said.err);
  assert.ok(existsSync(join(data, "master.key")), "a given folder stays");
});

test("--watch runs again after every change", async () => {
  await modelyard("models", "new", "me/again", "--language", "python");
  const running = start("dev", "again", "--watch", "--port", "0", "--input", "prompt=one", "--input", "times=1");
  await until(() => running.said.out.includes("ONE\n"), "the first run");
  await until(() => running.said.out.includes("/models/me/again"), "the page's address");
  const program = join(work, "again/run.py");
  writeFileSync(program, readFileSync(program, "utf8").replace(".upper()", ".title()"));
  await until(() => running.said.out.includes("One\n"), "the second run");
  running.child.kill("SIGTERM");
  assert.equal(await running.exit, 0);
});
