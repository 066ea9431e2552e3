import assert from "node:assert/strict";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { STORES, startTestServer, tokenIn, until, visitor } from "@modelyard/testing";
import { SMTPServer } from "smtp-server";

interface Received {
  to: string[];
  text: string;
}

/** A real SMTP server on loopback; `refuse` says how many messages it turns away first. */
async function smtp(refuse: number): Promise<{ port: number; received: Received[]; close(): Promise<void> }> {
  const received: Received[] = [];
  let refusals = refuse;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, session, done) {
      let text = "";
      stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
      stream.on("end", () => {
        if (refusals-- > 0) return done(Object.assign(new Error("greylisted"), { responseCode: 451 }));
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const { port } = server.server.address() as AddressInfo;
  return { port, received, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

for (const store of STORES) {
  test(`links go out by mail, and again after a refusal (${store.kind})`, async (t) => {
    const post = await smtp(1);
    t.after(() => post.close());
    const host = await startTestServer(store, {
      smtpUrl: `smtp://127.0.0.1:${post.port}`,
      mailFrom: "Yard <yard@test.example>",
    });
    t.after(() => host.close());
    const operator = await host.operator();
    const settings = (await operator.api("Admin/Settings", { signups: "open" })).body;
    assert.deepEqual([settings.mail, settings.payments], [true, false]);
    const ada = visitor(host.server.url);
    assert.equal((await ada.account("Me")).body.mail, true);
    const page = await (await fetch(`${host.server.url}/account/Forgot`)).text();
    assert.match(page, /is sent to the account&#39;s address.*Send the link/);
    await ada.account("SignUp", { email: "ada@test.example", password: "a fine long one" });
    await until(async () => (await operator.api("Admin/MailList")).body.mail[0]?.error !== "", "the refusal");
    const [waiting] = (await operator.api("Admin/MailList")).body.mail;
    assert.deepEqual([waiting.status, waiting.to], ["due", "ada@test.example"]);
    assert.match(waiting.error, /greylisted/);
    assert.ok(!host.logged.some((line) => line.includes("token=")), "with a mail server no link is logged");
    // The next attempt is due in half a minute; the test does not wait for it.
    await host.server.db.write((tx) => tx.run("update mail set next_at = 0", []));
    await ada.account("SignUp", { email: "bob@test.example", password: "a fine long one" });
    await until(() => post.received.length === 2, "both mails");
    const mail = post.received.find(({ to }) => to[0] === "ada@test.example");
    assert.match(mail?.text ?? "", /^From: Yard <yard@test\.example>/m);
    // Long lines come quoted-printable.
    const text = (mail?.text ?? "").replace(/=\r\n/g, "").replace(/=3D/g, "=");
    assert.equal(
      (await ada.account("Verify", { token: tokenIn(text), password: "a fine long one" })).body.result,
      true,
    );
    assert.equal((await ada.account("SignIn", { email: "ada@test.example", password: "a fine long one" })).status, 200);
    await until(async () => (await operator.api("Admin/MailList")).body.mail.length === 0, "nothing is left over");
  });
}
