import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ServiceMessage, ServiceRequest } from "@modelyard/contract";
import fc from "fast-check";
import { parseServiceMessage } from "./service-messages.ts";

/** The protocol as it is written, line by line. A change here is a change for every model there is. */
const LINES: [string, object | undefined][] = [
  ['{"type":"ready"}', { type: "ready" }],
  ['{"type":"ready","extra":1}', { type: "ready" }],
  [
    '{"type":"progress","id":"t.1","percentage":50,"task":"steps","step":1,"total":2,"speed":0.5,"speedType":"it/s","elapsed":1,"remaining":1}',
    {
      type: "progress",
      id: "t.1",
      percentage: 50,
      task: "steps",
      step: 1,
      total: 2,
      speed: 0.5,
      speedType: "it/s",
      elapsed: 1,
      remaining: 1,
    },
  ],
  ['{"type":"progress","percentage":0}', { type: "progress", percentage: 0 }],
  ['{"type":"progress","percentage":100.1}', undefined],
  ['{"type":"progress","percentage":-1}', undefined],
  ['{"type":"progress","percentage":"5"}', undefined],
  ['{"type":"progress","percentage":5,"step":1e400}', undefined],
  ['{"type":"progress","percentage":5,"step":null}', undefined],
  [`{"type":"progress","percentage":5,"task":"${"x".repeat(201)}"}`, undefined],
  [`{"type":"progress","percentage":5,"speedType":"${"x".repeat(41)}"}`, undefined],
  ['{"type":"token","text":"a"}', { type: "token", text: "a" }],
  ['{"type":"token","id":"t.1","text":"","thinking":true}', { type: "token", id: "t.1", text: "", thinking: true }],
  ['{"type":"token","text":"a","thinking":1}', undefined],
  ['{"type":"token","id":"","text":"a"}', undefined],
  ['{"type":"usage","tokens":5,"usd":"0.1"}', { type: "usage", tokens: 5, usd: "0.1" }],
  ['{"type":"usage","id":"t.1","turns":-1}', { type: "usage", id: "t.1", turns: -1 }],
  ['{"type":"usage","tokens":"5"}', undefined],
  ['{"type":"usage","tokens":1e400}', undefined],
  [`{"type":"usage","usd":"${"1".repeat(41)}"}`, undefined],
  ['{"type":"log","text":"a"}', { type: "log", stream: "stdout", text: "a" }],
  ['{"type":"log","id":"t.1","stream":"stderr","text":"a"}', { type: "log", id: "t.1", stream: "stderr", text: "a" }],
  ['{"type":"log","stream":"stdin","text":"a"}', undefined],
  ['{"type":"done","id":"t.1"}', { type: "done", id: "t.1" }],
  ['{"type":"done","id":"t.1","text":"answer"}', { type: "done", id: "t.1", text: "answer" }],
  ['{"type":"done"}', undefined],
  [`{"type":"done","id":"${"x".repeat(101)}"}`, undefined],
  ['{"type":"error","id":"t.1","message":"no"}', { type: "error", id: "t.1", message: "no" }],
  [`{"type":"error","id":"t.1","message":"${"x".repeat(4001)}"}`, undefined],
  ['{"type":"error","id":"t.1"}', undefined],
  ['{"type":"run","id":"t.1"}', undefined],
  [' {"type":"ready"} ', { type: "ready" }],
  ["[]", undefined],
  ["null", undefined],
  ["1", undefined],
  ['"ready"', undefined],
  ["{}", undefined],
  ['{"type":"ready"', undefined],
  ["", undefined],
];

function byContract(line: string): unknown {
  try {
    return ServiceMessage.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

describe("service messages", () => {
  for (const [line, expected] of LINES) {
    it(line.slice(0, 100), () => {
      assert.deepEqual(parseServiceMessage(line), expected);
      assert.deepEqual(byContract(line), expected);
    });
  }

  it("agrees with the contract's schema on random messages", () => {
    const value = fc.oneof(
      fc.string({ maxLength: 210 }),
      fc.double(),
      fc.integer({ min: -5, max: 105 }),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom("stdout", "stderr"),
    );
    const field = (name: string) =>
      fc.option(
        value.map((it) => [name, it] as const),
        { nil: undefined },
      );
    const names = [
      "id",
      "text",
      "percentage",
      "task",
      "step",
      "total",
      "speed",
      "speedType",
      "elapsed",
      "remaining",
      "thinking",
      "stream",
      "message",
      "extra",
    ];
    const message = fc.tuple(
      fc.constantFrom("ready", "progress", "token", "log", "done", "error", "run"),
      ...names.map(field),
    );
    fc.assert(
      fc.property(message, ([type, ...fields]) => {
        const line = JSON.stringify({ type, ...Object.fromEntries(fields.filter((it) => it !== undefined)) });
        assert.deepEqual(parseServiceMessage(line), byContract(line));
      }),
      { numRuns: 5000 },
    );
  });

  it("requests as they are written", () => {
    assert.equal(
      JSON.stringify(
        ServiceRequest.parse({ type: "run", id: "t.1", inputs: { prompt: "a" }, dir: "/d", outputDir: "/d/out" }),
      ),
      '{"type":"run","id":"t.1","inputs":{"prompt":"a"},"dir":"/d","outputDir":"/d/out"}',
    );
    assert.equal(JSON.stringify(ServiceRequest.parse({ type: "cancel", id: "t.1" })), '{"type":"cancel","id":"t.1"}');
  });
});
