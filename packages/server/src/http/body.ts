/**
 * Request bodies in every form that clients send (wire-contract.md 1): JSON, multipart, urlencoded, JSON under a wrong or missing
 * content type, multipart without a boundary. The parsing of multipart is a library's; which parser to use is decided here by looking.
 */
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import busboyFactory from "@fastify/busboy";
import { apiError, deeperThan, MAX_DEPTH } from "@modelyard/contract";

const { Busboy } = busboyFactory;

/** Bytes of a body without files; characters of all text fields of a multipart one together. */
export const TEXT_LIMIT = 8 * 1024 * 1024;
/** Bytes of one file (wire-contract.md 8). */
export const FILE_LIMIT = 100 * 1024 * 1024;
const MAX_FIELDS = 1000;
const MAX_FILES = 50;
/**
 * Bytes of a refused body that are still read, so that a client that writes first and reads later gets its answer. With what the
 * streams between hold (measured: 300 KB) it stays below 1 MiB.
 */
const PAST_REFUSAL = 640 * 1024;
/** How long a client that still writes then may read the answer before its connection ends, in milliseconds. */
const LINGER_MS = 2_000;

/** Parsed fields; names that came several times (or as `name[]`, `name[0]`) are arrays. Files are what `storeFile` returned. */
export type Fields = Record<string, unknown>;

/** Consumes one uploaded file, sent as `field`; called only for parts that carry bytes or a file name. */
export type StoreFile = (file: {
  field: string;
  name: string;
  contentType: string;
  stream: Readable;
}) => Promise<unknown>;

/**
 * The whole body, at most `limit` bytes; throws `bodyTooLarge` or, where it breaks off, `badBody`. Plain events instead of an async
 * iterator: it is on the hot path of every call.
 */
export function readAll(source: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    source.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else reject(apiError("bodyTooLarge"));
    });
    source.on("end", () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
    source.on("error", (cause) => reject(brokenOff(cause)));
    source.on("close", () => {
      if (!source.readableEnded) reject(apiError("badBody"));
    });
  });
}

/** A client that goes away in the middle of its body is no fault of ours. */
function brokenOff(cause: unknown): Error {
  return Object.assign(apiError("badBody"), { cause });
}

function asObject(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw apiError("badBody");
  if (deeperThan(value, MAX_DEPTH)) throw apiError("badBody");
  return value as Fields;
}

function parseJson(text: string): Fields {
  const trimmed = text.trim();
  if (trimmed === "") return {};
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch (error) {
    throw Object.assign(apiError("badBody"), { cause: error });
  }
  return asObject(value);
}

/** Adds one field under its plain name; a second value makes it a list, `name[]` and `name[0]` always do. */
function add(fields: Map<string, unknown>, name: string, value: unknown): void {
  const list = /^(.+)\[\d*\]$/.exec(name);
  const key = list?.[1] ?? name;
  const known = fields.get(key);
  if (known === undefined) fields.set(key, list ? [value] : value);
  else fields.set(key, Array.isArray(known) ? [...known, value] : [known, value]);
}

function parseUrlencoded(text: string): Fields {
  const fields = new Map<string, unknown>();
  const pairs = [...new URLSearchParams(text)];
  if (pairs.length > MAX_FIELDS) throw apiError("badBody");
  for (const [name, value] of pairs) add(fields, name, value);
  return Object.fromEntries(fields);
}

/**
 * Ends the reading of a refused body: its rest where that is short; otherwise nothing is read any more, which makes the client look
 * for the answer, and the connection ends soon. Closing at once would reset it, and the answer could be lost.
 */
function readNoFurther(source: Readable): void {
  let read = 0;
  const stop = () => {
    source.off("data", onData);
    source.pause();
    const timer = setTimeout(() => source.destroy(), LINGER_MS);
    source.once("close", () => clearTimeout(timer));
  };
  const onData = (chunk: Buffer) => {
    read += chunk.length;
    if (read >= PAST_REFUSAL) stop();
  };
  source.on("data", onData);
  source.resume();
}

/** Value of a file part that carried nothing. */
const ABSENT = Symbol("absent");

