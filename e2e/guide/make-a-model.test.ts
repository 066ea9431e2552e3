/** docs/guide/make-a-model.md, followed by the letter: files are written, commands are typed, pages are opened. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { checkModelFolder, findingText } from "@modelyard/server/models";
import { type Platform, REPOSITORY, startPlatform, temporaryFolder, until } from "@modelyard/testing";
import { parse, stringify } from "yaml";
import { patternOf, readGuide } from "./guide-blocks.ts";

const GUIDE = join(REPOSITORY, "docs/guide/make-a-model.md");
const MAIN = join(REPOSITORY, "packages/cli/bin/modelyard.js");
/** The reader's folder. */
const work = temporaryFolder("guide");
const dataDir = temporaryFolder("guide-data");
const bin = temporaryFolder("guide-bin");
let platform: Platform;
before(async () => {
  writeFileSync(join(bin, "modelyard"), `#!/bin/sh\nexec '${process.execPath}' '${MAIN}' "$@"\n`, { mode: 0o755 });
  platform = await startPlatform({ dataDir });
});
after(() => platform.stop());

function shell(commands: string) {
  const child = spawn("sh", ["-ec", commands], {
    cwd: work,
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    env: {
      HOME: process.env.HOME,
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      MODELYARD_DATA: dataDir,
      MODELYARD_URL: platform.url,
      MODELYARD_DEV_PORT: "0",
    },
  });
  const said = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text) => (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text) => (said.err += text));
  return { child, said, exit: once(child, "close").then(([code]) => code as number | null) };
}

const BASE = `owner: me
slug: part
title: Part
description: For parts of a manifest.
categories: [tool]
inputs:
  - title: Film
    items:
      - { id: inputImageFirst, type: fileinput, label: First }
      - { id: prompt, type: text, label: Prompt }
output: file
price: [{ method: cpr, price: "0.001" }]
runner: { type: command, command: ["true"] }
license: { code: Apache-2.0 }
`;

/** A model with these lines in its manifest, and every file that they name. */
function checkPart(text: string): void {
  const dir = temporaryFolder("guide-part");
  const whole = { ...(parse(BASE) as object), ...(parse(text) as object) };
  writeFileSync(join(dir, "model.yaml"), stringify(whole));
  writeFileSync(join(dir, "README.md"), "x");
  for (const [name] of text.matchAll(/[\w-]+\/[\w./-]+\.\w+/g)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), "x");
  }
  assert.deepEqual(checkModelFolder(dir).findings.map(findingText), []);
}

const blocks = readGuide(readFileSync(GUIDE, "utf8"));

test("the guide has examples in three languages", () => {
  const paths = blocks.flatMap((block) => (block.kind === "file" ? [block.path] : []));
  for (const end of [".py", ".sh", ".ts", "model.yaml"])
    assert.ok(
      paths.some((path) => path.endsWith(end)),
      end,
    );
});

for (const block of blocks) {
  const name = `line ${block.line}: ${block.kind}`;
  switch (block.kind) {
    case "file":
      test(`${name} ${block.path}`, () => {
        mkdirSync(dirname(join(work, block.path)), { recursive: true });
        writeFileSync(join(work, block.path), block.text);
      });
      break;
    case "part":
      test(name, () => checkPart(block.text));
      break;
    case "run":
      test(`${name} ${block.commands.split("\n")[0]}`, async () => {
        const { said, exit } = shell(block.commands);
        assert.equal(await exit, 0, said.err);
        // `new` says what to do next; readers are told on the page.
        const printed = said.out.replace(/^\w+ holds [\s\S]*?--input prompt=hello\n/, "");
        assert.match(printed, patternOf(block.prints ?? ""), said.err);
      });
      break;
    case "page":
      test(`${name} ${block.command}`, async () => {
        const { child, said, exit } = shell(`exec ${block.command}`);
        try {
          await until(() => /^http:\S+\/models\/\S+$/m.test(said.out), "the page's address");
          const address = /^http:\S+\/models\/\S+$/m.exec(said.out)?.[0] ?? "";
          const { pathname, origin } = new URL(address);
          const [, , slugowner, slugproject] = pathname.split("/");
          const body = JSON.stringify({ slugowner, slugproject });
          const tool = await fetch(`${origin}/v1/Tool/Detail`, { method: "POST", body });
          assert.match(await tool.text(), /"title":"Shout"/);
          const page = await fetch(address);
          // Without a build of the web app only the API answers; npm test builds it.
          if (page.status === 200) assert.match(await page.text(), /<h1[^>]*>[\s\S]*Shout/);
          else assert.equal(page.status, 404);
        } finally {
          process.kill(-(child.pid ?? 0), "SIGINT");
        }
        assert.equal(await exit, 0, said.err);
      });
      break;
  }
}
