/**
 * The thread that makes the pages. It is started by the server (pages/render-thread.ts) and knows nothing of it but the messages of
 * contract's site.ts: data comes from the API, over the same port.
 */
import { parentPort, workerData } from "node:worker_threads";
import type { FromSite, ToSite } from "@modelyard/contract";
import { answer } from "./answer.ts";
import { createApiFetch } from "./api-fetch.ts";
import { readAssets } from "./assets.ts";

if (!parentPort) throw new Error("this program is a thread of the server");
const port = parentPort;
const say = (message: FromSite) => port.postMessage(message);
const api = createApiFetch(say);
/** The folder that holds `client/` and `server/`. */
const assets = readAssets(String(workerData));

port.on("message", (message: ToSite) => {
  if (message.kind === "reply") return api.replied(message);
  const { id, request } = message;
  answer(request, { fetch: api.fetch, assets })
    .then((made) => say({ kind: "answer", id, answer: made }))
    .catch((error: unknown) =>
      say({ kind: "failed", id, reason: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
    );
});
