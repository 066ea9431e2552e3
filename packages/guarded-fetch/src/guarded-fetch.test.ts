import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { fileName } from "./file-name.ts";
import { hostileUrls } from "./fixtures/hostile-urls.ts";
import { type LoopbackHost, loopbackHost } from "./fixtures/loopback-host.ts";
import { FetchError, type FetchOptions, guardedFetch } from "./guarded-fetch.ts";
import type { Resolve } from "./hop.ts";

/** What names of the hostile list resolve to: always somewhere inside, at times beside an address outside. */
const ANSWERS: Record<string, string[]> = {
  "mixed.example.com": ["93.184.216.34", "127.0.0.1"],
  "mapped.example.com": ["::ffff:127.0.0.1"],
  "embedded.example.com": ["64:ff9b::7f00:1"],
  "six.example.com": ["2606:4700:4700::1111", "::1"],
  "none.example.com": [],
};
const inside: Resolve = async (host) =>
  (ANSWERS[host] ?? ["127.0.0.1"]).map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

async function refusal(address: string, options: FetchOptions): Promise<string> {
  const error = await guardedFetch(address, options)
    .then(
      async ({ body }) => buffer(body).then(() => assert.fail(`${address} was fetched`)),
      (reason: unknown) => reason,
    )
    .catch((reason: unknown) => reason);
  assert.ok(error instanceof FetchError, `${address}: ${String(error)}`);
  assert.match(error.message, /^[A-Z].*\.$/, "a sentence");
  return error.message;
}

describe("addresses that must not be fetched (S1)", () => {
  let honeypot: LoopbackHost;
  before(async () => {
    honeypot = await loopbackHost((_request: IncomingMessage, response: ServerResponse) =>
      response.end("INTERNAL-SECRET"),
    );
  });
  after(() => honeypot.close());

  test("more than 200 hostile addresses make no connection", async () => {
    const urls = hostileUrls(honeypot.port);
    assert.ok(new Set(urls).size >= 200, `${urls.length} addresses`);
    for (const url of urls) {
      const began = performance.now();
      const message = await refusal(url, { resolve: inside });
      assert.doesNotMatch(
        message,
        /refused the connection|reached within|127|::|inside/,
        `${url}: refused by the guard, and silent about the network`,
      );
      assert.ok(performance.now() - began < 5_000, `${url}: refused without trying`);
    }
    assert.equal(honeypot.connections, 0);
  });

  test("a name that changes its mind is connected to where it was checked, after one question a hop", async (t) => {
    const local: (string | undefined)[] = [];
    const target = await loopbackHost((request: IncomingMessage, response: ServerResponse) => {
      local.push(request.socket.localAddress);
      response.end("here");
    });
    t.after(() => target.close());
    let asked = 0;
    const rebinding: Resolve = async () => {
      asked++;
      let read = 0;
      return [
        {
          family: 4,
          get address() {
            return read++ === 0 ? "127.0.0.1" : "127.0.0.2";
          },
        },
      ];
    };
    const { body } = await guardedFetch(`http://rebind:${target.port}/`, {
      allowHosts: ["rebind"],
      resolve: rebinding,
    });
    assert.equal(String(await buffer(body)), "here");
    assert.deepEqual([asked, local], [1, ["::ffff:127.0.0.1"]]);
    // The next fetch asks and checks again: no socket of the first one is used for it.
    await refusal(`http://rebind.example.com:${target.port}/`, { resolve: rebinding });
    assert.deepEqual([asked, target.connections], [2, 1]);
  });

  test("the operator's exceptions are exact", async () => {
    const { port, host } = honeypot;
    const at = honeypot.connections;
    for (const allowHosts of [[host], ["127.0.0.1"], ["0x7f.1"], [` ${host} `]]) {
      const { body } = await guardedFetch(`http://${host}/`, { allowHosts });
      assert.equal(String(await buffer(body)), "INTERNAL-SECRET");
    }
    await buffer((await guardedFetch(`http://[::1]:${port}/`, { allowHosts: [`[::1]:${port}`] })).body);
    await buffer((await guardedFetch(`http://files:${port}/`, { allowHosts: ["files"], resolve: inside })).body);
    assert.equal(honeypot.connections, at + 6);
    for (const allowHosts of [
      [`127.0.0.1:${port + 1}`],
      ["127.0.0.2"],
      ["localhost"],
      ["example.com"],
      [""],
      ["*"],
      ["http://127.0.0.1"],
    ]) {
      await refusal(`http://${host}/`, { allowHosts, resolve: inside });
    }
    await refusal(`ftp://${host}/`, { allowHosts: [host] });
    await refusal(`http://user@${host}/`, { allowHosts: [host] });
    assert.equal(honeypot.connections, at + 6);
  });

  test("no redirect leads inside, and at most three are followed", async (t) => {
    const before = honeypot.connections;
    const target = await loopbackHost((request: IncomingMessage, response: ServerResponse) => {
      const [, kind, rest = ""] = (request.url ?? "").split("/");
      const to = (status: number, location?: string) =>
        void response.writeHead(status, location === undefined ? {} : { location }).end();
      if (kind === "to") return to(302, decodeURIComponent(rest));
      if (kind === "loop") return to(307, request.url);
      if (kind === "hops") return rest === "0" ? void response.end("arrived") : to(301, `/hops/${Number(rest) - 1}`);
      if (kind === "nowhere") return to(308);
      response.writeHead(404).end();
    });
    t.after(() => target.close());
    const options = { allowHosts: [target.host], resolve: inside };
    const from = (path: string) => `http://${target.host}/${path}`;
    for (const url of hostileUrls(honeypot.port).filter((url) => url.trim() !== "" && url.length < 1_900)) {
      if (/^(\/|127)/.test(url) || url === "http://") continue; // relative: it stays on the host that sent it // no header can carry the rest
      if (/[^\u0020-\u00ff]/.test(url)) continue;
      await refusal(from(`to/${encodeURIComponent(url)}`), options);
    }
    assert.equal(honeypot.connections, before);
    assert.match(await refusal(from("loop"), options), /redirects more than 3 times/);
    assert.match(await refusal(from("hops/11"), options), /redirects more than 3 times/);
    assert.match(await refusal(from("hops/4"), options), /redirects more than 3 times/);
    assert.match(await refusal(from("nowhere"), options), /without saying where/);
    assert.equal(String(await buffer((await guardedFetch(from("hops/3"), options)).body)), "arrived");
    assert.match(await refusal(from("x"), options), /status 404/);
  });
});

