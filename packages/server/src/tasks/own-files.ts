/** Addresses of this server's own files in a run's inputs: the worker gets their bytes, and nothing is fetched. */
import type { RunInputs } from "@modelyard/contract";
import type { Blobs } from "../blobs/blobs.ts";
import type { Database } from "../db/database.ts";
import { fileByAccessKey, typeByName } from "../files/service.ts";
import { FILE_LIMIT } from "../http/body.ts";
import { newToken } from "../http/tokens.ts";
import type { Models } from "../models/service.ts";
import { openShown } from "../models/shown-file.ts";
import type { ReceivedFile } from "./parameters.ts";

interface OwnFilesDeps {
  db: Database;
  blobs: Blobs;
  models: Models;
  /** Every base address under which the files may have been named. */
  bases: readonly string[];
}

/** A file of an account; whoever knows its access key may use it. */
const STORED = /^(.*)\/v1\/File\/([A-Za-z0-9]{30})\/[^/]*$/i;
/** A picture or sample of a model, as its page names it. */
const SHOWN = /^(.*)\/assets\/models\/([^/]+)\/([^?#]+)$/;

/**
 * Puts files in the place of such addresses in `values`. What models' folders hold is copied, for the folder may change, once for each
 * address in `values`: the copies are the answer, and the caller's to keep or to delete. Not shared between runs: each run's files end by themselves.
 */
export async function resolveOwnFiles(deps: OwnFilesDeps, values: RunInputs["values"]): Promise<ReceivedFile[]> {
  const copies = new Map<string, ReceivedFile>();
  for (const value of Object.values(values)) {
    if (!Array.isArray(value)) continue;
    for (const [index, source] of value.entries()) {
      if (!("url" in source)) continue;
      const stored = await storedFile(deps, source.url);
      const copy = stored ? undefined : (copies.get(source.url) ?? (await copyOfShown(deps, source.url)));
      if (copy) copies.set(source.url, copy);
      const file = stored ?? copy;
      if (file)
        value[index] = { file: { ref: file.ref, name: file.name, contentType: file.contentType, size: file.size } };
    }
  }
  return [...copies.values()];
}

async function storedFile({ db, bases }: OwnFilesDeps, url: string) {
  const [, base, accessKey] = STORED.exec(url) ?? [];
  if (accessKey === undefined || !bases.includes(base ?? "")) return undefined;
  const file = await fileByAccessKey(db, accessKey);
  return file && { ref: file.blob, name: file.name, contentType: file.content_type, size: file.size };
}

async function copyOfShown({ blobs, models, bases }: OwnFilesDeps, url: string): Promise<ReceivedFile | undefined> {
  const [, base, version = "", path = ""] = SHOWN.exec(url) ?? [];
  if (base === undefined || !bases.includes(base)) return undefined;
  const plain = decoded(path);
  const body = plain === undefined ? undefined : openShown(models, version, plain);
  if (!body || plain === undefined) return undefined;
  const { key, size } = await blobs.put(body, { limit: FILE_LIMIT });
  const name = plain.split("/").at(-1) ?? "";
  return { ref: key, name, contentType: typeByName(name), size, accessKey: newToken() };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
