import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startNginx } from "../scripts/lib/services.js";
import { ours } from "./ours.ts";
import type { Result } from "./result.ts";
import { type Bench, runRounds, toResult } from "./rounds.ts";

const CONNECTIONS = 16;
const run = promisify(execFile);

/** Files a second that a server gives out: the load is wrk, which takes less of the machine than what it measures. */
async function load(url: string, seconds: number): Promise<{ perSecond: number }> {
  const shoot = (duration: number) => run("wrk", ["-t1", `-c${CONNECTIONS}`, `-d${duration}s`, url]);
  await shoot(1);
  const { stdout } = await shoot(seconds);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`not every file came:\n${stdout}`);
  return { perSecond: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]) };
}

/** The same file from nginx and from us: a picture as models make them, and one that is large. */
export async function files(bench: Bench): Promise<Result[]> {
  const results: Result[] = [];
  for (const [name, size] of [
    ["1 MiB", 2 ** 20],
    ["16 MiB", 2 ** 24],
  ] as const) {
    const folder = await mkdtemp(join(tmpdir(), "modelyard-bench-files-"));
    // A picture's first bytes, so that it may be uploaded; the rest does not compress.
    const bytes = Buffer.concat([PNG_HEAD, randomBytes(size - PNG_HEAD.length)]);
    await writeFile(join(folder, "0.png"), bytes);
    const nginx = await startNginx({ files: folder });
    const runs = await runRounds(bench, `file of ${name}`, {
      nginx: () => load(`${nginx.url}/0.png`, bench.seconds),
      ...(ours.startServing && {
        async ours() {
          const server = await ours.startServing!(bytes);
          const found = await load(server.url, bench.seconds);
          await server.stop();
          return found;
        },
      }),
    });
    await nginx.stop();
    await rm(folder, { recursive: true });
    results.push(toResult(runs, { name: `file of ${name}`, field: "perSecond", unit: "files/s", better: "more" }));
  }
  return results;
}

/** Signature and header chunk of a PNG of 100 × 100 grey pixels. */
const PNG_HEAD = Buffer.from("89504e470d0a1a0a0000000d494844520000006400000064080000000055814af8", "hex");
