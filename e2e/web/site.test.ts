/** Pricing, status, documentation, blog and the operator's pages; no link of any page for everybody leads nowhere. */
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { StatusResponse } from "@modelyard/contract";
import { SHIPPED_MODELS, temporaryFolder } from "@modelyard/testing";
import { axe, look, type Site, skip, startSite } from "./support.ts";

/** An app whose step does not fit its model: it has no quote. */
function brokenApp(): string {
  const models = temporaryFolder("broken-app");
  mkdirSync(join(models, "test/misfit"), { recursive: true });
  writeFileSync(
    join(models, "test/misfit/model.yaml"),
    `owner: test
slug: misfit
title: Misfit
description: An app with a slip.
categories: [app]
inputs: [{ title: Text, items: [{ id: prompt, type: text, label: Text, required: true }] }]
output: file
runner:
  type: app
  steps: [{ id: speak, title: Speak, model: modelyard/speech, inputs: { promt: "\${inputs.prompt}" } }]
license: { code: Apache-2.0 }
`,
  );
  return models;
}

let site: Site;
before(async () => {
  if (skip) return;
  site = await startSite("web-site", ["--models", SHIPPED_MODELS, "--models", brokenApp(), "--no-worker"]);
});
after(async () => site?.close());

const PAGES = {
  pricing: "/pricing",
  status: "/status",
  docs: "/docs",
  "docs-reference": "/docs/api/reference",
  "docs-guide": "/docs/guide/make-a-model",
  "docs-keys": "/docs/guide/accounts-and-keys",
  "docs-decision": "/docs/decisions/0010-web-stack",
  blog: "/blog",
  about: "/about",
  terms: "/terms",
} as const;

test("axe finds nothing on the pages for everybody, and nothing is too wide", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/pricing");
  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto(site.platform.url + path);
    await look(page, name, { fullPage: name !== "docs-reference" });
  }
  assert.deepEqual(troubles, []);
  await close();
});

test("no link leads nowhere: all pages that can be reached from the first one, and what is jumped to in them", {
  skip,
}, async () => {
  const { url } = site.platform;
  const bodies = new Map<string, string>();
  const broken: string[] = [];
  const waiting = ["/"];
  /** Addresses with a query are the same page in another state. */
  const isPage = (path: string) => path.startsWith("/") && !/^\/(v1|account|dashboard|runs|admin)\b|\?/.test(path);
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (bodies.has(path)) continue;
    const response = await fetch(url + path);
    const body = await response.text();
    bodies.set(path, body);
    if (response.status !== 200) broken.push(`${path}: ${response.status}`);
    if (!(response.headers.get("content-type") ?? "").startsWith("text/html")) continue;
    for (const [, href = ""] of body.matchAll(/<a [^>]*?href="([^"]*)"/g)) {
      const [target = ""] = href.replaceAll("&amp;", "&").split("#");
      if (isPage(target)) waiting.push(target);
    }
  }
  assert.deepEqual(broken, []);
  assert.ok(bodies.size > 40, `only ${bodies.size} pages were found`);
  const missing: string[] = [];
  for (const [path, body] of bodies) {
    for (const [, href = ""] of body.matchAll(/<a [^>]*?href="([^"]*#[^"]+)"/g)) {
      const [target = "", anchor = ""] = href.split("#");
      const there = bodies.get(target === "" ? path : target);
      if (there !== undefined && !there.includes(`id="${decodeURIComponent(anchor)}"`))
        missing.push(`${path} → ${href}`);
    }
  }
  assert.deepEqual(missing, []);
});

test("the budget counts runs with the price engine, by slider and by number", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/pricing");
  const row = page.locator("main li").filter({ hasText: "modelyard/speech" }).first();
  assert.match(await row.innerText(), /20,000 runs for \$10/);
  // With the form as it opens, both cost nothing, and neither is free.
  for (const [name, price] of [
    ["modelyard/translate", "$0.000002 a character of the prompt"],
    ["modelyard/catalogue-pictures", "what its steps cost, up to $0.05"],
  ]) {
    const words = await page.locator("main li").filter({ hasText: name }).first().innerText();
    assert.ok(words.includes(price ?? "") && words.includes("by what you give it"), words);
  }
  assert.equal(await page.getByText("test/misfit").count(), 0, "what cannot be run has no price, and takes no other's");
  await page.getByLabel("in US dollars").fill("25");
  assert.match(await row.innerText(), /50,000 runs for \$25/);
  await page.getByLabel("Your budget").focus();
  await page.keyboard.press("Home");
  assert.match(await row.innerText(), /2,000 runs for \$1\b/);
  await page.getByLabel("Only models with").fill("nothing like this");
  await page.getByText("No model fits these words.").waitFor();
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(troubles, []);
  await close();
});

