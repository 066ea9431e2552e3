/** Code samples are run: what a server receives is what stood in the form, byte for byte, and the signature holds. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { HOSTILE, planFor } from "./fixtures/hostile.ts";
import { execute, toolchain } from "./fixtures/toolchains.ts";
import { stepCode } from "./generate.ts";
import { LANGUAGES } from "./language-ids.ts";
import { WRITERS } from "./languages.ts";
import { steps } from "./plan.ts";

interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

const received: Received[] = [];
let server: Server;
let base = "";

before(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks) });
    response.setHeader("content-type", "application/json");
    response.end(
      '{"errors":[],"taskid":"1","socketaccesstoken":"x","result":true,"list":[{"url":"http://127.0.0.1/f"}]}',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

for (const { id, label } of LANGUAGES) {
  const chain = toolchain(id, process.env.PATH);
  const skip = chain ? false : `no toolchain for ${label} here`;
  if (skip) process.stderr.write(`SKIPPED: running the samples in ${label} (${skip})\n`);
  // Compilers take seconds: they get all prompts in one program.
  test(`${label}: every hostile prompt arrives as it is, signed and with the key alone`, {
    skip,
    timeout: 300_000,
  }, async () => {
    if (!chain) return;
    const language = WRITERS[id];
    for (const auth of ["signature", "apikey"] as const) {
      received.length = 0;
      const calls = HOSTILE.map((prompt) => {
        const plan = planFor(base, auth, prompt);
        const run = steps(plan).find((step) => step.kind === "call" && step.path === plan.runPath);
        assert.ok(run);
        return stepCode(language, plan, run);
      });
      const source = language.whole(language.prepare(planFor(base, auth, "")), calls.join("\n"));
      const ended = await execute(chain, source);
      assert.equal(ended.code, 0, `${label} ${auth}:\n${ended.stderr}${ended.stdout}\n${source}`);
      assert.equal(received.length, HOSTILE.length);
      for (const [index, prompt] of HOSTILE.entries()) {
        const { path, headers, body } = received[index] as Received;
        assert.equal(path, "/v1/Run/test/echo");
        assert.deepEqual(JSON.parse(body.toString()), { prompt, steps: 4, scale: 0.5, loop: false, style: "it's" });
        assert.equal(headers["x-api-key"], "YOUR_API_KEY");
        assert.match(headers["content-type"] ?? "", /^application\/json/);
        if (auth === "apikey") {
          assert.equal(headers["x-signature"], undefined);
          continue;
        }
        const nonce = String(headers["x-nonce"]);
        const expected = createHmac("sha256", "YOUR_API_KEY").update(`YOUR_API_SECRET${nonce}`).digest("hex");
        assert.equal(String(headers["x-signature"]).toLowerCase(), expected);
      }
    }
  });
}

test("every step of every language is written, and none is empty", () => {
  for (const { id } of LANGUAGES) {
    for (const auth of ["signature", "apikey"] as const) {
      const plan = planFor(base, auth, "x");
      for (const step of steps(plan)) assert.ok(stepCode(WRITERS[id], plan, step).length > 10, `${id} ${step.title}`);
      assert.ok(WRITERS[id].program(plan).includes("/Run/test/echo"));
    }
  }
});
