/** The server's file endpoints for workers (contract/worker-protocol.ts). */
import { Readable } from "node:stream";
import type { ReadableStream as WebStream } from "node:stream/web";

export interface ServerFiles {
  model(version: string, path: string): Promise<Readable>;
  input(task: string, epoch: number, index: number, signal: AbortSignal): Promise<Readable>;
  /** Uploads `size` bytes; returns the blob's key. */
  output(task: string, epoch: number, body: Readable, size: number, signal: AbortSignal): Promise<string>;
}

/** The server refused or could not be reached: the platform's fault, the attempt is repeated. */
export class ServerFileError extends Error {
  override name = "ServerFileError";
}

export function createServerFiles(server: string, token: string): ServerFiles {
  const base = `${server.replace(/\/+$/, "")}/worker/v1`;
  const authorization = `Bearer ${token}`;

  async function get(path: string, signal?: AbortSignal): Promise<Readable> {
    const response = await fetch(base + path, {
      headers: { authorization },
      redirect: "error",
      ...(signal ? { signal } : {}),
    }).catch((error: unknown) => {
      throw new ServerFileError(`the server could not be reached: ${String(error)}`, { cause: error });
    });
    if (!response.ok || !response.body) throw new ServerFileError(`the server answered ${response.status} to ${path}`);
    return Readable.fromWeb(response.body as WebStream<Uint8Array>);
  }

  return {
    model: (version, path) => get(`/models/${version}/${path.split("/").map(encodeURIComponent).join("/")}`),
    input: (task, epoch, index, signal) => get(`/tasks/${task}/${epoch}/inputs/${index}`, signal),
    async output(task, epoch, body, size, signal) {
      const response = await fetch(`${base}/tasks/${task}/${epoch}/outputs`, {
        method: "POST",
        headers: { authorization, "content-length": String(size), "content-type": "application/octet-stream" },
        body: Readable.toWeb(body),
        duplex: "half",
        redirect: "error",
        signal,
      } as unknown as RequestInit).catch((error: unknown) => {
        throw new ServerFileError(`the upload failed: ${String(error)}`, { cause: error });
      });
      if (!response.ok) throw new ServerFileError(`the server answered ${response.status} to an upload`);
      const { blob } = (await response.json()) as { blob: string };
      return blob;
    },
  };
}
