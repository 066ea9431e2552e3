// The wallet: what came in, what was spent, and that money comes in once (issue 6; reliability.md 2).
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { USD } from "@modelyard/contract";
import { audit } from "@modelyard/server";
import {
  apiCall,
  type FakeStripe,
  fakeStripe,
  STORES,
  startTestServer,
  type TestServer,
  type TestVisitor,
  until,
  type VisitorAnswer,
} from "@modelyard/testing";

for (const store of STORES) {
  describe(`wallet (${store.kind})`, () => {
    let host: TestServer;
    let stripe: FakeStripe;
    let operator: TestVisitor;
    before(async () => {
      stripe = await fakeStripe();
      const { secretKey, webhookSecret, url: apiUrl } = stripe;
      host = await startTestServer(store, { stripe: { secretKey, webhookSecret, apiUrl } });
      operator = await host.operator();
    });
    after(async () => {
      const faults = await audit(host.server.db);
      await host.close();
      await stripe.close();
      assert.deepEqual(faults, []);
    });

    const message = ({ body }: VisitorAnswer) => (body.result ? "" : body.errors[0].message);
    const available = async (who: TestVisitor) => (await who.api("Wallet/Detail")).body.available as string;
    const uuidOf = async (who: TestVisitor) => (await who.account("Me")).body.account.uuid as string;
    const credit = async (who: TestVisitor, amount: string, reference: string) =>
      operator.api("Admin/Credit", { uuid: await uuidOf(who), amount, note: "test", reference });

    test("an operator's credit counts once for each reference, also when it is sent many times at once", async () => {
      const member = await host.member();
      await Promise.all(Array.from({ length: 8 }, () => credit(member, "25.5", "bill-1")));
      assert.equal(await available(member), "25.500000000000");
      assert.match(message(await credit(member, "26", "bill-1")), /used for something else/);
      assert.equal(message(await credit(member, "-5.5", "bill-2")), "");
      assert.match(message(await credit(member, "-20.01", "bill-3")), /does not have/);
      assert.equal(message(await credit(member, "-20", "bill-3")), "", "a refusal used no reference up");
      const { transactions } = (await member.api("Wallet/Transactions")).body;
      assert.deepEqual(
        transactions.map(({ kind, amount }: { kind: string; amount: string }) => [kind, amount]),
        [
          ["correction", "-20.000000000000"],
          ["correction", "-5.500000000000"],
          ["credit", "25.500000000000"],
        ],
      );
      for (const amount of ["0", "1e3", "NaN", "", "0.0000000001", "10000001", "١"])
        assert.notEqual(message(await credit(member, amount, "bill-9")), "", amount);
      const pages: string[] = [];
      for (let cursor = ""; ; ) {
        const { body } = await member.api("Wallet/Transactions", { limit: 2, cursor });
        pages.push(...body.transactions.map(({ id }: { id: string }) => id));
        cursor = body.next;
        if (cursor === "") break;
      }
      assert.deepEqual(
        pages,
        transactions.map(({ id }: { id: string }) => id),
      );
      const file = await member.api("Wallet/Transactions", { format: "csv" });
      assert.match(file.body, /^id,time,kind,amount,note\r\n\d+,\d+,correction,-20.000000000000,test\r\n/);
    });

    test("a coupon is used once by each account, and by as many as it is for", async () => {
      const { code } = (await operator.api("Admin/CouponCreate", { amount: "3", uses: 2 })).body.coupon;
      const [first, second, third] = [await host.member(), await host.member(), await host.member()];
      const use = (who: TestVisitor) => who.api("Wallet/Coupon", { code: code.toLowerCase().replaceAll("-", " ") });
      const tries = await Promise.all([use(first), use(first), use(first)]);
      assert.equal(tries.filter(({ body }) => body.result).length, 1);
      assert.equal(await available(first), "3.000000000000");
      const race = await Promise.all([use(second), use(third)]);
      assert.equal(race.filter(({ body }) => body.result).length, 1, "one use was left");
      assert.match(message(await first.api("Wallet/Coupon", { code: "AAAA-BBBB-CCCC-DDDD" })), /not valid/);
      const { coupons } = (await operator.api("Admin/CouponList")).body;
      assert.deepEqual([coupons[0].used, coupons[0].code], ["2", `…${code.slice(-4)}`]);
      const past = await operator.api("Admin/CouponCreate", { amount: 1, expires: 1000 });
      assert.match(message(await third.api("Wallet/Coupon", { code: past.body.coupon.code })), /not valid/);
    });

    test("a payment through Stripe is in the wallet once, by Stripe's word alone", async () => {
      const member = await host.member();
      assert.match(message(await member.api("Wallet/TopUp", { amount: "4.99" })), /5 to 10000/);
      stripe.failNext(503, 1);
      const begun = await member.api("Wallet/TopUp", { amount: "20.50", next: "/wallet" });
      assert.match(begun.body.url, /^https:\/\/checkout\.stripe\.test\/cs_test_/, "asked again after an error");
      const asked = stripe.sessions.at(-1)?.fields;
      assert.deepEqual(
        [asked?.get("mode"), asked?.get("line_items[0][price_data][unit_amount]"), asked?.get("success_url")],
        ["payment", "2050", `${host.server.url}/wallet`],
      );
      const reference = asked?.get("client_reference_id");
      const session = (change: object) => ({
        id: "cs_1",
        object: "checkout.session",
        client_reference_id: reference,
        payment_status: "paid",
        amount_total: 2050,
        currency: "usd",
        ...change,
      });
      const completed = (change: object = {}, options = {}) =>
        stripe.send(host.server.url, { type: "checkout.session.completed", session: session(change) }, options);
      assert.equal(await completed({}, { secret: "whsec_guessed" }), 400);
      assert.equal(await completed({}, { at: Math.floor(Date.now() / 1000) - 3600 }), 400, "an old message again");
      assert.equal((await fetch(`${host.server.url}/hooks/stripe`, { method: "POST", body: "{}" })).status, 400);
      for (const change of [
        { payment_status: "unpaid" },
        { amount_total: 1 },
        { currency: "jpy" },
        { client_reference_id: "somebody-else" },
      ])
        assert.equal(await completed(change), 200);
      assert.equal(await available(member), "0.000000000000");
      const statuses = await Promise.all(Array.from({ length: 6 }, () => completed()));
      assert.ok(statuses.every((status) => status === 200));
      assert.equal(await available(member), "20.500000000000");
      const late = { type: "checkout.session.expired", session: session({}) };
      assert.equal(await stripe.send(host.server.url, late), 200);
      assert.equal(await available(member), "20.500000000000");
    });

    test("a statement by day, project, key, model and task adds up to what was charged", async () => {
      const member = await host.member();
      await credit(member, "50", "for-statement");
      const projects = [];
      for (const name of ["=1+1", "Second"])
        projects.push((await member.api("Project/Create", { name, authmethod: "apikey" })).body);
      const worker = await host.worker();
      const run = async (apikey: string, model: string, fields: object) => {
        const { taskid } = (await apiCall(host.server.url, `Run/${model}`, fields, { "x-api-key": apikey })).body;
        await until(async () => {
          const { body } = await apiCall(host.server.url, "Task/Detail", { taskid }, { "x-api-key": apikey });
          return body.tasklist[0].status === "task_postprocess_end";
        }, `task ${taskid}`);
      };
      await Promise.all([
        run(projects[0].key.apikey, "test/noop", {}),
        run(projects[0].key.apikey, "test/noop", {}),
        run(projects[1].key.apikey, "test/noop", {}),
        run(projects[1].key.apikey, "test/wait", { seconds: 0 }),
      ]);
      await worker.close();
      const statement = async (fields: object) => (await member.api("Wallet/Statement", fields)).body;
      const spent = 50 - Number(await available(member));
      for (const by of ["day", "project", "key", "model", "member", "task"]) {
        const { total, lines } = await statement({ by });
        const sum = lines.reduce((all: number, { amount }: { amount: string }) => all + Number(amount), 0);
        assert.ok(Math.abs(sum - spent) < 1e-9 && Math.abs(Number(total) - spent) < 1e-9, `${by}: ${sum} of ${spent}`);
        assert.equal(
          lines.reduce((all: number, { runs }: { runs: string }) => all + Number(runs), 0),
          4,
          by,
        );
        // The same, a line at a time.
        const paged = [];
        for (let cursor = ""; ; ) {
          const page = await statement({ by, limit: 1, cursor });
          paged.push(...page.lines);
          cursor = page.next;
          if (cursor === "") break;
        }
        assert.deepEqual(paged, lines, by);
      }
      const byModel = (await statement({ by: "model" })).lines.map(
        ({ model, runs }: { model: string; runs: string }) => [model, runs],
      );
      assert.deepEqual(byModel.toSorted(), [
        ["test/noop", "3"],
        ["test/wait", "1"],
      ]);
      const byProject = (await statement({ by: "project" })).lines.map(
        ({ project, runs }: { project: string; runs: string }) => [project, runs],
      );
      assert.deepEqual(byProject, [
        ["=1+1", "2"],
        ["Second", "2"],
      ]);
      const file = await member.api("Wallet/Statement", { by: "project", format: "csv" });
      assert.match(file.body, /^projectid,project,runs,amount\r\n\d+,'=1\+1,2,/, "no formula for spreadsheets");
      assert.match(file.headers.get("content-disposition") ?? "", /^attachment; filename="statement-by-project-/);
      assert.deepEqual((await statement({ by: "day", from: "2020-01-01", to: "2020-12-31" })).lines, []);
      for (const fields of [
        { from: "2026-02-30" },
        { from: "yesterday" },
        { from: "2020-01-01", to: "2026-01-01" },
        { from: "2026-02-02", to: "2026-02-01" },
        { cursor: "x" },
        { by: "planet" },
      ])
        assert.notEqual(message(await member.api("Wallet/Statement", fields)), "", JSON.stringify(fields));
    });

    test("a suspended account does nothing, and everything again once it is restored", async () => {
      const { apiKey, accountId } = await host.account(300n * USD);
      const rows = await host.server.db.all<{ uuid: string }>("select uuid from account where id = ?", [accountId]);
      const run = () => apiCall(host.server.url, "Run/test/noop", {}, { "x-api-key": apiKey });
      assert.equal((await run()).body.result, true);
      await operator.api("Admin/Suspend", { uuid: rows[0]?.uuid });
      assert.equal(message(await run()), "Your account has been suspended. Please contact support.");
      await operator.api("Admin/Restore", { uuid: rows[0]?.uuid });
      assert.equal((await run()).body.result, true);
      assert.match(message(await operator.api("Admin/Suspend", { uuid: await uuidOf(operator) })), /last operator/);
      const acts = (await operator.api("Admin/AuditLog")).body.entries.map(({ action }: { action: string }) => action);
      assert.deepEqual(acts.slice(0, 2), ["admin.restore", "admin.suspend"]);
    });

    test("an operator gives the right to high priority, and takes it again; operators have it", async () => {
      const { apiKey, accountId } = await host.account(300n * USD);
      const rows = await host.server.db.all<{ uuid: string }>("select uuid from account where id = ?", [accountId]);
      const uuid = rows[0]?.uuid;
      const run = async () =>
        message(
          await apiCall(host.server.url, "Run/test/noop", {}, { "x-api-key": apiKey, "modelyard-priority": "high" }),
        );
      assert.match(await run(), /may not ask for high priority/);
      assert.match(message(await operator.api("Admin/Priority", { uuid })), /high/);
      await operator.api("Admin/Priority", { uuid, high: true });
      assert.equal(await run(), "");
      const listed = (await operator.api("Admin/AccountList", { limit: 200 })).body.accounts;
      const may = (which: string | undefined) =>
        listed.find((one: { uuid: string }) => one.uuid === which)?.highpriority;
      assert.deepEqual([may(uuid), may(await uuidOf(operator))], [true, true]);
      await operator.api("Admin/Priority", { uuid, high: "false" });
      assert.match(await run(), /may not ask for high priority/);
      const [act] = (await operator.api("Admin/AuditLog")).body.entries;
      assert.deepEqual([act.action, act.outcome], ["admin.priority", "normal"]);
    });

    test("deleting an account takes its data and keeps the books", async () => {
      const member = await host.member("leaves@test.example");
      await credit(member, "10", "leaving");
      const { project, key } = (await member.api("Project/Create", { name: "P", authmethod: "apikey" })).body;
      const { taskid } = (await member.api("Run/test/echo", { prompt: "very private words", projectid: project.id }))
        .body;
      const form = new FormData();
      form.set("file", new File(["private bytes"], "private.txt"));
      const upload = await fetch(`${host.server.url}/v1/File/Upload`, {
        method: "POST",
        headers: { authorization: `Bearer ${await member.token()}` },
        body: form,
      });
      const { url } = ((await upload.json()) as { list: { url: string }[] }).list[0] ?? { url: "" };
      const leave = (fields: object) => member.account("Delete", { current: "a fine long one", ...fields });
      assert.match(message(await leave({ current: "not the one" })), /password is wrong/);
      assert.match(message(await leave({})), /have not ended/);
      await member.api("Task/Kill", { taskid });
      assert.match(message(await leave({})), /\$10\.00 would be lost/);
      assert.equal(message(await leave({ forfeit: true })), "");
      assert.equal((await apiCall(host.server.url, "Task/Stat", {}, { "x-api-key": key.apikey })).status, 401);
      assert.equal((await member.account("Me")).body.account, null);
      await until(async () => (await fetch(url)).status === 404, "the file is gone");
      const { db } = host.server;
      await until(async () => {
        const [row] = await db.all<{ purged_at: number | null }>(
          "select purged_at from account where email like 'deleted:%'",
          [],
        );
        return row?.purged_at != null;
      }, "its data is gone");
      for (const [table, column] of [
        ["task", "inputs"],
        ["task", "parameters"],
        ["task_event", "events"],
        ["account", "email"],
        ["account", "name"],
        ["mail", "recipient"],
      ]) {
        const left = await db.all<{ n: number }>(
          `select count(*) as n from ${table} where ${column} like '%very private words%' or ${column} like '%leaves@%'`,
          [],
        );
        assert.equal(left[0]?.n, 0, `${table}.${column}`);
      }
      const again = await host.member("leaves@test.example");
      assert.equal(await available(again), "0.000000000000");
    });
  });
}
