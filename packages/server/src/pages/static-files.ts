/** The built files of the web app, read into memory once: a few hundred kilobytes, each with its compressed forms beside it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { typeByName } from "../files/policy.ts";

export interface StaticFile {
  contentType: string;
  /** Its name has its hash in it: it never changes. */
  immutable: boolean;
  /** Without the compressed forms where the file is compressed in itself. */
  bodies: { identity: Buffer; gzip?: Buffer; br?: Buffer };
}

export const SCRIPT_TYPE = "text/javascript; charset=utf-8";
const TYPES = new Map(
  Object.entries({
    js: SCRIPT_TYPE,
    mjs: SCRIPT_TYPE,
    wasm: "application/wasm",
    css: "text/css; charset=utf-8",
    svg: "image/svg+xml",
    woff2: "font/woff2",
  }),
);
const PACKED = /\.(woff2|png|jpe?g|webp)$/;

function readOne(path: string, name: string): StaticFile {
  const identity = readFileSync(path);
  const isPacked = PACKED.test(name);
  return {
    contentType: TYPES.get(name.split(".").at(-1) ?? "") ?? typeByName(name),
    immutable: name.startsWith("assets/"),
    bodies: isPacked
      ? { identity }
      : {
          identity,
          gzip: gzipSync(identity, { level: 9 }),
          br: brotliCompressSync(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
        },
  };
}

/** Path below the address → file, for all of `client/` but the build's own notes. Compressed when first asked for. */
export function staticFiles(dist: string): (path: string) => StaticFile | undefined {
  const client = join(dist, "client");
  const names = new Set(
    readdirSync(client, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes(".vite"))
      .map((entry) => join(entry.parentPath, entry.name).slice(client.length + 1)),
  );
  const read = new Map<string, StaticFile>();
  return (path) => {
    if (!names.has(path)) return undefined;
    let file = read.get(path);
    if (!file) read.set(path, (file = readOne(join(client, path), path)));
    return file;
  };
}
