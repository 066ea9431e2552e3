/**
 * What the operator chose for the home page: `<data>/pages/explore.yaml`, in whose place `docs/site/explore.yaml` stands until there is
 * one. Read again when it has changed.
 */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { ExploreFileRow, Log } from "@modelyard/contract";
import { readExplore, unknownNames } from "./policy-explore.ts";
import type { CatalogueModel } from "./service.ts";

export interface Explore {
  /** The chosen rows; what is wrong with the operator's file is in the log, once. */
  chosen(listed: readonly CatalogueModel[]): Promise<readonly ExploreFileRow[]>;
}

const FILE = "explore.yaml";

/** `docsDir`: undefined where the program came without its documentation; then nothing stands in. */
export function createExplore(deps: { pagesDir: string; docsDir: string | undefined; log: Log }): Explore {
  const { pagesDir, docsDir, log } = deps;
  const own = {
    path: join(pagesDir, FILE),
    stamp: "",
    rows: undefined as ExploreFileRow[] | undefined,
    isBroken: false,
  };
  let shipped: Promise<ExploreFileRow[]> | undefined;
  /** Problems of the file as it is now that have been said. */
  const said = new Set<string>();

  function say(problems: readonly string[]): void {
    for (const problem of problems) {
      if (said.has(problem)) continue;
      said.add(problem);
      log(`${own.path}: ${problem}`, { level: "warn" });
    }
  }

  /** The operator's rows; what could be read last where the file is broken. */
  async function readOwn(): Promise<ExploreFileRow[] | undefined> {
    const found = await stat(own.path).catch(() => undefined);
    const stamp = found ? `${found.mtimeMs} ${found.size}` : "";
    if (stamp === own.stamp) return own.rows;
    own.stamp = stamp;
    said.clear();
    if (!found) return (own.rows = undefined);
    const text = await readFile(own.path, "utf8").catch((error: unknown) => {
      say([`it cannot be read: ${String(error)}`]);
    });
    const { rows, problems } = text === undefined ? { rows: undefined, problems: [] } : readExplore(text);
    say(problems);
    own.isBroken = rows === undefined;
    if (rows) own.rows = rows;
    return own.rows;
  }

  /** Of the models that ship; a server without some of them shows the rest. */
  async function readShipped(): Promise<ExploreFileRow[]> {
    if (docsDir === undefined) return [];
    return readExplore(await readFile(join(docsDir, "site", FILE), "utf8")).rows ?? [];
  }

  return {
    async chosen(listed) {
      const rows = await readOwn();
      if (!rows) return (shipped ??= readShipped());
      if (!own.isBroken) say(unknownNames(rows, listed));
      return rows;
    },
  };
}
