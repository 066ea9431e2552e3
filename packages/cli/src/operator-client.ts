/** The server as its operator speaks to it. */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Client, createClient } from "@modelyard/sdk";
import { operatorToken, readMasterKey } from "@modelyard/server/operator-token";
import type { OperatorFlags } from "./operator-settings.ts";
import { DEFAULT_URL, reachable, readFirstRun } from "./project.ts";

/** The token of the server whose data folder this is. Throws, with what to do, where its key cannot be read. */
export function tokenOf(flags: Pick<OperatorFlags, "data" | "masterKey">): string {
  const dataDir = resolve(flags.data);
  try {
    return operatorToken(readMasterKey(dataDir, flags.masterKey));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is none" : (error as Error).message;
    throw new Error(
      `${join(dataDir, "master.key")} cannot be read (${why}); --data names the server's data folder, --token with --url a server elsewhere`,
      { cause: error },
    );
  }
}

export function operatorOf(flags: OperatorFlags): Client {
  const token = flags.token ?? tokenOf(flags);
  const isHere = existsSync(join(resolve(flags.data), "first-run.json"));
  const url = flags.url ?? (flags.token === undefined && isHere ? readFirstRun(flags.data).url : DEFAULT_URL);
  return createClient({ url, bearer: async () => token, fetch: reachable(url) });
}
