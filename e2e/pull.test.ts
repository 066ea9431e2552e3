/** Weights that an operator fetches: a model that is not installed is refused, `modelyard models pull` brings it, and then it runs. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Platform, REPOSITORY, startPlatform, temporaryFolder, until } from "@modelyard/testing";

const MAIN = join(REPOSITORY, "packages/cli/bin/modelyard.js");
const known = randomBytes(3_000_000);
const unknown = randomBytes(500_000);
/** Its hash is in the manifest, its size is not. */
const named = randomBytes(300_000);
const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/** A hub that breaks the connection after a million bytes, as often as it is told to, and knows ranges. */
let cuts = 0;
let ranges: string[] = [];
const hub: Server = createServer((request, response) => {
  const bytes = { "/large/known.bin": known, "/large/unknown.bin": unknown, "/large/named.bin": named }[
    request.url ?? ""
  ];
  if (!bytes) return void response.writeHead(404).end();
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  ranges.push(`${request.url} ${from}`);
  const headers = { "content-length": bytes.length - from };
  if (from > 0)
    response.writeHead(206, { ...headers, "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` });
  else response.writeHead(200, headers);
  if (cuts > 0 && bytes === known) {
    cuts -= 1;
    response.write(bytes.subarray(from, from + 1_000_000), () => setTimeout(() => response.destroy(), 100));
  } else response.end(bytes.subarray(from));
});

let platform: Platform;
let models: string;
before(async () => {
  hub.listen(0, "127.0.0.1");
  await once(hub, "listening");
  models = temporaryFolder("pull-models");
  const dir = join(models, "test", "large");
  mkdirSync(dir, { recursive: true });
  writeFileSync(
    join(dir, "model.yaml"),
    `owner: test
slug: large
title: Large
description: A model whose weights have to be pulled.
categories: [tool]
inputs: []
output: file
price: [{ method: cpr, price: "0.25" }]
runner: { type: command, command: [sh, run.sh] }
pull: true
weights:
  - { file: deep/known.bin, sha256: ${hash(known)}, size: ${known.length}, license: MIT, sources: [{ url: "https://hub.example/large/known.bin" }] }
  - { file: deep/er/named.bin, sha256: ${hash(named)}, size: null, license: MIT, sources: [{ url: "https://hub.example/large/named.bin" }] }
  - { file: unknown.bin, sha256: null, size: null, license: CC-BY-4.0, sources: [{ url: "https://hub.example/large/unknown.bin" }] }
license: { code: MIT, weights: "MIT and CC-BY-4.0", note: Made by a test. }
`,
  );
  writeFileSync(
    join(dir, "run.sh"),
    'cat "$WEIGHTS_DIR/deep/known.bin" "$WEIGHTS_DIR/deep/er/named.bin" "$WEIGHTS_DIR/unknown.bin" >"$OUTPUT_DIR/all.bin"\n',
  );
  platform = await startPlatform({ dataDir: temporaryFolder("pull"), args: ["--models", models] });
});
after(async () => {
  await platform.stop();
  hub.closeAllConnections();
  hub.close();
});

async function pull(args: readonly string[], dataDir = platform.dataDir) {
  const command = ["models", "pull", "test/large", "--models", models, "--data", dataDir, ...args];
  const child = spawn(process.execPath, [MAIN, ...command], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  });
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (said.err += text));
  const [code] = await once(child, "close");
  return { code: code as number | null, ...said };
}
const mirror = () => ["--mirror", `http://127.0.0.1:${(hub.address() as AddressInfo).port}`];
const facts = async () => {
  const response = await fetch(`${platform.url}/v1/Tool/Detail`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ slugowner: "test", slugproject: "large" }),
  });
  return ((await response.json()) as { tool: { modelyard: { pull: { installed: boolean; command: string } } }[] })
    .tool[0]!.modelyard.pull;
};
const attempt = async () => {
  const key = platform.firstRun.projects.find(({ auth }) => auth === "apikey")?.apiKey ?? "";
  const headers = { "x-api-key": key, "content-type": "application/json" };
  const response = await fetch(`${platform.url}/v1/Run/test/large`, { method: "POST", headers, body: "{}" });
  return (await response.json()) as { result: boolean; errors: { code: number; message: string }[]; taskid?: string };
};

test("a model that is not installed says so, and a run is refused before anything is held", async () => {
  assert.deepEqual(await facts(), { installed: false, command: "modelyard models pull test/large", bytes: null });
  const { result, errors, taskid } = await attempt();
  assert.equal(result, false);
  assert.equal(taskid, undefined);
  assert.match(
    errors[0]?.message ?? "",
    /weights of test\/large are on no connected worker.*modelyard models pull test\/large/,
  );
  const page = await (await fetch(`${platform.url}/models/test/large`)).text();
  assert.match(page, /Not installed/);
  assert.match(page, /modelyard models pull test\/large/);
});

