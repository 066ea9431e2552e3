import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startNginx } from "../scripts/lib/services.js";
import { ours } from "./ours.ts";
import type { Result } from "./result.ts";
import { type Bench, runRounds, toResult } from "./rounds.ts";

const CONNECTIONS = 8;
/** Issue 7: pages of a model a second, from the cache, on two cores. */
const LEAST = 300;
const run = promisify(execFile);

/** Pages a second, compressed as a browser gets them. `script`: wrk's, where each request is to be another one. */
async function load(url: string, seconds: number, script?: string): Promise<{ perSecond: number }> {
  const headers = ["-H", "accept-encoding: gzip"];
  const more = script === undefined ? [] : ["-s", script];
  const shoot = (duration: number) =>
    run("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${duration}s`, ...headers, ...more, url]);
  await shoot(1);
  const { stdout } = await shoot(seconds);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`not every page came:\n${stdout}`);
  return { perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]) };
}

/** Every request asks for a page that nobody has asked for before. */
const NEW_PAGES =
  'local n = 0\nrequest = function() n = n + 1; return wrk.format("GET", wrk.path .. "?made=" .. n) end\n';

/** A model's page as it is kept, beside the same bytes as a file from nginx; and how many can be made anew. */
export async function pages(bench: Bench): Promise<Result[]> {
  if (!ours.startPages) return [];
  const { url, stop } = await ours.startPages();
  const folder = await mkdtemp(join(tmpdir(), "modelyard-bench-pages-"));
  await writeFile(join(folder, "page.html"), await (await fetch(url)).text());
  const script = join(folder, "new-pages.lua");
  await writeFile(script, NEW_PAGES);
  const nginx = await startNginx({ files: folder });
  const kept = await runRounds(bench, "page of a model, kept", {
    nginx: () => load(`${nginx.url}/page.html`, bench.seconds),
    ours: () => load(url, bench.seconds),
  });
  const made = await runRounds(bench, "page of a model, made anew", { ours: () => load(url, bench.seconds, script) });
  await nginx.stop();
  await stop();
  await rm(folder, { recursive: true });
  const result = toResult(kept, { name: "page, kept", field: "perSecond", unit: "pages/s", better: "more" });
  if ((result.ours ?? 0) < LEAST) bench.say(`Fewer than ${LEAST} pages a second: issue 7 asks for more.`);
  return [result, toResult(made, { name: "page, made anew", field: "perSecond", unit: "pages/s", better: "more" })];
}
