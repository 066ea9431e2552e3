/** Wire contract 4 and 5: the rules of every item type, what is echoed, and files on their way in, through and out again. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { OutputFile, Task } from "@modelyard/contract";
import { type Caller, caller, type Platform, refused, startPlatform, temporaryFolder } from "@modelyard/testing";

let platform: Platform;
let own: Caller;

before(async () => {
  platform = await startPlatform({ dataDir: temporaryFolder("run-inputs") });
  own = caller(platform.url, platform.firstRun.projects.find(({ auth }) => auth === "apikey") as { apiKey: string });
});
after(() => platform.stop());

type Body = Parameters<Caller["call"]>[1];

/** The ended task and what the model was given. */
async function reach(body: Body): Promise<{ task: Task; inputs: Record<string, unknown> }> {
  const { taskid } = await own.run("test/kinds-2-0", body);
  const task = await own.ended(taskid);
  assert.equal(task.pexit, "0", task.debugerror);
  const [file] = task.outputs as OutputFile[];
  const response = await fetch((file as OutputFile).url);
  assert.equal(response.headers.get("content-type"), (file as OutputFile).contenttype);
  return { task, inputs: (await response.json()) as Record<string, unknown> };
}

const DEFAULTS = {
  story: "once",
  count: 3,
  seed: 0,
  strength: 0.5,
  style: "plain",
  cover: "b",
  loop: true,
  frames: [],
  mixed: [],
};

test("4 defaults are filled in, what was sent is echoed as it was", async () => {
  const { task, inputs } = await reach({ title: "t" });
  assert.deepEqual(inputs, { title: "t", ...DEFAULTS });
  assert.deepEqual(task.parameters, { title: "t" });
});

test("4 scalars in any spelling; unknown ones are kept and reach no model", async () => {
  const spelled = {
    title: 7,
    story: true,
    count: "4",
    seed: 12.5,
    strength: "1e-1",
    style: false,
    cover: "a",
    loop: "false",
    scale: "2",
    nested: { deep: [1, null] },
  };
  const { task, inputs } = await reach(spelled);
  assert.deepEqual(task.parameters, spelled);
  assert.deepEqual(inputs, {
    ...DEFAULTS,
    title: "7",
    story: "true",
    count: 4,
    seed: 12.5,
    strength: 0.1,
    style: "false",
    cover: "a",
    loop: false,
  });
});

test("4 empty strings are absent: forms send every field", async () => {
  const { inputs } = await reach({
    title: "t",
    story: "",
    count: "",
    seed: "",
    strength: null,
    style: "",
    cover: "",
    loop: "",
    picture: "",
    pictureUrl: "",
    frames: "",
    mixed: [],
  });
  assert.deepEqual(inputs, { ...DEFAULTS, title: "t" });
});

const range = (id: string, min: number, max: number) => `Request parameter [${id}] must be between ${min} and ${max}`;
const number = (id: string) => `Request parameter [${id}] must be integer or float`;

for (const [name, fields, message] of [
  ["a required text is missing", { title: undefined }, "Request parameter [title] required"],
  ["it is empty", { title: "" }, "Request parameter [title] required"],
  ["it is blank", { title: " \t\n" }, "Request parameter [title] required"],
  ["it is too long", { title: "x".repeat(41) }, "Request parameter [title] must be at most 40 characters"],
  ["it is an object", { title: { a: 1 } }, "Request parameter [title] must be text"],
  ["it is a list", { title: ["a"] }, "Request parameter [title] must be text"],
  ["a number is text", { count: "abc" }, number("count")],
  ["a number is hexadecimal", { count: "0x10" }, number("count")],
  ["a number is NaN", { count: "NaN" }, number("count")],
  ["a number is infinite", { seed: "Infinity" }, number("seed")],
  ["a number is beyond any", { seed: "1e400" }, number("seed")],
  ["a number is a blank", { count: " " }, number("count")],
  ["a number has other digits", { count: "١" }, number("count")],
  ["a number is a list", { count: [1] }, number("count")],
  ["a number is a truth", { count: true }, number("count")],
  ["a number has a unit", { strength: "0.5px" }, number("strength")],
  ["a number is too small", { count: 0 }, range("count", 1, 10)],
  ["a number is too large", { count: "10.1" }, range("count", 1, 10)],
  ["a range is too large", { strength: 1.01 }, range("strength", 0, 1)],
  ["a range is negative", { strength: "-0.1" }, range("strength", 0, 1)],
  [
    "a whole number that a double cannot hold",
    { seed: "9007199254740993" },
    range("seed", -9007199254740991, 9007199254740991),
  ],
  ["a select has no such option", { style: "huge" }, "Request parameter [style] must be one of: plain, bold, false, 2"],
  ["a cover has no such option", { cover: "A" }, "Request parameter [cover] must be one of: a, b"],
  ["a select is a list", { style: ["plain"] }, "Request parameter [style] must be one of: plain, bold, false, 2"],
  ["a checkbox is neither", { loop: "maybe" }, "Request parameter [loop] must be true or false"],
  [
    "a file is an object",
    { picture: { file: { ref: "0".repeat(48), name: "a", contentType: "a/b", size: 1, accessKey: "x" } } },
    "Request files [picture] must be a file or an address",
  ],
  [
    "an address is endless",
    { picture: `https://example.org/${"x".repeat(3000)}` },
    "Request files [picture] address is longer than 2048 characters",
  ],
  [
    "too many for a fileinput",
    { picture: ["https://a.example/1.png", "https://a.example/2.png"] },
    "Request files [picture] must be at most 1",
  ],
  [
    "too many for its limit",
    { framesUrl: "https://a.example/1,https://a.example/2,https://a.example/3,https://a.example/4" },
    "Request files [frames] must be at most 3",
  ],
] as [string, Record<string, unknown>, string][]) {
  test(`3, 4 refused: ${name}`, async () => {
    await refused(own.call("Run/test/kinds-2-0", { title: "t", ...fields }), { code: 0, message });
  });
}