test("the status says that no worker is there, from what was measured", { skip }, async () => {
  const ask = async () => {
    const response = await fetch(`${site.platform.url}/v1/Status/Detail`, { method: "POST", body: "{}" });
    return StatusResponse.parse(await response.json());
  };
  let status = await ask();
  for (let round = 0; status.since === "0" && round < 30; round++) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    status = await ask();
  }
  assert.equal(status.running, false);
  assert.equal(status.days.length, 1);
  assert.ok(Number(status.days[0]?.up) >= 1);
  assert.equal(status.days[0]?.running, "0");
  const { page, close } = await site.visit("/status", { javaScript: false });
  assert.match(await page.locator("main").innerText(), /Runs are taken, and wait\s+No worker is connected/);
  // The share and the list below it say the same, from the first minute on.
  const runs = await page.getByRole("region", { name: "Runs are started" }).innerText();
  assert.match(runs, /0 % of the time/);
  assert.match(
    await page.locator("main").innerText(),
    /last seven days\s+No worker was there to run anything\s+.*it goes on/,
  );
  await close();
});

test("the operator's files are pages and posts, in the place of those that come with the program", {
  skip,
}, async () => {
  const folder = join(site.platform.dataDir, "pages");
  mkdirSync(join(folder, "blog"), { recursive: true });
  writeFileSync(join(folder, "about.md"), "# Who we are\n\nA **harbour** office. <script>alert(1)</script>\n");
  writeFileSync(join(folder, "imprint.md"), "# Imprint\n\nMain street 1\n");
  writeFileSync(join(folder, "blog", "2026-12-01-open.md"), "# We are open\n\nCome in.\n");
  // A page that is kept is sent once more while the new one is made.
  const about = async () => (await fetch(`${site.platform.url}/about`)).text();
  for (let round = 0; round < 20 && !(await about()).includes("Who we are"); round++)
    await new Promise((resolve) => setTimeout(resolve, 500));
  const { page, troubles, close } = await site.visit("/imprint");
  await page.getByRole("heading", { level: 1, name: "Imprint" }).waitFor();
  await page.getByRole("navigation", { name: "Who runs this" }).getByRole("link", { name: "About" }).click();
  await page.getByRole("heading", { level: 1, name: "Who we are" }).waitFor();
  assert.equal(await page.getByText("This page is a placeholder").count(), 0);
  assert.match(await page.locator("article").innerText(), /<script>alert\(1\)<\/script>/);
  await page.goto(`${site.platform.url}/blog?now`);
  await page.getByRole("link", { name: "We are open" }).click();
  await page.getByRole("heading", { level: 1, name: "We are open" }).waitFor();
  assert.equal(await page.getByText("Come in.").count(), 1);
  assert.equal((await fetch(`${site.platform.url}/blog/2026-11-25-your-own-blog?now`)).status, 404);
  assert.equal((await fetch(`${site.platform.url}/no-such-page`)).status, 404);
  assert.deepEqual(troubles, []);
  await close();
});

test("the documentation is there for programs, and from page to page without loading", { skip }, async () => {
  const markdown = await fetch(`${site.platform.url}/docs/guide/prices`, { headers: { accept: "text/markdown" } });
  assert.match(markdown.headers.get("content-type") ?? "", /^text\/markdown/);
  assert.match(await markdown.text(), /^# Prices/);
  assert.equal((await fetch(`${site.platform.url}/docs/guide/nothing.md`)).status, 404);
  assert.match(await (await fetch(`${site.platform.url}/llms.txt`)).text(), /\/docs\/guide\/prices\.md\)/);
  const { page, troubles, close } = await site.visit("/docs");
  await page
    .getByRole("navigation", { name: "Pages of the documentation" })
    .getByRole("link", { name: "Prices" })
    .click();
  await page.getByRole("heading", { level: 1, name: "Prices" }).waitFor();
  await page.locator(".prose").getByText("cp-pixel").first().waitFor();
  assert.equal(await page.getByText("Four kinds of people use it").count(), 0);
  assert.deepEqual(troubles, []);
  await close();
});
