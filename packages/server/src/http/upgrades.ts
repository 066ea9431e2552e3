/** Requests that become sockets: which one goes where, and who comes too often. */
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { addressAllowed, normalAddress } from "../projects/policy.ts";
import type { Realtime } from "../realtime/socket.ts";
import type { Gateway } from "../workers/gateway.ts";
import { requestBase } from "./app.ts";
import { type Buckets, senderOf } from "./rates.ts";

export interface UpgradeOptions {
  gateway: Gateway;
  realtime: Realtime;
  trustedProxies: readonly string[];
  publicUrl: string | undefined;
  /** Base address of files, where it is another origin. */
  filesBase: string | undefined;
  /** New sockets, by sender. */
  rate: Buckets | undefined;
}

/** The client's own address: behind proxies that are believed, the last one they did not add themselves. */
export function clientAddress(
  request: { headers: IncomingMessage["headers"]; remote: string },
  trustedProxies: readonly string[],
): string {
  const forwarded = request.headers["x-forwarded-for"];
  const hops = [forwarded ?? ""]
    .flat()
    .join(",")
    .split(",")
    .map((hop) => hop.trim())
    .filter(Boolean);
  let address = normalAddress(request.remote);
  while (trustedProxies.length > 0 && hops.length > 0 && addressAllowed(trustedProxies, address)) {
    address = normalAddress(hops.pop() as string);
  }
  return address;
}

function refuse(socket: Duplex, status: string, headers: readonly string[] = []): void {
  socket.end([`HTTP/1.1 ${status}`, "Connection: close", "Content-Length: 0", ...headers, "", ""].join("\r\n"));
}

/** `/worker/v1` for workers, `/v1` (and `/`) for everybody who has a task's token. */
export function acceptUpgrades(server: Server, options: UpgradeOptions): void {
  const { gateway, realtime, trustedProxies, publicUrl, filesBase, rate } = options;

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const path = (request.url ?? "").split("?")[0] ?? "";
    const remote = request.socket.remoteAddress ?? "";
    if (path === "/worker/v1") {
      void gateway
        .authorized(request.headers.authorization)
        .catch(() => undefined)
        .then((tokenHash) => {
          if (tokenHash !== undefined) gateway.accept(request, socket, head, tokenHash);
          else refuse(socket, "401 Unauthorized");
        });
      return;
    }
    if (!/^\/(v1\/?)?$/i.test(path)) return refuse(socket, "404 Not Found");
    const sender = senderOf(clientAddress({ headers: request.headers, remote }, trustedProxies));
    const wait = rate?.take(sender) ?? 0;
    if (wait > 0) return refuse(socket, "429 Too Many Requests", [`Retry-After: ${wait}`]);
    // Behind a proxy that is believed, the client's own scheme is what the proxy says.
    const secure =
      trustedProxies.length > 0 &&
      request.headers["x-forwarded-proto"] === "https" &&
      addressAllowed(trustedProxies, remote);
    realtime.accept(request, socket, head, filesBase ?? publicUrl ?? requestBase(request.headers.host, secure));
  });
}