test("3 a required file is asked for by its own text, under either of its names", async () => {
  const missing = (id: string) => ({ code: 0, message: `Request files [${id}] required` });
  const address = "https://a.example/1.png";
  await refused(own.call("Run/test/needs", {}), missing("one"));
  await refused(own.call("Run/test/needs", { one: "", oneUrl: "" }), missing("one"));
  await refused(own.call("Run/test/needs", { one: [] }), missing("one"));
  await refused(own.call("Run/test/needs", { one: "[]" }), missing("one"));
  await refused(own.call("Run/test/needs", { oneUrl: address }), missing("many"));
  await refused(own.call("Run/test/needs", { one: "", oneUrl: [address], many: [address] }), missing("mix"));
  for (const mix of [
    { mix: address },
    { mixUrl: address },
    { mix: [address] },
    { mix: JSON.stringify([address]) },
    { mix: "", mixUrl: address },
  ]) {
    const { taskid } = await own.run("test/needs", { one: address, manyUrl: `${address}, ${address}`, ...mix });
    await own.call("Task/Kill", { taskid });
  }
});

const bytes = (text: string, type = "image/png") => new Blob([text], { type });
const form = (fields: [string, string | [Blob, string]][]) => {
  const data = new FormData();
  for (const [name, value] of fields) {
    if (typeof value === "string") data.append(name, value);
    else data.append(name, value[0], value[1]);
  }
  return data;
};

test("4, 5 files sent with a run: in order, echoed as addresses that answer, usable again as inputs", async () => {
  const many = Array.from({ length: 3 }, (_, n): [string, [Blob, string]] => [
    "mixed",
    [bytes(`${n}`.repeat(n === 0 ? 300_000 : 1)), `${n}.png`],
  ]);
  const first = await reach(
    form([
      ["title", "t"],
      ["picture", [bytes("PICTURE"), "Mein Bild #1?.PNG"]],
      ["frames[]", [bytes("F0"), "a.jpg"]],
      ["frames[]", [bytes("F1"), "a.jpg"]],
      ...many,
    ]),
  );
  assert.deepEqual(first.inputs.picture, { extension: ".png", text: "PICTURE" });
  assert.deepEqual(first.inputs.frames, [
    { extension: ".jpg", text: "F0" },
    { extension: ".jpg", text: "F1" },
  ]);
  // The first one takes longest to store; the order is the body's all the same.
  assert.deepEqual(
    (first.inputs.mixed as { text: string }[]).map(({ text }) => text[0]),
    ["0", "1", "2"],
  );

  const { picture, frames, mixed } = first.task.parameters as { picture: string; frames: string[]; mixed: string[] };
  for (const [address, text, type] of [
    [picture, "PICTURE", "image/png"],
    [frames[0], "F0", "image/jpeg"],
    [frames[1], "F1", "image/jpeg"],
    [mixed[2], "2", "image/png"],
  ] as [string, string, string][]) {
    assert.match(address, new RegExp(`^${platform.url}/v1/File/[A-Za-z0-9]{30}/[^/]+$`));
    const response = await fetch(address);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), type);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(await response.text(), text);
  }

  const second = await reach({ title: "t", pictureUrl: picture, frames, mixed: JSON.stringify(mixed.slice(0, 2)) });
  assert.deepEqual(second.inputs.picture, first.inputs.picture);
  assert.deepEqual(second.inputs.frames, first.inputs.frames);
  assert.equal((second.inputs.mixed as unknown[]).length, 2);
  assert.equal(second.task.parameters.pictureUrl, picture);

  const third = await reach(
    form([
      ["title", "t"],
      ["framesUrl", frames.join(",")],
      ["frames", [bytes("NEW"), "n.png"]],
      ["mixed", mixed[1] as string],
      ["mixed", [bytes("M"), "m.png"]],
    ]),
  );
  assert.deepEqual(
    (third.inputs.frames as { text: string }[]).map(({ text }) => text),
    ["NEW", "F0", "F1"],
  );
  assert.deepEqual(
    (third.inputs.mixed as { text: string }[]).map(({ text }) => text),
    ["1", "M"],
  );
});

