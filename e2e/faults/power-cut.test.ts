/**
 * Fault matrix: power cut (T1). The data folder lies on an ext4 image; while the server is stopped in mid-flight the image is
 * copied, which is what a disk would hold had the power gone at that moment. kill -9 cannot show a missing fsync; this does.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "@modelyard/testing";
import { allEnded, startLoad } from "./support/load.ts";
import { choose, seeded } from "./support/mode.ts";
import { until } from "./support/programs.ts";
import { mount, noMounts, run, unmount } from "./support/root.ts";
import { Site } from "./support/site.ts";

const cuts = choose(2, 50);

test(`${cuts} power cuts: every acknowledged task is on the disk`, { skip: noMounts("power cut") }, async (t) => {
  const { random } = seeded(t);
  let acknowledged = 0;
  for (let cut = 0; cut < cuts; cut++) {
    const folder = temporaryFolder("power");
    const image = join(folder, "disk");
    run("truncate", "-s", "48M", image);
    run("mkfs.ext4", "-q", "-F", image);
    // Data is not written out behind our back: only what somebody waited for is on the disk.
    const dataDir = mount(t, join(folder, "mounted"), "-o", "loop,commit=600", image);
    const site = await Site.start(t, { dataDir: join(dataDir, "data") });
    await site.worker("steady", 4);
    const load = startLoad(site, { callers: 8, random, ms: 30, apps: 3 });
    await until("runs are accepted", 20_000, () => load.acked.size >= 20);
    await sleep(random(600));
    site.server?.signal("SIGSTOP");
    // Replies that were on their way were sent before the stop.
    await sleep(100);
    const acked = new Set(load.acked);
    run("cp", "--sparse=always", image, join(folder, "copy"));
    site.server?.signal("SIGCONT");
    await load.stop();
    await allEnded(site, load.acked, 60_000);
    await site.stop();
    unmount(dataDir);
    const copy = mount(t, join(folder, "after"), "-o", "loop", join(folder, "copy"));
    const tasks = await site.verdict(acked, { dataDir: join(copy, "data"), terminal: false });
    assert.ok(acked.size >= 20 && tasks.length >= acked.size);
    acknowledged += acked.size;
    await site.close();
    unmount(copy);
  }
  t.diagnostic(`${cuts} cuts: ${acknowledged} acknowledged tasks, 0 lost, the auditor found nothing`);
});
