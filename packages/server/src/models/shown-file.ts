import type { Readable } from "node:stream";
import { isShown } from "./present.ts";
import type { Models } from "./service.ts";

/**
 * A file of a model's folder that its page shows: pictures, samples and what those were made from. Undefined for any other, and for
 * models that are gone. Earlier versions count, because pages of them may still be open somewhere.
 */
export function openShown(models: Models, version: string, path: string): Readable | undefined {
  const model = models.byVersion(version);
  const isThere = model !== undefined && models.current(model.id) !== undefined && isShown(model.manifest, path);
  return isThere ? models.openFile(version, path) : undefined;
}
