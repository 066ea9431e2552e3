/** Organisations like people use them: made, invited to, joined by the link, acted for, limited, left. On a real platform with a real worker. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type FakeStripe, fakeStripe } from "@modelyard/testing";
import type { Page } from "playwright-core";
import { axe, look, picture, type Site, settled, skip, startSite, type Visit } from "./support.ts";

const FRIEND = "grace@team.example";
const PASSWORD = "a long enough one";
let site: Site;
let stripe: FakeStripe;
/** Where the organisation's page is, once it is made. */
let address = "";
before(async () => {
  if (skip) return;
  stripe = await fakeStripe();
  site = await startSite("web-organizations", [
    "--stripe-key",
    stripe.secretKey,
    "--stripe-webhook-secret",
    stripe.webhookSecret,
    "--stripe-api",
    stripe.url,
  ]);
});
after(async () => {
  await site?.close();
  await stripe?.close();
});

type Json = Record<string, unknown> & { errors: { message: string }[] };

/** Calls the API as the page's own visitor: for oneself, or for the organisation with this uuid. */
const call = (page: Page, path: string, fields: object, organization = "") =>
  page.evaluate(
    async ([path, fields, organization]) => {
      const post = async (address: string, headers: object, body: object) =>
        (await (
          await fetch(address, {
            method: "POST",
            headers: { "content-type": "application/json", ...headers },
            body: JSON.stringify(body),
          })
        ).json()) as Json;
      const { token } = await post("/account/Token", {}, { organization });
      return post(`/v1/${path}`, { authorization: `Bearer ${token}` }, fields);
    },
    [path, fields, organization] as const,
  );
const uuid = () => address.split("/").at(-1) ?? "";

/** A second person with an account, signed in in a browser of their own. */
async function friend(path = "/", options: { theme?: "light" | "dark"; width?: number } = {}): Promise<Visit> {
  const visit = await site.visit("/account/SignIn", options);
  await visit.page.getByLabel("E-mail address").fill(FRIEND);
  await visit.page.getByLabel("Password").fill(PASSWORD);
  await visit.page.getByRole("button", { name: "Sign in" }).click();
  await visit.page.waitForURL(`${site.platform.url}/`);
  if (path !== "/") await visit.page.goto(site.platform.url + path);
  return visit;
}

const actFor = async (page: Page, name: string) => {
  await page.getByLabel(/^Account: /).click();
  await page.getByRole("button", { name, exact: true }).click();
};
const strip = (page: Page) => page.getByRole("region", { name: "Acting for an organisation" });

