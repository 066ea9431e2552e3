/** Callers that start runs one after the other until they are told to stop, and remember every acknowledged task. */
import { setTimeout as sleep } from "node:timers/promises";
import { ModelyardError } from "@modelyard/sdk";
import type { Random } from "./mode.ts";
import { until } from "./programs.ts";
import type { Site } from "./site.ts";

export interface Load {
  /** Ids of all runs that were answered with a task. */
  acked: Set<string>;
  /** Calls that broke off or could not connect. */
  broken: number;
  /** Refusals of the API. */
  refused: ModelyardError[];
  /** No further runs; resolves when the last call is back. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  callers: number;
  random: Random;
  /** Longest run in milliseconds. */
  ms: number;
  /** Runs at most. */
  runs?: number;
  /** One in this many runs has children that try to outlive it; 0 = none. */
  family?: number;
  /** One in this many runs is an app of three steps; 0 = none. */
  apps?: number;
  /** Between two runs of one caller. */
  pauseMs?: number;
}

export function startLoad(
  site: Site,
  { callers, random, ms, family = 0, apps = 0, runs = Number.POSITIVE_INFINITY, pauseMs = 0 }: LoadOptions,
): Load {
  const client = site.client();
  const load: Load = { acked: new Set(), broken: 0, refused: [], stop: async () => {} };
  let started = 0;
  let stopped = false;
  const one = async () => {
    while (!stopped && !site.closed && started < runs) {
      started++;
      try {
        const inputs = { ms: random(ms + 1), family: family > 0 && random(family) === 0 };
        const model = apps > 0 && random(apps) === 0 ? "fault/chain" : "fault/work";
        load.acked.add((await client.run(model, inputs)).taskid);
        if (pauseMs > 0) await sleep(pauseMs);
      } catch (error) {
        if (error instanceof ModelyardError) load.refused.push(error);
        else load.broken++;
        started--;
        await sleep(50);
      }
    }
  };
  const all = Promise.all(Array.from({ length: callers }, one));
  load.stop = async () => {
    stopped = true;
    await all;
  };
  return load;
}

/** Waits until the API shows all of them ended. */
export async function allEnded(site: Site, ids: Iterable<string>, limitMs: number): Promise<void> {
  const client = site.client();
  const open = new Set(ids);
  await until("all acknowledged tasks have ended", limitMs, async () => {
    const ended = async (taskid: string) => {
      const task = await client.detail({ taskid }).catch(() => undefined);
      if (task?.status === "task_postprocess_end" || task?.status === "task_cancel") open.delete(taskid);
    };
    await Promise.all([...open].slice(0, 50).map(ended));
    return open.size === 0;
  }).catch((error: Error) => {
    throw new Error(`${error.message}: ${open.size} have not, such as ${[...open].slice(0, 5).join(", ")}`);
  });
}
