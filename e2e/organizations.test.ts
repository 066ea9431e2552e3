/** Organisations: who is in them, what each may do, what members spend, and that none of it reaches anybody else. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  OrganizationDetailResponse,
  OrganizationInviteResponse,
  OrganizationResponse,
  OrganizationsResponse,
  USD,
} from "@modelyard/contract";
import { audit } from "@modelyard/server";
import { topUp } from "@modelyard/server/parts";
import {
  type FakeWorker,
  fakeWorker,
  finish,
  PASSWORD,
  post,
  STORES,
  startTestServer,
  type TestServer,
  type TestVisitor,
  tokenIn,
  WHOLE_RUN,
} from "@modelyard/testing";

for (const store of STORES) {
  describe(`organisations on ${store.kind}`, () => {
    let t: TestServer;
    let worker: FakeWorker;
    let owner: TestVisitor;
    let admin: TestVisitor;
    let member: TestVisitor;
    let uuid: string;
    const emails = { owner: "ada@test.example", admin: "grace@test.example", member: "linus@test.example" };
    before(async () => {
      t = await startTestServer(store);
      worker = await fakeWorker(t.server, { slots: 64 });
      owner = await t.member(emails.owner);
      admin = await t.member(emails.admin);
      member = await t.member(emails.member);
    });
    after(async () => {
      await worker.close();
      assert.deepEqual(await audit(t.server.db), []);
      await t.close();
    });

    const name = (of: { body: { errors?: { message: string }[] } }) => of.body.errors?.[0]?.message ?? "";
    const detail = async (who: TestVisitor) =>
      OrganizationDetailResponse.parse((await who.account("OrganizationDetail", { uuid })).body);
    const uuidOf = async (who: TestVisitor) => ((await who.account("Me")).body.account as { uuid: string }).uuid;
    /** Calls /v1 for the organisation. */
    async function acting(who: TestVisitor) {
      const { body } = await who.account("Token", { organization: uuid });
      const token = String(body.token);
      return async (path: string, fields: object = {}) => {
        const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
        return (await post(`${t.server.url}/v1/${path}`, headers, JSON.stringify(fields))).body as Record<
          string,
          unknown
        > & {
          errors: { code: number; message: string }[];
        };
      };
    }
    async function invite(by: TestVisitor, email: string, role: string) {
      const { body } = await by.account("OrganizationInvite", { uuid, email, role });
      return tokenIn(OrganizationInviteResponse.parse(body).url);
    }

    test("its maker owns it; who is invited joins with that address only, once", async () => {
      const made = OrganizationResponse.parse((await owner.account("OrganizationCreate", { name: "Acme" })).body);
      uuid = made.organization.uuid;
      assert.equal(made.organization.role, "owner");
      const forAdmin = await invite(owner, emails.admin, "admin");
      assert.equal(
        name(await member.account("OrganizationJoin", { token: forAdmin })),
        "This invitation is for another e-mail address. Sign in with the account that has it.",
      );
      OrganizationResponse.parse((await admin.account("OrganizationJoin", { token: forAdmin })).body);
      assert.equal(
        name(await admin.account("OrganizationJoin", { token: forAdmin })),
        "This link is not valid (any more).",
      );
      const first = await invite(admin, emails.member, "member");
      const second = await invite(admin, emails.member, "member");
      assert.equal(
        name(await member.account("OrganizationJoin", { token: first })),
        "This link is not valid (any more).",
      );
      OrganizationResponse.parse((await member.account("OrganizationJoin", { token: second })).body);
      const seen = await detail(owner);
      assert.deepEqual(
        seen.members.map(({ email, role }) => [email, role]),
        [
          [emails.owner, "owner"],
          [emails.admin, "admin"],
          [emails.member, "member"],
        ],
      );
      const listed = OrganizationsResponse.parse((await member.account("Organizations")).body);
      assert.deepEqual(
        listed.organizations.map((one) => [one.name, one.role]),
        [["Acme", "member"]],
      );
      assert.equal(
        name(await admin.account("OrganizationInvite", { uuid, email: emails.member, role: "member" })),
        "This account is a member already.",
      );
    });

    test("owners do everything, admins manage members, members run; outsiders find nothing", async () => {
      const denied = "You don't have any permission for this action.";
      assert.equal(
        name(await admin.account("OrganizationInvite", { uuid, email: "x@test.example", role: "admin" })),
        denied,
      );
      assert.equal(name(await member.account("OrganizationInvite", { uuid, email: "x@test.example" })), denied);
      assert.equal(
        name(await admin.account("OrganizationMember", { uuid, member: await uuidOf(owner), role: "member" })),
        denied,
      );
      assert.equal(
        name(await admin.account("OrganizationMember", { uuid, member: await uuidOf(member), role: "owner" })),
        denied,
      );
      assert.equal(
        name(await admin.account("OrganizationMemberRemove", { uuid, member: await uuidOf(owner) })),
        denied,
      );
      assert.equal(name(await admin.account("OrganizationDelete", { uuid, current: PASSWORD })), denied);
      assert.equal(
        name(await owner.account("OrganizationMember", { uuid, member: await uuidOf(owner), role: "admin" })),
        "Acme needs an owner. Make another member its owner first, or delete it.",
      );
      assert.equal(
        name(await owner.account("OrganizationMemberRemove", { uuid, member: await uuidOf(owner) })),
        "Acme needs an owner. Make another member its owner first, or delete it.",
      );
      assert.equal(
        name(await owner.account("Delete", { current: PASSWORD, forfeit: true })),
        "Acme needs an owner. Make another member its owner first, or delete it.",
      );
      const outsider = await t.member();
      for (const [path, fields] of [
        ["OrganizationDetail", {}],
        ["OrganizationRename", { name: "Mine" }],
        ["OrganizationInvite", { email: "x@test.example" }],
        ["OrganizationInvitationRevoke", { id: 1 }],
        ["OrganizationMember", { member: await uuidOf(member), cap: "1" }],
        ["OrganizationMemberRemove", { member: await uuidOf(member) }],
        ["OrganizationDelete", { current: PASSWORD }],
        ["Token", { organization: uuid }],
      ] as const)
        assert.equal(name(await outsider.account(path, { uuid, ...fields })), "organization-not-exist", path);
      assert.equal((await detail(member)).invitations.length, 0);
    });

    test("what is made for it is its own: projects, wallet, runs; not the member's", async () => {
      const forOrg = await acting(owner);
      const alone = async (path: string) =>
        (await owner.api(path)).body as { tasklist?: unknown[]; project?: { name: string }[] };
      const projects = (await forOrg("Project/List")).project as { name: string }[];
      assert.deepEqual(
        projects.map((project) => project.name),
        ["First project"],
      );
      assert.equal((await forOrg("Wallet/Detail")).available as string, "0.000000000000");
      await t.server.db.write((tx) =>
        tx
          .all<{ id: number }>("select id from account where uuid = ?", [uuid])
          .then(([row]) => topUp(tx, { accountId: row?.id ?? 0, amount: 50n * USD, note: "test" })),
      );
      const run = await forOrg("Run/test/talk", { prompt: "x" });
      const lease = await worker.next("assign");
      await worker.report(lease, 1, WHOLE_RUN, finish());
      const inside = (await (await acting(member))("Task/Detail", { taskid: run.taskid })).tasklist as {
        pexit: string;
      }[];
      assert.equal(inside[0]?.pexit, "0", "members see the organisation's runs");
      assert.equal((await alone("Task/List")).tasklist?.length, 0);
      const foreign = (await owner.api("Task/Detail", { taskid: run.taskid })).body as { errors: { code: number }[] };
      assert.equal(foreign.errors[0]?.code, 1);
      const spent = (await forOrg("Wallet/Detail")).available;
      assert.equal(spent, "49.997000000000");
      const { lines } = (await forOrg("Wallet/Statement", { by: "member" })) as {
        lines?: { member: string; runs: string }[];
      };
      assert.deepEqual(
        lines?.map(({ member: who, runs }) => [who, runs]),
        [[emails.owner, "1"]],
      );
      const theirs = (await owner.api("Wallet/Statement", { by: "member" })).body;
      assert.deepEqual(theirs.lines, [], "the organisation's runs are not the member's own");
      // A plain member runs, and does not manage.
      const asMember = await acting(member);
      assert.equal(
        (await asMember("Project/Create", { name: "P", authmethod: "apikey" })).errors[0]?.message,
        "You don't have any permission for this action.",
      );
      assert.equal(
        (await asMember("Wallet/Statement")).errors[0]?.message,
        "You don't have any permission for this action.",
      );
      assert.equal((await asMember("Project/List")).errors.length, 0);
      const browser = { models: ["test/talk"], spend: "1", minutes: 5 };
      assert.equal(
        (await asMember("Token/Create", browser)).errors[0]?.message,
        "You don't have any permission for this action.",
        "a token would outlive the membership and its cap",
      );
      assert.equal(
        (await (await acting(admin))("Project/Create", { name: "Admin's", authmethod: "apikey" })).errors.length,
        0,
      );
      // The operator's rights stay at home.
      const operator = await t.operator();
      const { body } = await operator.account("OrganizationCreate", { name: "Ops" });
      const { token } = (
        await operator.account("Token", { organization: (body.organization as { uuid: string }).uuid })
      ).body;
      const asked = await post(`${t.server.url}/v1/Admin/AccountList`, { authorization: `Bearer ${token}` }, "{}");
      assert.equal(
        (asked.body as { errors: { message: string }[] }).errors[0]?.message,
        "You don't have any permission for this action.",
      );
    });

    test("a member's cap stops that member and nobody else; what was held and not spent comes back", async () => {
      const changed = await admin.account("OrganizationMember", {
        uuid,
        member: await uuidOf(member),
        cap: "0.035",
        capperiod: "total",
      });
      const capped = OrganizationDetailResponse.parse(changed.body).members.find(
        ({ email }) => email === emails.member,
      );
      // The earlier run of the organisation was the owner's.
      assert.deepEqual([capped?.cap?.amount, capped?.cap?.used], ["0.035000000000", "0.000000000000"]);
      const asMember = await acting(member);
      const held = await asMember("Run/test/echo", { prompt: "x" });
      const refused = await asMember("Run/test/echo", { prompt: "y" });
      assert.equal(refused.errors[0]?.code, 97);
      assert.match(refused.errors[0]?.message ?? "", /^Insufficient balance: the spend cap of \$0\.03 of member/);
      assert.equal((await (await acting(admin))("Run/test/talk", { prompt: "mine" })).errors.length, 0);
      for (let n = 0; n < 2; n++) {
        const lease = await worker.next("assign");
        await worker.report(lease, 1, WHOLE_RUN, finish({ exitCode: lease.task === held.taskid ? 1 : 0 }));
      }
      const used = (await detail(owner)).members.find(({ email }) => email === emails.member)?.cap?.used;
      assert.equal(used, "0.000000000000", "the failed run gave its hold back");
      assert.equal((await asMember("Run/test/echo", { prompt: "again" })).errors.length, 0);
      const lease = await worker.next("assign");
      await worker.report(lease, 1, WHOLE_RUN, finish());
    });

    test("who is removed is out with the next request; the log says who did what", async () => {
      const asMember = await acting(member);
      assert.equal((await asMember("Task/List")).errors.length, 0);
      await admin.account("OrganizationMemberRemove", { uuid, member: await uuidOf(member) });
      assert.equal((await asMember("Task/List")).errors[0]?.message, "Authorization bearer token is invalid.");
      assert.equal(name(await member.account("OrganizationDetail", { uuid })), "organization-not-exist");
      const asAdmin = await acting(admin);
      await owner.account("OrganizationMember", { uuid, member: await uuidOf(admin), role: "member" });
      assert.equal(
        (await asAdmin("Wallet/Detail")).errors[0]?.message,
        "You don't have any permission for this action.",
      );
      const log = (await (await acting(owner))("Audit/List")).entries as { actor: string; action: string }[];
      assert.deepEqual(
        new Set(log.map(({ action }) => action)),
        new Set([
          "organization.create",
          "organization.invite",
          "organization.join",
          "organization.cap",
          "organization.remove",
          "organization.role",
          "project.create",
        ]),
      );
      const removal = log.find(({ action }) => action === "organization.remove");
      assert.equal(removal?.actor, `account:${await uuidOf(admin)}`);
    });

    test("nobody signs in as the organisation, and it is deleted with all that is its own", async () => {
      const visitorOf = await t.member();
      const tried = await visitorOf.account("SignIn", { email: `organization:${uuid}`, password: "none" });
      assert.equal(tried.body.result, false);
      assert.equal(
        name(await owner.account("OrganizationDelete", { uuid, current: "wrong one" })),
        "The password is wrong.",
      );
      assert.match(
        name(await owner.account("OrganizationDelete", { uuid, current: PASSWORD })),
        /^The balance of \$49\.\d\d would be lost/,
      );
      const asOwner = await acting(owner);
      const done = await owner.account("OrganizationDelete", { uuid, current: PASSWORD, forfeit: true });
      assert.equal(done.body.result, true, name(done));
      assert.equal((await asOwner("Task/List")).errors[0]?.message, "Authorization bearer token is invalid.");
      assert.deepEqual((await owner.account("Organizations")).body.organizations, []);
    });
  });
}
