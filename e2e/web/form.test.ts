/** The form of a model beyond its single fields: fields that depend on others, and the inputs as JSON. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { REPOSITORY } from "@modelyard/testing";
import { look, type Site, skip, startSite } from "./support.ts";

const LAKE = {
  name: "lake.jpg",
  mimeType: "image/jpeg",
  buffer: readFileSync(join(REPOSITORY, "models/modelyard/image-to-video/samples/lake.jpg")),
};

let site: Site;
before(async () => {
  if (skip) return;
  site = await startSite("web-form", ["--models", join(import.meta.dirname, "fixtures")]);
});
after(async () => site?.close());

test("fields come and go with what they depend on, and keep what was typed; code, price and the run follow", {
  skip,
}, async () => {
  const { page, troubles, close } = await site.visit("/models/pages/depends", { signedIn: true });
  const field = (id: string) => page.locator(`#input-${id}`);
  const code = page.locator('[data-slot="samples"]');
  await field("prompt").fill("a lake");
  assert.equal(await field("inputImage").count(), 0);
  assert.equal(await page.getByText("Advanced").count(), 0);
  await code.getByText("a lake").first().waitFor();

  await field("mode").selectOption("image");
  await field("prompt").waitFor({ state: "detached" });
  assert.equal(await field("strength").count(), 0, "there is no picture yet");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByText("Own picture is needed").first().waitFor();
  await page.locator('input[type="file"]').setInputFiles(LAKE);
  await field("strength").fill("0.8");
  await field("large").check();
  await page.getByText("Advanced").click();
  await field("factor").fill("8");
  await page.getByTestId("cost").getByText("$0.09").waitFor();
  await look(page, "form-depends");
  await page.waitForFunction(`!document.querySelector('[data-slot="samples"]').textContent.includes("a lake")`);
  assert.match(await code.innerText(), /"factor": ?8/);

  await field("large").uncheck();
  await page.getByTestId("cost").getByText("$0.01").waitFor();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.locator('[data-run="done"]').waitFor();
  const made = page.locator("[data-run] pre").first();
  await made.getByText('"strength": 0.8').waitFor();
  assert.deepEqual(JSON.parse(await made.innerText()), {
    mode: "image",
    inputImage: ".jpg",
    strength: 0.8,
    large: false,
  });

  await field("mode").selectOption("text");
  assert.equal(await field("prompt").inputValue(), "a lake");
  await page.waitForURL(/inputs=/);
  await field("mode").selectOption("image");
  await field("large").check();
  assert.equal(await field("factor").inputValue(), "8");
  assert.deepEqual(troubles, []);
  await close();
});

test("without JavaScript, and for programs, only what applies is there, and the rest is explained", {
  skip,
}, async () => {
  const { page, close } = await site.visit("/models/pages/depends", { javaScript: false });
  assert.equal(await page.locator("#input-prompt").count(), 1);
  assert.equal(await page.locator("#input-inputImage").count(), 0);
  await close();
  const markdown = await (await fetch(`${site.platform.url}/models/pages/depends.md`)).text();
  assert.match(markdown, /- name: strength\n(?: {2}.*\n)*? {2}when: "inputImage is given"/);
  assert.match(markdown, /when: "mode is image, and large is true"/);
  assert.match(markdown, /A field with `when` is read, and required, only then/);
  assert.ok(!/inputImage=@|picture\.jpg/.test(markdown), "the sample call leaves out what does not apply");
  const detail = (await (
    await fetch(`${site.platform.url}/v1/Tool/DetailOpenAPI`, {
      method: "POST",
      body: JSON.stringify({ slugowner: "pages", slugproject: "depends" }),
    })
  ).json()) as object;
  const text = JSON.stringify(detail);
  assert.match(text, /Only read when mode is image\./);
  assert.match(text, /"required":\["mode"\]|"required":\[\]/);
});

test("the inputs as JSON: the form follows the text and the text the form; problems have lines; Run works from there", {
  skip,
}, async () => {
  const { page, troubles, close } = await site.visit("/models/pages/depends", { signedIn: true });
  const json = page.getByLabel("Inputs as JSON");
  const tab = (name: string) => page.getByRole("tab", { name });
  const problems = page.getByLabel("Problems of the JSON");
  await page.locator("#input-prompt").fill("a lake");
  await tab("Form").focus();
  await page.keyboard.press("ArrowRight");
  await json.waitFor();
  assert.equal(await page.evaluate("document.activeElement?.id"), "tab-json");
  assert.deepEqual(JSON.parse(await json.inputValue()), { mode: "text", prompt: "a lake" });

  // From the text into the form, and back.
  await json.fill('{\n  "mode": "text",\n  "prompt": "a harbour"\n}');
  await page.waitForURL(/harbour/);
  await tab("Form").click();
  assert.equal(await page.locator("#input-prompt").inputValue(), "a harbour");
  await page.locator("#input-prompt").fill("a desert");
  await tab("JSON").click();
  assert.deepEqual(JSON.parse(await json.inputValue()), { mode: "text", prompt: "a desert" });

  // Broken: named, not run, and still there after a look at the form.
  const broken = '{\n  "mode": "text",\n  "prompt": "a sea"\n  "promt": 1\n}';
  await json.fill(broken);
  await problems.getByText("Line 4: a comma or a closing bracket is missing before this.").waitFor();
  assert.equal(await json.getAttribute("aria-invalid"), "true");
  await tab("Form").click();
  assert.equal(await page.locator("#input-prompt").inputValue(), "a desert");
  await tab("JSON").click();
  assert.equal(await json.inputValue(), broken);
  await json.press("Control+Enter");
  await page.getByRole("status").getByText("Line 4").waitFor({ state: "attached" });
  assert.equal(await page.locator("[data-run]").count(), 0);
  await look(page, "form-json-problems");

  await json.fill('{\n  "mode": "text",\n  "prompt": "a sea",\n  "promt": 1,\n  "factor": 3\n}');
  await problems.getByText("Did you mean prompt?").waitFor();
  await problems
    .getByText("Factor (factor) applies only when mode is image, and large is true. It is not sent.")
    .waitFor();
  await json.press("Control+Enter");
  await page.locator('[data-run="done"]').waitFor();
  const made = page.locator("[data-run] pre").first();
  await made.getByText("a sea").waitFor();
  assert.deepEqual(JSON.parse(await made.innerText()), { mode: "text", prompt: "a sea" });

  // A file of this computer stands there by its name.
  await json.fill('{ "mode": "image" }');
  await problems.getByText("Own picture is needed").waitFor();
  await tab("Form").click();
  await page.locator('input[type="file"]').setInputFiles(LAKE);
  await tab("JSON").click();
  assert.deepEqual(JSON.parse(await json.inputValue()).inputImage, { file: "lake.jpg" });
  await json.fill('{ "mode": "image", "inputImage": { "file": "lake.jpg" }, "strength": 0.2 }');
  await page.getByRole("button", { name: "Run again" }).click();
  await page.locator('[data-run="following"]').waitFor();
  await page.locator('[data-run="done"]').waitFor();
  await made.getByText(".jpg").waitFor();
  assert.equal(JSON.parse(await made.innerText()).strength, 0.2);
  await look(page, "form-json");
  assert.deepEqual(troubles, []);
  await close();
});