test("an organisation is made by keyboard; its only owner is offered no way out but deleting it", {
  skip,
}, async () => {
  const { page, troubles, close } = await site.visit("/dashboard/organizations", { signedIn: true });
  await page.getByText("You are in no organisation.").waitFor();
  await picture(page, "organizations-empty");
  assert.deepEqual(await axe(page), []);
  await page.getByRole("button", { name: "New organisation" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Name").focus();
  await page.keyboard.type("Acme Harbour");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/dashboard\/organizations\/[\w-]{36}$/);
  address = new URL(page.url()).pathname;
  await page.getByText("You are its only owner.").waitFor();
  assert.equal(await page.getByRole("button", { name: /^Remove/ }).count(), 0);
  assert.deepEqual(troubles, []);
  await close();
});

test("somebody is invited, signs in from the link, is refused with another address, and joins", { skip }, async () => {
  const { page, troubles, close } = await site.visit(address, { signedIn: true });
  await page.getByLabel("E-mail address").fill(FRIEND);
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByText(`This server sends no mail. The link is for ${FRIEND}.`).waitFor();
  const link = (await page.getByRole("status").locator("code").innerText()).trim();
  await page.getByRole("button", { name: `Take back the invitation of ${FRIEND}` }).waitFor();
  await picture(page, "organization-invited");
  assert.deepEqual(await axe(page), []);
  await page.getByLabel("E-mail address").fill("other@team.example");
  await page.getByRole("button", { name: "Invite" }).click();
  await page.getByRole("button", { name: "Take back the invitation of other@team.example" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
  const other = page.getByRole("button", { name: "Take back the invitation of other@team.example" });
  await other.waitFor({ state: "detached" });

  // From here: the pages of /account let no script call anything.
  const invited = (await call(page, "Admin/Invite", { email: FRIEND })) as unknown as { url: string };
  // The owner has another address than the invited one.
  await page.goto(link);
  await picture(page, "organization-join");
  await page.getByRole("button", { name: "Join" }).click();
  await page.getByText("This invitation is for another e-mail address.").waitFor();

  const guest = await site.visit(new URL(invited.url).pathname + new URL(invited.url).search);
  await guest.page.getByLabel("E-mail address").fill(FRIEND);
  await guest.page.getByLabel("Password").fill(PASSWORD);
  await guest.page.getByRole("button", { name: "Make the account" }).click();
  await guest.page.waitForURL(`${site.platform.url}/`);
  await guest.context.clearCookies();
  await guest.page.goto(link);
  assert.deepEqual(await axe(guest.page), []);
  await guest.page.getByRole("link", { name: "Sign in" }).click();
  await guest.page.getByLabel("E-mail address").fill(FRIEND);
  await guest.page.getByLabel("Password").fill(PASSWORD);
  await guest.page.getByRole("button", { name: "Sign in" }).click();
  await guest.page.getByText(`You are signed in as ${FRIEND}.`).waitFor();
  await guest.page.getByRole("button", { name: "Join" }).click();
  await guest.page.waitForURL(`${site.platform.url}/dashboard/organizations`);
  await guest.page.getByRole("link", { name: "Acme Harbour" }).waitFor();
  assert.deepEqual([...troubles, ...guest.troubles], []);
  await guest.close();
  await close();
});

test("acting for it: its wallet, a run on its money, remembered by the browser, and back to oneself", {
  skip,
}, async () => {
  const { page, troubles, close } = await site.visit("/dashboard/wallet", { signedIn: true });
  await call(page, "Admin/Credit", { uuid: uuid(), amount: "40", note: "a start", reference: "start" });
  const own = ((await call(page, "Wallet/Detail", {})) as unknown as { available: string }).available;
  await page.getByLabel(/^Account: /).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Acme Harbour" }).focus();
  assert.deepEqual(await axe(page), []);
  await picture(page, "acting-menu", false);
  await page.keyboard.press("Enter");
  await strip(page).getByText("Acme Harbour").waitFor();
  assert.equal(await page.evaluate("document.activeElement?.tagName"), "SUMMARY");
  await page.locator("dd").getByText("$40.00").first().waitFor();
  assert.equal(await page.getByRole("link", { name: "Administration" }).count(), 0);

  await page.goto(`${site.platform.url}/models/test/picture?prompt=a%20crane`);
  await strip(page).waitFor();
  await page.getByLabel("Prompt").fill("a crane");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.locator('[data-run="done"]').waitFor();
  await picture(page, "acting-run", false);
  const wallet = (await call(page, "Wallet/Detail", {}, uuid())) as unknown as { available: string };
  assert.ok(Number(wallet.available) < 40, wallet.available);
  assert.equal(((await call(page, "Wallet/Detail", {})) as unknown as { available: string }).available, own);
  await page.goto(`${site.platform.url}/runs`);
  await page.getByText("1 run", { exact: true }).waitFor();

  await page.goto(`${site.platform.url}/dashboard/usage`);
  await page.getByRole("link", { name: "By member" }).click();
  await page.getByRole("cell", { name: site.platform.firstRun.owner.email }).waitFor();
  await picture(page, "organization-usage");
  assert.deepEqual(await axe(page), []);
  await page.goto(`${site.platform.url}/runs`);
  await strip(page).getByRole("button", { name: "Be yourself again" }).click();
  await page.getByText("Nothing has run yet.").waitFor();
  assert.equal(await strip(page).count(), 0);
  assert.deepEqual(troubles, []);
  await close();
});

test("a member is limited, sees no page that would be refused, and once removed is themselves again", {
  skip,
}, async () => {
  const { page, troubles, close } = await site.visit(address, { signedIn: true });
  await page.getByRole("button", { name: /^Change grace/ }).click();
  await page.getByLabel("Spends at most").fill("0.001");
  assert.deepEqual(await axe(page), []);
  await picture(page, "organization-member", false);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Spent: $0.00 of $0.001 this month").waitFor();

  const other = await friend("/dashboard/wallet");
  await actFor(other.page, "Acme Harbour");
  await other.page.getByText("are for its owners and admins").waitFor();
  await picture(other.page, "acting-member-wallet");
  assert.deepEqual(await axe(other.page), []);
  assert.equal(
    await other.page.getByRole("navigation", { name: "Dashboard" }).getByRole("link", { name: "Usage" }).count(),
    0,
  );
  await other.page.goto(`${site.platform.url}/runs`);
  await other.page.getByText("1 run", { exact: true }).waitFor();
  await other.page.getByRole("link", { name: /^Run \d+ of test\/picture/ }).click();
  await other.page.getByRole("heading", { name: "Timeline" }).waitFor();
  assert.equal(await other.page.getByRole("heading", { name: "Share" }).count(), 0);
  await other.page.goto(site.platform.url + address);
  await other.page.getByRole("button", { name: "Leave Acme Harbour" }).waitFor();
  for (const name of [/^Change/, /^Remove/, "Invite"])
    assert.equal(await other.page.getByRole("button", { name }).count(), 0);
  await other.page.goto(`${site.platform.url}/models/test/picture`);
  await strip(other.page).waitFor();
  await other.page.getByLabel("Prompt").fill("a crane");
  await other.page.getByRole("button", { name: "Run", exact: true }).click();
  await other.page.getByText("the spend cap").first().waitFor();

  await page.getByRole("button", { name: /^Remove grace/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("Nobody but you yet.").waitFor();
  // Without loading the page anew: the next call finds out.
  await other.page.getByRole("button", { name: "Run again" }).click();
  await other.page.getByText("You are no member of Acme Harbour any more.").first().waitFor();
  await strip(other.page).waitFor({ state: "detached" });
  await other.page.goto(site.platform.url + address);
  await other.page.getByText("This organisation is not one of yours, or it is gone.").waitFor();
  assert.deepEqual([...troubles, ...other.troubles], []);
  await other.close();
  await close();
});

test("a saved way to pay fills the wallet up by itself, as far as one says; credit shows its end", {
  skip,
}, async () => {
  const { page, troubles, close } = await site.visit("/dashboard/wallet", { signedIn: true });
  await page.getByText("No way to pay is saved yet.").waitFor();
  await page.getByText("Nothing in this wallet expires.").waitFor();
  await picture(page, "wallet-empty");
  // The payment service's page is another site: what its message brings is what counts here.
  await page.route("https://checkout.stripe.test/**", (route) => route.fulfill({ body: "paid" }));
  await page.getByLabel("Save the way to pay").check();
  await page.getByRole("button", { name: "Go to the payment" }).click();
  await page.waitForURL("https://checkout.stripe.test/**");
  const [made] = stripe.sessions;
  assert.equal(made?.fields.get("payment_intent_data[setup_future_usage]"), "off_session");
  const session = {
    id: made?.id,
    payment_status: "paid",
    amount_total: 2000,
    currency: "usd",
    client_reference_id: made?.fields.get("client_reference_id"),
    customer: "cus_1",
    payment_intent: "pi_1",
    metadata: { save: made?.fields.get("metadata[save]") },
  };
  assert.equal(await stripe.send(site.platform.url, { type: "checkout.session.completed", session }), 200);
  await page.goto(`${site.platform.url}/dashboard/wallet`);
  const panel = page.locator("section").filter({ has: page.getByRole("heading", { name: "Automatic top-up" }) });
  await panel.getByLabel("When less is available").fill("10");
  await panel.getByLabel("Pay in").fill("25");
  await panel.getByLabel("At most in a month").fill("20");
  await panel.getByRole("button", { name: "Switch it on" }).click();
  await panel.getByRole("alert").waitFor();
  await panel.getByLabel("At most in a month").fill("100");
  await panel.getByRole("button", { name: "Switch it on" }).click();
  await panel.getByText("On", { exact: true }).waitFor();
  const account = (await page.evaluate(async () => (await fetch("/account/Me")).json())) as {
    account: { uuid: string };
  };
  const expires = Math.floor(Date.now() / 1000) + 86_400;
  await call(page, "Admin/Credit", {
    uuid: account.account.uuid,
    amount: "3",
    note: "gift",
    reference: "gift",
    expires,
  });
  await page.reload();
  await page.getByRole("list", { name: "Credit that expires" }).getByText("$3.00").waitFor();
  await picture(page, "wallet-auto");
  assert.deepEqual(await axe(page), []);
  await panel.getByRole("button", { name: "Switch it off" }).click();
  await panel.getByText("Off", { exact: true }).waitFor();
  await panel.getByRole("button", { name: "Forget the way to pay" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Forget the way to pay" }).click();
  await panel.getByText("No way to pay is saved yet.").waitFor();
  assert.deepEqual(
    troubles.filter((trouble) => !trouble.includes("checkout.stripe.test")),
    [],
  );
  await close();
});

test("who has models that earn sees what they earned, once the operator has set it up", { skip }, async () => {
  const client = site.platform.client("apikey");
  const { page, troubles, close } = await site.visit("/dashboard/earnings", { signedIn: true });
  await page.getByText("No models earn for you.").waitFor();
  assert.equal(await page.getByRole("link", { name: "Earnings" }).count(), 0);
  await page.goto(`${site.platform.url}/admin/publishers`);
  await page.getByText("Nobody else earns with models yet.").waitFor();
  assert.deepEqual(await axe(page), []);
  await page.getByRole("button", { name: "New publisher" }).click();
  await page.getByLabel("Models of").fill("test");
  await page.getByLabel("E-mail address").fill("nobody@nowhere.example");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("No account has this e-mail address.").waitFor();
  await page.getByLabel("E-mail address").fill(site.platform.firstRun.owner.email);
  assert.deepEqual(await axe(page), []);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("cell", { name: "70 %" }).waitFor();
  const { taskid } = await client.run("test/picture", { prompt: "a walk" });
  await client.wait({ taskid });
  await page.reload();
  await page.getByRole("button", { name: "Note a payout to test" }).click();
  await page.getByLabel("Amount").fill("0.01");
  await page.getByRole("textbox", { name: "Note" }).fill("by bank");
  await page.getByRole("button", { name: "Note it" }).click();
  await page.getByText("The payout is noted.").first().waitFor();
  await picture(page, "publishers");
  await page.goto(`${site.platform.url}/dashboard`);
  await page.getByRole("link", { name: "Earnings" }).click();
  await page.getByRole("region", { name: "Earnings by model" }).getByText("test/picture").waitFor();
  await page.getByRole("cell", { name: "by bank" }).waitFor();
  assert.deepEqual(troubles, []);
  await close();
});

test("axe finds nothing, nothing is too wide, also while acting for somebody", { skip }, async () => {
  const { page, troubles, close } = await site.visit("/dashboard/organizations", { signedIn: true });
  await actFor(page, "Acme Harbour");
  await strip(page).waitFor();
  const pages = {
    organizations: "/dashboard/organizations",
    organization: address,
    "wallet-of-organization": "/dashboard/wallet",
    "acting-admin": "/admin",
    earnings: "/dashboard/earnings",
  };
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(site.platform.url + path);
    if (name === "earnings") await strip(page).getByRole("button", { name: "Be yourself again" }).click();
    await settled(page);
    await look(page, name, { fullPage: true });
  }
  assert.deepEqual(troubles, []);
  await close();
});

test("it is renamed, and deleted with the password; its money is given up on purpose only", { skip }, async () => {
  const { page, troubles, close } = await site.visit(address, { signedIn: true });
  await actFor(page, "Acme Harbour");
  await page.getByRole("textbox", { name: "Name" }).fill("Acme Port");
  await page.getByRole("button", { name: "Save the name" }).click();
  await strip(page).getByText("Acme Port").waitFor();
  await page.getByText("I want to delete Acme Port").click();
  const form = page.locator("form").filter({ hasText: "Your password" });
  const deletes = form.getByRole("button", { name: "Delete Acme Port" });
  await form.getByLabel("Your password").fill("not this one");
  await deletes.click();
  await form.getByText("The password is wrong.").waitFor();
  await form.getByLabel("Your password").fill(site.platform.firstRun.owner.password);
  await deletes.click();
  await form.getByText(/are left in its wallet/).waitFor();
  await form.getByLabel("Give up the balance that is left").check();
  await deletes.click();
  await page.getByText("You are in no organisation.").waitFor();
  assert.equal(await strip(page).count(), 0);
  assert.deepEqual(troubles, []);
  await close();
});
