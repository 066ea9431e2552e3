/** The pages as everybody sees them: readable without JavaScript, nothing for axe to find, and what programs read. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SHIPPED_MODELS } from "@modelyard/testing";
import { axe, look, overflow, picture, type Site, skip, startSite } from "./support.ts";

let site: Site;
before(async () => {
  if (skip) return;
  // With the models that ship, which have pictures, samples and readmes; nobody runs them.
  site = await startSite("web-pages", ["--models", SHIPPED_MODELS, "--no-worker"]);
});
after(async () => site?.close());

const PAGES = {
  home: "/",
  models: "/models",
  "models-search": "/models?q=video",
  "models-empty": "/models?q=nothing+like+this",
  apps: "/apps",
  "model-video": "/models/modelyard/image-to-video",
  "model-speech-python": "/models/modelyard/speech?lang=python&auth=apikey",
  "model-program": "/models/modelyard/ocr?code=program&lang=go",
  "not-found": "/models/nobody/nothing",
} as const;

/** The widest window, in which only the width is looked at: one page of each kind. */
const WIDE = new Set<string>(["home", "models", "model-video"]);

for (const [name, path] of Object.entries(PAGES)) {
  test(`${name}: axe finds nothing, and nothing is wider than the window`, { skip }, async () => {
    const { page, troubles, close } = await site.visit(path);
    await look(page, name, { fullPage: true });
    if (WIDE.has(name)) {
      await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
      await page.setViewportSize({ width: 1920, height: 900 });
      await picture(page, `${name}-light-1920`);
      assert.equal(await overflow(page), 0, `${name} at 1920`);
    }
    assert.deepEqual(troubles, []);
    await close();
  });
}

test("without JavaScript a model's page says everything, and its languages and report work", { skip }, async () => {
  const { page, close } = await site.visit("/models/modelyard/image-to-video", { javaScript: false });
  const text = await page.locator("main").innerText();
  for (const part of [
    "image-to-video",
    "$0.000585 a second",
    "First Frame Image",
    "4 seconds",
    "Samples",
    "Call it from a program",
    "curl -sS",
    "What it is",
    "Related models",
  ])
    assert.ok(text.includes(part), part);
  assert.ok(text.includes("The form needs JavaScript"));
  await page.getByRole("link", { name: "Go code", exact: true }).click();
  assert.match(await page.locator('[data-slot="samples"]').innerText(), /package main/);
  await picture(page, "model-without-javascript", false);
  await page.locator("summary").filter({ hasText: "Report this model" }).click();
  await page.getByLabel("What is wrong?").selectOption("misleading");
  await page.getByLabel("Details").fill("It says video.");
  await page.getByRole("button", { name: "Send the report" }).click();
  assert.match(await page.locator("#report").innerText(), /Thank you/);
  await page.goto(`${site.platform.url}/models?q=synthesiser`);
  assert.equal(await page.locator("main article").count(), 1);
  await close();
});

test("search follows each letter, stands in the address, and the palette opens a model by keyboard alone", {
  skip,
}, async () => {
  const { page, troubles, close } = await site.visit("/models");
  await page.getByLabel("Search models").fill("synthesiser");
  await page.waitForURL(/q=synthesiser/);
  await page.locator("main article").nth(1).waitFor({ state: "detached" });
  await page.keyboard.press("Control+K");
  await page.getByRole("dialog").getByRole("combobox").waitFor();
  await page.keyboard.type("story-writer");
  await page.getByRole("option", { name: /story-writer/ }).waitFor();
  await picture(page, "palette", false);
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: /story-writer/ }).waitFor();
  await page.locator('[data-slot="samples"] pre').first().waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  assert.deepEqual(await axe(page), []);
  await picture(page, "shortcuts", false);
  await page.keyboard.press("Escape");
  assert.deepEqual(troubles, []);
  await close();
});

test("the theme is kept over a reload and not seen to change", { skip }, async () => {
  const { page, close } = await site.visit("/", { theme: "light" });
  await page.getByRole("button", { name: "Switch between light and dark" }).click();
  const paper = () => page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
  const dark = await paper();
  await page.reload({ waitUntil: "domcontentloaded" });
  assert.equal(await paper(), dark);
  assert.equal(await page.evaluate("document.documentElement.dataset.theme"), "dark");
  await close();
});

test("a sample's inputs fill the form; the whole form works by keyboard", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/models/modelyard/image-to-video");
  await page.getByRole("button", { name: "Use these inputs" }).first().click();
  assert.equal(await page.getByLabel("Prompt").inputValue(), "Slow push in towards the far shore");
  await page.getByText("lake.jpg").first().waitFor();
  await page.keyboard.press("Tab");
  assert.notEqual(await page.evaluate("document.activeElement?.tagName"), "BODY");
  assert.deepEqual(troubles, []);
  await close();
});

