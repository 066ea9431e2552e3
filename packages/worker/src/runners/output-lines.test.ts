import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LINE_LIMIT } from "@modelyard/contract";
import fc from "fast-check";
import { OutputLines } from "./output-lines.ts";
import { RunOutputBatch, TEXT_LIMIT } from "./run-output.ts";
import type { RunOutput } from "./runner.ts";
import { parseTqdm } from "./tqdm.ts";

/** What comes out of these writes; "idle" is a moment of silence. */
function outputs(writes: (string | Buffer)[], stream: "stdout" | "stderr" = "stdout"): RunOutput[] {
  const said: RunOutput[] = [];
  const batch = new RunOutputBatch((output) => said.push({ ...output }));
  const lines = new OutputLines(stream, batch, { json: stream === "stdout" });
  for (const write of writes) {
    if (write === "idle") lines.idle();
    else lines.write(Buffer.from(write as string));
  }
  lines.end();
  batch.flush();
  return said;
}

const textOf = (said: RunOutput[]): string => said.map((output) => ("text" in output ? output.text : "")).join("");
const text = (value: string): RunOutput => ({ kind: "stdout", text: value });

describe("tqdm lines", () => {
  const bar = { percentage: 45, step: 9, total: 20, speed: 8.1, speedType: "it/s", elapsed: 1, remaining: 2 };
  const table: [string, object | undefined][] = [
    [" 45%|████▌     | 9/20 [00:01<00:02,  8.10it/s]", bar],
    ["45%|####5     | 9/20 [00:01<00:02,  8.10it/s]", bar],
    ["Sampling:  45%|████▌     | 9/20 [00:01<00:02,  8.10it/s]", { task: "Sampling", ...bar }],
    ["step 2/3: a:b:  45%|██| 9/20 [00:01<00:02,  8.10it/s, loss=0.123]", { task: "step 2/3: a:b", ...bar }],
    ["  0%|          | 0/20 [00:00<?, ?it/s]", { percentage: 0, step: 0, total: 20, speedType: "it/s", elapsed: 0 }],
    [
      "100%|██████████| 20/20 [01:02:03<00:00,  2.10s/it]",
      { percentage: 100, step: 20, total: 20, speed: 2.1, speedType: "s/it", elapsed: 3723, remaining: 0 },
    ],
    [
      "weights.bin:  10%|█ | 1.20M/12.0M [00:01<00:09, 1.25MB/s]",
      {
        task: "weights.bin",
        percentage: 10,
        step: 1.2e6,
        total: 12e6,
        speed: 1.25e6,
        speedType: "B/s",
        elapsed: 1,
        remaining: 9,
      },
    ],
    ["\u001b[A 45%|████▌     | 9/20 [00:01<00:02,  8.10it/s]\u001b[K", bar],
    ["9it [00:01, 8.10it/s]", undefined],
    ["we are 45%| done", undefined],
    ["45%|██| 9/20", undefined],
    [`${" ".repeat(2000)}45%|██| 9/20 [00:01<00:02,  8.10it/s]`, undefined],
  ];
  for (const [line, expected] of table) {
    it(JSON.stringify(line.slice(0, 60)), () =>
      assert.deepEqual(parseTqdm(line), expected === undefined ? undefined : { kind: "progress", ...expected }),
    );
  }
});

