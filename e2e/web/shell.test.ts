/** What stands around every page, and pages that keep up with what happens elsewhere: the palette, the list of runs, the header. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { axe, look, overflow, picture, type Site, settled, skip, startSite } from "./support.ts";

let site: Site;
before(async () => {
  if (!skip) site = await startSite("web-shell");
});
after(async () => site?.close());

const options = (page: Page) => page.getByRole("dialog").getByRole("option");
const ids = (page: Page) => options(page).evaluateAll((found) => (found as { id: string }[]).map(({ id }) => id));

test("the palette lists each page once, finds pages of the dashboard and the administration, and runs", {
  skip,
}, async () => {
  const client = site.platform.client("apikey");
  const { taskid } = await client.run("test/picture", { prompt: "a lighthouse before the storm" });
  await client.wait({ taskid });
  const { page, troubles, close } = await site.visit("/", { signedIn: true });
  await page.keyboard.press("Control+K");
  const field = page.getByRole("dialog").getByRole("combobox");
  await field.waitFor();
  await page.getByRole("option", { name: /^Status/ }).waitFor();
  const all = await ids(page);
  assert.deepEqual(all, [...new Set(all)], "an id stands once");
  assert.equal(
    await options(page)
      .filter({ hasText: /^Dashboard/ })
      .count(),
    1,
  );
  await look(page, "palette-pages");

  await field.fill("callbacks");
  await page.getByText("No model fits “callbacks”.").waitFor();
  assert.deepEqual(await options(page).allInnerTexts(), ["Callbacks\nDashboard"]);
  await field.fill("audit");
  await page.getByText("No model fits “audit”.").waitFor();
  assert.deepEqual(await options(page).allInnerTexts(), ["Audit\nAdministration"]);

  await field.fill("lighthouse");
  const run = page.getByRole("option", { name: new RegExp(`^Run ${taskid} `) });
  await run.waitFor();
  assert.match(await run.innerText(), /test\/picture · a lighthouse before the storm/);
  assert.equal(await options(page).count(), 1);
  assert.deepEqual(await axe(page), []);
  await look(page, "palette-run");
  await field.fill("no such words");
  await run.waitFor({ state: "detached" });
  await field.fill(taskid);
  await run.click();
  await page.waitForURL(`**/runs/${taskid}`);
  assert.deepEqual(troubles, []);
  await close();
});

test("signed out the palette has no runs and nothing of the administration", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/");
  await page.keyboard.press("Control+K");
  await page.getByRole("dialog").getByRole("combobox").fill("audit");
  await page.getByText("No model fits “audit”.").waitFor();
  assert.equal(await options(page).count(), 0);
  assert.deepEqual(troubles, []);
  await close();
});

test("a run that is started elsewhere comes into the list: by itself, and at once when the window is looked at", {
  skip,
}, async () => {
  const client = site.platform.client("apikey");
  const { page, troubles, close } = await site.visit("/runs?model=test/wait", { signedIn: true });
  await settled(page);
  await page.getByText("No run fits these filters.").waitFor();
  const first = await client.run("test/wait", { seconds: 0 });
  await page.getByRole("link", { name: `Run ${first.taskid} of test/wait` }).waitFor();
  await client.wait(first);
  await page.getByText("Done").first().waitFor();
  const second = await client.run("test/wait", { seconds: 0 });
  await page.evaluate("dispatchEvent(new Event('focus'))");
  await page.getByRole("link", { name: `Run ${second.taskid} of test/wait` }).waitFor({ timeout: 8_000 });
  assert.deepEqual(troubles, []);
  await close();
});

test("an empty file is refused in words where it is chosen; a card says what is not known yet, and counts no comments", {
  skip,
}, async () => {
  const { page, troubles, close } = await site.visit("/models/test/picture");
  const picked = page.locator('input[type="file"]').first();
  await picked.setInputFiles({ name: "nothing.png", mimeType: "image/png", buffer: Buffer.from("") });
  await page.getByText("nothing.png is empty.", { exact: true }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Remove nothing.png" }).count(), 0);
  await page.goto(`${site.platform.url}/models`);
  const facts = page.getByRole("article").filter({ hasText: "gpu" }).first().locator("dl");
  assert.match(await facts.innerText(), /Run time\s+–\s*not known yet[\s\S]*0 comments/);
  assert.deepEqual(troubles, []);
  await close();
});

/** Windows and sizes of text in which nothing may have to be scrolled sideways (WCAG 1.4.4, 1.4.10). */
const SIZES = [
  { width: 320, text: 100 },
  { width: 390, text: 200 },
  { width: 1280, text: 200 },
] as const;
const WHERE = ["/", "/models", "/models/test/picture", "/runs", "/dashboard"];

for (const signedIn of [false, true]) {
  test(`${signedIn ? "signed in" : "signed out"}, small windows and large text: nothing is scrolled sideways`, {
    skip,
  }, async () => {
    const tooWide: string[] = [];
    for (const { width, text } of SIZES) {
      const { page, close } = await site.visit("/llms.txt", { signedIn, width });
      for (const path of WHERE) {
        await page.goto(site.platform.url + path);
        await page.evaluate(`document.documentElement.style.fontSize = "${text}%"`);
        await settled(page);
        if (signedIn && path.startsWith("/models/")) await page.getByLabel("With the key of").waitFor();
        if (signedIn) await page.getByRole("banner").getByText("O", { exact: true }).waitFor();
        await picture(page, `narrow-${signedIn ? "in" : "out"}-${width}-${text}-${path.replaceAll("/", "_")}`, false);
        const over = await overflow(page);
        if (over > 0) tooWide.push(`${path} at ${width} px, text ${text} %: ${over} px. ${await widest(page)}`);
      }
      // Both menus are within the window too.
      for (const menu of await page.getByRole("banner").locator("summary:visible").all()) {
        await menu.click();
        const box = await page.locator("header details[open] > :not(summary)").boundingBox();
        assert.ok(
          box && box.x >= 0 && box.x + box.width <= width,
          `${width} px, text ${text} %: ${JSON.stringify(box)}`,
        );
        await picture(page, `menu-${signedIn ? "in" : "out"}-${width}-${text}`, false);
      }
      await close();
    }
    assert.deepEqual(tooWide, []);
  });
}

/** What reaches over the right edge and is not inside something that scrolls by itself, for the message. */
const widest = (page: Page) =>
  page.evaluate<string>(`[...document.querySelectorAll("body *")]
    .filter((one) => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .filter((one) => { for (let at = one.parentElement; at; at = at.parentElement) if (getComputedStyle(at).overflowX !== "visible") return false; return true; })
    .map((one) => one.tagName + "." + one.className).slice(-4).join(" | ").slice(0, 800)`);
