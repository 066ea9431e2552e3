/** A PDF that a run made is read in the page: on the run's page, on the model's and behind a link; what cannot be shown says why. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { REPOSITORY, until } from "@modelyard/testing";
import type { Page } from "playwright-core";
import { lockedPdf, pdf } from "./pdf.ts";
import { axe, overflow, picture, type Site, settled, skip, startSite } from "./support.ts";

let site: Site;
before(async () => {
  if (skip) return;
  site = await startSite("web-pdf", ["--models", join(REPOSITORY, "e2e/web/models")]);
});
after(async () => site?.close());

/** A run that has ended with this document; its id. */
async function runWith(document: Buffer): Promise<string> {
  const client = site.platform.client("apikey");
  const file = new File([new Uint8Array(document)], "document.pdf", { type: "application/pdf" });
  const { taskid } = await client.run("test/document", { document: file });
  await client.wait({ taskid });
  return taskid;
}

const SCRIPT = '/OpenAction<</S/JavaScript/JS(app.alert\\("RAN"\\);app.launchURL\\("https://example.org/"\\))>>';
const TEXTS = ["First page of the report", "Second page", "Third page"];

async function shown(page: Page, text: string): Promise<void> {
  await page.locator(".pdf-text").getByText(text).waitFor();
}

test("read page by page, with its text, in both themes and sizes; its scripts do not run", { skip }, async () => {
  const id = await runWith(pdf(TEXTS, { extra: SCRIPT }));
  for (const theme of ["light", "dark"] as const) {
    for (const width of [390, 1280]) {
      const { page, troubles, close } = await site.visit(`/runs/${id}`, { signedIn: true, theme, width });
      page.on("dialog", (dialog) => troubles.push(`a dialog: ${dialog.message()}`));
      await settled(page);
      await shown(page, "First page of the report");
      await page.getByText("Page 1 of 3").waitFor();
      assert.ok(await page.getByRole("button", { name: "Previous" }).isDisabled());
      await picture(page, `run-pdf-${theme}-${width}`);
      assert.deepEqual(await axe(page), [], `${theme} ${width}`);
      assert.equal(await overflow(page), 0);
      await page.getByRole("button", { name: "Next" }).click();
      await shown(page, "Second page");
      await page.getByText("Page 2 of 3").waitFor();
      assert.equal(await page.locator(".pdf-text").getByText("First page").count(), 0);
      const sheet = async () => (await page.locator(".pdf-page").boundingBox())?.width ?? 0;
      const fit = await sheet();
      await page.getByRole("button", { name: "Larger" }).click();
      await until(async () => (await sheet()) > fit * 1.4, "a larger page");
      assert.equal(await overflow(page), 0, "a larger page scrolls in its own room");
      await page.getByRole("button", { name: "Fit the width" }).click();
      await until(async () => (await sheet()) === fit, "a page of the room's width");
      assert.deepEqual(troubles, []);
      await close();
    }
  }
});

test("its worker may reach nothing, by the policy of its own file", { skip }, async () => {
  const folder = "assets/web";
  const name = readdirSync(join(REPOSITORY, "packages/web/dist/client", folder)).find((file) =>
    /^pdf\.worker/.test(file),
  );
  const { headers } = await fetch(`${site.platform.url}/${folder}/${name}`);
  assert.match(headers.get("content-type") ?? "", /^text\/javascript/);
  assert.equal(headers.get("content-security-policy"), "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'");
});

test("what is drawn is the page: paper, its colour, and letters", { skip }, async () => {
  const id = await runWith(pdf(TEXTS));
  const { page, close } = await site.visit(`/runs/${id}`, { signedIn: true, theme: "dark" });
  await shown(page, "First page of the report");
  const colours = await page.evaluate<Record<string, number>>(`(() => {
    const canvas = document.querySelector(".pdf-page canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const counts = {};
    for (let at = 0; at < data.length; at += 4) {
      const key = data[at] + "," + data[at + 1] + "," + data[at + 2];
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  })()`);
  const all = Object.values(colours).reduce((sum, count) => sum + count, 0);
  const share = (colour: string) => (colours[colour] ?? 0) / all;
  assert.ok(share("255,255,255") > 0.8, "paper");
  // 475 × 120 of 595 × 842 points.
  assert.ok(Math.abs(share("186,59,13") - 0.1138) < 0.01, "the rectangle");
  assert.ok(share("0,0,0") > 0.001, "letters");
  await close();
});

test("on the model's page and behind a link; nobody else loads the reader", { skip }, async () => {
  const id = await runWith(pdf(TEXTS));
  const owner = await site.visit(`/models/test/document?run=${id}`, { signedIn: true });
  await shown(owner.page, "First page of the report");
  await owner.page.goto(`${site.platform.url}/runs/${id}`);
  await owner.page.getByRole("button", { name: "Make a link" }).click();
  const link = owner.page.locator("section li a[href*='/shared/']");
  await link.waitFor();
  const path = new URL((await link.getAttribute("href")) ?? "").pathname;
  await owner.close();

  const stranger = await site.visit(path);
  await shown(stranger.page, "First page of the report");
  await picture(stranger.page, "shared-pdf");
  assert.deepEqual(await axe(stranger.page), []);
  assert.deepEqual(stranger.troubles, []);
  await stranger.close();
  const plain = await site.visit(path, { javaScript: false });
  await plain.page.getByRole("link", { name: "Open the PDF" }).waitFor();
  await plain.close();

  const text = await site.platform.client("apikey").run("test/echo", { prompt: "no PDF" });
  await site.platform.client("apikey").wait({ taskid: text.taskid });
  const other = await site.visit("/llms.txt", { signedIn: true });
  const asked: string[] = [];
  other.page.on("request", (request) => asked.push(request.url()));
  await other.page.goto(`${site.platform.url}/runs/${text.taskid}`);
  await settled(other.page);
  await other.page.getByText("0.txt").waitFor();
  assert.deepEqual(
    asked.filter((url) => /pdf/.test(url)),
    [],
  );
  await other.close();
});

const TROUBLED = {
  broken: { document: () => Buffer.from("%PDF-1.7\nthis was to be a report"), says: "This PDF is broken" },
  locked: { document: lockedPdf, says: "locked with a password" },
  huge: { document: () => Buffer.concat([pdf(TEXTS), Buffer.from("% huge\n")]), says: "This PDF has 65 MB" },
} as const;

for (const [kind, { document, says }] of Object.entries(TROUBLED)) {
  test(`a ${kind} PDF says so, and offers the download`, { skip }, async () => {
    const id = await runWith(document());
    for (const theme of ["light", "dark"] as const) {
      const { page, troubles, close } = await site.visit(`/runs/${id}`, { signedIn: true, theme });
      await page.getByText(says).waitFor();
      await page.getByRole("link", { name: "Download" }).waitFor();
      await picture(page, `run-pdf-${kind}-${theme}`);
      assert.deepEqual(await axe(page), []);
      assert.deepEqual(troubles, []);
      await close();
    }
  });
}
