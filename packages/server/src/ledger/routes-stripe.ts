/** `POST /hooks/stripe`: Stripe's messages. Whoever sends them is believed by their signature alone. */
import type { IncomingMessage } from "node:http";
import { apiError } from "@modelyard/contract";
import type { FastifyInstance } from "fastify";
import type { StripePayments } from "./service-stripe.ts";

/** Bytes of a message; Stripe's are a few thousand. */
const LIMIT = 256 * 1024;

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LIMIT) throw apiError("bodyTooLarge");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function stripeRoutes(app: FastifyInstance, { stripe }: { stripe: StripePayments }): void {
  app.post("/hooks/stripe", async (request, response) => {
    const signature = request.headers["stripe-signature"];
    const body = await bytesOf(request.raw);
    // The signature is over the bytes as they came. An error of ours makes Stripe send the message again.
    const taken = typeof signature === "string" && (await stripe.receive(body, signature));
    return response.code(taken ? 200 : 400).send({ received: taken });
  });
}
