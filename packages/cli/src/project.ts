/** Which server and which project a command speaks to. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Client, createClient } from "@modelyard/sdk";
import type { ClientFlags } from "./client-settings.ts";

export const DEFAULT_URL = "http://127.0.0.1:8787";

interface FirstRun {
  url: string;
  projects: { auth: string; apiKey: string; apiSecret?: string }[];
}

export function readFirstRun(dataDir: string): FirstRun {
  const path = join(resolve(dataDir), "first-run.json");
  try {
    return JSON.parse(readFileSync(path, "utf8")) as FirstRun;
  } catch (error) {
    throw new Error(`no --key was given, and ${path} cannot be read; --data names the server's data folder`, {
      cause: error,
    });
  }
}

function project(flags: ClientFlags): { url: string; apiKey: string; apiSecret?: string } {
  if (flags.key !== undefined)
    return { url: flags.url ?? DEFAULT_URL, apiKey: flags.key, ...(flags.secret ? { apiSecret: flags.secret } : {}) };
  const firstRun = readFirstRun(flags.data);
  const found = firstRun.projects.find(({ auth }) => auth === "signature") ?? firstRun.projects[0];
  if (!found) throw new Error("first-run.json names no project; give --key");
  return { ...found, url: flags.url ?? firstRun.url };
}

/** fetch that says in words when nobody answers. */
export function reachable(url: string): typeof fetch {
  return async (input, init) => {
    try {
      return await fetch(input, init);
    } catch (error) {
      throw new Error(`nothing answers at ${url}; is the server running there? --url names another address`, {
        cause: error,
      });
    }
  };
}

export function clientOf(flags: ClientFlags): Client {
  const { url, apiKey, apiSecret } = project(flags);
  return createClient({ url, apiKey, apiSecret, fetch: reachable(url) });
}
