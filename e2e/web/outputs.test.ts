/** What a run leaves, and how the page says that it is over: archives, tables, scenes, broken files, logs of terminal programs, the title, a notification. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { axe, look, overflow, picture, type Site, skip, startSite } from "./support.ts";

let site: Site;
before(async () => {
  if (skip) return;
  site = await startSite("web-outputs", ["--models", join(import.meta.dirname, "fixtures")]);
});
after(async () => site?.close());

const looked = (page: Page, name: string) => look(page, name, { at: "[data-run]" });

async function run(page: Page, kind: string): Promise<void> {
  await page.locator("#input-kind").selectOption(kind);
  await page.getByRole("button", { name: /^Run( again)?$/ }).click();
  await page.locator('[data-run="done"]').waitFor();
}

test("an archive shows what is in it, a table its first rows", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/models/pages/outputs", { signedIn: true });
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/v1/File/")) asked.push(`${request.method()} ${request.headers().range ?? "all"}`);
  });
  await run(page, "zip");
  const contents = page.getByRole("region", { name: "Contents of set.zip" });
  await contents.getByText("pictures/a.png").waitFor();
  assert.match(await page.locator("[data-run]").innerText(), /3 files, 4\.0 kB unpacked/);
  assert.match(await contents.innerText(), /read me\.txt\s+5 B\s+pictures\/a\.png\s+4\.0 kB\s+data\/b\.json\s+2 B/);
  assert.ok(asked.length > 0 && !asked.includes("GET all"), `only pieces of it are fetched: ${asked.join(", ")}`);
  await looked(page, "output-zip");

  await run(page, "csv");
  const table = page.getByRole("region", { name: "Table table.csv" });
  await table.getByRole("cell", { name: "Lake, 49" }).waitFor();
  assert.deepEqual(await table.getByRole("columnheader").allInnerTexts(), ["id", "name", "depth"]);
  assert.equal(await table.getByRole("row").count(), 51);
  await page.getByText("Shown are the first 50 rows.").waitFor();
  await looked(page, "output-csv");
  assert.deepEqual(troubles, []);
  await close();
});

test("3D models can be looked at, by keyboard too, and nothing but the files is fetched", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/models/pages/outputs", { signedIn: true });
  await run(page, "scene");
  await page.locator('[data-scene="shown"]').first().waitFor();
  const scene = page.getByRole("application", { name: "3D model scene.glb" });
  await scene.scrollIntoViewIfNeeded();
  await page.locator('[data-scene="shown"]').nth(1).waitFor();
  const look = () => scene.screenshot();
  const before = await look();
  await scene.focus();
  for (let press = 0; press < 4; press++) await page.keyboard.press("ArrowLeft");
  assert.notDeepEqual(await look(), before, "it turns");
  const turned = await look();
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  assert.notDeepEqual(await look(), turned, "it comes nearer");
  await looked(page, "output-scene");
  assert.deepEqual(troubles, []);
  await close();
});

test("broken files say so, and are there to be downloaded", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/models/pages/outputs", { signedIn: true });
  await run(page, "broken");
  await page.getByText("The archive's list of contents cannot be read.").waitFor();
  await page.getByText("It cannot be read as a table.").waitFor();
  await page.getByText("The 3D model cannot be shown").waitFor();
  assert.equal(await page.locator("[data-run]").getByRole("link", { name: "Download", exact: true }).count(), 3);
  await looked(page, "output-broken");
  assert.deepEqual(troubles, []);
  await close();
});

test("a stranger with a link sees them too, and without JavaScript has the download", { skip }, async () => {
  const client = site.platform.client("apikey");
  const { taskid } = await client.run("pages/outputs", { kind: "zip" });
  await client.wait({ taskid });
  const { page, troubles, close } = await site.visit(`/runs/${taskid}`, { signedIn: true });
  await page.getByRole("region", { name: "Contents of set.zip" }).waitFor();
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = page.locator("section li a[href*='/shared/']");
  await link.waitFor();
  const path = new URL((await link.getAttribute("href")) ?? "").pathname;
  const stranger = await site.visit(path);
  await stranger.page.getByRole("cell", { name: "pictures/a.png" }).waitFor();
  assert.deepEqual([...troubles, ...stranger.troubles], []);
  await stranger.close();
  const plain = await site.visit(path, { javaScript: false });
  await plain.page.getByRole("link", { name: "Download" }).waitFor();
  await plain.close();
  await close();
});

test("a log has the colours of its program, and no codes", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/models/pages/outputs", { signedIn: true });
  await run(page, "log");
  await page.getByText("Logs", { exact: true }).click();
  const out = page.getByRole("region", { name: "Output of the model" });
  assert.equal((await out.innerText()).trim(), "ready to go\nstep two\ndone");
  assert.equal(await out.locator("span").first().innerText(), "ready");
  const errors = page.getByRole("region", { name: "Errors of the model" });
  assert.equal((await errors.innerText()).trim(), "warning: slow disk");
  const colour = (of: string) =>
    page.evaluate<string>(`getComputedStyle(document.querySelector('[aria-label="Errors of the model"] ${of}')).color`);
  assert.notEqual(await colour("span"), await colour("pre"));
  await looked(page, "output-log");
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download", exact: true }).first().click();
  const chunks = await (await (await saved).createReadStream()).toArray();
  assert.equal(
    Buffer.concat(chunks as Buffer[])
      .toString()
      .trim(),
    "ready to go\nstep two\ndone",
  );
  assert.deepEqual(troubles, []);
  await close();
});

test("who has asked for it is told that the run is over while looking elsewhere, also after a reload", {
  skip,
}, async () => {
  const { page, context, troubles, close } = await site.visit("/models/pages/outputs", { signedIn: true });
  // The browser's own notifications, and what was said with them.
  await context.addInitScript(`globalThis.told = []; globalThis.Notification = class extends Notification {
    constructor(title, options) { super(title, options); told.push([title, options.body]); }
  }`);
  await page.reload();
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
  const title = await page.title();
  const titled = (wanted: string) => page.waitForFunction(`document.title === ${JSON.stringify(wanted)}`);
  await page.locator("#input-seconds").fill("12");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const tell = page.getByRole("button", { name: "Tell me when it is done" });
  await tell.waitFor();
  await titled("… Running – outputs");
  await context.grantPermissions(["notifications"], { origin: site.platform.url });
  await tell.click();
  assert.equal(
    await page.getByRole("button", { name: "You will be told when it is done" }).getAttribute("aria-pressed"),
    "true",
  );
  const away = () =>
    page.evaluate(`Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true })`);
  await away();
  await looked(page, "run-tell-me");
  await page.locator('[data-run="done"]').waitFor();
  await titled("✓ Done – outputs");
  assert.deepEqual(await page.evaluate("told"), [["✓ Done – outputs", "Your run is done."]]);

  // It is remembered, and a run that was over before is not told again.
  await page.reload();
  await page.locator('[data-run="done"]').waitFor();
  await titled(title);
  await away();
  await page.locator("#input-kind").selectOption("csv");
  await page.locator("#input-seconds").fill("0");
  await page.getByRole("button", { name: "Run again" }).click();
  await page.getByRole("region", { name: "Table table.csv" }).waitFor();
  assert.equal(((await page.evaluate("told")) as unknown[]).length, 1);
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await titled(title);
  assert.deepEqual(troubles, []);
  await close();
});

test("the prompt opens in a chat by a link that says nothing of this page, and copying it still works", {
  skip,
}, async () => {
  const { page, context, troubles, close } = await site.visit("/models/pages/outputs");
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: site.platform.url });
  await page.getByText("Open in …").click();
  const link = page.getByRole("link", { name: "Open in Claude" });
  await link.waitFor();
  assert.equal(await link.getAttribute("rel"), "noreferrer");
  const address = new URL((await link.getAttribute("href")) ?? "");
  assert.equal(address.origin, "https://claude.ai");
  // Nobody outside reaches this server, so the text itself goes with the link.
  assert.match(address.searchParams.get("q") ?? "", /^Help me call the AI model pages\/outputs/);
  assert.ok(address.href.length < 8_000);
  for (const [theme, width] of [
    ["light", 1280],
    ["dark", 390],
  ] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.setViewportSize({ width, height: 900 });
    await picture(page, `open-in-${theme}-${width}`, false);
    assert.equal(await overflow(page), 0);
    assert.deepEqual(await axe(page), []);
  }
  await page.getByRole("button", { name: "Copy prompt for LLM" }).click();
  await page.getByText("The prompt is in the clipboard").first().waitFor();
  assert.match(await page.evaluate<string>("navigator.clipboard.readText()"), /^Help me call/);
  assert.deepEqual(troubles, []);
  await close();
});
