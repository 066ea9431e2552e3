/** The part of Stripe's published API that top-ups use, on loopback: checkout sessions, payment intents, and messages signed as Stripe signs them. */
import { createHmac, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface FakeStripe {
  url: string;
  secretKey: string;
  webhookSecret: string;
  /** Sessions that were made, with what was asked for. */
  sessions: { id: string; fields: URLSearchParams }[];
  /** Charges of saved ways to pay, each once however often it was asked for. */
  charges: { id: string; fields: URLSearchParams }[];
  /** How charges end from now on: `declined` as a card does, `processing` as ways to pay that take days. */
  cards(outcome: "succeeded" | "declined" | "processing" | "requires_action"): void;
  /** Answers the next requests with this status first. */
  failNext(status: number, times: number): void;
  /** Sends a signed event about a session to the platform; `at`: unix seconds of the signature. */
  send(
    platform: string,
    event: { type: string; session: object; id?: string },
    options?: { at?: number; secret?: string },
  ): Promise<number>;
  close(): Promise<void>;
}

export async function fakeStripe(): Promise<FakeStripe> {
  const secretKey = `sk_test_${randomBytes(12).toString("hex")}`;
  const webhookSecret = `whsec_${randomBytes(12).toString("hex")}`;
  const sessions: FakeStripe["sessions"] = [];
  const answers = new Map<string, string>();
  const charges: FakeStripe["charges"] = [];
  let cards: Parameters<FakeStripe["cards"]>[0] = "succeeded";
  let failing = { status: 0, times: 0 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const answer = (status: number, body: object) => {
        response.writeHead(status, { "content-type": "application/json", "request-id": "req_1" });
        response.end(JSON.stringify(body));
      };
      if (request.headers.authorization !== `Bearer ${secretKey}`)
        return answer(401, { error: { type: "invalid_request_error", message: "Invalid API Key provided" } });
      if (failing.times > 0) {
        failing.times -= 1;
        return answer(failing.status, { error: { type: "api_error", message: "try again" } });
      }
      const [, intent] = /^\/v1\/payment_intents\/(\w+)$/.exec(request.url ?? "") ?? [];
      // The intent of a checkout session whose payer let the way to pay be saved.
      if (request.method === "GET" && intent !== undefined)
        return answer(200, { id: intent, object: "payment_intent", payment_method: `pm_of_${intent}` });
      if (request.method === "POST" && request.url === "/v1/payment_intents") {
        const fields = new URLSearchParams(Buffer.concat(chunks).toString());
        const key = String(request.headers["idempotency-key"] ?? "");
        const known = answers.get(key);
        if (known !== undefined) return answer(200, JSON.parse(known) as object);
        if (cards === "declined")
          return answer(402, {
            error: { type: "card_error", code: "card_declined", message: "Your card was declined." },
          });
        const id = `pi_test_${charges.length + 1}`;
        charges.push({ id, fields });
        const body = {
          id,
          object: "payment_intent",
          status: cards,
          amount: Number(fields.get("amount")),
          currency: "usd",
        };
        answers.set(key, JSON.stringify(body));
        return answer(200, body);
      }
      if (request.method !== "POST" || request.url !== "/v1/checkout/sessions")
        return answer(404, { error: { type: "invalid_request_error", message: "Unrecognized request URL" } });
      const fields = new URLSearchParams(Buffer.concat(chunks).toString());
      const key = String(request.headers["idempotency-key"] ?? "");
      let text = answers.get(key);
      if (text === undefined) {
        const id = `cs_test_${sessions.length + 1}`;
        sessions.push({ id, fields });
        text = JSON.stringify({ id, object: "checkout.session", url: `https://checkout.stripe.test/${id}` });
        if (key !== "") answers.set(key, text);
      }
      return answer(200, JSON.parse(text) as object);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secretKey,
    webhookSecret,
    sessions,
    charges,
    cards(outcome) {
      cards = outcome;
    },
    failNext(status, times) {
      failing = { status, times };
    },
    async send(platform, { type, session, id = `evt_${randomBytes(6).toString("hex")}` }, options = {}) {
      const { at = Math.floor(Date.now() / 1000), secret = webhookSecret } = options;
      const payload = JSON.stringify({ id, object: "event", type, data: { object: session } });
      const v1 = createHmac("sha256", secret).update(`${at}.${payload}`).digest("hex");
      const response = await fetch(`${platform}/hooks/stripe`, {
        method: "POST",
        headers: { "content-type": "application/json; charset=utf-8", "stripe-signature": `t=${at},v1=${v1}` },
        body: payload,
      });
      await response.text();
      return response.status;
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
