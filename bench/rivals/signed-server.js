import { createHmac, timingSafeEqual } from "node:crypto";
import Fastify from "fastify";
import { settings } from "./program.js";

/**
 * The least an HTTP server must do to accept a task: check the signature, then hand the body to `accept`, which
 * answers with the task's id once the task is safe on disk.
 * @param {(body: unknown) => Promise<string | number>} accept
 */
export async function startSignedServer(accept) {
  const { apiKey, apiSecret } = settings;
  const app = Fastify({ logger: false });
  app.post("/run", async (request, reply) => {
    const { "x-api-key": key, "x-nonce": nonce, "x-signature": signature } = request.headers;
    const expected = createHmac("sha256", apiKey)
      .update(apiSecret + nonce)
      .digest();
    const given = Buffer.from(String(signature), "hex");
    if (key !== apiKey || given.length !== expected.length || !timingSafeEqual(given, expected)) {
      return reply.code(401).send({ result: false });
    }
    return { result: true, errors: [], taskid: await accept(request.body) };
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  return { url: `${url}/run`, close: () => app.close() };
}
