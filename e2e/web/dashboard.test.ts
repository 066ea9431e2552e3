/** The dashboard, driven like a person does: a project and its keys, money, files, the account. On a real started platform. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { axe, lookAtAll, picture, type Site, skip, startSite } from "./support.ts";

let site: Site;
before(async () => {
  if (skip) return;
  site = await startSite("web-dashboard");
});
after(async () => site?.close());

const PAGES = {
  dashboard: "/dashboard",
  projects: "/dashboard/projects",
  usage: "/dashboard/usage",
  "usage-by-model": "/dashboard/usage?by=model",
  wallet: "/dashboard/wallet",
  files: "/dashboard/files",
  callbacks: "/dashboard/callbacks",
  account: "/dashboard/account",
  activity: "/dashboard/activity",
} as const;

/** Calls the API with a key, as a program does. */
const callWith = async (key: string, path: string, fields: object = {}) =>
  (await (
    await fetch(`${site.platform.url}/v1/${path}`, {
      method: "POST",
      headers: { "x-api-key": key, "content-type": "application/json" },
      body: JSON.stringify(fields),
    })
  ).json()) as { result: boolean };

test("signed out, each page says so and leads to the sign-in page and back", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/dashboard/wallet");
  await page.getByText("Sign in to see this page.").waitFor();
  assert.deepEqual(await axe(page), []);
  const link = page.locator("main").getByRole("link", { name: "Sign in" });
  assert.equal(await link.getAttribute("href"), "/account/SignIn?next=%2Fdashboard%2Fwallet");
  assert.deepEqual(troubles, []);
  await close();
});

