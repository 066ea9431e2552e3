/** Reading inputs: the table of reliability (c) 26 to 34 and wire contract 4, and what holds for any body whatever. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import sample from "./fixtures/manifest.json" with { type: "json" };
import { deeperThan, fileValue, type RunInputs, readInputs } from "./inputs.ts";
import { Manifest } from "./manifest.ts";
import { items } from "./manifest-items.ts";

const manifest = Manifest.parse(sample);
const read = (raw: Record<string, unknown>) => readInputs(manifest, { prompt: "p", ...raw });

function value(id: string, raw: unknown): unknown {
  const result = read({ [id]: raw });
  assert.ok(result.ok, result.ok ? "" : result.errors[0]?.message);
  return result.inputs.values[id];
}

function error(id: string, raw: unknown): string {
  const result = read({ [id]: raw });
  assert.ok(!result.ok, `${JSON.stringify(raw)} was taken`);
  assert.deepEqual(
    result.errors.map(({ code, http }) => [code, http]),
    [[0, 200]],
  );
  return result.errors[0]?.message ?? "";
}

test("defaults: what the manifest says, else the least number, the first option, nothing", () => {
  const expected = {
    prompt: "p",
    title: "untitled",
    steps: 20,
    seed: 0,
    mode: "fast",
    cover: "b",
    loop: false,
    picture: [],
    frames: [],
    mixed: [],
  };
  for (const raw of [
    {},
    Object.fromEntries(
      items(manifest)
        .slice(1)
        .map(({ id }) => [id, ""]),
    ),
    { seed: null, mode: undefined },
  ]) {
    assert.deepEqual(read(raw), { ok: true, inputs: { values: expected } });
  }
});

test("26, 27 a required text", () => {
  for (const raw of [undefined, null, "", " ", "\t\n\u00a0", "\0"])
    assert.equal(error("prompt", raw), "Request parameter [prompt] required");
});

test("28, 29 what is no number", () => {
  const wrong = [
    "abc",
    "NaN",
    "Infinity",
    "-Infinity",
    "1e400",
    "0x10",
    "0b1",
    " ",
    " 5",
    "5 ",
    "١",
    "1,5",
    "1_000",
    "--1",
    "1e",
    ".",
    "5px",
    "1e1000",
    true,
    [5],
    { a: 5 },
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ];
  for (const id of ["steps", "seed"])
    for (const raw of wrong)
      assert.equal(error(id, raw), `Request parameter [${id}] must be integer or float`, String(raw));
});

test("30, 31 numbers at and beyond their bounds", () => {
  for (const [raw, expected] of [
    [1, 1],
    ["50", 50],
    ["1e1", 10],
    [".5e1", 5],
    ["+7", 7],
    [20.25, 20.25],
    ["3.", 3],
  ] as const)
    assert.equal(value("steps", raw), expected);
  for (const raw of [0, "0.999", 51, "-1", 1e300])
    assert.equal(error("steps", raw), "Request parameter [steps] must be between 1 and 50");
  assert.equal(value("seed", "9007199254740991"), 9007199254740991);
  for (const raw of ["9007199254740993", Number("9007199254740993"), "-9007199254740993", 1e300]) {
    assert.equal(error("seed", raw), "Request parameter [seed] must be between -9007199254740991 and 9007199254740991");
  }
});

test("32 options are compared as text", () => {
  for (const [raw, expected] of [
    ["fast", "fast"],
    [false, "false"],
    ["false", "false"],
    [2, "2"],
    ["2", "2"],
  ] as const)
    assert.equal(value("mode", raw), expected);
  for (const raw of ["Fast", "slow", true, 3, ["fast"], { value: "fast" }, "fast "])
    assert.equal(error("mode", raw), "Request parameter [mode] must be one of: fast, false, 2");
});

test("checkboxes in every spelling", () => {
  for (const raw of [true, "true", "1", 1, "on"]) assert.equal(value("loop", raw), true);
  for (const raw of [false, "false", "0", 0, "off", "", null]) assert.equal(value("loop", raw), false);
  for (const raw of ["yes", 2, [], {}, "TRUE"])
    assert.equal(error("loop", raw), "Request parameter [loop] must be true or false");
});

test("33, 34 text", () => {
  for (const raw of [{}, [], ["a"], { toString: "x" }])
    assert.equal(error("prompt", raw), "Request parameter [prompt] must be text");
  assert.equal(value("prompt", 7), "7");
  assert.equal(value("prompt", "a\ud800b\0c\u202ed"), "a\ufffdbc\u202ed");
  assert.equal(error("title", "x".repeat(11)), "Request parameter [title] must be at most 10 characters");
  assert.equal(error("prompt", "x".repeat(1_000_000)), "Request parameter [prompt] must be at most 100000 characters");
});

test("files: one, many, mixed, under both names, in every form", () => {
  const a = "https://a.example/1.png";
  const b = "http://b.example/x,y.png";
  const upload = fileValue({ ref: "r", name: "n.png", contentType: "image/png", size: 1 });
  for (const id of ["picture", "frames", "mixed"]) {
    for (const raw of [
      { [id]: a },
      { [`${id}Url`]: a },
      { [id]: "", [`${id}Url`]: a },
      { [id]: [a] },
      { [id]: JSON.stringify([a]) },
      { [`${id}Url`]: [a], [id]: [] },
    ]) {
      const result = read(raw);
      assert.ok(result.ok);
      assert.deepEqual(result.inputs.values[id], [{ url: a }], JSON.stringify(raw));
    }
  }
  assert.deepEqual(value("mixed", [upload, a]), [upload, { url: a }]);
  assert.deepEqual(
    value("mixed", `${a}, ${b}`),
    [{ url: a }, { url: b }],
    "a comma inside an address does not separate",
  );
  assert.deepEqual(value("picture", b), [{ url: b }]);
  assert.deepEqual(
    value("picture", "iVBORw0KGgo="),
    [{ url: "iVBORw0KGgo=" }],
    "an opaque text is the worker's to refuse",
  );
  assert.equal(error("picture", [a, b]), "Request files [picture] must be at most 1");
  assert.equal(error("frames", [a, a, a]), "Request files [frames] must be at most 2");
  for (const raw of [{}, { file: { ref: "x" } }, { ...upload }, { url: a }])
    assert.equal(error("picture", raw), "Request files [picture] must be a file or an address");
});

test("a body can spell no upload: only fileValue makes one", () => {
  const upload = fileValue({ ref: "r", name: "n", contentType: "a/b", size: 1 });
  assert.ok(!read({ picture: JSON.parse(JSON.stringify(upload)) }).ok);
});

test("fields of the prototype are no fields", () => {
  const named = Manifest.parse({
    ...sample,
    inputs: [
      {
        title: "x",
        items: [
          { id: "constructor", type: "text", label: "x" },
          { id: "valueOf", type: "fileinput", label: "x" },
        ],
      },
    ],
  });
  assert.deepEqual(readInputs(named, {}), { ok: true, inputs: { values: { constructor: "", valueOf: [] } } });
});

test("depth is counted without recursion", () => {
  const nested = (depth: number): unknown => {
    let inner: unknown = 1;
    for (let n = 0; n < depth; n++) inner = n % 2 ? [inner] : { a: inner };
    return inner;
  };
  assert.equal(deeperThan(nested(32), 32), false);
  assert.equal(deeperThan(nested(33), 32), true);
  assert.equal(deeperThan(nested(100_000), 32), true);
});

const anything = fc.dictionary(
  fc.oneof(fc.constantFrom(...items(manifest).flatMap(({ id }) => [id, `${id}Url`])), fc.string()),
  fc.oneof(fc.jsonValue(), fc.string(), fc.double(), fc.constant(undefined)),
);

function fits(values: RunInputs["values"]): void {
  for (const item of items(manifest)) {
    const found = values[item.id];
    if (item.type === "range" || item.type === "number")
      assert.ok(
        Number.isFinite(found) &&
          (found as number) >= (item.min ?? -(2 ** 53)) &&
          (found as number) <= (item.max ?? 2 ** 53),
      );
    else if (item.options) assert.ok(item.options.some(({ value }) => value === found));
    else if (item.type === "checkbox") assert.equal(typeof found, "boolean");
    else if (item.type === "text" || item.type === "textarea")
      assert.ok(typeof found === "string" && found.isWellFormed() && !found.includes("\0"));
    else
      assert.ok(
        Array.isArray(found) &&
          found.every((source) => "url" in source && source.url.length <= 2048 && source.url !== ""),
      );
  }
}

test("property: any body is read or refused with texts, never thrown at; what is read fits the manifest and is read again as the same", () => {
  fc.assert(
    fc.property(anything, fc.boolean(), (raw, complete) => {
      const result = readInputs(manifest, complete ? { ...raw, prompt: "p" } : raw);
      if (!result.ok) {
        for (const { message, code } of result.errors) assert.ok(message.startsWith("Request ") && code === 0);
        return;
      }
      fits(result.inputs.values);
      const { values } = result.inputs;
      const scalars = Object.fromEntries(Object.entries(values).filter(([, found]) => !Array.isArray(found)));
      const again = readInputs(manifest, scalars);
      assert.ok(again.ok);
      assert.deepEqual({ ...values, ...again.inputs.values }, { ...values, picture: [], frames: [], mixed: [] });
    }),
    { numRuns: 1_000 },
  );
});
