/** Runs beside each other: with other settings, on another model, with several values, their pictures over each other. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { TaskDetailResponse } from "@modelyard/contract";
import { visitor } from "@modelyard/testing";
import { look, type Site, settled, skip, startSite } from "./support.ts";

let site: Site;
before(async () => {
  if (!skip) site = await startSite("web-compare");
});
after(async () => site?.close());

async function done(model: string, inputs: Record<string, unknown>): Promise<string> {
  const client = site.platform.client("apikey");
  const { taskid } = await client.run(model, inputs);
  await client.wait({ taskid });
  return taskid;
}

const inputsOf = async (taskid: string) => {
  const { tasklist } = await site.platform.client("apikey").ask("Task/Detail", { taskid }, TaskDetailResponse);
  return tasklist[0]?.parameters;
};
const idsIn = (url: string) => new URL(url).searchParams.get("runs")?.split(",") ?? [];

test("runs are chosen in the list and compared; one more has the first one's inputs and is changed", {
  skip,
}, async () => {
  const ids = [
    await done("test/picture", { prompt: "a lake at dawn" }),
    await done("test/picture", { prompt: "a lake at dusk" }),
  ];
  const { page, troubles, close } = await site.visit("/runs?model=test/picture", { signedIn: true });
  for (const id of ids) await page.getByLabel(`Choose run ${id}`).check();
  await page.getByRole("link", { name: "Compare 2 chosen" }).click();
  await page.getByRole("heading", { level: 1, name: "Compare runs" }).waitFor();
  const row = page.getByRole("row").filter({ hasText: "prompt" });
  assert.match(await row.innerText(), /differs[\s\S]*a lake at (dawn|dusk)[\s\S]*a lake at (dusk|dawn)/);
  const prompt = page.getByLabel("Prompt");
  assert.match(await prompt.inputValue(), /a lake at (dawn|dusk)/);
  await prompt.fill("a lake at noon");
  await page.getByTestId("cost").getByText("$0.01").waitFor();
  await page.getByRole("button", { name: "Run it" }).click();
  await page.getByRole("article").nth(2).getByText("Done").waitFor();
  const [, , third = ""] = idsIn(page.url());
  assert.equal((await inputsOf(third))?.prompt, "a lake at noon");
  assert.equal(await prompt.inputValue(), "a lake at noon", "what was typed stays for the next one");

  const slider = page.getByRole("slider", { name: /Share of the left picture/ });
  await page.getByText("Lay two pictures over each other").click();
  await page.getByLabel("Right").selectOption({ label: `Run ${third}` });
  await slider.focus();
  await page.keyboard.press("ArrowRight");
  assert.equal(await slider.inputValue(), "51");
  await page.getByRole("img", { name: `Right: Run ${third}` }).waitFor();
  await look(page, "compare", { fullPage: true });
  await page.getByRole("button", { name: `Take out run ${ids[0]}` }).click();
  await page.getByRole("article").nth(2).waitFor({ state: "detached" });
  assert.deepEqual(troubles, []);
  await close();
});

test("a project that was picked and then removed elsewhere is forgotten: the run is billed to the first one", {
  skip,
}, async () => {
  const id = await done("test/picture", { prompt: "a mill" });
  const { email, password } = site.platform.firstRun.owner;
  const owner = visitor(site.platform.url);
  await owner.account("SignIn", { email, password });
  const { account } = (await owner.account("Me")).body;
  const { project } = (await owner.api("Project/Create", { name: "Short-lived", authmethod: "apikey" })).body;
  const { page, troubles, close } = await site.visit(`/compare?runs=${id}`, { signedIn: true });
  const kept = `modelyard-project ${account.uuid}`;
  await page.evaluate(([name = "", value = ""]) => localStorage.setItem(name, value), [kept, String(project.id)]);
  await owner.api("Project/Remove", { projectid: project.id });
  await page.getByLabel("Prompt").fill("a mill at night");
  await page.getByRole("button", { name: "Run it" }).click();
  await page.getByText("The project that you had chosen is gone").first().waitFor();
  await page.getByRole("article").nth(1).getByText("Done").waitFor();
  assert.equal(await page.evaluate((name) => localStorage.getItem(name), kept), null);
  const [last] = (await site.platform.client("apikey").tasks({ limit: 1 })).tasks;
  const [first] = site.platform.firstRun.projects;
  const projects = await site.platform.client("apikey").projects();
  assert.equal(projects.find(({ id }) => id === last?.projectid)?.name, first?.name);

  // What is refused for another reason says so, and takes no choice back.
  const other = projects.find(({ name }) => name !== first?.name);
  await page.evaluate(([name = "", value = ""]) => localStorage.setItem(name, value), [kept, String(other?.id)]);
  await page.route("**/v1/Run/**", (route) =>
    route.fulfill({ json: { result: false, errors: [{ code: 0, message: "Not today." }] } }),
  );
  await page.getByRole("button", { name: "Run it" }).click();
  await page.getByText("Not today.").waitFor();
  assert.equal(await page.evaluate((name) => localStorage.getItem(name), kept), String(other?.id));
  assert.deepEqual(troubles, []);
  await close();
});

test("one run alone: its form stands beside it; another model takes the inputs that it shares, files as addresses", {
  skip,
}, async () => {
  const upload = site.platform.client("apikey");
  const png = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );
  const { taskid } = await upload.run("test/picture", {
    prompt: "a hill",
    inputImage: new File([png], "dot.png", { type: "image/png" }),
  });
  await upload.wait({ taskid });
  const { page, troubles, close } = await site.visit(`/compare?runs=${taskid}`, { signedIn: true });
  await settled(page);
  const model = page.locator("select[name=model]");
  await model.waitFor();
  await settled(page);
  const offered = await model.locator("option").allInnerTexts();
  assert.equal(offered[0], "test/picture");
  assert.ok(offered.includes("test/echo") && offered.includes("test/talk"), `${offered}`);
  for (const name of ["test/wait", "test/chain-broken", "test/retired"]) assert.ok(!offered.includes(name), name);
  await page.getByText("dot.png").waitFor();
  await look(page, "compare-one", { fullPage: true });

  await model.selectOption("test/talk");
  await page.getByText("This model has no place for: Picture.").waitFor();
  assert.equal(await page.getByLabel("Prompt").inputValue(), "a hill");
  await model.selectOption("test/echo");
  await page.getByText("dot.png").waitFor();
  assert.equal(await page.getByText(/has no place for/).count(), 0);
  await page.getByLabel("Prompt").fill("two hills");
  await page.getByRole("button", { name: "Run it" }).click();
  await page.getByRole("article").nth(1).waitFor();
  const [, second = ""] = idsIn(page.url());
  const given = await inputsOf(second);
  assert.equal(given?.prompt, "two hills");
  assert.match(String(given?.inputImage), /^https?:.*dot\.png$/);
  assert.deepEqual(troubles, []);
  await close();
});

test("several values: one run for each, with the sum of the prices said before; wrong ones are said", {
  skip,
}, async () => {
  const id = await done("test/talk", { prompt: "Hello", words: 2 });
  const { page, troubles, close } = await site.visit(`/compare?runs=${id}`, { signedIn: true });
  await page.getByLabel("Input with several values").selectOption("Words");
  await page.getByRole("button", { name: "Run it" }).click();
  await page.getByText("Give the values, such as 1, 2, 3.", { exact: true }).first().waitFor();
  const values = page.getByRole("textbox", { name: "Values of Words" });
  await values.fill("3, 4000");
  await page.getByText(/4000: Choose a number from 1 to 400/).waitFor();
  await values.fill("1,2,3,4,5");
  await page.getByText(/At most 4 values/).waitFor();
  await values.fill("3, 4, 5");
  await page.getByTestId("cost").getByText("$0.009").waitFor();
  await page.getByTestId("cost").getByText("for 3 runs").waitFor();
  await look(page, "compare-several", { fullPage: true });
  await page.getByRole("button", { name: "Start 3 runs" }).click();
  await page.getByRole("article").nth(3).getByText("Done").waitFor();
  const words = await Promise.all(idsIn(page.url()).map(async (one) => Number((await inputsOf(one))?.words)));
  assert.deepEqual(words, [2, 3, 4, 5]);

  // A second model with a choice: a row for each model.
  await page.locator("select[name=model]").selectOption("test/echo");
  await page.getByLabel("Input with several values").selectOption("Mode");
  await page.getByRole("group", { name: "Values of Mode" }).getByLabel("plain").check();
  await page.getByRole("group", { name: "Values of Mode" }).getByLabel("stderr").check();
  await page.getByTestId("cost").getByText("at most $0.06").waitFor();
  await page.getByRole("button", { name: "Start 2 runs" }).click();
  await page.getByRole("region", { name: "Runs of test/echo" }).getByRole("article").nth(1).waitFor();
  assert.equal(await page.getByRole("region", { name: "Runs of test/talk" }).getByRole("article").count(), 4);
  assert.deepEqual(troubles, []);
  await close();
});

test("what is not one's own or is gone is said so, with a way back; the others are compared", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/compare?runs=987654321", { signedIn: true });
  await page.getByText("This run is not one of yours, or it is gone.").waitFor();
  const back = page.getByRole("main").getByRole("link", { name: "All runs" }).last();
  assert.equal(await back.getAttribute("href"), "/runs");
  const id = await done("test/noop", {});
  await page.goto(`${site.platform.url}/compare?runs=${id},987654321`);
  await page.getByText("Run 987654321: This run is not one of yours, or it is gone.").waitFor();
  await page.getByRole("button", { name: "Take out run 987654321" }).click();
  await page.getByText(/gone/).waitFor({ state: "detached" });
  assert.equal(await page.getByRole("article").count(), 1);
  assert.deepEqual(troubles, []);
  await close();
});