test("a project is made, its key works, is limited, replaced with an overlap, and revoked", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/dashboard/projects", { signedIn: true });
  await page.getByRole("button", { name: "New project" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Harbour camera");
  await page.getByLabel("With the key alone").check();
  await page.getByLabel("Spends at most").fill("5");
  assert.deepEqual(await axe(page), []);
  await picture(page, "project-new", false);
  await page.getByRole("button", { name: "Make the project" }).click();
  const dialog = page.getByRole("dialog", { name: "Your new key" });
  const key = (await dialog.locator("code").first().innerText()).trim();
  assert.deepEqual(await axe(page), []);
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  assert.equal((await callWith(key, "Task/List")).result, true);
  await page.getByText("$0.00 of $5.00 this month").waitFor();
  assert.ok(!(await page.content()).includes(key), "a key is shown once");

  await page.getByRole("button", { name: new RegExp(`^Change the key .*${key.slice(-4)}`) }).click();
  await page.getByLabel("read runs and projects").uncheck();
  await page.getByLabel("Only these models").fill("test/noop");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("may run, files · test/noop").waitFor();
  assert.equal((await callWith(key, "Task/List")).result, false);
  assert.equal((await callWith(key, "Run/test/picture")).result, false);
  assert.equal((await callWith(key, "Run/test/noop")).result, true);

  await page.getByRole("button", { name: new RegExp(`^Replace the key .*${key.slice(-4)}`) }).click();
  await page.getByRole("button", { name: "Make the new key" }).click();
  const second = (await dialog.locator("code").first().innerText()).trim();
  await dialog.getByRole("button", { name: "I have kept it" }).click();
  assert.notEqual(second, key);
  assert.equal((await callWith(key, "Run/test/noop")).result, true);
  assert.equal((await callWith(second, "Run/test/noop")).result, true);

  await page.getByRole("button", { name: new RegExp(`^Revoke the key .*${second.slice(-4)}`) }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await page.getByText("Keys that ended: 1").waitFor();
  assert.equal((await callWith(second, "Run/test/noop")).result, false);
  assert.deepEqual(troubles, []);
  await close();
});

test("what runs cost is listed by day and model, and saved as a table", { skip }, async () => {
  const client = site.platform.client("apikey");
  const { taskid } = await client.run("test/picture", { prompt: "a walk", callbackUrl: "http://127.0.0.1:9/" });
  await client.wait({ taskid });
  const { page, troubles, close } = await site.visit("/dashboard/usage?by=model", { signedIn: true });
  const table = page.getByRole("region", { name: "Usage by model" });
  await table.getByRole("cell", { name: "test/picture" }).waitFor();
  // $0.001 of another test is among them: every amount is shown whole, and the amounts add up.
  const amounts = (await table.locator("td:last-child").allInnerTexts()).map((text) => text.trim());
  const total = (await page.locator("dd").first().innerText()).trim();
  assert.equal(
    new Set([...amounts, total].map((amount) => amount.split(".")[1]?.length)).size,
    1,
    `${amounts} ${total}`,
  );
  const thousandths = (amount: string) => Math.round(Number(amount.replace("$", "")) * 1000);
  assert.equal(
    amounts.map(thousandths).reduce((sum, one) => sum + one, 0),
    thousandths(total),
    `${amounts} ${total}`,
  );
  const waiting = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  const csv = readFileSync(await (await waiting).path(), "utf8");
  assert.match(csv, /model,runs,amount\r?\n[\s\S]*test\/picture,1,0\.01/);
  await page.getByRole("link", { name: "By run" }).click();
  await page.getByRole("link", { name: taskid, exact: true }).waitFor();
  await page.getByLabel("To").fill("2020-01-02");
  await page.getByLabel("From (UTC)").fill("2020-01-01");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByText("Nothing was charged from 2020-01-01 to 2020-01-02.").waitFor();
  assert.deepEqual(troubles, []);
  await close();
});

test("a coupon comes into the wallet; where no payments are set up, no payment is offered", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/dashboard/wallet", { signedIn: true });
  const code = await page.evaluate(async () => {
    const post = (path: string, headers: object, body: object) =>
      fetch(path, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      }).then((answer) => answer.json());
    const { token } = (await post("/account/Token", {}, {})) as { token: string };
    const made = await post("/v1/Admin/CouponCreate", { authorization: `Bearer ${token}` }, { amount: "7" });
    return (made as { coupon: { code: string } }).coupon.code;
  });
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Use it" }).click();
  await page.getByRole("cell", { name: "$7.00" }).waitFor();
  await page.getByLabel("Code").fill(code);
  await page.getByRole("button", { name: "Use it" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByText("No payments are set up on this server").waitFor();
  assert.equal(await page.getByRole("button", { name: "Go to the payment" }).count(), 0);
  assert.equal(await page.getByText("Automatic top-up").count(), 0);
  assert.deepEqual(await axe(page), []);
  assert.deepEqual(troubles, []);
  await close();
});

test("a folder is made, a file goes into it with its progress, and both are deleted", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/dashboard/files", { signedIn: true });
  await page.getByText("No file is here yet").waitFor();
  await page.getByRole("button", { name: "New folder" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("voices");
  await page.getByRole("button", { name: "Make the folder" }).click();
  await page.getByRole("button", { name: "voices", exact: true }).click();
  await page.getByText("This folder is empty.").waitFor();
  const file = { name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("hello") };
  await page.getByLabel("Choose files").setInputFiles(file);
  const link = page.getByRole("link", { name: "notes.txt" });
  await link.waitFor();
  assert.equal(await (await fetch((await link.getAttribute("href")) ?? "")).text(), "hello");
  await page.getByLabel("Choose files").setInputFiles({ ...file, name: "empty.txt", buffer: Buffer.from("") });
  await page.getByText("This file is empty.").waitFor();
  await page.getByRole("button", { name: "Take empty.txt off the list" }).click();
  await page.getByLabel("Choose files").setInputFiles({ ...file, name: "notes.exe" });
  await page.getByText("This file must be of an allowed type: images").waitFor();
  await page.getByRole("button", { name: "Take notes.exe off the list" }).click();
  await picture(page, "files-folder");
  assert.deepEqual(await axe(page), []);
  await page.getByRole("button", { name: "Delete notes.txt" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("This folder is empty.").waitFor();
  await page.getByRole("button", { name: "All files" }).click();
  await page.getByRole("button", { name: "Delete the folder voices" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByText("No file is here yet").waitFor();
  assert.deepEqual(troubles, []);
  await close();
});

test("name and sessions are changed; a wrong password is refused in words", { skip }, async () => {
  // Somewhere else, with another program.
  const { owner } = site.platform.firstRun;
  const elsewhere = await fetch(`${site.platform.url}/account/SignIn`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: site.platform.url },
    body: JSON.stringify(owner),
  });
  assert.equal(elsewhere.status, 200);
  const { page, troubles, close } = await site.visit("/dashboard/account", { signedIn: true });
  await page.getByRole("textbox", { name: "Name" }).fill("Grace");
  await page.getByRole("button", { name: "Save the name" }).click();
  await page.getByText("Your name is changed.").first().waitFor();
  await page.getByLabel("New password").fill("a long enough one");
  await page.locator("section").filter({ hasText: "New password" }).getByLabel("Your password").fill("not this one");
  await page.getByRole("button", { name: "Change the password" }).click();
  await page.getByRole("alert").waitFor();
  const sessions = page.locator("section").filter({ hasText: "Where you are signed in" }).locator("li");
  const before = await sessions.count();
  assert.ok(before >= 2, `${before} sessions`);
  await sessions
    .filter({ hasNotText: "This one" })
    .first()
    .getByRole("button", { name: /^Sign out/ })
    .click();
  await sessions.nth(before - 1).waitFor({ state: "detached" });
  assert.equal(await sessions.count(), before - 1);
  assert.deepEqual(troubles, []);
  await close();
});

test("axe finds nothing on any page of the dashboard, and nothing is too wide", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/dashboard", { signedIn: true });
  await lookAtAll(page, site.platform.url, PAGES);
  assert.deepEqual(troubles, []);
  await close();
});
