/**
 * One request to one checked target, on a socket of its own. There is no agent and no pool: a pool would hand out a socket by
 * name, to an address that nobody has checked since (measured, reliability.md 0.6).
 */
import { promises as dns } from "node:dns";
import { type IncomingMessage, type RequestOptions, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { connect as connectTcp, isIP, type LookupFunction, type NetConnectOpts, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type AddressBytes, isPublicAddress, isSameAddress, parseAddress } from "./address-policy.ts";
import { FetchError } from "./fetch-error.ts";
import type { FetchLimits } from "./guarded-fetch.ts";
import { notPublic, type Target } from "./url-policy.ts";
import type { Watch } from "./watch.ts";

export interface Resolved {
  address: string;
  family: number;
}
/** All addresses of a name. */
export type Resolve = (host: string) => Promise<readonly Resolved[]>;

export const systemResolve: Resolve = (host) => dns.lookup(host, { all: true, verbatim: true });

/** Addresses of the target, all of which may be connected to; throws otherwise. One bad answer spoils them all. */
async function checkedAddresses(target: Target, resolve: Resolve): Promise<Resolved[]> {
  const answers = await resolve(target.host);
  // Copied once: what was looked at is what is used.
  const found = answers.map(({ address, family }) => ({ address, family }));
  if (found.length === 0) throw new FetchError("The address names a host that does not exist.");
  for (const { address } of found) {
    const bytes = parseAddress(address);
    if (!bytes || !(target.trusted || isPublicAddress(bytes))) throw notPublic();
  }
  return found;
}

const USER_AGENT = "Modelyard";

/** A request that carries something; without one it is a plain GET. */
export interface Sent {
  method: "POST";
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

export function openHop(options: {
  target: Target;
  limits: Pick<FetchLimits, "connectMs" | "headersMs">;
  watch: Watch;
  resolve: Resolve;
  sent?: Sent;
}): Promise<IncomingMessage> {
  const { target, limits, watch, resolve, sent } = options;
  const checked: AddressBytes[] = [];
  const literal = parseAddress(target.host);
  if (literal) checked.push(literal);

  const lookup: LookupFunction = (_host, { all }, callback) => {
    checkedAddresses(target, resolve).then(
      (found) => {
        for (const { address } of found) checked.push(parseAddress(address) as AddressBytes);
        const first = found[0] as Resolved;
        if (all) callback(null, found);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => {
        if (error instanceof FetchError) watch.fail(error);
        callback(error as NodeJS.ErrnoException, "", 0);
      },
    );
  };

  /** The last gate: before a byte is sent, the other end is one of the checked addresses. */
  function checkPeer(socket: Socket): void {
    const peer = parseAddress(socket.remoteAddress ?? "");
    if (peer && checked.some((address) => isSameAddress(address, peer))) return;
    watch.fail(notPublic());
    socket.destroy();
  }

  function createConnection(): Socket {
    const where: NetConnectOpts = { host: target.host, port: target.port, lookup };
    const secure = target.url.protocol === "https:";
    const socket = secure
      ? connectTls({
          ...where,
          rejectUnauthorized: true,
          ...(isIP(target.host) === 0 ? { servername: target.host } : {}),
        })
      : connectTcp(where);
    socket.prependListener("connect", () => checkPeer(socket));
    socket.once(secure ? "secureConnect" : "connect", () =>
      watch.stage(limits.headersMs, `The host of the address did not answer within ${limits.headersMs / 1000} s.`),
    );
    return socket;
  }

  return new Promise((resolveHop, reject) => {
    watch.stage(limits.connectMs, `The host of the address could not be reached within ${limits.connectMs / 1000} s.`);
    const request: RequestOptions = {
      createConnection,
      // Without an agent there is no pool, no keep-alive and no proxy from the environment.
      signal: watch.signal,
      method: sent?.method ?? "GET",
      host: target.host,
      port: target.port,
      path: `${target.url.pathname}${target.url.search}`,
      headers: {
        ...(sent ? { ...sent.headers, "content-length": sent.body.length } : {}),
        host: target.url.host,
        accept: "*/*",
        "accept-encoding": "identity",
        "user-agent": USER_AGENT,
        connection: "close",
      },
    };
    const outgoing = (target.url.protocol === "https:" ? requestHttps : requestHttp)(request, resolveHop);
    outgoing.on("upgrade", (_response, socket) => {
      socket.destroy();
      reject(new FetchError("The host of the address answered with something that is not a file."));
    });
    outgoing.on("error", (error) => reject(watch.explain(error)));
    outgoing.end(sent?.body);
  });
}
