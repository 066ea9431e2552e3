/**
 * The seed's own shell text, run by bash (wire contract 2.2, 3, 5, 7). Replaced are only host, key, secret, owner, model, content type,
 * parameters and the task's names; the two lines that begin with // are the seed's comments and no shell's.
 */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { RunResponse, type Task, TaskActionResponse, TaskDetailResponse } from "@modelyard/contract";
import { type Caller, caller, type Platform, startPlatform, temporaryFolder } from "@modelyard/testing";

const bash = promisify(execFile);
const text = readFileSync(new URL("fixtures/seed-shell.sh", import.meta.url), "utf8");
const printed = JSON.parse(readFileSync(new URL("fixtures/seed-answers.json", import.meta.url), "utf8")) as Record<
  string,
  object
>;
/** What wire contract 5 documents beyond the seed, and our own facts under one key. */
const ADDITIONS = ["modeldescription", "modelslugowner", "modelslugproject", "modelyard"];

let platform: Platform;
let own: Caller;
let prepare: string;

before(async () => {
  platform = await startPlatform({ dataDir: temporaryFolder("seed-shell") });
  const project = platform.firstRun.projects.find(({ auth }) => auth === "signature");
  assert.ok(project?.apiSecret);
  own = caller(platform.url, project);
  prepare = section("prepare")
    .replace(/^\s*\/\/.*$/gm, "")
    .replace("{{useSelectedProjectAPIKey}}", project.apiKey)
    .replace("XXXXXXXXX", project.apiSecret);
});
after(() => platform.stop());

function section(name: string): string {
  const found = new RegExp(`^# --- ${name}\\n([^]*?)(?=\\n# --- |$(?![^]))`, "m").exec(text)?.[1];
  assert.ok(found, name);
  return found;
}

/** Runs one of the seed's commands; `names` replaces the ids and tokens it prints. */
async function shell(name: string, contentType: string, names: Record<string, string> = {}): Promise<unknown> {
  let command = section(name).replaceAll("{{apiUrl}}", `${platform.url}/v1`).replace("{{contentType}}", contentType);
  for (const [from, to] of Object.entries(names)) {
    assert.ok(command.includes(from), `${name} has ${from}`);
    command = command.replace(from, to);
  }
  const { stdout } = await bash("bash", ["-c", `${prepare}\n${command}`]);
  return JSON.parse(stdout) as unknown;
}

/** Same keys and same types as the printed answer has; arrays by their first item. */
function sameShape(actual: unknown, expected: unknown, path = "answer"): void {
  if (path.endsWith(".parameters")) {
    assert.equal(typeof actual, "object", path);
    return;
  }
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual), path);
    if (expected.length > 0 && actual.length > 0) sameShape(actual[0], expected[0], `${path}[0]`);
    return;
  }
  if (typeof expected !== "object" || expected === null) {
    assert.equal(actual === null ? "null" : typeof actual, expected === null ? "null" : typeof expected, path);
    return;
  }
  const keys = Object.keys(actual as object).filter(
    (key) => !path.endsWith(".tasklist[0]") || !ADDITIONS.includes(key),
  );
  assert.deepEqual(keys.sort(), Object.keys(expected).sort(), path);
  for (const [key, value] of Object.entries(expected))
    sameShape((actual as Record<string, unknown>)[key], value, `${path}.${key}`);
}

async function run(
  contentType: string,
  model: string,
  parameters: object,
): Promise<{ taskid: string; socketaccesstoken: string }> {
  const answer = await shell("run", contentType, {
    "{{toolSlugOwner}}": "test",
    "{{toolSlugProject}}": model,
    "{{toolParameters}}": JSON.stringify(parameters),
  });
  sameShape(answer, printed.run);
  return RunResponse.parse(answer);
}

/** The seed's template puts one content type on every call; the second has no boundary, and the body is JSON all the same. */
for (const contentType of ["application/json", "multipart/form-data"]) {
  test(`the seed's calls with ${contentType} (wire contract 1, 2.2, 3, 5, 7)`, async () => {
    const task = await run(contentType, "picture", { prompt: "a lake", unknown: 7 });
    const ended = await own.ended(task.taskid);
    assert.equal(ended.pexit, "0", ended.debugerror);

    for (const [name, names] of [
      ["byToken", { eDcCm5yyUfIvMFspTwww49OUfgXkQt: task.socketaccesstoken }],
      ["byId", { "534574": task.taskid }],
    ] as const) {
      const answer = await shell(name, contentType, names);
      sameShape(answer, printed.detail);
      const [found] = TaskDetailResponse.parse(answer).tasklist as [Task];
      assert.equal(found.id, task.taskid);
      assert.deepEqual(found.parameters, { prompt: "a lake", unknown: 7 });
      assert.equal(found.outputs.length, 1);
    }
  });

  test(`the seed's Kill by id and by token, and Cancel, with ${contentType} (wire contract 7)`, async () => {
    const kill = async (
      name: string,
      names: (task: { taskid: string; socketaccesstoken: string }) => Record<string, string>,
    ) => {
      const task = await run(contentType, "wait", { seconds: 50 });
      await own.when(task.taskid, ({ status }) => status === "task_output");
      const answer = await shell(name, contentType, names(task));
      sameShape(answer, printed.kill);
      const [killed] = TaskActionResponse.parse(answer).tasklist as [Task];
      assert.equal(killed.id, task.taskid);
      assert.equal(killed.status, "task_cancel");
      assert.notEqual(killed.canceltime, "0");
    };
    await kill("killById", ({ taskid }) => ({ "534574": taskid }));
    await kill("killByToken", ({ socketaccesstoken }) => ({ ZpYote30on42O4jjHXNiKmrWAZqbRE: socketaccesstoken }));

    const queued = await run(contentType, "dollar", {});
    const answer = await shell("cancel", contentType, { "634574": queued.taskid });
    sameShape(answer, printed.cancel);
    assert.equal(TaskActionResponse.parse(answer).tasklist[0]?.status, "task_cancel");
  });
}

test("openssl's whole output line is the signature (wire contract 2.2)", async () => {
  const { stdout } = await bash("bash", ["-c", `${prepare}\necho "$SIGNATURE"`]);
  assert.match(stdout.trim(), /^(SHA2-256)?\(stdin\)= [0-9a-f]{64}$/);
});