describe("hosts that misbehave", () => {
  /** Answers each path with a raw socket script. */
  const KB = Buffer.alloc(1024, 97);
  const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024));
  const scripts: Record<string, (socket: Socket) => void> = {
    "/silent": () => {},
    "/half-headers": (socket) => void socket.write("HTTP/1.1 200 OK\r\nX-A: "),
    "/continue-for-ever": (socket) => drip(socket, () => "HTTP/1.1 100 Continue\r\n\r\n"),
    "/not-http": (socket) => void socket.end("SSH-2.0-OpenSSH_9\r\n"),
    "/huge-headers": (socket) =>
      void socket.write(`HTTP/1.1 200 OK\r\n${`X-A: ${"a".repeat(1000)}\r\n`.repeat(40)}\r\n`),
    "/two-lengths": (socket) =>
      void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 5\r\n\r\nhello"),
    "/stops": (socket) => void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nhello"),
    "/slow": (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n");
      drip(socket, () => "a");
    },
    "/endless": (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      const more = () => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536)));
      };
      socket.on("drain", more);
      more();
    },
    "/steady": (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      drip(socket, () => KB);
    },
    "/says-too-much": (socket) => void socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${200 * 1024 * 1024}\r\n\r\n`),
    "/says-more-than-it-sends": (socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nhello"),
    "/reset": (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nhello");
      setTimeout(() => socket.resetAndDestroy(), 20);
    },
    "/reset-without-length": (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\nhello");
      setTimeout(() => socket.resetAndDestroy(), 20);
    },
    "/bad-chunk": (socket) =>
      void socket.end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n"),
    "/bomb": (socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`);
      socket.end(bomb);
    },
    "/broken-gzip": (socket) =>
      void socket.end("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello"),
    "/unknown-encoding": (socket) =>
      void socket.end("HTTP/1.1 200 OK\r\nContent-Encoding: zstd-9\r\nContent-Length: 5\r\n\r\nhello"),
    "/upgrade": (socket) =>
      void socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
    "/partial": (socket) => void socket.end("HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\n\r\nhello"),
    "/error": (socket) => void socket.end("HTTP/1.1 500 Oops\r\nContent-Length: 5\r\n\r\nhello"),
    "/good": (socket) =>
      void socket.end(
        'HTTP/1.1 200 OK\r\nContent-Type: Image/PNG; x=y\r\nContent-Disposition: attachment; filename="../../a b.png"\r\nContent-Length: 5\r\n\r\nhello',
      ),
    "/gzip": (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n");
      socket.end(gzipSync("hello"));
    },
  };
  function drip(socket: Socket, next: () => string | Buffer): void {
    const timer = setInterval(() => socket.write(next()), 20);
    socket.once("close", () => clearInterval(timer));
  }

  let host: LoopbackHost;
  const requests: string[] = [];
  before(async () => {
    host = await loopbackHost((socket: Socket) => {
      socket.once("data", (data) => {
        requests.push(String(data));
        scripts[String(data).split(" ")[1] ?? ""]?.(socket);
      });
    }, true);
  });
  after(() => host.close());

  const limits = {
    connectMs: 1_000,
    headersMs: 200,
    idleMs: 200,
    totalMs: 1_500,
    speedWindowMs: 300,
    bytes: 4 * 1024 * 1024,
  };
  const fetch = (path: string, change: Partial<typeof limits> = {}, signal?: AbortSignal) =>
    guardedFetch(`http://${host.host}${path}`, {
      allowHosts: [host.host],
      limits: { ...limits, ...change },
      ...(signal ? { signal } : {}),
    });

  const EXPECTED: [path: string, sentence: RegExp][] = [
    ["/silent", /did not answer within 0.2 s/],
    ["/half-headers", /did not answer within 0.2 s/],
    ["/continue-for-ever", /did not answer within 0.2 s/],
    ["/not-http", /transfer failed/],
    ["/huge-headers", /transfer failed/],
    ["/two-lengths", /transfer failed/],
    ["/stops", /stood still for 0.2 s/],
    ["/slow", /slower than 1024 bytes a second/],
    ["/endless", /larger than 4 MB/],
    ["/steady", /took longer than 1.5 s/],
    ["/says-too-much", /larger than 4 MB/],
    ["/says-more-than-it-sends", /broke the transfer off/],
    ["/reset", /broke the transfer off/],
    ["/bad-chunk", /broke the transfer off/],
    ["/reset-without-length", /broke the transfer off/],
    ["/bomb", /larger than 4 MB/],
    ["/broken-gzip", /transfer failed/],
    ["/unknown-encoding", /encoding that is not known/],
    ["/upgrade", /not a file/],
    ["/partial", /status 206/],
    ["/error", /status 500/],
  ];
  for (const [path, sentence] of EXPECTED) {
    test(`${path.slice(1).replaceAll("-", " ")}`, async () => {
      const began = performance.now();
      const error = await fetch(path)
        .then(({ body }) => buffer(body))
        .catch((reason: unknown) => reason);
      assert.ok(error instanceof FetchError, String(error).slice(0, 200));
      assert.match(error.message, sentence);
      assert.ok(performance.now() - began < 5_000);
    });
  }

  test("a good answer arrives, with a safe name, over a connection of its own", async () => {
    const { body, name, contentType } = await fetch("/good");
    assert.deepEqual([name, contentType, String(await buffer(body))], ["a b.png", "image/png", "hello"]);
    const at = host.connections;
    assert.equal(String(await buffer((await fetch("/gzip")).body)), "hello");
    assert.equal(host.connections, at + 1);
    const head = requests.at(-1) ?? "";
    assert.match(head, /^GET \/gzip HTTP\/1\.1\r\n/);
    assert.match(head, /accept-encoding: identity/i);
    assert.doesNotMatch(head, /cookie|authorization|referer/i);
  });

  test("a proxy in the environment changes nothing", async () => {
    const names = ["http_proxy", "HTTP_PROXY", "NODE_USE_ENV_PROXY"];
    for (const name of names) process.env[name] = name.includes("USE") ? "1" : "http://127.0.0.1:9";
    try {
      assert.equal(String(await buffer((await fetch("/good")).body)), "hello");
    } finally {
      for (const name of names) delete process.env[name];
    }
  });

  test("the caller's signal ends it with the caller's reason", async () => {
    const early = new AbortController();
    const pending = fetch("/silent", { headersMs: 60_000 }, early.signal);
    early.abort("shutdown");
    await assert.rejects(pending, (reason) => reason === "shutdown");
    const late = new AbortController();
    const { body } = await fetch("/steady", {}, late.signal);
    const read = buffer(body);
    late.abort("killed");
    await assert.rejects(read, (reason) => (reason as { cause?: unknown }).cause === "killed" || reason === "killed");
  });

  test("a body that nobody reads gives its connection back", async () => {
    const { body } = await fetch("/steady");
    body.destroy();
    await once(body, "close");
  });
});

test("names are cut down to what a file may be called", () => {
  const name = (path: string, disposition?: string) => fileName(new URL(path, "https://example.com"), disposition);
  assert.equal(name("/a/b.png?x=1"), "b.png");
  assert.equal(name("/"), "file");
  assert.equal(name("/%2e%2e%2f%2e%2e%2fetc%2fpasswd"), "passwd");
  assert.equal(name("/%00%0a<img>.png"), "img.png");
  assert.equal(name("/%ff.png"), "ff.png");
  assert.equal(name("/x", "attachment; filename*=UTF-8''%C3%BCber.mp3; filename=other.txt"), "über.mp3");
  assert.equal(name("/x.jpg", "inline"), "x.jpg");
  assert.equal(name("/x.jpg", 'attachment; filename="..."'), "x.jpg");
  assert.equal(name(`/${"a".repeat(300)}.jpeg`).length, 100);
  assert.match(name(`/${"a".repeat(300)}.jpeg`), /\.jpeg$/);
  assert.equal(name("/x", 'attachment; filename="C:\\\\dir\\\\evil.exe"'), "evil.exe");
});
