/** Lighthouse's mobile marks for one page of each kind, beside what they should be (0010-web-stack.md). */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram } from "../scripts/lib/services.js";
import { ours } from "./ours.ts";
import { runProgram } from "./program.ts";
import { median, type Result, withRatio } from "./result.ts";
import type { Bench } from "./rounds.ts";

const PAGES = {
  home: "/",
  listing: "/models",
  model: "/models/modelyard/image-to-video",
  pricing: "/pricing",
  docs: "/docs",
  status: "/status",
} as const;

type Mark = "performance" | "accessibility" | "bestPractices" | "seo" | "agentic" | "lcp" | "cls" | "tbt";

/** What a page must reach: marks of 100 or more, times and shifts or less. */
const GOALS: Record<Mark, { goal: number; unit: Result["unit"]; better: Result["better"]; head: string }> = {
  performance: { goal: 95, unit: "of 100", better: "more", head: "perf." },
  accessibility: { goal: 100, unit: "of 100", better: "more", head: "access." },
  bestPractices: { goal: 100, unit: "of 100", better: "more", head: "practices" },
  seo: { goal: 100, unit: "of 100", better: "more", head: "SEO" },
  agentic: { goal: 100, unit: "of 100", better: "more", head: "agents" },
  lcp: { goal: 1_500, unit: "ms", better: "less", head: "LCP ms" },
  cls: { goal: 0.02, unit: "shift", better: "less", head: "CLS" },
  tbt: { goal: 200, unit: "ms", better: "less", head: "TBT ms" },
};
const MARKS = Object.keys(GOALS) as Mark[];

const isMet = (mark: Mark, value: number) =>
  GOALS[mark].better === "more" ? value >= GOALS[mark].goal : value <= GOALS[mark].goal;

/** Each page `bench.runs` times; the medians count. Says what is below its goal, and leaves Lighthouse's own reports in artifacts/. */
export async function lighthouse(bench: Bench): Promise<Result[]> {
  if (!ours.startSite) return [];
  const chromium = findProgram("chromium");
  if (!chromium) throw new Error("Lighthouse needs chromium on the PATH.");
  const reports = fileURLToPath(new URL("../artifacts/lighthouse/", import.meta.url));
  await mkdir(reports, { recursive: true });
  const { url, stop } = await ours.startSite();
  const results: Result[] = [];
  const table = [["page", ...MARKS.map((mark) => GOALS[mark].head)]];
  const below: string[] = [];
  try {
    for (const [page, path] of Object.entries(PAGES)) {
      const found: Record<string, number | string>[] = [];
      // As visitors find it: kept. The first page of each kind after a start is made anew, in up to 2.5 s on a busy machine.
      await (await fetch(url + path)).arrayBuffer();
      for (let run = 1; run <= bench.runs; run++) {
        bench.say(`lighthouse, ${page}, run ${run} of ${bench.runs}`);
        const report = join(reports, `${page}.json`);
        found.push(await runProgram("lighthouse-page.js", { url: url + path, chromium, report }));
      }
      const medians = MARKS.map((mark) => [mark, median(found.map((one) => Number(one[mark])))] as const);
      table.push([page, ...medians.map(([mark, value]) => value.toFixed(mark === "cls" ? 3 : 0))]);
      const missed = medians.filter(([mark, value]) => !isMet(mark, value));
      if (missed.length > 0)
        below.push(
          `${page}: ${missed.map(([mark, value]) => `${GOALS[mark].head} ${value.toFixed(mark === "cls" ? 3 : 0)}`).join(", ")} (${found.at(-1)?.lost})`,
        );
      for (const [mark, value] of medians) {
        const { goal, unit, better } = GOALS[mark];
        const runs = { ours: found.map((one) => ({ [mark]: one[mark] })) };
        results.push(withRatio({ name: `${page}, ${mark}`, unit, better, ours: value, rivals: { goal }, runs }));
      }
    }
  } finally {
    await stop();
  }
  table.push(["goal", ...MARKS.map((mark) => String(GOALS[mark].goal))]);
  bench.say(`\n${columns(table)}`);
  bench.say(below.length === 0 ? "All goals are met." : `Below the goals:\n${below.join("\n")}`);
  return results;
}

function columns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const pad = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return rows.map((row) => row.map(pad).join("  ")).join("\n");
}
