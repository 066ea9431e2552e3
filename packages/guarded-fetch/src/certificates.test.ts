/** Reliability (c) 77: certificates that prove nothing end the transfer before a byte of the request is sent. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { FetchError, guardedFetch } from "./guarded-fetch.ts";
import { guardedPost } from "./guarded-post.ts";

const folder = mkdtempSync(join(tmpdir(), "modelyard-certificates-"));
const NAME = "files.example.com";
const servers: Server[] = [];
const bundled = getCACertificates("default");

/** Runs openssl in the folder; the files it leaves there are named after `name`. */
const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });

/** A certificate for `host`, by the test's own authority; `validity`: openssl's not-before and not-after. */
function certificate(name: string, host: string, validity: readonly string[] = ["-days", "2"]): void {
  openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", "/CN=x");
  writeFileSync(join(folder, `${name}.ext`), `subjectAltName=DNS:${host}\n`);
  const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", `${name}.ext`];
  openssl("x509", "-req", "-in", `${name}.csr`, "-out", `${name}.pem`, ...signed, ...validity);
}

async function serve(name: string): Promise<number> {
  const server = createServer(
    { key: readFileSync(join(folder, `${name}.key`)), cert: readFileSync(join(folder, `${name}.pem`)) },
    (request, response) => {
      requests.push(name);
      request.resume();
      response.end("the file");
    },
  );
  server.on("tlsClientError", () => {});
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}
const requests: string[] = [];

before(() => {
  openssl(
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=test authority",
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
  );
  const strange = ["-addext", `subjectAltName=DNS:${NAME}`, "-keyout", "alone.key", "-out", "alone.pem"];
  openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=alone", ...strange);
  certificate("good", NAME);
  certificate("other", "somewhere-else.example.com");
  // A negative number of days: it ended yesterday.
  certificate("expired", NAME, ["-days", "-1"]);
  setDefaultCACertificates([...bundled, readFileSync(join(folder, "ca.pem"), "utf8")]);
});
after(() => {
  setDefaultCACertificates(bundled);
  for (const server of servers) server.close();
  rmSync(folder, { recursive: true });
});

for (const [name, expected] of [
  ["alone", /nobody vouches for/],
  ["other", /for another name/],
  ["expired", /expired/],
] as const) {
  test(`a certificate that proves nothing: ${name}`, async () => {
    const port = await serve(name);
    const options = { allowHosts: [`${NAME}:${port}`], resolve: async () => [{ address: "127.0.0.1", family: 4 }] };
    const url = `https://${NAME}:${port}/a.png`;
    const isRefused = (error: unknown) => error instanceof FetchError && expected.test(error.message);
    await assert.rejects(
      guardedFetch(url, options).then(({ body }) => text(body)),
      isRefused,
    );
    await assert.rejects(
      guardedPost(url, { ...options, headers: {}, body: Buffer.from("secret"), timeoutMs: 10_000, responseBytes: 100 }),
      isRefused,
    );
    assert.deepEqual(requests, [], "nothing was asked of it");
  });
}

test("a certificate by a known authority for the right name is taken", async () => {
  const port = await serve("good");
  const options = { allowHosts: [`${NAME}:${port}`], resolve: async () => [{ address: "127.0.0.1", family: 4 }] };
  const { body } = await guardedFetch(`https://${NAME}:${port}/a.png`, options);
  assert.equal(await text(body), "the file");
});