test("layout does not shift while a page loads", { skip }, async () => {
  const { page, close } = await site.visit("/models/modelyard/speech", { width: 390 });
  const shift = await page.evaluate<number>(`new Promise((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value; }).observe({ type: "layout-shift", buffered: true });
    setTimeout(() => resolve(sum), 300);
  })`);
  assert.ok(shift <= 0.02, `cumulative layout shift ${shift}`);
  await close();
});

test("what programs read: Markdown, llms.txt, sitemap, robots, JSON-LD, real 404s, one address for each model", {
  skip,
}, async () => {
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(site.platform.url + path, { headers, redirect: "manual" });
  const page = "/models/modelyard/speech";
  const html = await (await get(page)).text();
  const data = JSON.parse(/<script type="application\/ld\+json">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? "null");
  assert.equal(data["@type"], "SoftwareApplication");
  assert.equal(data.offers.price, "0.0005");
  assert.match(html, /<link rel="alternate" type="text\/markdown" href="\/models\/modelyard\/speech.md"/);

  const markdown = await get(page, { accept: "text/markdown" });
  assert.match(markdown.headers.get("content-type") ?? "", /^text\/markdown/);
  const short = await markdown.text();
  assert.equal(short, await (await get(`${page}.md`)).text());
  assert.equal(short, await (await get(`${page}/llms.txt`)).text());
  const full = await (await get(`${page}/llms-full.txt`)).text();
  const order = [
    "## Basic tool info",
    "## Model Inputs:",
    "## Model Parameter Inspires:",
    "## Prepare the signature",
    "## Run the model",
    "## Ask for the task",
  ];
  const places = order.map((heading) => full.indexOf(heading));
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  );
  assert.ok(!places.includes(-1), String(places));
  assert.ok(!short.includes("Inspires"));
  assert.match(
    full,
    /- name: voice\n {2}label: Voice\n {2}help: .*\n {2}type: select\n {2}default: slt\n {2}options:\n {4}- value: "slt"\n {6}label: "English/,
  );

  const list = await (await get("/llms.txt")).text();
  assert.equal(await (await get("/docs/llms.txt")).text(), list, "where clients look for the documentation");
  assert.match(list, /^# Modelyard\n\n> /);
  assert.ok(list.includes(`${site.platform.url}${page}/llms.txt`));
  assert.ok((await (await get("/sitemap.xml")).text()).includes(`<loc>${site.platform.url}${page}</loc>`));
  assert.match(await (await get("/robots.txt")).text(), /Sitemap: http/);
  const prompt = await (await get(`${page}/prompt.txt?inputs=${encodeURIComponent('{"prompt":"It\'s me"}')}`)).text();
  assert.match(prompt, /^Help me call/);
  assert.ok(prompt.includes("It'\\''s me"));

  for (const path of [
    "/models/nobody/nothing",
    "/nothing",
    "/ai-catalog.json",
    "/models/nobody/nothing.md",
    "/assets/web/nothing.js",
  ])
    assert.equal((await get(path)).status, 404, path);
  assert.deepEqual(await (await get("/v1/Nothing")).json(), {
    result: false,
    errors: [{ code: 0, message: "Error parsing url." }],
  });
  const spelled = await get("/models/Modelyard/Speech?lang=go");
  assert.equal(spelled.status, 301);
  assert.equal(spelled.headers.get("location"), "/models/modelyard/speech?lang=go");
});

test("a page's policy names its own scripts and nothing else; it is sent again only when it changed", {
  skip,
}, async () => {
  const first = await fetch(`${site.platform.url}/models/modelyard/speech`);
  const policy = first.headers.get("content-security-policy") ?? "";
  assert.match(policy, /default-src 'none'; script-src 'self'( 'sha256-[A-Za-z0-9+/=]+')+; style-src 'self'/);
  assert.ok(!/unsafe|https?:|nonce/.test(policy), policy);
  assert.ok(!(await first.text()).includes("nonce="));
  const again = await fetch(`${site.platform.url}/models/modelyard/speech`, {
    headers: { "if-none-match": first.headers.get("etag") ?? "" },
  });
  assert.equal(again.status, 304);
});

test("from one model to another without loading: readme, code and form are the second one's", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/models/modelyard/ocr");
  await page.locator("#readme").getByText("Tesseract").first().waitFor();
  await page.keyboard.press("Control+K");
  await page.getByRole("dialog").getByRole("combobox").fill("speech");
  await page.getByRole("option", { name: /modelyard\/speech(?!-)/ }).click();
  await page.getByRole("heading", { level: 1, name: /speech/ }).waitFor();
  await page.locator('[data-slot="samples"]').getByText("/Run/modelyard/speech").first().waitFor();
  assert.equal(await page.locator('[data-slot="samples"]').getByText("/Run/modelyard/ocr").count(), 0);
  assert.match(await page.locator("#readme").innerText(), /Flite/);
  assert.doesNotMatch(await page.locator("#readme").innerText(), /tesseract/i);
  assert.deepEqual(troubles, []);
  await close();
});
