/** Wallets that fill up by themselves, against a server that speaks Stripe's API; and credit that expires. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { AutoTopUpResponse, WalletDetailResponse } from "@modelyard/contract";
import { audit } from "@modelyard/server";
import { expireCredit } from "@modelyard/server/parts";
import {
  type FakeStripe,
  type FakeWorker,
  fakeStripe,
  fakeWorker,
  finish,
  PASSWORD,
  STORES,
  startTestServer,
  type TestServer,
  type TestVisitor,
  WHOLE_RUN,
} from "@modelyard/testing";

const message = ({ body }: { body: { errors?: { message: string }[] } }) => body.errors?.[0]?.message ?? "";

for (const store of STORES) {
  describe(`top-ups on ${store.kind}`, () => {
    let t: TestServer;
    let stripe: FakeStripe;
    let worker: FakeWorker;
    let operator: TestVisitor;
    before(async () => {
      stripe = await fakeStripe();
      const { secretKey, webhookSecret, url: apiUrl } = stripe;
      t = await startTestServer(store, { stripe: { secretKey, webhookSecret, apiUrl } });
      worker = await fakeWorker(t.server, { slots: 8 });
      operator = await t.operator();
    });
    after(async () => {
      await worker.close();
      assert.deepEqual(await audit(t.server.db), []);
      await t.close();
      await stripe.close();
    });

    const wallet = async (who: TestVisitor) => WalletDetailResponse.parse((await who.api("Wallet/Detail")).body);
    const rule = async (who: TestVisitor, fields: object = {}) =>
      AutoTopUpResponse.parse((await who.api("Wallet/AutoTopUp", fields)).body);
    const uuidOf = async (who: TestVisitor) => (await who.account("Me")).body.account.uuid as string;
    const until = async (wanted: () => Promise<boolean>) => {
      for (let n = 0; n < 400; n++) {
        if (await wanted()) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      throw new Error("it did not happen in 20 s");
    };
    let customers = 0;
    /** Pays once by hand with the way to pay saved. */
    async function saved(dollars: string): Promise<TestVisitor> {
      const member = await t.member();
      await member.api("Wallet/TopUp", { amount: dollars, save: "true" });
      const made = stripe.sessions.at(-1);
      assert.equal(made?.fields.get("payment_intent_data[setup_future_usage]"), "off_session");
      const n = ++customers;
      const session = {
        id: made?.id,
        client_reference_id: made?.fields.get("client_reference_id"),
        payment_status: "paid",
        amount_total: Number(dollars) * 100,
        currency: "usd",
        metadata: { save: made?.fields.get("metadata[save]") },
        customer: `cus_${n}`,
        payment_intent: `pi_${n}`,
      };
      assert.equal(await stripe.send(t.server.url, { type: "checkout.session.completed", session }), 200);
      return member;
    }
    const chargesOf = (customer: string) => stripe.charges.filter(({ fields }) => fields.get("customer") === customer);

    test("without a saved way to pay there is nothing to switch on", async () => {
      const member = await t.member();
      assert.equal((await rule(member)).saved, false);
      assert.equal(
        message(await member.api("Wallet/AutoTopUp", { on: true })),
        "There is no saved way to pay. Make a payment with it saved first.",
      );
    });

    test("it fills up below the limit, and stops at the month's most", async () => {
      const member = await saved("10");
      const customer = `cus_${customers}`;
      assert.deepEqual(
        [(await rule(member)).saved, (await rule(member)).on, (await wallet(member)).available],
        [true, false, "10.000000000000"],
      );
      assert.match(
        message(await member.api("Wallet/AutoTopUp", { on: true, amount: "50", most: "20" })),
        /must be at least \[amount\]/,
      );
      assert.match(message(await member.api("Wallet/AutoTopUp", { below: "1" })), /5 to 10000 dollars/);
      await rule(member, { on: true, below: "40", amount: "25", most: "60" });
      await until(async () => (await wallet(member)).available === "60.000000000000");
      const now = await rule(member);
      assert.deepEqual([now.on, now.used, now.problem], [true, "50.000000000000", ""]);
      // 60 are above the limit; below it again, the month has only 10 left.
      await operator.api("Admin/Credit", {
        uuid: await uuidOf(member),
        amount: "-55",
        note: "test",
        reference: `down-${customer}`,
      });
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      assert.equal((await wallet(member)).available, "5.000000000000");
      assert.equal(chargesOf(customer).length, 2);
      assert.deepEqual(
        chargesOf(customer).map(({ fields }) => [
          fields.get("amount"),
          fields.get("payment_method"),
          fields.get("off_session"),
          fields.get("confirm"),
        ]),
        [
          ["2500", `pm_of_pi_${customers}`, "true", "true"],
          ["2500", `pm_of_pi_${customers}`, "true", "true"],
        ],
      );
      await rule(member, { forget: true });
      assert.equal((await rule(member)).saved, false);
    });

    test("a lost answer is asked for again and charges once", async () => {
      const member = await saved("10");
      stripe.failNext(500, 3);
      await rule(member, { on: true, below: "12", amount: "20", most: "20" });
      await until(async () => (await wallet(member)).available === "30.000000000000");
      assert.equal(chargesOf(`cus_${customers}`).length, 1);
      await rule(member, { on: false });
    });

    test("what takes days is in the wallet when Stripe says so, once", async () => {
      const member = await saved("10");
      stripe.cards("processing");
      await rule(member, { on: true, below: "12", amount: "20", most: "100" });
      const customer = `cus_${customers}`;
      await until(async () => chargesOf(customer).length === 1);
      const [charge] = chargesOf(customer);
      assert.equal((await wallet(member)).available, "10.000000000000");
      // Its money must find its way: until then neither the way to pay nor the account can go.
      await rule(member, { on: false });
      const goes = () => member.account("Delete", { current: PASSWORD, forfeit: true });
      for (const early of [await member.api("Wallet/AutoTopUp", { forget: true }), await goes()])
        assert.match(message(early), /^A payment is under way/);
      const session = {
        id: charge?.id,
        amount: 2000,
        currency: "usd",
        metadata: { reference: charge?.fields.get("metadata[reference]") },
      };
      for (let again = 0; again < 2; again++)
        await stripe.send(t.server.url, { type: "payment_intent.succeeded", session });
      assert.equal((await wallet(member)).available, "30.000000000000");
      assert.equal((await rule(member)).used, "20.000000000000");
      stripe.cards("succeeded");
      assert.equal((await goes()).body.result, true);
    });

    test("a declined card switches it off, costs nothing, and its owner is told", async () => {
      const member = await saved("10");
      stripe.cards("declined");
      await rule(member, { on: true, below: "12", amount: "20", most: "100" });
      await until(async () => !(await rule(member)).on);
      const off = await rule(member);
      assert.deepEqual(
        [off.problem, off.used, (await wallet(member)).available],
        ["Your card was declined.", "0.000000000000", "10.000000000000"],
      );
      const { body } = await operator.api("Admin/MailList");
      assert.ok(
        body.mail.some(
          ({ subject, text }: { subject: string; text: string }) =>
            subject === "Your wallet was not filled up" && text.includes("Your card was declined."),
        ),
      );
      stripe.cards("succeeded");
      assert.equal((await rule(member, { on: true, below: "5", amount: "20", most: "100" })).problem, "");
    });

    test("credit that expires is spent first, shown, and taken at its end as far as it is left and not held", async () => {
      const member = await t.member();
      const uuid = await uuidOf(member);
      const soon = Math.floor(Date.now() / 1000) + 4;
      const give = (amount: string, reference: string, expires?: number) =>
        operator.api("Admin/Credit", { uuid, amount, note: "gift", reference: `${reference}-${uuid}`, expires });
      await give("1", "soon", soon);
      await give("2", "later", soon + 3600);
      await give("5", "stays");
      assert.match(message(await give("1", "past", soon - 3600)), /must be in the future/);
      const { taskid } = (await member.api("Run/test/talk", { prompt: "x" })).body;
      const lease = await worker.next("assign");
      await worker.report(lease, 1, WHOLE_RUN, finish());
      assert.ok(taskid);
      assert.deepEqual(
        (await wallet(member)).expiring.map(({ amount }) => amount),
        ["0.997000000000", "2.000000000000"],
      );
      // A run that holds nearly everything when the end comes keeps it.
      assert.equal((await wallet(member)).available, "7.997000000000");
      await until(async () => (await expireCredit(t.server.db)) > 0);
      const rest = await wallet(member);
      assert.deepEqual(
        [rest.available, rest.expiring.map(({ amount }) => amount)],
        ["7.000000000000", ["2.000000000000"]],
      );
      assert.equal(await expireCredit(t.server.db), 0, "once");
      const { body } = await member.api("Wallet/Transactions");
      assert.deepEqual(
        body.transactions
          .filter(({ kind }: { kind: string }) => kind === "expiry")
          .map(({ amount }: { amount: string }) => amount),
        ["-0.997000000000"],
      );
    });

    test("a coupon's credit may hold for some days", async () => {
      const made = (await operator.api("Admin/CouponCreate", { amount: "3", creditdays: 30 })).body.coupon;
      assert.equal(made.creditdays, "30");
      const member = await t.member();
      await member.api("Wallet/Coupon", { code: made.code });
      const [grant] = (await wallet(member)).expiring;
      assert.equal(grant?.amount, "3.000000000000");
      assert.ok(Math.abs(Number(grant?.expires) - Date.now() / 1000 - 30 * 86_400) < 60);
    });
  });
}
