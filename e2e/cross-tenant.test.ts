// S3: nobody reads or changes what belongs to somebody else. The matrix is made from the contract: every route × every field that names
// something, each with a foreign id and with one that does not exist. Both must be answered alike, and nothing of the other account shows.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ACCOUNT_ROUTES, API_ROUTES } from "@modelyard/contract";
import { PASSWORD, STORES, startTestServer, type TestServer, type TestVisitor, visitor } from "@modelyard/testing";
import { z } from "zod";

/** Fields that name something, by what they name. */
const NAMING: Record<string, keyof Foreign> = {
  taskid: "taskId",
  parenttaskid: "taskId",
  tasktoken: "taskToken",
  socketaccesstoken: "taskToken",
  projectid: "projectId",
  keyid: "keyId",
  fileid: "fileId",
  folderid: "folderId",
  parentid: "folderId",
  uuid: "accountUuid",
  id: "sessionId",
};

/** All other fields, with a value that gets a request as far as possible. Undefined: left out. */
const PLAIN: Record<string, unknown> = {
  callbackUrl: "",
  high: true,
  start: 0,
  limit: 50,
  order: "DESC",
  modelName: "",
  status: undefined,
  // A number to count down from in one's own list; whose task has it does not matter.
  before: "999999999",
  // The same within one task.
  after: 0,
  rotate: undefined,
  file: undefined,
  name: "cross-tenant",
  apikey: undefined,
  authmethod: "apikey",
  cap: undefined,
  capperiod: undefined,
  noncepolicy: undefined,
  alerturl: undefined,
  ipwhitelist: undefined,
  scopes: undefined,
  models: ["test/noop"],
  expires: undefined,
  overlap: 60,
  owner: "test",
  share: "0.5",
  on: undefined,
  below: undefined,
  most: undefined,
  save: undefined,
  forget: undefined,
  creditdays: undefined,
  spend: "1",
  minutes: 5,
  by: "task",
  from: undefined,
  to: undefined,
  format: undefined,
  cursor: undefined,
  amount: "5",
  next: undefined,
  code: "AAAA-BBBB-CCCC-DDDD",
  search: "",
  note: "cross-tenant",
  reference: "cross-tenant-1",
  signups: "open",
  email: undefined,
  uses: 1,
  slugowner: "test",
  slugproject: "noop",
  reason: "cross-tenant",
  section: "docs",
  commentid: "999999999",
  tags: "cross-tenant",
  priority: "low",
  costfrom: undefined,
  costto: undefined,
  shareid: "999999999",
  token: "Z".repeat(30),
  hideinputs: false,
  reportid: "999999999",
  points: 5,
  text: "cross-tenant",
  details: "cross-tenant",
  archive: undefined,
  version: "0",
};

interface Foreign {
  taskId: string;
  taskToken: string;
  projectId: string;
  keyId: string;
  fileId: string;
  folderId: string;
  accountUuid: string;
  sessionId: string;
}

const ABSENT: Foreign = {
  taskId: "987654321",
  taskToken: "Z".repeat(30),
  projectId: "987654321",
  keyId: "987654321",
  fileId: "f".repeat(32),
  folderId: "f".repeat(32),
  accountUuid: "00000000-0000-4000-8000-000000000000",
  sessionId: "987654321",
};

function fieldsOf(type: z.ZodType): string[] {
  const { properties } = z.toJSONSchema(type, { io: "input" }) as { properties?: object };
  return Object.keys(properties ?? {});
}

test("every field of every route is either one that names something, or plain", () => {
  const unknown = API_ROUTES.flatMap(({ path, fields }) =>
    fieldsOf(fields)
      .filter((name) => !(name in NAMING) && !(name in PLAIN))
      .map((name) => `${path}: ${name}`),
  );
  // Tool/* are public; what they ask for names models, which belong to everybody.
  const closed = unknown.filter((entry) => !entry.startsWith("/v1/Tool/"));
  assert.deepEqual(closed, [], "say in NAMING or PLAIN (this file) what these fields are");
});

