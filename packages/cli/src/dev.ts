/** `modelyard dev`: a server with one model's folder, which is taken up again whenever it changes. */
import { mkdtempSync, openAsBlob, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { cleanSlug, ModelChangeResponse } from "@modelyard/contract";
import type { Client } from "@modelyard/sdk";
import { DEFAULT_CONFIG, type Server, startServer } from "@modelyard/server";
import { checkModelFolder, findingText, folderStamp } from "@modelyard/server/models";
import { startBuiltInWorker } from "./built-in-worker.ts";
import { runOnce } from "./dev-run.ts";
import type { DevFlags } from "./dev-settings.ts";
import { log } from "./log.ts";
import { packModel } from "./model-archive.ts";
import { operatorOf } from "./operator-client.ts";
import { clientOf } from "./project.ts";
import { builtWeb, keepFirstRun } from "./serve.ts";
import { searchPath } from "./settings.ts";
import { shortVersion } from "./table.ts";

const PORT = 8790;
/** How often the folder is looked at; a change counts once two looks saw the same. Milliseconds. */
const LOOK_MS = 200;

const say = (text: string) => process.stderr.write(`${text}\n`);

/** Hands the folder as it is now to the server. Undefined where it is not right; why has been said. */
async function takeUp(dir: string, client: Client, work: string): Promise<string | undefined> {
  const { folder, findings } = checkModelFolder(dir, searchPath());
  for (const finding of findings) say(findingText(finding));
  if (!folder) return undefined;
  const archive = join(work, "model.tar.gz");
  await packModel(folder, archive);
  const file = new File([await openAsBlob(archive)], "model.tar.gz");
  const change = await client.ask("Model/Add", { archive: file }, ModelChangeResponse);
  const name = `${change.slugowner}/${change.slugproject}`;
  if (change.changed) say(`${name} is ready as version ${shortVersion(change.version)}`);
  return name;
}

async function serve(flags: DevFlags, dataDir: string): Promise<Server> {
  const start = (port: number) =>
    startServer(
      {
        ...DEFAULT_CONFIG,
        host: flags.host,
        port,
        dataDir,
        modelDirs: flags.models ?? [],
        webDir: builtWeb(),
        rateLimits: false,
      },
      (message, facts) => log("server", message, facts),
    );
  if (flags.port !== undefined) return start(flags.port);
  return start(PORT).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EADDRINUSE") throw error;
    return start(0);
  });
}

/** Calls `changed` after each change of the folder, one call after the other; returns the function that ends it. */
function watchFolder(dir: string, changed: () => Promise<void>): () => void {
  let taken = folderStamp(dir);
  let seen = taken;
  let busy = false;
  const timer = setInterval(() => {
    const now = folderStamp(dir);
    const isQuiet = now === seen;
    seen = now;
    if (!isQuiet || now === taken || busy) return;
    taken = now;
    busy = true;
    changed()
      .catch((error: unknown) => say(error instanceof Error ? error.message : String(error)))
      .finally(() => (busy = false));
  }, LOOK_MS);
  return () => clearInterval(timer);
}

/** A signal may come twice, from the terminal and from a program around us: only a third one means impatience. */
function untilSignal(): Promise<void> {
  let came = 0;
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM"] as const)
      process.on(signal, () => {
        came += 1;
        if (came > 2) process.exit(1);
        resolve();
      });
  });
}

/** Resolves to the exit code. */
export async function dev(path: string, flags: DevFlags): Promise<number> {
  const work = mkdtempSync(join(tmpdir(), "modelyard-dev-"));
  const data = flags.data === undefined ? join(work, "data") : resolve(flags.data);
  let server: Server | undefined;
  let worker: ReturnType<typeof startBuiltInWorker> | undefined;
  const stopped = untilSignal();
  try {
    server = await serve(flags, data);
    const firstRun = keepFirstRun(server, data, server.url);
    server.markReady();
    worker = startBuiltInWorker(server, { ...flags, data, allowNetwork: flags.allowNetwork ?? ["*"] });
    const { url } = server;
    const operator = operatorOf({ data, url });
    const caller = clientOf({ data, url });
    const inputs = flags.input;
    const turn = async (): Promise<number> => {
      const name = await takeUp(path, operator, work);
      if (name === undefined) {
        say(`${basename(path)} is not right yet; whatever worked before goes on`);
        return 1;
      }
      if (inputs === undefined) return 0;
      return runOnce({ client: caller, model: name, inputs, output: flags.output });
    };
    const first = await turn();
    if (inputs !== undefined && !flags.watch) return first;
    const { folder } = checkModelFolder(path, searchPath());
    const page = folder ? `/models/${cleanSlug(folder.owner)}/${cleanSlug(folder.slug)}` : "/";
    process.stdout.write(`${url}${page}\n`);
    if (firstRun)
      say(`To run it there, sign in once; any address and password will do:\n${firstRun.welcome}&next=${page}`);
    say("Save a file of the folder, and it is taken up again. Ctrl-C ends.");
    const unwatch = watchFolder(path, async () => void (await turn()));
    await stopped;
    unwatch();
    return 0;
  } finally {
    await worker?.stop(true);
    await server?.close();
    rmSync(work, { recursive: true, force: true, maxRetries: 3 });
  }
}
