/** Signing up and in like a person, and the list of runs and one run. On a real started platform with a real worker. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, look, picture, type Site, settled, skip, startSite } from "./support.ts";

let site: Site;
before(async () => {
  if (skip) return;
  site = await startSite("web-account");
});
after(async () => site?.close());

test("the pages of signing in: axe finds nothing in both themes, nothing is too wide, a slip keeps what was typed", {
  skip,
}, async () => {
  for (const name of ["SignIn", "SignUp", "Forgot"]) {
    const { page, troubles, close } = await site.visit(`/account/${name}?next=%2Fruns`);
    await look(page, `account-${name}`, { fullPage: true });
    assert.deepEqual(troubles, []);
    await close();
  }
  const { page, close } = await site.visit("/account/SignIn?next=%2Fruns", { javaScript: false });
  await page.getByLabel("E-mail address").fill(site.platform.firstRun.owner.email);
  await page.getByLabel("Password").fill("not the one, surely");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  assert.equal(await page.getByLabel("E-mail address").inputValue(), site.platform.firstRun.owner.email);
  await page.getByLabel("Password").fill(site.platform.firstRun.owner.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  assert.equal(page.url(), `${site.platform.url}/runs`);
  await close();
});

test("a visitor is never sent to another site after signing in", { skip }, async () => {
  const { page, close } = await site.visit("/account/SignIn?next=%2F%2Fevil.example", { javaScript: false });
  await page.getByLabel("E-mail address").fill(site.platform.firstRun.owner.email);
  await page.getByLabel("Password").fill(site.platform.firstRun.owner.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  assert.equal(page.url(), `${site.platform.url}/`);
  await close();
});

test("a visitor who wants to run a model makes an account, confirms it from the mail, and is in", {
  skip,
}, async () => {
  const operator = await site.visit("/", { signedIn: true });
  const admin = (path: string, fields: object) =>
    operator.page.evaluate(
      async ([path, fields]) => {
        const options = (headers: object, body: object) => ({
          method: "POST",
          headers: { "content-type": "application/json", ...headers },
          body: JSON.stringify(body),
        });
        const answer = await fetch("/account/Token", options({}, {}));
        const { token } = (await answer.json()) as { token: string };
        return (
          await fetch(`/v1/Admin/${path}`, options({ authorization: `Bearer ${token}` }, fields as object))
        ).text();
      },
      [path, fields] as const,
    );
  const { page, troubles, close } = await site.visit("/account/SignUp");
  await page.getByText("Accounts are made by invitation here").waitFor();
  await admin("Settings", { signups: "open" });

  await page.goto(`${site.platform.url}/models/test/noop`);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByRole("link", { name: "Sign in to run it" }).click();
  await page.getByRole("link", { name: "Make an account" }).click();
  await page.getByLabel("E-mail address").fill("ada@visitor.example");
  await page.getByLabel("Password").fill("a long enough one");
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByRole("heading", { name: "Ask for your link" }).waitFor();
  assert.match(await page.locator("body").innerText(), /This server sends no mail\. .* waits for whoever runs it/);
  await picture(page, "account-mailbox");
  assert.deepEqual(await axe(page), []);

  // No mail server is set up in this test: the operator sees what waits to be delivered.
  const [link = ""] = /http[^"\\\s]*\/account\/Verify\?token=[\w-]+/.exec(await admin("MailList", {})) ?? [];
  await page.goto(link);
  await page.getByLabel("Password").fill("a long enough one");
  await page.getByRole("button", { name: "Confirm and sign in" }).click();
  await page.getByLabel("Account: ada@visitor.example").click();
  await page.getByRole("link", { name: "Runs", exact: true }).click();
  await page.getByText("Nothing has run yet.").waitFor();
  assert.deepEqual(troubles, []);
  await operator.close();
  await close();
});

test("runs are listed, narrowed by the address, opened, and run again with changes", { skip }, async () => {
  const signedOut = await site.visit("/runs");
  await signedOut.page.getByText("Sign in to see your runs.").waitFor();
  assert.deepEqual(await axe(signedOut.page), []);
  await signedOut.close();

  const { page, troubles, close } = await site.visit("/runs", { signedIn: true });
  await page.getByText("Nothing has run yet.").waitFor();
  await picture(page, "runs-empty");

  const client = site.platform.client("apikey");
  const ok = await client.run("test/picture", { prompt: "a walk along the harbour" });
  await client.wait({ taskid: ok.taskid });
  const other = await client.run("test/noop", {});
  await client.wait({ taskid: other.taskid });

  const list = await site.visit("/runs", { signedIn: true });
  await list.page.getByRole("link", { name: `Run ${ok.taskid} of test/picture` }).waitFor();
  await look(list.page, "runs", { fullPage: true });
  await list.page.goto(`${site.platform.url}/runs/${ok.taskid}`);
  await list.page.locator('[data-run="done"]').waitFor();
  await list.page.getByRole("heading", { name: "Timeline" }).waitFor();
  await look(list.page, "run-page", { fullPage: true });
  assert.deepEqual(list.troubles, []);
  await list.close();

  await page.goto(`${site.platform.url}/runs?q=HARBOUR`);
  await page.getByText("1 run", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Failed" }).click();
  await page.getByText("No run fits these filters.").waitFor();
  assert.match(page.url(), /status=failed/);
  await page.getByRole("link", { name: "Clear the filters" }).click();
  await page.getByText("2 runs", { exact: true }).waitFor();
  await page.getByRole("link", { name: `Run ${ok.taskid} of test/picture` }).click();
  await page.getByText("a walk along the harbour", { exact: true }).waitFor();
  await page.getByRole("link", { name: "Run again with changes" }).click();
  await page.locator('[data-run="done"]').waitFor();
  assert.equal(await page.getByLabel("Prompt").inputValue(), "a walk along the harbour");

  await page.goto(`${site.platform.url}/runs/999999999`);
  await page.locator("main").getByText("This run is not one of yours, or it is gone.").waitFor();
  assert.deepEqual(troubles, []);
  await close();
});

test("a run that goes on is stopped from the list", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/runs", { signedIn: true });
  const { taskid } = await site.platform.client("apikey").run("test/wait", { seconds: 50 });
  await page.reload();
  await page.getByRole("button", { name: `Stop run ${taskid}` }).click();
  await page.locator("li").filter({ hasText: "Stopped" }).filter({ hasText: "test/wait" }).first().waitFor();
  assert.deepEqual(troubles, []);
  await close();
});

test("a run is tagged on its page, and found by its tag", { skip }, async () => {
  const client = site.platform.client("apikey");
  const tagged = await client.run("test/noop", {}, { tags: ["spring", "shop:42", "third"] });
  await client.wait(tagged);
  const { page, troubles, close } = await site.visit(`/runs/${tagged.taskid}`, { signedIn: true });
  const tags = page.getByRole("list", { name: "Tags" });
  await tags.waitFor();
  await settled(page);
  assert.deepEqual(await tags.getByRole("link").allInnerTexts(), ["spring", "shop:42", "third"]);
  await page.getByRole("button", { name: "Change" }).click();
  const field = page.getByLabel("With commas between");
  assert.equal(await page.evaluate("document.activeElement.name"), "tags");
  await field.fill("two words");
  await page.keyboard.press("Enter");
  await page
    .getByRole("alert")
    .getByText(/can be tags/)
    .waitFor();
  await look(page, "run-tags-form", { at: "[name=tags]" });
  await field.fill(
    "a-very-long-tag-that-nobody-would-write-by-hand-y, summer, a-very-long-tag-that-nobody-would-write-by-hand-x",
  );
  await page.keyboard.press("Enter");
  await tags.getByText("summer").waitFor();
  await look(page, "run-tags", { at: "#tags-title" });
  await tags.getByText("summer").click();
  await page.waitForURL(/\/runs\?tag=summer$/);
  await page.getByRole("status").getByText("1 run", { exact: true }).waitFor();
  await look(page, "runs-of-tag", { fullPage: true });
  // Its own list of known tags; one that nobody has leads to the empty state and back.
  assert.deepEqual(
    await page.locator("datalist option").evaluateAll((all) => all.map((one) => (one as { value?: string }).value)),
    [
      "a-very-long-tag-that-nobody-would-write-by-hand-x",
      "a-very-long-tag-that-nobody-would-write-by-hand-y",
      "summer",
    ],
  );
  await page.getByLabel("Tag", { exact: true }).fill("winter");
  await page.keyboard.press("Enter");
  await page.getByText("No run fits these filters.").waitFor();
  await page.getByRole("link", { name: "Clear the filters" }).click();
  await page.getByRole("link", { name: `Run ${tagged.taskid} of test/noop` }).waitFor();
  assert.deepEqual(troubles, []);
  await close();
});
