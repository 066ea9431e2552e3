/** A model's form as a tool of the browser's agents: it fills the form in, the person decides, and the run is the form's own. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { axe, overflow, picture, type Site, settled, skip, startSite } from "./support.ts";

let site: Site;
before(async () => {
  if (skip) return;
  // WebMCP is behind a switch in Chromium 156.
  site = await startSite("web-agent", [], ["--enable-blink-features=WebMCP"]);
});
after(async () => site?.close());

const TOOLS = "document.modelContext.getTools()";

/** Begins a call as an agent does; what it answered is asked for with `answered`. */
async function call(page: Page, input: object): Promise<void> {
  await page.evaluate(`void ${TOOLS}.then(([tool]) => document.modelContext.executeTool(tool, ${JSON.stringify(input)}))
    .then((answer) => { globalThis.answered = typeof answer === "string" ? answer : JSON.stringify(answer); },
      (error) => { globalThis.answered = "error: " + error; })`);
}

async function answered(page: Page): Promise<string> {
  for (;;) {
    const text = await page.evaluate<string | undefined>("globalThis.answered");
    if (text !== undefined) {
      await page.evaluate("delete globalThis.answered");
      return text;
    }
    await page.waitForTimeout(50);
  }
}

interface Tool {
  name: string;
  inputSchema: { required: string[] };
}

/** Until the tool is there: it is loaded after the page. */
async function registered(page: Page): Promise<Tool[]> {
  for (;;) {
    const tools = await page.evaluate<Tool[]>(
      `${TOOLS}.then((tools) => tools.map(({ name, inputSchema }) => ({ name, inputSchema })))`,
    );
    if (tools.length > 0) return tools;
    await page.waitForTimeout(50);
  }
}

test("a stranger's agent fills the form in and is told that somebody must sign in", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/models/test/echo");
  const [tool] = await registered(page);
  assert.equal(tool?.name, "run_model");
  assert.deepEqual(tool?.inputSchema.required, ["prompt"]);
  await call(page, { prompt: "from an agent" });
  assert.match(await answered(page), /nobody is signed in/);
  assert.equal(await page.getByLabel("Prompt").inputValue(), "from an agent");
  await page.getByRole("link", { name: "Sign in to run it" }).waitFor();
  assert.deepEqual(troubles, []);
  await close();
});

test("wrong inputs are named; nothing starts before the person says so, and then it is one run", { skip }, async () => {
  const client = site.platform.client("apikey");
  const { page, troubles, close } = await site.visit("/models/test/echo", { signedIn: true });
  await settled(page);
  await registered(page);
  await call(page, { prompt: "x", steps: 1_000, nonsense: true });
  assert.match(await answered(page), /steps: Choose a number from 0 to 100.*nonsense: There is no such input/s);

  await call(page, { prompt: "a lighthouse", steps: 3 });
  const dialog = page.getByRole("dialog", { name: "An agent asks to run this model" });
  await dialog.getByText("a lighthouse").waitFor();
  assert.match(await dialog.innerText(), /\$0\.0005 a second/);
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await picture(page, `agent-asks-${width}`, false);
    assert.deepEqual(await axe(page), []);
    assert.equal(await overflow(page), 0);
  }
  await dialog.getByRole("button", { name: "No" }).click();
  assert.match(await answered(page), /the person said no/);
  assert.equal((await client.tasks({})).total, 0);

  await call(page, { prompt: "a lighthouse" });
  await dialog.getByRole("button", { name: "Run it" }).click();
  const end = await answered(page);
  assert.match(end, /Done\. It cost \$0\.\d+/);
  assert.match(end, /0\.txt: http/);
  assert.equal((await client.tasks({})).total, 1);
  assert.deepEqual(troubles, []);
  await close();
});

test("the tool goes with its page", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/models/test/echo");
  await registered(page);
  await page.getByRole("link", { name: "Pricing" }).first().click();
  await page.getByRole("heading", { level: 1, name: /pric/i }).waitFor();
  assert.equal(await page.evaluate(`${TOOLS}.then((tools) => tools.length)`), 0);
  assert.deepEqual(troubles, []);
  await close();
});
