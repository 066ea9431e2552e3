/** The platform that models:check runs models on: real processes, default isolation, weights and packages kept from one check to the next. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ModelFolder } from "@modelyard/server/models";
import { until } from "../calls.ts";
import { startPlatform } from "../platform.ts";

const INSTALL_MS = 3_600_000;

export interface Made {
  /** From the call to its end, as a caller sees it. */
  seconds: number;
  /** Files by name; a text answer has the name "". */
  outputs: { name: string; bytes: Buffer }[];
}

export interface CheckedPlatform {
  /** Of the process below which models run. */
  pid: number;
  /** Throws why the model cannot run here, in the worker's words. */
  assertInstalled(model: ModelFolder): void;
  isPulled(model: ModelFolder): Promise<boolean>;
  /** Throws with the reason where the run fails. */
  run(model: ModelFolder, inputs: Record<string, unknown>): Promise<Made>;
  stop(): Promise<unknown>;
}

const nameOf = ({ owner, slug }: ModelFolder) => `${owner}/${slug}`;

/** Starts it and waits until everything that does not have to be pulled is installed, or has failed. */
export async function startChecked(dataDir: string, models: readonly ModelFolder[]): Promise<CheckedPlatform> {
  // Only what was fetched is kept; accounts and tasks are made anew.
  if (existsSync(dataDir))
    for (const name of readdirSync(dataDir)) if (name !== "worker") rmSync(join(dataDir, name), { recursive: true });
  const platform = await startPlatform({
    dataDir,
    // Downloads need the settings of this shell: npm's, proxies, certificates. The platform's own ones are ours here.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MODELYARD_"))),
    args: [
      ...models.flatMap(({ dir }) => ["--models", dir]),
      "--enable-models",
      models.map(nameOf).join(","),
      "--prepare-mb",
      "100000",
      "--slots",
      "4",
    ],
  });
  const client = platform.client("apikey");
  const failure = (model: ModelFolder) =>
    new RegExp(`${nameOf(model).replaceAll(".", "\\.")} cannot run here: (.*(?:\\n {2}- .*)*)`).exec(
      platform.output(),
    )?.[1];
  const isReady = ({ version }: ModelFolder) => existsSync(join(dataDir, "worker/cache/ready", `${version}.json`));
  // Nothing of an app is installed: it is run by the server, out of other models.
  const toInstall = models.filter(({ manifest }) => !manifest.pull && manifest.runner.type !== "app");
  const open = () => toInstall.filter((model) => !isReady(model) && !failure(model));
  if (open().length > 0)
    process.stderr.write(
      `installing ${open()
        .map(({ slug }) => slug)
        .join(", ")} …\n`,
    );
  await until(() => open().length === 0, "models are installed", INSTALL_MS);

  return {
    pid: platform.process.pid ?? 0,
    assertInstalled(model) {
      const reason = !toInstall.includes(model) || isReady(model) ? undefined : failure(model);
      if (reason !== undefined) throw new Error(reason);
    },
    async isPulled({ owner, slug }) {
      const { modelyard } = await client.models.detail(owner, slug);
      return modelyard.pull?.installed ?? true;
    },
    async run(model, inputs) {
      const began = performance.now();
      const { taskid } = await client.run(nameOf(model), inputs);
      const task = await client.wait({ taskid }, { intervalMs: 10 });
      const seconds = (performance.now() - began) / 1000;
      if (task.pexit !== "0") throw new Error(task.modelyard.endreason ?? `exit code ${task.pexit}`);
      const outputs = await Promise.all(
        task.outputs.map(async (output) => {
          if ("content" in output) return { name: "", bytes: Buffer.from(output.content.raw) };
          const response = await fetch(output.url);
          return { name: output.name, bytes: Buffer.from(await response.arrayBuffer()) };
        }),
      );
      return { seconds, outputs };
    },
    stop: () => platform.stop(),
  };
}
