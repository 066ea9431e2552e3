/** `modelyard models pull`: shows what would come and under which licences, asks, fetches, and says what came. */
import { join, resolve } from "node:path";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";
import { cleanSlug, type Manifest } from "@modelyard/contract";
import { findModelFolders, readModelFolder } from "@modelyard/server/models";
import { pullWeights } from "@modelyard/worker/install";
import type { PullFlags } from "./pull-command.ts";

const SHIPPED = fileURLToPath(new URL("../../../models", import.meta.url));
/** Width of the bar, in characters, and how often a line is written where there is no terminal to draw on. */
const BAR = 30;
const LINE_EVERY_MS = 5_000;

const say = (text: string) => process.stdout.write(`${text}\n`);

export async function pull(name: string, flags: PullFlags): Promise<void> {
  const manifest = find(name, flags.models ?? []);
  const { weights, license } = manifest;
  if (weights.length === 0) {
    say(`${name} has no weights: there is nothing to fetch.`);
    return;
  }
  say(`${manifest.owner}/${manifest.slug}: ${manifest.title}`);
  for (const { file, size, sha256, license: terms } of weights)
    say(
      `  ${file}  ${size === null ? "size unknown" : megabytes(size)}  ${terms}  ${sha256 ?? "no hash is known: the first download is trusted, then pinned"}`,
    );
  say(`  weights: ${license.weights ?? "see each file"}`);
  if (license.note) say(`  ${license.note}`);
  if (!flags.yes) await accept();

  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new Error("stopped; the next pull goes on from here")));
  const worker = flags.workerData ?? join(flags.data, "worker");
  const bar = createBar();
  const pulled = await pullWeights({
    cacheDir: join(resolve(worker), "cache"),
    model: manifest,
    weights,
    mirror: flags.mirror,
    from: flags.from,
    signal: stop.signal,
    onBytes: bar.show,
  }).finally(bar.end);
  for (const { file, sha256, size, pinned } of pulled)
    say(`  ${file}  ${size} bytes  sha256 ${sha256}${pinned ? "  (pinned now)" : ""}`);
  say(`${name} is there. A running worker notices within seconds.`);
}

function find(name: string, folders: readonly string[]): Manifest {
  const wanted = name.split("/").map(cleanSlug).join("/");
  for (const dir of [...folders, SHIPPED].map((folder) => resolve(folder)).flatMap(findModelFolders)) {
    if (!wanted.endsWith(`/${cleanSlug(dir.split("/").at(-1) ?? "")}`)) continue;
    const { manifest } = readModelFolder(dir);
    if (`${cleanSlug(manifest.owner)}/${cleanSlug(manifest.slug)}` === wanted) return manifest;
  }
  throw new Error(
    `There is no model ${name}. Fix: give owner/model as on its page, and --models for folders of your own.`,
  );
}

async function accept(): Promise<void> {
  if (!process.stdin.isTTY) throw new Error("The licences have to be accepted. Fix: read them, and repeat with --yes.");
  const reader = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await reader.question("Accept these licences and fetch? [y/N] ");
  reader.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Error("Nothing was fetched.");
}

function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
}

/** One line that is drawn over again on a terminal, and a line now and then elsewhere. */
function createBar() {
  let [lineAt, drawn] = [0, false];
  return {
    show(file: string, done: number, total: number): void {
      const part = total > 0 ? done / total : 0;
      const text = `  ${file}  ${megabytes(done)} of ${megabytes(total)}  ${Math.floor(part * 100)} %`;
      if (process.stderr.isTTY) {
        drawn = true;
        const filled = Math.round(part * BAR);
        process.stderr.write(`\r\u001b[K[${"#".repeat(filled)}${"-".repeat(BAR - filled)}]${text}`);
      } else if (performance.now() - lineAt > LINE_EVERY_MS) {
        lineAt = performance.now();
        process.stderr.write(`${text}\n`);
      }
    },
    end(): void {
      if (drawn) process.stderr.write("\n");
    },
  };
}
