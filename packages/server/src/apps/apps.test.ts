/** The pure parts of apps: what comes next, what it costs before and after, and what does not fit. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type AppRunner, type FileSource, formatUsd, Manifest } from "@modelyard/contract";
import { billOf } from "./policy-bill.ts";
import { appProblem } from "./policy-check.ts";
import { planApp, type StepRun } from "./policy-plan.ts";
import { mostEach, quoteApp } from "./policy-quote.ts";

const file = (name: string): FileSource => ({ file: { ref: name, name, contentType: "image/png", size: 1 } });
const names = (files: readonly FileSource[]) => files.map((one) => ("file" in one ? one.file.name : one.url));
const done = (files: string[] = [], text = ""): StepRun => ({ state: "done", files: files.map(file), text });

function model(change: object): Manifest {
  return Manifest.parse({
    owner: "m",
    slug: "x",
    title: "X",
    description: "X",
    categories: ["tool"],
    inputs: [],
    output: "file",
    price: [{ method: "cpr", price: "0.01" }],
    runner: { type: "command", command: ["true"] },
    license: { code: "Apache-2.0" },
    ...change,
  });
}
const group = (...items: object[]) => [{ title: "Input", items }];
const MODELS: Record<string, Manifest> = {
  "m/depends": model({
    inputs: group(
      { id: "about", type: "text", label: "About" },
      { id: "size", type: "select", label: "Size", options: [{ value: "l" }], when: { about: true } },
    ),
    price: [
      { method: "cpr", price: "0.05", inputs: { size: "l" } },
      { method: "cpr", price: "0.01" },
    ],
  }),
  "m/picture": model({
    inputs: group(
      { id: "image", type: "fileinput", label: "Image" },
      { id: "size", type: "select", label: "Size", options: [{ value: "s" }, { value: "l" }] },
    ),
    price: [
      { method: "cpr", price: "0.05", inputs: { size: "l" } },
      { method: "cpr", price: "0.01" },
    ],
  }),
  "m/talk": model({
    inputs: group({ id: "prompt", type: "textarea", label: "Prompt", required: true, maxLength: 200 }),
    output: "text",
    price: [{ method: "cp-promptlength", price: "0.001" }],
  }),
  "m/timed": model({
    inputs: group({ id: "image", type: "fileinput", label: "Image", required: true }),
    price: [{ method: "cps", price: "0.001" }],
    limits: { timeout: 50 },
  }),
};
const modelOf = (name: string) => MODELS[name];

function app(steps: object[], rest: object = {}): AppRunner {
  const inputs = group(
    { id: "photos", type: "multifileinput", label: "Photos", maxFiles: 50 },
    { id: "prompt", type: "text", label: "Prompt" },
    { id: "film", type: "checkbox", label: "Film" },
    { id: "size", type: "select", label: "Size", options: [{ value: "s" }, { value: "l" }] },
  );
  const { runner } = model({ price: undefined, inputs, runner: { type: "app", steps, ...rest } });
  assert.ok(runner.type === "app");
  return runner;
}
const plan = (runner: AppRunner, inputs: Parameters<typeof planApp>[1], runs: Record<string, StepRun>) =>
  planApp(runner, inputs, new Map(Object.entries(runs)), mostEach);

test("steps start when all that they refer to is over; those of one file follow each other by that file", () => {
  const runner = app([
    { id: "cut", model: "m/picture", each: "${inputs.photos}", inputs: { image: "${each}" } },
    { id: "tell", model: "m/talk", inputs: { prompt: "${inputs.prompt}!" } },
    { id: "place", model: "m/picture", each: "${inputs.photos}", inputs: { image: "${steps.cut.each.files[0]}" } },
    { id: "bind", model: "m/talk", inputs: { prompt: "${steps.tell.text}" } },
  ]);
  const inputs = { photos: [file("1"), file("2")], prompt: "hi" };
  const first = plan(runner, inputs, {});
  assert.ok(first.kind === "on");
  assert.deepEqual(
    first.start.map(({ key }) => key),
    ["cut#0", "cut#1", "tell"],
  );
  assert.deepEqual(first.start[2]?.fields, { prompt: "hi!" });
  const second = plan(runner, inputs, {
    "cut#0": done(["a", "b"]),
    "cut#1": { state: "active" },
    tell: done([], "once"),
  });
  assert.ok(second.kind === "on");
  assert.deepEqual([second.start.map(({ key }) => key), second.done, second.total], [["bind"], 1, 4]);
  const third = plan(runner, inputs, {
    "cut#0": done(["a", "b"]),
    "cut#1": done(["c"]),
    tell: done([], "once"),
    bind: { state: "active" },
  });
  assert.ok(third.kind === "on");
  assert.deepEqual(
    third.start.map(({ key, fields }) => [key, names(fields.image as FileSource[])]),
    [
      ["place#0", ["a"]],
      ["place#1", ["c"]],
    ],
  );
  const last = plan(runner, inputs, {
    "cut#0": done(["a"]),
    "cut#1": done(["c"]),
    tell: done([], "once"),
    bind: done([], "bound"),
    "place#0": done(["p"]),
    "place#1": done(["q"]),
  });
  assert.deepEqual(last, {
    kind: "done",
    files: [],
    text: "bound",
    runs: [{ state: "done", files: [], text: "bound" }],
  });
});

test("a step that is left out has made nothing; the next alternative is taken", () => {
  const runner = app(
    [
      { id: "film", model: "m/picture", when: { value: "${inputs.film}" } },
      { id: "still", model: "m/picture", when: { value: "${inputs.film}", is: false } },
      { id: "end", model: "m/picture", inputs: { image: "${steps.film.files[0] ?? steps.still.files[0]}" } },
    ],
    { outputs: ["${steps.end.files}", "${steps.film.files}"] },
  );
  const start = plan(runner, { film: false }, {});
  assert.ok(start.kind === "on");
  assert.deepEqual(
    start.start.map(({ key }) => key),
    ["still"],
  );
  const next = plan(runner, { film: false }, { still: done(["s"]) });
  assert.ok(next.kind === "on");
  assert.deepEqual(names(next.start[0]?.fields.image as FileSource[]), ["s"]);
  const end = plan(runner, { film: false }, { still: done(["s"]), end: done(["e"]) });
  assert.ok(end.kind === "done");
  assert.deepEqual(names(end.files), ["e"]);
});

test("no files: a step with each has nothing to do; too many: the app fails before it starts more than was held for", () => {
  const runner = app([
    { id: "cut", model: "m/picture", each: "${inputs.photos}" },
    { id: "more", model: "m/picture", each: "${steps.cut.files}", max: 2 },
  ]);
  const none = plan(runner, { photos: [] }, {});
  assert.ok(none.kind === "done" && none.files.length === 0);
  const many = plan(runner, { photos: [file("1")] }, { "cut#0": done(["a", "b", "c"]) });
  assert.deepEqual(many, { kind: "failed", reason: "Step more: 3 files are too many; at most 2." });
  const failed = plan(runner, { photos: [file("1")] }, { "cut#0": { state: "failed", reason: "it broke." } });
  assert.deepEqual(failed, { kind: "failed", reason: "Step cut: it broke." });
});

test("the quote is the sum of what will run; what is not known counts at its most", () => {
  const quoted = (steps: object[], inputs: Parameters<typeof quoteApp>[1]) => {
    const { method, hold, lines } = quoteApp(app(steps), inputs, modelOf);
    return [method, formatUsd(hold, 3), lines.map(({ quantity, price }) => [quantity, formatUsd(price, 3)])];
  };
  const each = {
    id: "cut",
    model: "m/picture",
    each: "${inputs.photos}",
    inputs: { image: "${each}", size: "${inputs.size}" },
  };
  assert.deepEqual(quoted([each], { photos: [file("1"), file("2")], size: "l" }), ["cpr", "0.100", [[2, "0.050"]]]);
  assert.deepEqual(quoted([each], { photos: [file("1")], size: "s" }), ["cpr", "0.010", [[1, "0.010"]]]);
  assert.deepEqual(quoted([each], { photos: [] }), ["cpr", "0.000", []]);
  const film = {
    id: "film",
    model: "m/timed",
    when: { value: "${inputs.film}" },
    inputs: { image: "${inputs.photos}" },
  };
  assert.deepEqual(quoted([film], { film: false, photos: [] }), ["cpr", "0.000", []]);
  assert.deepEqual(quoted([film], { film: true, photos: [] }), ["cp-readoutput", "0.050", [[1, "0.050"]]]);
  // Whether the size applies hangs on an answer.
  const ask = { id: "ask", model: "m/talk", inputs: { prompt: "four" } };
  const draw = { id: "draw", model: "m/depends", inputs: { about: "${steps.ask.text}" } };
  const blank = { id: "draw", model: "m/depends", inputs: {} };
  assert.deepEqual(quoted([blank], {})[1], "0.010", "without a subject there is no size to pay for");
  assert.deepEqual(quoted([ask, draw], {}).slice(0, 2), ["cp-readoutput", "0.054"]);
  // How long the text of a step is, which size its answer chooses and how many files it makes is known when it is over.
  const talk = { id: "talk", model: "m/talk", inputs: { prompt: "four" } };
  const again = { id: "again", model: "m/talk", inputs: { prompt: "${steps.talk.text}" } };
  assert.deepEqual(quoted([talk, again], {}), [
    "cp-readoutput",
    "0.204",
    [
      [1, "0.004"],
      [1, "0.200"],
    ],
  ]);
  const sized = { id: "sized", model: "m/picture", inputs: { size: "${steps.talk.text}" } };
  assert.deepEqual(quoted([talk, sized], {}), [
    "cp-readoutput",
    "0.054",
    [
      [1, "0.004"],
      [1, "0.050"],
    ],
  ]);
  const fan = { id: "fan", model: "m/picture", each: "${steps.talk.files}", max: 7, inputs: { size: "s" } };
  assert.deepEqual(quoted([talk, fan], {}), [
    "cp-readoutput",
    "0.074",
    [
      [1, "0.004"],
      [7, "0.010"],
    ],
  ]);
  const maybe = { id: "maybe", model: "m/picture", when: { value: "${steps.talk.text}" }, inputs: { size: "s" } };
  assert.deepEqual(quoted([talk, maybe], {})[0], "cp-readoutput");
});

test("the bill is the sum of the steps, by owner, and never more than was held", () => {
  const cost = (name: string, owner: string, amount: bigint) => ({ name, owner, amount });
  const whole = billOf([cost("a", "x", 3n), cost("a", "x", 3n), cost("b", "y", 4n)], 20n);
  assert.deepEqual([whole.bill.cost, whole.bill.note], [10n, undefined]);
  assert.deepEqual(
    whole.bill.lines.map(({ unit, quantity, amount }) => [unit, quantity, amount]),
    [
      ["a", 2, 6n],
      ["b", 1, 4n],
    ],
  );
  assert.deepEqual(whole.revenue, [
    { owner: "x", amount: 6n },
    { owner: "y", amount: 4n },
  ]);
  const cut = billOf([cost("a", "x", 6n), cost("b", "y", 6n)], 8n);
  assert.equal(cut.bill.cost, 8n);
  assert.equal(
    cut.revenue.reduce((sum, { amount }) => sum + amount, 0n),
    8n,
  );
  assert.match(cut.bill.note ?? "", /^Cut to/);
});

test("what does not fit the models is said in a sentence", () => {
  const problem = (steps: object[]) =>
    appProblem(
      model({
        price: undefined,
        inputs: group({ id: "photos", type: "multifileinput", label: "P" }, { id: "prompt", type: "text", label: "T" }),
        runner: { type: "app", steps },
      }),
      modelOf,
    );
  assert.equal(problem([{ id: "a", model: "m/picture", inputs: { image: "${inputs.photos}" } }]), undefined);
  assert.match(problem([{ id: "a", model: "m/none" }]) ?? "", /^It needs the model m\/none/);
  assert.match(problem([{ id: "a", model: "m/picture", inputs: { color: "red" } }]) ?? "", /there is no input color/);
  assert.match(problem([{ id: "a", model: "m/talk" }]) ?? "", /it gives no prompt/);
  assert.match(
    problem([{ id: "a", model: "m/timed", inputs: { image: "${inputs.prompt}" } }]) ?? "",
    /image must be files/,
  );
  assert.match(
    problem([{ id: "a", model: "m/talk", inputs: { prompt: "see ${inputs.photos}" } }]) ?? "",
    /cannot take files/,
  );
  assert.match(
    problem([
      { id: "a", model: "m/picture" },
      { id: "b", model: "m/talk", inputs: { prompt: "${steps.a.text}" } },
    ]) ?? "",
    /asks for the text of step a, which makes files/,
  );
});
