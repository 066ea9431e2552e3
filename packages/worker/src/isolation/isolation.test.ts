/**
 * The contract that every driver keeps, on all of them that work on this machine (S2). The probes also run without isolation, where they
 * must get through: a suite of probes that cannot succeed would prove nothing.
 */
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { createProcesses, type Processes } from "../process/index.ts";
import { alive, killTagged, newTag, testFolder } from "../runners/fixtures/support.ts";
import { createBubblewrap } from "./bubblewrap.ts";
import { createContainer } from "./container.ts";
import { ProbeSite } from "./fixtures/probe-site.ts";
import { PROBES } from "./fixtures/probes.ts";
import { createNone } from "./none.ts";
import { probe } from "./probe.ts";
import type { Isolation } from "./sandbox.ts";

const isRoot = process.getuid?.() === 0;

const plain = createProcesses();
const { controllers } = await plain.info();
await plain.close();
const drivers: Record<string, () => Isolation> = {
  bubblewrap: () => createBubblewrap({ controllers }),
  runc: () => createContainer({ engine: "runc" }),
};

for (const [name, create] of Object.entries(drivers)) {
  let isolation: Isolation | undefined;
  let problem: string | undefined;
  try {
    isolation = create();
    problem = await probe(isolation);
  } catch (error) {
    problem = (error as Error).message;
  }
  if (problem !== undefined) console.error(`SKIPPED: isolation by ${name}: ${problem}`);

  describe(`isolation: ${name}`, { skip: problem !== undefined }, () => {
    let site: ProbeSite;
    let processes: Processes;
    const tmpDir = testFolder();
    before(async () => {
      site = await ProbeSite.open();
      processes = createProcesses({ isolation: isolation as Isolation, tmpDir });
    });
    after(async () => {
      await processes.close();
      await site.close();
      isolation?.close();
      fs.rmSync(tmpDir, { recursive: true });
    });

    it("runs a program with its folders: model and inputs to read, outputs to write", async () => {
      const { out, err, code } = await site.run(
        processes,
        'cat $MODEL/weights $DIR/in/text.txt $DIR/input.json; echo made >$DIR/out/made.txt; echo temporary >$DIR/t; touch /tmp/x /dev/shm/x; pwd; echo "$(id -un) $HOME"',
      );
      assert.deepEqual({ err, code }, { err: "", code: 0 });
      assert.equal(out, `secretsecretsecret${site.env.MODEL}\nmodel ${site.env.DIR}\n`);
      assert.equal(fs.readFileSync(path.join(site.env.DIR ?? "", "out", "made.txt"), "utf8"), "made\n");
    });

    for (const { name: what, script } of PROBES) {
      it(`refuses: ${what}`, async () => {
        const { escaped } = await site.run(processes, script);
        assert.ok(!escaped, "it got through");
        assert.ok(site.victimLives, "the host's process lives");
      });
    }

    it("bounds a fork bomb; the worker can start others at once", async () => {
      const tag = newTag();
      const bomb = site.run(processes, `f() { sleep 3600.${tag} & f & f; }; f`, 2000);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.ok(alive(tag).length <= 64 + 8, `${alive(tag).length} processes`);
      assert.equal((await site.run(processes, "echo fine")).out, "fine\n");
      await bomb;
      assert.deepEqual(alive(tag), []);
    });

    it("ends a memory bomb and says which limit it was", async () => {
      const { code, signal, hits } = await site.run(
        processes,
        `perl -e '$x .= "a" x 1e7 for 1 .. 500; print "ESCAPED"'`,
      );
      assert.ok(code !== 0 || signal !== null);
      // runc has cgroups of its own, which the launcher does not count.
      if (name === "bubblewrap" && controllers.includes("memory")) assert.ok(hits.memory > 0, JSON.stringify(hits));
    });

    it("leaves nothing of daemons that clear their environment, start sessions and ignore TERM", async (t) => {
      const tag = newTag();
      t.after(() => killTagged(tag));
      const daemon = `setsid env -i /bin/sh -c 'trap "" TERM HUP; exec /bin/sleep 3600.${tag}' >/dev/null 2>&1 &`;
      const { out } = await site.run(processes, `${daemon} ( ${daemon} ) ; sleep 0.2; echo done`);
      assert.equal(out, "done\n");
      assert.deepEqual(alive(tag), []);
    });

    it("reports an exit code, a signal, and a program that is missing", async () => {
      assert.equal((await site.run(processes, "exit 7")).code, 7);
      assert.equal((await site.run(processes, "kill -KILL $$")).signal, "SIGKILL");
      const missing = processes.spawnProcess({ command: ["no-such"], cwd: "/", env: site.env, sandbox: site.sandbox });
      await assert.rejects(missing, /program not found/);
    });
  });
}

describe("no isolation", { skip: process.platform !== "linux" || !isRoot }, () => {
  let site: ProbeSite;
  const processes = createProcesses({ isolation: createNone("test") });
  before(async () => (site = await ProbeSite.open()));
  after(async () => {
    await processes.close();
    await site.close();
  });
  for (const { name: what, script } of PROBES.filter(({ open }) => open)) {
    it(`gets through: ${what}`, async () => {
      const { escaped, err } = await site.run(processes, script);
      assert.ok(escaped, err);
    });
  }
});
