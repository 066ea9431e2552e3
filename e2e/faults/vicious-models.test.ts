/** Fault matrix: hostile models beside honest ones (S2, T5, T6, T11). Needs the isolation that is the default where it works. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { allEnded } from "./support/load.ts";
import { choose, seeded } from "./support/mode.ts";
import { processesOf, until } from "./support/programs.ts";
import { Site } from "./support/site.ts";

const TIME_LIMIT = /time limit of 2 s/;

/**
 * What the caller reads at the end of each kind of harm; undefined: the run succeeds, and leaves nothing. On a busy machine any of
 * them may come to its time limit first, but not all of one kind.
 */
const ENDS: Readonly<Record<string, RegExp | undefined>> = {
  forks: /limit of 64 processes|time limit/,
  daemonises: undefined,
  ignores: TIME_LIMIT,
  disk: /limits\.diskBytes/,
  deleted: /limits\.diskBytes/,
  memory: /used up its memory, 128 MiB/,
  // 256 MiB of stdout, which end by themselves; a GiB has a test of its own (runners/command.test.ts).
  floods: undefined,
  crashes: /SIGSEGV/,
  sleeps: TIME_LIMIT,
  outputs: /limits\.outputFiles/,
};

const SLACK_MIB = 96;

/** Resident memory in MiB. */
function memoryOf(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1];
  return Math.round(Number(kib) / 1024);
}

/** Cgroups of the site's launcher, in every hierarchy. */
function cgroupsOf(launcher: number): string[] {
  const hierarchies = readdirSync("/sys/fs/cgroup").map((name) => join("/sys/fs/cgroup", name));
  const found: string[] = [];
  for (const dir of ["/sys/fs/cgroup", ...hierarchies]) {
    let names: string[] = [];
    try {
      names = readdirSync(dir).filter(
        (name) => name.startsWith("modelyard-") && name.split("-")[2] === String(launcher),
      );
    } catch {
      // a file
    }
    for (const name of names) found.push(...readdirSync(join(dir, name)).filter((child) => /^L\d+$/.test(child)));
  }
  return found;
}

describe("vicious models", () => {
  const each = choose(20, 200);
  test(`${each} vicious tasks among ${each} honest ones`, async (t) => {
    const { random } = seeded(t);
    const site = await Site.start(t);
    const worker = await site.worker("w", 6);
    const isolation = /isolation: (.*)/.exec(worker.output())?.[1] ?? "";
    if (!isolation.includes("bubblewrap")) return t.skip(isolation);
    const client = site.client();
    const honest: string[] = [];
    const vicious = new Map<string, string>();
    const startHonest = async () =>
      honest.push((await client.run("fault/work", { ms: random(300), family: false })).taskid);

    const startVicious = async (does: string) =>
      vicious.set((await client.run("fault/vicious", { does })).taskid, does);
    const kinds = Object.keys(ENDS);

    // The baseline is what the worker takes when it has seen each kind once: its heap has the size then that a flood makes it grow to.
    for (let n = 0; n < 10; n++) await startHonest();
    for (const does of kinds) await startVicious(does);
    await allEnded(site, [...honest, ...vicious.keys()], 60_000);
    const launcher = processesOf(worker.dir).find(({ command }) => command.includes("launcher.mjs"))?.pid as number;
    const before = { worker: memoryOf(worker.pid), launcher: memoryOf(launcher) };

    const began = performance.now();
    for (let n = 0; n < each; n++) {
      await startVicious(kinds[n % kinds.length] as string);
      await startHonest();
    }
    await allEnded(site, honest, 120_000);
    const honestMs = performance.now() - began;
    await allEnded(site, vicious.keys(), 60_000 + each * 4_000);
    const allMs = performance.now() - began;

    for (const taskid of honest) assert.equal((await client.detail({ taskid })).pexit, "0", `honest task ${taskid}`);
    const asExpected = new Map(kinds.map((does) => [does, 0]));
    for (const [taskid, does] of vicious) {
      const { pexit, debugerror } = await client.detail({ taskid });
      const text = String(debugerror);
      const end = ENDS[does];
      if (end === undefined ? pexit === "0" : pexit !== "0" && end.test(text))
        asExpected.set(does, (asExpected.get(does) ?? 0) + 1);
      else assert.match(text, TIME_LIMIT, `${does} (exit code ${pexit})`);
    }
    for (const [does, times] of asExpected) assert.ok(times > 0, `${does} never ended as it should`);

    await sleep(1_000);
    const left = processesOf(worker.dir).filter(({ pid }) => pid !== worker.pid && pid !== launcher);
    assert.deepEqual(left, [], "nothing of a task is alive");
    assert.deepEqual(cgroupsOf(launcher), [], "no cgroup of a task is left");
    const runs = join(worker.dir, "runs");
    const folders = () =>
      readdirSync(runs).flatMap((id) => readdirSync(join(runs, id)).flatMap((v) => readdirSync(join(runs, id, v))));
    await until("only folders that are kept for later are left", 10_000, () => folders().length <= 64);
    const after = () => ({ worker: memoryOf(worker.pid), launcher: memoryOf(launcher) });
    // Measured: JavaScript's heap is back at 17 MiB after each round; the process as a whole levels off 40 to 75 MiB above the first rounds'
    // size, which allocators keep. What every flood left behind would be 4 MiB each time. Garbage is collected when there is a reason to:
    // a few more runs are one.
    await until(`memory is back at its baseline (${SLACK_MIB} MiB)`, 30_000, async () => {
      await startHonest();
      await sleep(500);
      return after().worker <= before.worker + SLACK_MIB && after().launcher <= before.launcher + 16;
    }).catch((error: Error) => {
      throw new Error(`${error.message}: before ${JSON.stringify(before)}, now ${JSON.stringify(after())}`);
    });
    await allEnded(site, honest, 60_000);
    t.diagnostic(
      `${each} vicious and ${each} honest tasks in ${Math.round(allMs / 1000)} s (honest ones done after ${Math.round(honestMs / 1000)} s); ` +
        `memory of the worker ${before.worker} MiB before, ${after().worker} after; of its launcher ${before.launcher} and ${after().launcher}; ${isolation}; ended as expected: ${JSON.stringify(Object.fromEntries(asExpected))}`,
    );
    const tasks = await site.verdict([...honest, ...vicious.keys()]);
    for (const task of tasks) assert.equal(task.attempts, 1, `task ${task.id} was attempted again`);
  });
});