function parseMultipart(source: Readable, contentType: string, storeFile: StoreFile | undefined): Promise<Fields> {
  return new Promise((resolve, reject) => {
    /** In the order of the body: a file is stored long after the part behind it was read. */
    const parts: { name: string; value: unknown }[] = [];
    const pending: Promise<void>[] = [];
    let text = 0;
    const open = new Set<Readable>();
    let failure: Error | undefined;
    const fail = (error: Error) => {
      if (failure) return;
      failure = error;
      source.unpipe(parser);
      readNoFurther(source);
      // What is still being stored would wait for ever for bytes that no longer come.
      for (const stream of open) stream.destroy(error);
      void Promise.allSettled(pending).then(() => reject(failure));
    };
    let parser: InstanceType<typeof Busboy>;
    try {
      parser = new Busboy({
        headers: { "content-type": contentType },
        limits: {
          fieldSize: TEXT_LIMIT,
          fields: MAX_FIELDS,
          files: MAX_FILES,
          parts: MAX_FIELDS + MAX_FILES,
          fieldNameSize: 200,
          headerPairs: 50,
        },
      });
    } catch (error) {
      reject(Object.assign(apiError("badBody"), { cause: error }));
      source.resume();
      return;
    }
    parser.on("field", (name, value, nameTruncated, valueTruncated) => {
      text += value.length;
      if (nameTruncated || valueTruncated) fail(apiError("badBody"));
      else if (text > TEXT_LIMIT) fail(apiError("bodyTooLarge"));
      else parts.push({ name, value });
    });
    parser.on("file", (name, stream, fileName, _encoding, mimeType) => {
      stream.on("error", () => {});
      open.add(stream);
      stream.once("close", () => open.delete(stream));
      const part = { name, value: ABSENT as unknown };
      parts.push(part);
      const store = async () => {
        if (failure) return void stream.resume();
        if (!storeFile) return drop(stream);
        const first = await firstChunk(stream);
        // A file field that was left empty in a form: no name, no bytes.
        if (!first && !fileName) return;
        part.value = await storeFile({
          field: name,
          name: fileName ?? "",
          contentType: mimeType,
          stream: withFirst(first, stream),
        });
      };
      pending.push(
        store().catch((error: Error) => {
          stream.resume();
          fail(error);
        }),
      );
    });
    /** A file that nobody asked for: read past, within the bounds of text. */
    const drop = (stream: Readable) => {
      stream.on("data", (chunk: Buffer) => {
        text += chunk.length;
        if (text > TEXT_LIMIT) fail(apiError("bodyTooLarge"));
      });
    };
    for (const limit of ["fieldsLimit", "filesLimit", "partsLimit"] as const)
      parser.on(limit, () => fail(apiError("badBody")));
    parser.on("error", (error) => fail(Object.assign(apiError("badBody"), { cause: error })));
    parser.on("finish", () => {
      void Promise.all(pending).then(() => {
        if (failure) return reject(failure);
        const fields = new Map<string, unknown>();
        for (const { name, value } of parts) if (value !== ABSENT) add(fields, name, value);
        resolve(Object.fromEntries(fields));
      });
    });
    source.on("error", (cause) => fail(brokenOff(cause)));
    source.on("close", () => {
      if (!source.readableEnded) fail(apiError("badBody"));
    });
    source.pipe(parser);
  });
}

function firstChunk(stream: Readable): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const onReadable = () => {
      const chunk = stream.read() as Buffer | null;
      if (chunk !== null) finish(() => resolve(chunk));
    };
    const onEnd = () => finish(() => resolve(undefined));
    const onError = (error: Error) => finish(() => reject(error));
    const finish = (settle: () => void) => {
      stream.off("readable", onReadable).off("end", onEnd).off("error", onError);
      settle();
    };
    stream.on("readable", onReadable).on("end", onEnd).on("error", onError);
  });
}

function withFirst(first: Buffer | undefined, rest: Readable): Readable {
  return Readable.from(
    (async function* () {
      if (first) yield first;
      for await (const chunk of rest) yield chunk;
    })(),
    { objectMode: false },
  );
}

/** Reads the body of `request` into fields. Without `storeFile` the endpoint takes no files and their bytes are dropped. */
export async function readBody(request: IncomingMessage, contentType: string, storeFile?: StoreFile): Promise<Fields> {
  const type = contentType.toLowerCase();
  if (type.startsWith("multipart/form-data") && /boundary=/.test(type))
    return parseMultipart(request, contentType, storeFile);
  const text = (await readAll(request, TEXT_LIMIT)).toString("utf8");
  if (type.startsWith("application/x-www-form-urlencoded") && !text.trimStart().startsWith("{"))
    return parseUrlencoded(text);
  return parseJson(text);
}
