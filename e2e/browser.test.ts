/**
 * The seed's browser script in a real browser (wire contract 10): only the socket's address and the token are replaced. It shows every
 * event and, at the end, the picture; also when it connects after the end, which is how fast runs meet it.
 */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import {
  type Caller,
  caller,
  type Platform,
  REPOSITORY,
  startPlatform,
  stopProgram,
  temporaryFolder,
} from "@modelyard/testing";
import { type Browser, chromium, type Page } from "playwright-core";

const seed = readFileSync(new URL("fixtures/seed-browser.html", import.meta.url), "utf8");
const ARTIFACTS = join(REPOSITORY, "artifacts");
const executablePath = process.env.MODELYARD_TEST_CHROMIUM;
const isCi = /^(1|true)$/i.test(process.env.CI ?? "");
const skip = executablePath || isCi ? false : "MODELYARD_TEST_CHROMIUM is not set";
if (skip) process.stderr.write(`SKIPPED: the seed's script in a browser (${skip})\n`);

let platform: Platform;
let own: Caller;
let browser: Browser | undefined;
/** Somebody else's page: another origin than the API's. */
let site: Server;
let page = "";
let worker: ChildProcess | undefined;

before(async () => {
  if (skip) return;
  assert.ok(executablePath, "CI must test with a browser: set MODELYARD_TEST_CHROMIUM");
  mkdirSync(ARTIFACTS, { recursive: true });
  platform = await startPlatform({ dataDir: temporaryFolder("browser"), args: ["--no-worker"] });
  const project = platform.firstRun.projects.find(({ auth }) => auth === "apikey");
  own = caller(platform.url, project as { apiKey: string });
  site = createServer((_request, response) => response.setHeader("content-type", "text/html").end(page));
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
});
after(async () => {
  await browser?.close();
  if (worker) await stopProgram(worker);
  site?.close();
  await platform?.stop();
});

function startWorkerProcess(): ChildProcess {
  const main = join(REPOSITORY, "packages/cli/src/main.ts");
  const data = temporaryFolder("browser-worker");
  return spawn(process.execPath, [main, "worker", "--server", platform.url, "--data", data, "--prepare-mb", "0"], {
    stdio: "ignore",
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      MODELYARD_WORKER_TOKEN: readFileSync(join(platform.dataDir, "worker-token"), "utf8").trim(),
    },
  });
}

async function open(token: string): Promise<{ tab: Page; console: string[]; alerts: string[] }> {
  page = `<!doctype html><meta charset="utf-8">${seed
    .replace("wss://socket.wiro.ai/v1", `${platform.url.replace("http", "ws")}/v1`)
    .replace("eDcCm5yyUfIvMFspTwww49OUfgXkQt", token)}`;
  assert.ok(!page.includes("wiro.ai"));
  const tab = await (browser as Browser).newPage({ viewport: { width: 1000, height: 900 } });
  const said: string[] = [];
  const alerts: string[] = [];
  tab.on("console", (message) => said.push(message.text()));
  tab.on("dialog", (dialog) => {
    alerts.push(dialog.message());
    void dialog.dismiss();
  });
  await tab.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  return { tab, console: said, alerts };
}

/** Natural size of the picture that the script added. */
async function picture(tab: Page): Promise<{ width: number; height: number }> {
  await tab.waitForFunction('document.querySelector("#files img")?.naturalWidth > 0');
  return tab.evaluate(
    '(() => { const { naturalWidth: width, naturalHeight: height } = document.querySelector("#files img"); return { width, height }; })()',
  );
}

test("live: the events as they come, then the picture", { skip }, async () => {
  const { taskid, socketaccesstoken } = await own.run("test/picture", { prompt: "a mountain lake" });
  const { tab, console, alerts } = await open(socketaccesstoken);
  // Only now is there a worker, so the page sees the run from its beginning, however slow the machine.
  await tab.waitForFunction('document.querySelector("#debug").textContent.includes("task_queue")');
  worker = startWorkerProcess();
  assert.deepEqual(await picture(tab), { width: 256, height: 256 });
  const ended = await own.ended(taskid);
  assert.equal(ended.pexit, "0", ended.debugerror);
  const shown = await tab.locator("#debug").innerText();
  for (const type of [
    "task_queue",
    "task_accept",
    "task_preprocess_start",
    "task_preprocess_end",
    "task_assign",
    "task_start",
    "task_output",
    "task_output_full",
    "task_end",
    "task_postprocess_start",
    "task_postprocess_end",
  ]) {
    assert.ok(shown.includes(`"type":"${type}"`), `the page shows ${type}`);
  }
  assert.ok(console.some((line) => line === "Your task postprocess has been completed."));
  assert.deepEqual(alerts, [], "the server never closes first");
  assert.deepEqual(
    console.filter((line) => line.startsWith("e:")),
    [],
  );
  await tab.screenshot({ path: join(ARTIFACTS, "seed-browser-live.png") });
  await tab.close();
});

test("late: a page that connects after the end still gets the picture", { skip }, async () => {
  const bytes = readFileSync(join(ARTIFACTS, "seed-browser-live.png"));
  const form = new FormData();
  form.append("inputImage", new Blob([bytes], { type: "image/png" }), "page.png");
  const { taskid, socketaccesstoken } = await own.run("test/picture", form);
  assert.equal((await own.ended(taskid)).pexit, "0");
  const { tab, console, alerts } = await open(socketaccesstoken);
  assert.deepEqual(await picture(tab), { width: 1000, height: 900 });
  assert.ok(console.includes("Your task has been completed."), "task_end is replayed");
  assert.deepEqual(alerts, []);
  await tab.screenshot({ path: join(ARTIFACTS, "seed-browser-late.png") });
  await tab.close();
});
