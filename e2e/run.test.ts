/** Wire contract 3 and 1: how a run is named and in which forms its body may come. The items' own rules: run-inputs.test.ts. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  type Caller,
  caller,
  type Platform,
  rawExchange,
  refused,
  runOf,
  startPlatform,
  temporaryFolder,
} from "@modelyard/testing";

let platform: Platform;
let own: Caller;

before(async () => {
  platform = await startPlatform({ dataDir: temporaryFolder("run") });
  own = caller(platform.url, platform.firstRun.projects.find(({ auth }) => auth === "apikey") as { apiKey: string });
});
after(() => platform.stop());

/** Starts a run of the model with every kind of input and returns what was echoed; the task is not waited for. */
async function parameters(body: Parameters<Caller["call"]>[1], type?: string): Promise<Record<string, unknown>> {
  const { taskid } = await own.run("test/kinds-2-0", body, type === undefined ? {} : { "content-type": type });
  return (await own.detail(taskid)).parameters;
}

test("3 a model is named in any spelling of its slug", async () => {
  for (const path of [
    "Run/test/kinds-2-0",
    "Run/test/Kinds%202.0",
    "Run/test/kinds 2.0",
    "run/TEST/KINDS%202.0",
    "RUN/Test/kinds%202-0",
    "Run/%20test%20/%20Kinds%202.0%20",
    "Run/test/kinds-2-0/",
    "Run/test/kinds-2-0?source=n8n",
  ]) {
    const task = await runOf(own.call(path, { title: "t" }));
    const { modelslugowner, modelslugproject } = await own.detail(task.taskid);
    assert.deepEqual([modelslugowner, modelslugproject], ["test", "kinds-2-0"], path);
  }
});

test("3 a literal blank in the request line is no HTTP; the server says so and lives", async () => {
  const text = await rawExchange(
    platform.url,
    "POST /v1/Run/test/kinds 2.0 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
    { enough: /\r\n\r\n/ },
  );
  assert.match(text, /^HTTP\/1\.1 400 /);
  assert.equal((await fetch(`${platform.url}/health`)).status, 200);
});

test("3 unknown models and addresses", async () => {
  for (const path of [
    "test/nothing",
    "nobody/echo",
    "test/kinds_2_0",
    "..%2f..%2fetc/passwd",
    "test/%00",
    "tеst/echo",
    `test/${"x".repeat(200)}`,
  ]) {
    await refused(own.call(`Run/${path}`), { code: 1, message: "slug-owner-project-not-exist" });
  }
  for (const path of [
    "Run",
    "Run/test",
    "Run/test/echo/now",
    "Run/%zz/echo",
    `Run/test/${"x".repeat(600)}`,
    "Task",
    "Nothing",
  ]) {
    await refused(own.call(path), { status: 404, code: 0, message: "Error parsing url." });
  }
});

test("3 the answer is flat, the names are strings", async () => {
  const { status, headers, body } = await own.call("Run/test/kinds-2-0", { title: "t" });
  assert.equal(status, 200);
  assert.match(headers.get("content-type") ?? "", /^application\/json/);
  assert.deepEqual(Object.keys(body as object).sort(), ["errors", "result", "socketaccesstoken", "taskid"]);
  await runOf({ status, headers, body });
});

test("1 JSON under its own, a wrong, a boundary-less and no content type", async () => {
  const body = '{"title":"a","loop":"false","count":"7"}';
  for (const type of [
    "application/json",
    "application/json; charset=utf-8",
    "APPLICATION/JSON",
    "multipart/form-data",
    "multipart/form-data; charset=utf-8",
    "application/x-www-form-urlencoded",
    "text/plain",
    "application/octet-stream",
    "nonsense",
    undefined,
  ]) {
    assert.deepEqual(await parameters(body, type), { title: "a", loop: "false", count: "7" }, String(type));
  }
  assert.deepEqual(await parameters(`\ufeff${body}`), { title: "a", loop: "false", count: "7" }, "a byte order mark");
  assert.deepEqual(await parameters(` \n ${body} \n`, "application/x-www-form-urlencoded"), {
    title: "a",
    loop: "false",
    count: "7",
  });
});

test("1 no body and {} both mean: no fields", async () => {
  for (const body of ["", "{}", "  "]) {
    await refused(own.call("Run/test/kinds-2-0", body), { code: 0, message: "Request parameter [title] required" });
    await refused(own.call("Task/Detail", body), { code: 0, message: "taskid or socketaccesstoken is required" });
  }
  await refused(own.call("Run/test/kinds-2-0", new FormData()), {
    code: 0,
    message: "Request parameter [title] required",
  });
});

test("1 urlencoded, with repeated fields as a list", async () => {
  const type = "application/x-www-form-urlencoded";
  assert.deepEqual(await parameters("title=a+b%26c&count=7&extra=1&extra=2&tags[]=x&list[0]=p&list[1]=q", type), {
    title: "a b&c",
    count: "7",
    extra: ["1", "2"],
    tags: ["x"],
    list: ["p", "q"],
  });
  assert.deepEqual(await parameters(new URLSearchParams({ title: "ü" })), { title: "ü" });
});

