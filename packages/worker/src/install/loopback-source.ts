/** For tests: an npm registry and file server on 127.0.0.1 that can be slow, forgetful or wrong. */
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";

export interface PublishedPackage {
  name: string;
  version: string;
  files: Record<string, string | Buffer>;
  dependencies?: Record<string, string>;
}

export interface LoopbackSource {
  /** Base address, with a final slash. */
  address: string;
  /** Adds a package and returns the integrity and the bytes of its tarball. */
  publish(published: PublishedPackage): Promise<{ integrity: string; bytes: Buffer }>;
  /** Serves a file under a path, with byte ranges. */
  put(path: string, bytes: Buffer): void;
  /** Paths asked for, in order, each with its range where it had one. */
  requests: string[];
  /** Set to take over an answer; return true when it has been given. */
  intercept: ((request: IncomingMessage, response: ServerResponse, bytes: Buffer | undefined) => boolean) | undefined;
  [Symbol.asyncDispose](): Promise<void>;
}

export function sha256(bytes: Buffer | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

export async function startLoopbackSource(): Promise<LoopbackSource> {
  const files = new Map<string, Buffer>();
  const packuments = new Map<
    string,
    { name: string; "dist-tags": Record<string, string>; versions: Record<string, unknown> }
  >();
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? "/").slice(1));
    source.requests.push(request.headers.range ? `${path} ${request.headers.range}` : path);
    const packument = packuments.get(path);
    const bytes = packument ? Buffer.from(JSON.stringify(packument)) : files.get(path);
    if (source.intercept?.(request, response, bytes)) return;
    if (!bytes) return void response.writeHead(404).end();
    const offset = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (offset > 0)
      response.writeHead(206, {
        "content-range": `bytes ${offset}-${bytes.length - 1}/${bytes.length}`,
        "content-length": bytes.length - offset,
      });
    else response.writeHead(200, { "content-length": bytes.length });
    response.end(bytes.subarray(offset));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  const source: LoopbackSource = {
    address,
    requests: [],
    intercept: undefined,
    put: (path, bytes) => void files.set(path, bytes),
    async publish({ name, version, files: contents, dependencies }) {
      const description = { name, version, ...(dependencies && { dependencies }) };
      const bytes = await tarball({ "package.json": JSON.stringify(description), ...contents });
      const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
      const path = `${name}/-/${name.slice(name.indexOf("/") + 1)}-${version}.tgz`;
      files.set(path, bytes);
      const packument = packuments.get(name) ?? { name, "dist-tags": {}, versions: {} };
      packument["dist-tags"].latest = version;
      packument.versions[version] = { ...description, dist: { tarball: address + path, integrity } };
      packuments.set(name, packument);
      return { integrity, bytes };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return source;
}

async function tarball(files: Record<string, string | Buffer>): Promise<Buffer> {
  const stream = pack();
  for (const [name, content] of Object.entries(files)) stream.entry({ name: `package/${name}` }, content);
  stream.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}