test("4, 8 what a client calls a file reaches no path, and its bytes are served inert", async () => {
  for (const [name, shown] of [
    ["../../../etc/passwd", "passwd"],
    ["C:\\evil\\x.png", "x.png"],
    ["<img src=x>.html", "img src=x.html"],
    [`${"n".repeat(300)}.png`, `${"n".repeat(116)}.png`],
    ["con.", "con"],
    ["…日本.svg", "…日本.svg"],
  ] as const) {
    const { task, inputs } = await reach(
      form([
        ["title", "t"],
        ["picture", [bytes("<script>alert(1)</script>", "text/html"), name]],
      ]),
    );
    const address = new URL(task.parameters.picture as string);
    assert.equal(decodeURIComponent(address.pathname.split("/").at(-1) ?? ""), shown);
    assert.equal((inputs.picture as { text: string }).text, "<script>alert(1)</script>");
    const response = await fetch(address);
    assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'.*sandbox/);
    if (/html|svg|passwd|con/.test(shown))
      assert.match(response.headers.get("content-disposition") ?? "", /^attachment/);
    await response.arrayBuffer();
  }
});

test("8 GET, HEAD and ranges of a file", async () => {
  const { task } = await reach(
    form([
      ["title", "t"],
      ["picture", [bytes("0123456789"), "d.png"]],
    ]),
  );
  const address = task.parameters.picture as string;
  const head = await fetch(address, { method: "HEAD" });
  assert.equal(head.headers.get("content-length"), "10");
  assert.equal(await head.text(), "");
  for (const [header, status, text] of [
    ["bytes=0-3", 206, "0123"],
    ["bytes=7-", 206, "789"],
    ["bytes=-2", 206, "89"],
    ["bytes=0-99999999", 206, "0123456789"],
    ["bytes=-0", 416, ""],
    ["bytes=5-1", 416, ""],
    ["bytes=99999999-", 416, ""],
    [`bytes=${Array.from({ length: 100 }, (_, n) => `${n}-${n}`).join(",")}`, 200, "0123456789"],
    ["lines=1-2", 200, "0123456789"],
  ] as const) {
    const response = await fetch(address, { headers: { range: header } });
    assert.equal(response.status, status, header);
    assert.equal(await response.text(), text, header);
  }
  await refused(own.call("File/x/y"), { status: 404, code: 0, message: "Error parsing url." });
  const [key] = /[A-Za-z0-9]{30}/.exec(address) ?? [];
  assert.equal((await fetch(`${platform.url}/v1/File/${key?.slice(0, 29)}x/d.png`)).status, 404);
  assert.equal((await fetch(`${platform.url}/v1/file/${key}/d.png`)).status, 200);
});

test("5 a run keeps its own form of hostile text: no shell, no option, no line lost", async () => {
  for (const title of [
    "$(touch /tmp/x)",
    "; rm -rf /",
    "--output=/etc/x",
    "@/etc/passwd",
    "a\nb\r\nc",
    "`id`",
    "%s%n",
    "'\"\\",
    "\u202egnp.exe",
  ]) {
    const { task, inputs } = await reach({ title });
    assert.equal(inputs.title, title);
    assert.equal(task.parameters.title, title);
  }
  const { task, inputs } = await reach({ title: "a\u0000b\ud800c" });
  assert.equal(inputs.title, "ab\ufffdc");
  assert.equal(task.parameters.title, "ab\ufffdc");
});