test("1 multipart: fields, repeated fields, name[], name[0], an empty file part", async () => {
  const form = new FormData();
  form.append("title", "a");
  form.append("story", "line one\r\nline two");
  for (const value of ["1", "2"]) form.append("extra", value);
  form.append("tags[]", "x");
  form.append("list[0]", "p");
  form.append("list[1]", "q");
  form.append("picture", new Blob([]), "");
  assert.deepEqual(await parameters(form), {
    title: "a",
    story: "line one\r\nline two",
    extra: ["1", "2"],
    tags: ["x"],
    list: ["p", "q"],
  });
});

test("1 multipart as old clients write it: quoted boundary, preamble, no final line end, part types", async () => {
  const body = [
    "ignored preamble",
    "--a b",
    'Content-Disposition: form-data; name="title"',
    "Content-Type: text/plain; charset=utf-8",
    "",
    "grüße",
    "--a b",
    'content-disposition: form-data; name="count"',
    "",
    "7",
    "--a b--",
  ].join("\r\n");
  assert.deepEqual(await parameters(body, 'multipart/form-data; boundary="a b"'), { title: "grüße", count: "7" });
  assert.deepEqual(await parameters(body.replaceAll("--a b", "--xY"), "Multipart/Form-Data; Boundary=xY"), {
    title: "grüße",
    count: "7",
  });
});

test("1 Task/* takes the same forms as Run", async () => {
  const { taskid, socketaccesstoken } = await own.run("test/dollar");
  const form = (fields: Record<string, string>) => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.append(name, value);
    return data;
  };
  for (const body of [
    form({ taskid }),
    new URLSearchParams({ tasktoken: socketaccesstoken }),
    JSON.stringify({ taskid: Number(taskid) }),
  ]) {
    const { body: answer } = await own.call("Task/Detail", body);
    assert.equal((answer as { tasklist?: { id: string }[] }).tasklist?.[0]?.id, taskid);
  }
  const { body } = await own.call("Task/Cancel", form({ taskid }));
  assert.equal((body as { tasklist?: { status: string }[] }).tasklist?.[0]?.status, "task_cancel");
});

test("3 bodies that are none", async () => {
  const invalid = { code: 0, message: "Request parameters are invalid." };
  for (const body of [
    "{",
    "[]",
    '"text"',
    "null",
    "7",
    "{]",
    '{"a":1}}',
    "title=x",
    `{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`,
  ]) {
    await refused(own.call("Run/test/kinds-2-0", body, { "content-type": "application/json" }), invalid);
  }
  for (const body of [
    "",
    "--x",
    "--x\r\n\r\n",
    '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nnever ends',
    "no boundary at all",
  ]) {
    const answer = await own.call("Run/test/kinds-2-0", body, { "content-type": "multipart/form-data; boundary=x" });
    if (body === "") await refused(answer, { code: 0, message: /invalid|title/ });
    else await refused(answer, invalid);
  }
});

test("3 callbackUrl: none, prose, an address, and what is refused", async () => {
  const calls = async (callbackUrl: unknown) => {
    const { taskid } = await own.run("test/kinds-2-0", { title: "t", callbackUrl });
    const task = await own.detail(taskid);
    assert.ok(!("callbackUrl" in task.parameters));
    return task.callbackurl;
  };
  for (const none of [
    "",
    "  ",
    null,
    7,
    "call me when it is done",
    "Optional: your webhook address.",
    "C: drive",
    "webhook",
  ])
    assert.equal(await calls(none), "", String(none));
  assert.equal(await calls("https://example.org/done?task=1"), "https://example.org/done?task=1");
  assert.equal(await calls(" http://example.org:8080/x "), "http://example.org:8080/x");
  for (const bad of [
    "javascript:alert(1)",
    "file:///etc/passwd",
    "ftp://example.org/",
    "https://user:pw@example.org/",
    "http://",
    `https://example.org/${"x".repeat(3000)}`,
  ]) {
    await refused(own.call("Run/test/kinds-2-0", { title: "t", callbackUrl: bad }), {
      code: 0,
      message: "Request parameter [callbackUrl] must be an http or https address",
    });
  }
});

test("3 projectid bills another project of the same account, and only such a one", async () => {
  const projects = await Promise.all(
    platform.firstRun.projects.map(async (project) => {
      const { taskid } = await caller(platform.url, project).run("test/kinds-2-0", { title: "t" });
      return (await own.detail(taskid)).projectid;
    }),
  );
  assert.notEqual(projects[0], projects[1]);
  for (const projectid of [...projects, Number(projects[0]), ""]) {
    const { taskid } = await own.run("test/kinds-2-0", { title: "t", projectid });
    const task = await own.detail(taskid);
    assert.equal(task.projectid, projectid === "" ? projects[1] : String(projectid));
    assert.ok(!("projectid" in task.parameters));
  }
  for (const projectid of ["999999", "-1", "1 or 1=1", "0", [projects[0], "5"]]) {
    await refused(own.call("Run/test/kinds-2-0", { title: "t", projectid }), {
      code: 0,
      message: "You don't have any permission for this action.",
    });
  }
});
