/** Every state that a run can be seen in, in both themes, on a phone and on a desk: axe finds nothing, and nothing is too wide. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { look, type Site, skip, startSite } from "./support.ts";

let site: Site;
before(async () => {
  if (skip) return;
  site = await startSite("web-states");
});
after(async () => site?.close());

const press = (page: Page) => page.getByRole("button", { name: "Run", exact: true }).click();
const state = (page: Page, name: string) => page.locator(`[data-run="${name}"]`).waitFor();

const STATES: { name: string; path: string; reach(page: Page): Promise<void> }[] = [
  {
    name: "idle",
    path: "/models/test/echo",
    async reach(page) {
      await page.getByTestId("cost").getByText("$").first().waitFor();
    },
  },
  {
    name: "error",
    path: "/models/test/echo",
    async reach(page) {
      await press(page);
      await page.getByText("Prompt is needed.").first().waitFor();
    },
  },
  {
    name: "queued",
    path: "/models/test/gpu",
    async reach(page) {
      await press(page);
      await state(page, "following");
      await page.locator("[data-run]").getByText(/GPU/).first().waitFor();
    },
  },
  {
    name: "running",
    path: "/models/test/wait?inputs=%7B%22seconds%22%3A50%7D",
    async reach(page) {
      await press(page);
      await page.locator("[data-run]").getByText("Running", { exact: true }).first().waitFor();
    },
  },
  {
    name: "done",
    path: "/models/test/picture",
    async reach(page) {
      await page.getByLabel("Prompt").fill("a quiet bay");
      await press(page);
      await state(page, "done");
    },
  },
  {
    name: "failed",
    path: "/models/test/echo?inputs=%7B%22mode%22%3A%22fail%22%7D",
    async reach(page) {
      await page.getByLabel("Prompt").fill("it will not work");
      await press(page);
      await state(page, "failed");
      await page.locator("[data-run]").getByText("it broke").first().waitFor();
    },
  },
];

for (const { name, path, reach } of STATES) {
  test(`${name}: axe finds nothing, and nothing is too wide`, { skip }, async () => {
    const { page, troubles, close } = await site.visit(path, { signedIn: true });
    await reach(page);
    await look(page, `state-${name}`, { fullPage: true });
    assert.deepEqual(troubles, []);
    await close();
  });
}