test("a pull shows the licences and wants them accepted", async () => {
  const { code, out, err } = await pull(mirror());
  assert.equal(code, 1);
  assert.match(out, /deep\/known\.bin {2}3\.0 MB {2}MIT {2}[0-9a-f]{64}/);
  assert.match(out, new RegExp(`named\\.bin {2}size unknown {2}MIT {2}${hash(named)}`));
  assert.match(out, /unknown\.bin {2}size unknown {2}CC-BY-4\.0 {2}no hash is known/);
  assert.match(err, /have to be accepted.*--yes/s);
  assert.deepEqual(ranges, []);
});

test("a pull goes on where the connection broke, pins what nobody knew the hash of, and the model runs", async () => {
  cuts = 2;
  const { code, out, err } = await pull([...mirror(), "--yes"]);
  assert.equal(code, 0, err);
  assert.match(out, new RegExp(`deep/known\\.bin {2}3000000 bytes {2}sha256 ${hash(known)}\n`));
  assert.match(out, new RegExp(`unknown\\.bin {2}500000 bytes {2}sha256 ${hash(unknown)} {2}\\(pinned now\\)`));
  const starts = ranges.filter((one) => one.startsWith("/large/known.bin")).map((one) => Number(one.split(" ")[1]));
  assert.equal(starts.length, 3);
  assert.ok(starts[0] === 0 && starts[1]! > 0 && starts[2]! > starts[1]!, `${starts}`);
  await until(async () => (await facts()).installed, "the worker notices what was pulled");
  const { taskid } = await attempt();
  const client = platform.client("apikey");
  await until(
    async () => ["task_postprocess_end", "task_error"].includes((await client.detail({ taskid: taskid ?? "" })).status),
    "it runs",
  );
  const [output] = (await client.detail({ taskid: taskid ?? "" })).outputs;
  assert.ok(output && "url" in output);
  const made = Buffer.from(await (await fetch(output.url)).arrayBuffer());
  assert.ok(made.equals(Buffer.concat([known, named, unknown])), "the program found them under their names");
});

test("what was pinned is the only file that is accepted again; nothing is fetched twice", async () => {
  ranges = [];
  const again = await pull([...mirror(), "--yes"]);
  assert.equal(again.code, 0, again.err);
  assert.deepEqual(ranges, []);
  const pins = JSON.parse(readFileSync(join(platform.dataDir, "worker/cache/pins.json"), "utf8"));
  assert.deepEqual(pins, {
    "test/large/deep/er/named.bin": { sha256: hash(named), size: named.length },
    "test/large/unknown.bin": { sha256: hash(unknown), size: unknown.length },
  });
});

test("a folder of the operator's is enough, and a wrong file in it is refused by name", async () => {
  const [folder, data] = [temporaryFolder("pull-offline"), temporaryFolder("pull-elsewhere")];
  writeFileSync(join(folder, "known.bin"), known);
  // As in a clone of the publisher's repository: the manifest's name is longer in front.
  mkdirSync(join(folder, "er"));
  writeFileSync(join(folder, "er/named.bin"), named);
  ranges = [];
  const half = await pull(["--from", folder, "--yes"], data);
  assert.equal(half.code, 1);
  assert.match(half.err, /unknown\.bin could not be had/);
  writeFileSync(join(folder, "unknown.bin"), unknown);
  const whole = await pull(["--from", folder, "--yes"], data);
  assert.equal(whole.code, 0, whole.err);
  assert.deepEqual(ranges, [], "nothing was downloaded");
  const wrong = temporaryFolder("pull-wrong");
  writeFileSync(join(wrong, "known.bin"), Buffer.alloc(known.length));
  const refused = await pull(["--from", wrong, "--yes"], temporaryFolder("pull-third"));
  assert.equal(refused.code, 1);
  assert.match(refused.err, /known\.bin: sha256 is [0-9a-f]{64}, expected/);
  writeFileSync(join(folder, "er/named.bin"), Buffer.alloc(named.length));
  const other = await pull(["--from", folder, "--yes"], temporaryFolder("pull-fourth"));
  assert.equal(other.code, 1);
  assert.match(other.err, new RegExp(`named\\.bin: sha256 is [0-9a-f]{64}, expected ${hash(named)}`));
});

test("a model that does not exist is named", async () => {
  const child = spawn(process.execPath, [MAIN, "models", "pull", "nobody/nothing", "--yes"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let err = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
  const [code] = await once(child, "close");
  assert.equal(code, 1);
  assert.match(err, /There is no model nobody\/nothing/);
});
