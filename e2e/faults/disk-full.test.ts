/** Fault matrix: disk full (T9). */
import assert from "node:assert/strict";
import { closeSync, openSync, unlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { ERRORS } from "@modelyard/contract";
import { ModelyardError } from "@modelyard/sdk";
import { temporaryFolder } from "@modelyard/testing";
import { allEnded, startLoad } from "./support/load.ts";
import { choose, seeded } from "./support/mode.ts";
import { until } from "./support/programs.ts";
import { mount, noMounts } from "./support/root.ts";
import { Site } from "./support/site.ts";

/** Writes until nothing fits any more. */
function fill(path: string): void {
  const fd = openSync(path, "w");
  try {
    for (const size of [1024 * 1024, 4_096]) {
      try {
        for (;;) if (writeSync(fd, Buffer.alloc(size)) < size) break;
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
      }
    }
  } finally {
    closeSync(fd);
  }
}

const rounds = choose(1, 50);

test(`the disk gets full ${rounds} times: runs are refused, the rest goes on, and it recovers`, {
  skip: noMounts("disk full"),
}, async (t) => {
  const { random } = seeded(t);
  const dataDir = mount(t, join(temporaryFolder("full"), "data"), "-t", "tmpfs", "-o", "size=16m", "modelyard-test");
  const site = await Site.start(t, { dataDir });
  await site.worker("steady", 4);
  const client = site.client();
  const acked = new Set<string>();
  let refused = 0;
  for (let round = 0; round < rounds; round++) {
    const load = startLoad(site, { callers: 3, random, ms: 200, pauseMs: 20 });
    await until("runs are accepted", 10_000, () => load.acked.size >= 5);
    const filler = join(dataDir, "filler");
    fill(filler);
    await until("runs are refused", 20_000, () => load.refused.length > 0);
    await sleep(500);
    await load.stop();
    for (const error of load.refused) {
      assert.ok(error instanceof ModelyardError);
      assert.deepEqual([error.status, error.code, error.message], [200, 0, ERRORS.storageFull.message()]);
    }
    assert.equal(load.broken, 0, "every call was answered");
    const [one] = load.acked;
    assert.equal((await client.detail({ taskid: one as string })).id, one, "reads work");
    assert.equal((await fetch(`${site.url}/health`)).status, 200);
    refused += load.refused.length;
    unlinkSync(filler);
    const again = await client.run("fault/work", { ms: 0 });
    for (const id of [...load.acked, again.taskid]) acked.add(id);
    await allEnded(site, acked, 60_000);
  }
  assert.equal(site.server?.child.exitCode, null, "the server lived through it");
  const tasks = await site.verdict(acked);
  assert.deepEqual(
    tasks.filter(({ pexit }) => pexit !== "0").map(({ id }) => id),
    [],
    "no accepted run failed",
  );
  t.diagnostic(`${refused} runs refused, ${tasks.length} tasks ended`);
});
