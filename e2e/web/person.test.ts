/** What a person does in a row: a forgotten password, a run by keyboard alone, a dropped picture, stopping all, paying. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type FakeStripe, fakeStripe, REPOSITORY, visitor } from "@modelyard/testing";
import { type Site, skip, startSite } from "./support.ts";

let site: Site;
let stripe: FakeStripe;
before(async () => {
  if (skip) return;
  stripe = await fakeStripe();
  site = await startSite("web-person", [
    `--stripe-key=${stripe.secretKey}`,
    `--stripe-webhook-secret=${stripe.webhookSecret}`,
    `--stripe-api=${stripe.url}`,
  ]);
});
after(async () => {
  await site?.close();
  await stripe?.close();
});

test("a payment goes to the payment service and back, and is in the wallet once that says so", { skip }, async () => {
  const { page, context, close } = await site.visit("/dashboard/wallet", { signedIn: true });
  // Stripe's own page: the person pays there and is sent back.
  await context.route("https://checkout.stripe.test/**", (route) =>
    route.fulfill({ contentType: "text/html", body: "<title>Pay</title><h1>Pay here</h1>" }),
  );
  await page.getByLabel("Amount").fill("4");
  await page.getByRole("button", { name: "Go to the payment" }).click();
  await page
    .getByRole("alert")
    .getByText(/5 to 10000/)
    .waitFor();
  await page.getByLabel("Amount").fill("25");
  await page.getByRole("button", { name: "Go to the payment" }).click();
  await page.getByRole("heading", { name: "Pay here" }).waitFor();
  const [made] = stripe.sessions;
  const back = made?.fields.get("success_url") ?? "";
  assert.match(back, /\/dashboard\/wallet/);
  const status = await stripe.send(site.platform.url, {
    type: "checkout.session.completed",
    session: {
      id: made?.id,
      object: "checkout.session",
      payment_status: "paid",
      currency: "usd",
      amount_total: 2500,
      client_reference_id: made?.fields.get("client_reference_id"),
    },
  });
  assert.equal(status, 200);
  await page.goto(back);
  await page.getByRole("row").filter({ hasText: "Payment" }).filter({ hasText: "$25.00" }).waitFor();
  await close();
});

test("a run by keyboard alone: found, filled in, started, watched to its end", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/", { signedIn: true });
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate("document.activeElement?.textContent"), "Skip to content");
  await page.keyboard.press("Control+K");
  await page.getByRole("combobox").waitFor();
  await page.keyboard.type("test/talk");
  await page.getByRole("option", { name: /test\/talk/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: /talk/ }).waitFor();
  for (let step = 0; step < 60; step++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate("document.activeElement?.id === 'input-prompt'")) break;
  }
  assert.equal(await page.evaluate("document.activeElement?.id"), "input-prompt");
  await page.keyboard.type("Tell me something");
  await page.keyboard.press("Control+Enter");
  await page.locator('[data-run="done"]').waitFor();
  // What is focused is never under the header that sticks to the top.
  for (let step = 0; step < 40; step++) {
    await page.keyboard.press("Tab");
    const top = await page.evaluate<number>(
      "(() => { const a = document.activeElement; const r = a.getBoundingClientRect(); return a.closest('header') || r.height === 0 ? 99 : r.bottom; })()",
    );
    assert.ok(top > 64, `something focused lies under the header: ${top}`);
  }
  assert.deepEqual(troubles, []);
  await close();
});

test("a picture is dropped on the form and sent; the run is stopped from the list with all others", {
  skip,
}, async () => {
  const { page, troubles, close } = await site.visit("/models/test/picture", { signedIn: true });
  const lake = readFileSync(join(REPOSITORY, "models/modelyard/image-to-video/samples/lake.jpg")).toString("base64");
  // Evaluated in the browser, whose types these files do not know.
  const files = await page.evaluateHandle(`(() => {
    const data = new DataTransfer();
    const bytes = Uint8Array.from(atob(${JSON.stringify(lake)}), (letter) => letter.charCodeAt(0));
    data.items.add(new File([bytes], "lake.jpg", { type: "image/jpeg" }));
    return data;
  })()`);
  await page.getByText("or drop or paste", { exact: false }).first().dispatchEvent("drop", { dataTransfer: files });
  await page.getByText("lake.jpg", { exact: true }).first().waitFor();
  await page.getByLabel("Prompt").fill("a lake");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.locator('[data-run="done"]').waitFor();

  const client = site.platform.client("apikey");
  for (let count = 0; count < 3; count++) await client.run("test/wait", { seconds: 50 });
  await page.goto(`${site.platform.url}/runs?status=active`);
  await page.getByText("3 runs", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Stop all 3 shown" }).click();
  await page.getByText("No run fits these filters.").waitFor();
  assert.deepEqual(troubles, []);
  await close();
});

test("a forgotten password is replaced by the link that the operator has, without JavaScript", { skip }, async () => {
  const { email, password } = site.platform.firstRun.owner;
  const operator = visitor(site.platform.url);
  await operator.account("SignIn", { email, password });
  const { url } = (await operator.api("Admin/Invite", { email: "ada@person.example" })).body;
  const ada = await site.visit(new URL(url).pathname + new URL(url).search, { javaScript: false });
  await ada.page.getByLabel("E-mail address").fill("ada@person.example");
  await ada.page.getByLabel("Password").fill("the first password");
  await ada.page.getByRole("button", { name: "Make the account" }).click();
  await ada.page.goto(`${site.platform.url}/account/Forgot`);
  await ada.page.getByLabel("E-mail address").fill("ada@person.example");
  await ada.page.getByText("This server sends no mail.").waitFor();
  await ada.page.getByRole("button", { name: "Make the link" }).click();
  await ada.page.getByRole("heading", { name: "Ask for your link" }).waitFor();
  const { mail } = (await operator.api("Admin/MailList")).body as { mail: { to: string; text: string }[] };
  const link = mail
    .filter(({ to }) => to === "ada@person.example")
    .map(({ text }) => /http\S*\/account\/Reset\?token=[\w-]+/.exec(text)?.[0])
    .find((found) => found !== undefined);
  await ada.page.goto(link ?? "");
  await ada.page.getByLabel("Password").fill("the second password");
  await ada.page.getByRole("button", { name: "Save" }).click();
  await ada.page.getByRole("heading", { name: "Your password is changed" }).waitFor();
  await ada.page.getByRole("link", { name: "Sign in" }).click();
  await ada.page.getByLabel("E-mail address").fill("ada@person.example");
  await ada.page.getByLabel("Password").fill("the second password");
  await ada.page.getByRole("button", { name: "Sign in" }).click();
  assert.equal(ada.page.url(), `${site.platform.url}/`);
  await ada.close();
});