for (const store of STORES) {
  describe(`S3 cross-tenant matrix (${store.kind})`, () => {
    let host: TestServer;
    let victim: TestVisitor;
    let foreign: Foreign;
    let canaries: string[];
    /** Ways in which the intruder may call: signed in, and with a key that may do everything. */
    let ways: [string, () => Promise<Record<string, string>>][];

    const call = async (path: string, body: string | FormData, headers: Record<string, string>) => {
      const response = await fetch(host.server.url + path, { method: "POST", headers, body });
      return { status: response.status, text: await response.text() };
    };
    /** What the victim can see of everything that is theirs. */
    const possessions = async () => {
      const seen: unknown[] = [];
      for (const [name, fields] of [
        ["Task/List", {}],
        ["Project/List", {}],
        ["Project/Detail", { projectid: foreign.projectId }],
        ["File/List", { folderid: foreign.folderId }],
        ["File/FolderList", {}],
        ["Wallet/Detail", {}],
        ["Wallet/Transactions", {}],
        ["Task/CallbackSecret", { projectid: foreign.projectId }],
        ["Audit/List", {}],
      ] as const)
        seen.push((await victim.api(name, fields)).body);
      return JSON.stringify([
        seen,
        (await victim.account("Me")).body,
        (await victim.account("Sessions")).body.sessions.length,
      ]);
    };

    before(async () => {
      host = await startTestServer(store);
      victim = await host.member("canary-victim@test.example");
      const me = (await victim.account("Me")).body.account;
      await victim.account("Rename", { name: "Canary Name" });
      const made = (await victim.api("Project/Create", { name: "Canary Project", authmethod: "signature" })).body;
      await (await host.operator()).api("Admin/Credit", {
        uuid: me.uuid,
        amount: "20",
        note: "Canary credit",
        reference: "canary",
      });
      const callbackUrl = "http://127.0.0.1:9/canary-callback";
      const run = (
        await victim.api("Run/test/echo", { prompt: "canary prompt", projectid: made.project.id, callbackUrl })
      ).body;
      const folder = (await victim.api("File/FolderCreate", { name: "canary-folder" })).body.list[0];
      const form = new FormData();
      form.set("folderid", folder.id);
      form.set("file", new File(["canary text"], "canary-file.txt"));
      const headers = { authorization: `Bearer ${await victim.token()}` };
      const upload = JSON.parse((await call("/v1/File/Upload", form, headers)).text);
      assert.equal(upload.result, true, JSON.stringify(upload));
      assert.match(run.taskid, /^\d+$/, JSON.stringify(run));
      const sessions = (await victim.account("Sessions")).body.sessions;
      foreign = {
        taskId: run.taskid,
        taskToken: run.socketaccesstoken,
        projectId: made.project.id,
        keyId: made.key.id,
        fileId: upload.list[0].id,
        folderId: folder.id,
        accountUuid: me.uuid,
        sessionId: sessions[0].id,
      };
      canaries = [
        "canary",
        "Canary",
        me.uuid,
        run.socketaccesstoken,
        made.key.apikey,
        made.key.apisecret,
        upload.list[0].id,
      ];

      const intruder = await host.member("intruder@test.example");
      await intruder.account("Rename", { name: "Intruder" });
      const own = (await intruder.api("Project/Create", { name: "Own", authmethod: "apikey" })).body.project;
      const scopes = ["run", "read", "files", "manage"];
      const { apikey } = (await intruder.api("Project/KeyCreate", { projectid: own.id, scopes })).body.key;
      ways = [
        ["signed in", async () => ({ authorization: `Bearer ${await intruder.token()}` })],
        ["with a key", async () => ({ "x-api-key": apikey })],
      ];
    });
    after(() => host.close());

    test("every route answers foreign ids like ids of nothing, and shows nothing of the other account", async () => {
      const before = await possessions();
      let cells = 0;
      for (const route of API_ROUTES) {
        if (route.open) continue;
        const path = route.path.replace("{owner}", "test").replace("{model}", "dollar");
        const names = fieldsOf(route.fields);
        const plain = Object.fromEntries(
          names.filter((name) => PLAIN[name] !== undefined).map((name) => [name, PLAIN[name]]),
        );
        const naming = names.filter((name) => name in NAMING);
        const bodyOf = (extra: object): string | FormData => {
          if (!path.endsWith("File/Upload")) return JSON.stringify({ ...plain, ...extra });
          const form = new FormData();
          for (const [name, value] of Object.entries(extra)) form.set(name, String(value));
          form.set("file", new File(["x"], "x.txt"));
          return form;
        };
        for (const [way, headers] of ways) {
          const credentials = await headers();
          for (const name of naming.length > 0 ? naming : [undefined]) {
            const kind = name === undefined ? undefined : NAMING[name];
            const theirs = kind && name ? { [name]: foreign[kind] } : {};
            const nothing = kind && name ? { [name]: ABSENT[kind] } : {};
            const found = await call(path, bodyOf(theirs), credentials);
            cells++;
            const where = `${path} ${name ?? "without ids"} ${way}: ${found.text}`;
            // A refusal may repeat what was asked for; it must not say more.
            const asked = Object.values(theirs).map(String);
            for (const canary of canaries) if (!asked.includes(canary)) assert.ok(!found.text.includes(canary), where);
            if (route.scope === "operator") assert.match(found.text, /You don't have any permission/, where);
            if (name === undefined) continue;
            const missing = await call(path, bodyOf(nothing), credentials);
            const same = (text: string) =>
              text.replaceAll(String(theirs[name]), "ID").replaceAll(String(nothing[name]), "ID");
            if (!found.text.includes('"result":true'))
              assert.deepEqual([found.status, same(found.text)], [missing.status, same(missing.text)], where);
            else
              assert.match(
                missing.text,
                /"result":true/,
                `${where}\nan id of nothing is answered otherwise: ${missing.text}`,
              );
          }
        }
      }
      assert.ok(cells > 80, `${cells} cells`);
      assert.equal(await possessions(), before, "nothing of the other account has changed");
    });

    test("operators' routes refuse members and keys, an operator's own key too (reliability c, 96)", async () => {
      const operator = await host.operator();
      const { project } = (await operator.api("Project/Create", { name: "Own", authmethod: "apikey" })).body;
      const scopes = ["run", "read", "files", "manage"];
      const { apikey } = (await operator.api("Project/KeyCreate", { projectid: project.id, scopes })).body.key;
      for (const route of API_ROUTES.filter(({ scope }) => scope === "operator")) {
        for (const credentials of [await ways[0]?.[1](), { "x-api-key": apikey }]) {
          const { text } = await call(
            route.path,
            JSON.stringify({ uuid: foreign.accountUuid, amount: "1" }),
            credentials ?? {},
          );
          assert.match(text, /You don't have any permission/, route.path);
        }
      }
    });

    test("account routes act on the session's own account alone", async () => {
      const intruder = visitor(host.server.url);
      await intruder.account("SignIn", { email: "intruder@test.example", password: PASSWORD });
      const before = await possessions();
      for (const { path, access } of ACCOUNT_ROUTES) {
        const name = path.slice("/account/".length);
        const signedOut = await visitor(host.server.url).account(name, { id: foreign.sessionId });
        if (access === "signed-in") assert.equal(signedOut.status, 401, path);
        if (/^(SignOut|SignOutEverywhere|Delete|SignIn|SignUp|Forgot)$/.test(name)) continue;
        const fields = {
          id: foreign.sessionId,
          uuid: foreign.accountUuid,
          accountid: 1,
          name: "Intruder",
          token: "x".repeat(43),
        };
        const { body } = await intruder.account(name, { ...fields, password: PASSWORD, email: "i2@test.example" });
        for (const canary of canaries)
          assert.ok(!JSON.stringify(body).includes(canary), `${path}: ${JSON.stringify(body)}`);
      }
      assert.equal(await possessions(), before);
    });
  });
}