describe("output lines", () => {
  const progress = { kind: "progress", percentage: 5 } as const;
  const tqdm = {
    kind: "progress",
    percentage: 45,
    step: 9,
    total: 20,
    speed: 8.1,
    speedType: "it/s",
    elapsed: 1,
    remaining: 2,
  } as const;
  const BAR = " 45%|████▌     | 9/20 [00:01<00:02,  8.10it/s]";
  const table: [string, (string | Buffer)[], RunOutput[]][] = [
    ["text as it came, merged", ["a\nb", "\r\nc\rd"], [text("a\nb\r\nc\rd")]],
    ["a split character", [Buffer.from([0xe2, 0x82]), Buffer.from([0xac])], [text("€")]],
    ["invalid bytes", [Buffer.from([0x61, 0xff, 0xfe, 0x62])], [text("a\uFFFD\uFFFDb")]],
    ["a character that never ends", [Buffer.from([0x61, 0xe2, 0x82])], [text("a\uFFFD")]],
    ["NUL is dropped, ANSI and script stay", ["a\0b\u001b[31m</script>\n"], [text("ab\u001b[31m</script>\n")]],
    ["a progress line", ['{"type":"progress","percentage":5}\n'], [progress]],
    ["between text", ['a\n{"type":"progress","percentage":5}\nb\n'], [text("a\n"), progress, text("b\n")]],
    [
      "split anywhere, with silence",
      ['{"type":"prog', "idle", 'ress","percentage":5}', "idle", "\r", "\nb\n"],
      [progress, text("b\n")],
    ],
    [
      "tokens are merged by kind",
      ['{"type":"token","text":"a","thinking":true}\n{"type":"token","text":"b"}\n{"type":"token","text":"c"}\n'],
      [
        { kind: "token", text: "a", thinking: true },
        { kind: "token", text: "bc", thinking: false },
      ],
    ],
    ["with an id they count too", ['{"type":"progress","id":"x","percentage":5}\n'], [progress]],
    [
      "only the latest progress of a batch",
      ['{"type":"progress","percentage":1}\n{"type":"progress","percentage":5}\n'],
      [progress],
    ],
    [
      "what looks like a message but is none",
      ['{"type":"done","id":"1"}\n{"type":"progress","percentage":500}\n{}\n{"a"\n'],
      [text('{"type":"done","id":"1"}\n{"type":"progress","percentage":500}\n{}\n{"a"\n')],
    ],
    [
      "a message after text in the same line is text",
      ["x", "idle", '{"type":"progress","percentage":5}\n'],
      [text('x{"type":"progress","percentage":5}\n')],
    ],
    ["a prompt without line end is shown", ["Loading", "idle", "...", "idle"], [text("Loading...")]],
    [
      "bars with carriage returns",
      [`\r${BAR}`, "idle", `\r${BAR}\r${BAR}`, "\n", "done\n"],
      [text("\r"), tqdm, text("done\n")],
    ],
    ["a bar and its line end in two reads", [`${BAR}\r`, "\nx"], [tqdm, text("x")]],
    ["a bar torn by silence", [BAR.slice(0, 12), "idle", `${BAR.slice(12)}\n`], [tqdm]],
  ];
  for (const [name, writes, expected] of table) it(name, () => assert.deepEqual(outputs(writes), expected));

  it("knows no JSON on stderr", () => {
    const line = '{"type":"token","text":"x"}\n';
    assert.deepEqual(outputs([line, `${BAR}\n`], "stderr"), [{ kind: "stderr", text: line }, tqdm]);
  });

  it("is the same however the bytes are cut", () => {
    const all = Buffer.from(
      `é€😀\n${BAR}\r{"type":"token","text":"ü"}\n{"type":"progress","percentage":5}\r\nplain {x}\n`,
    );
    const whole = outputs([all]);
    fc.assert(
      fc.property(fc.array(fc.nat(all.length)), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), all.length];
        assert.deepEqual(outputs(at.slice(1).map((end, index) => all.subarray(at[index], end))), whole);
      }),
    );
  });

  it("cuts a line at LINE_LIMIT, once, and goes on with the next", () => {
    for (const piece of [1000, 64 * 1024, 3 * LINE_LIMIT]) {
      const line = "x".repeat(2 * LINE_LIMIT);
      const writes = (`${line}\nnext\n`.match(new RegExp(`[^]{1,${piece}}`, "g")) ?? []).flatMap((part) => [
        part,
        "idle",
      ]);
      assert.equal(textOf(outputs(writes)), `${"x".repeat(LINE_LIMIT)} [line cut at 1 MiB]\nnext\n`);
    }
  });

  it("passes on 4 MiB of each stream and then says once that the rest is dropped; progress goes on", () => {
    const said = outputs([
      ...Array.from({ length: 100 }, () => `${"€".repeat(33_000)}\n`),
      `a\n${BAR}\n{"type":"token","text":"no"}\n`,
      "b\n".repeat(1000),
    ]);
    const all = textOf(said);
    assert.ok(Buffer.byteLength(all) <= TEXT_LIMIT + 100);
    assert.ok(all.endsWith("\n[more than 4 MiB of stdout; the rest is dropped]\n"));
    assert.equal(all.split("[more than").length, 2);
    assert.ok(!all.includes("\uFFFD"));
    assert.deepEqual(said.at(-1), tqdm);
  });

  it("keeps the last words of stderr past the limit", () => {
    const batch = new RunOutputBatch(() => {});
    const lines = new OutputLines("stderr", batch, { json: false });
    lines.write(Buffer.alloc(TEXT_LIMIT + 1, "x\n"));
    lines.write(Buffer.from("\n\nTraceback\n  boom\n\n"));
    lines.end();
    batch.flush();
    assert.ok(batch.lastWords().endsWith("Traceback\n  boom"));
    assert.ok(batch.lastWords().length <= 2000);
  });
});
