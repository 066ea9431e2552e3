/**
 * For tests: takes a model's folder from the disk, installs it with the real installer, and drives its program over the real
 * protocol, without server and agent. Downloads are kept in the repository's `.runtime/model-cache` between runs.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { isFileItem, items, ProgramManifest, ServiceMessage } from "@modelyard/contract";
import { createInstaller, type InstalledModel, type ModelFile } from "@modelyard/worker/install";
import { parse } from "yaml";

const CACHE = fileURLToPath(new URL("../../../.runtime/model-cache", import.meta.url));

export interface DrivenRun {
  /** 0 = `done`, or the exit code of a command. */
  exitCode: number;
  /** What an `error` line said, or a failed command wrote to stderr. */
  error: string | undefined;
  /** The answer: streamed tokens, else `done.text`. */
  text: string;
  messages: ServiceMessage[];
  /** Output files by name, with their absolute paths. */
  files: Record<string, string>;
  /** Milliseconds from the request to its end. */
  ms: number;
}

export interface DrivenModel {
  model: InstalledModel;
  /** Milliseconds until the service was ready; 0 for commands. */
  startMs: number;
  /** Asks the system how much memory the service's process has used at its peak, in MiB (Linux). */
  peakMemory(): Promise<number>;
  run(
    inputs: Record<string, unknown>,
    options?: { onMessage?(message: ServiceMessage, cancel: () => void): void },
  ): Promise<DrivenRun>;
  /** Sends TERM and resolves with the milliseconds until the process was gone. */
  terminate(): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * `folder`: URL of the model's folder, usually `new URL(".", import.meta.url)`. `weightsDir`: a folder that stands in for weights that have to
 * be pulled.
 */
export async function driveModel(folder: URL, options: { weightsDir?: string } = {}): Promise<DrivenModel> {
  const source = fileURLToPath(folder);
  const written = ProgramManifest.parse(parse(await readFile(join(source, "model.yaml"), "utf8")));
  const manifest = options.weightsDir === undefined ? written : { ...written, pull: false, weights: [] };
  const files = await listFiles(source);
  const version = createHash("sha256").update(JSON.stringify(files)).digest("hex");
  const installed = await createInstaller({ cacheDir: CACHE }).ensure(
    { owner: manifest.owner, slug: manifest.slug, version, manifest, files },
    async (path) => createReadStream(join(source, path)),
    AbortSignal.timeout(600_000),
  );
  const model = { ...installed, weightsDir: options.weightsDir ?? installed.weightsDir };
  const work = await mkdtemp(join(tmpdir(), `${manifest.slug}-`));
  let service: ChildProcess | undefined;
  let startMs = 0;
  const listeners = new Map<string, (message: ServiceMessage) => void>();
  if (manifest.runner.type === "service") {
    const started = performance.now();
    const child = start(model, {});
    service = child;
    const ready = Promise.withResolvers<void>();
    child.once("exit", (code, signal) => {
      const message = `the service ended with ${signal ?? code}`;
      ready.reject(new Error(message));
      for (const [id, listener] of listeners) listener({ type: "error", id, message });
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      // A line that is none of the protocol's would be a log line; these models write none.
      const message = ServiceMessage.parse(JSON.parse(line));
      if (message.type === "ready") ready.resolve();
      else if (message.id) listeners.get(message.id)?.(message);
    });
    child.stderr.pipe(process.stderr);
    await ready.promise;
    startMs = performance.now() - started;
  }
  let last = 0;

  return {
    model,
    startMs,
    async peakMemory() {
      const status = await readFile(`/proc/${service?.pid}/status`, "utf8");
      return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
    },
    async run(inputs, options = {}) {
      const id = `run-${++last}`;
      const dir = join(work, id);
      const [inputDir, outputDir, inputJson] = [join(dir, "in"), join(dir, "out"), join(dir, "input.json")];
      await mkdir(inputDir, { recursive: true });
      await mkdir(outputDir);
      const began = performance.now();
      const messages: ServiceMessage[] = [];
      let exitCode = 0;
      let error: string | undefined;
      if (service) {
        const { stdin } = service;
        const ended = Promise.withResolvers<void>();
        listeners.set(id, (message) => {
          messages.push(message);
          options.onMessage?.(message, () => stdin?.write(`${JSON.stringify({ type: "cancel", id })}\n`));
          if (message.type === "error") [exitCode, error] = [1, message.message];
          if (message.type === "error" || message.type === "done") ended.resolve();
        });
        stdin?.write(`${JSON.stringify({ type: "run", id, inputs, dir, outputDir })}\n`);
        await ended.promise;
        listeners.delete(id);
      } else {
        const json = JSON.stringify(inputs);
        await writeFile(inputJson, json);
        for (const item of items(manifest)) {
          const value = inputs[item.id];
          if (value !== undefined && !isFileItem(item))
            await writeFile(join(inputDir, `${item.id}.txt`), String(value));
        }
        const child = start(model, { INPUT_DIR: inputDir, OUTPUT_DIR: outputDir, INPUT_JSON: inputJson });
        child.stdin.end(json);
        child.stdout.resume();
        const said = child.stderr.toArray();
        [exitCode] = (await once(child, "exit")) as [number];
        if (exitCode !== 0) error = Buffer.concat(await said).toString();
      }
      const answer = messages.find((message) => message.type === "done")?.text;
      return {
        exitCode,
        error,
        messages,
        text: answer ?? messages.map((message) => (message.type === "token" ? message.text : "")).join(""),
        files: Object.fromEntries((await readdir(outputDir)).map((name) => [name, join(outputDir, name)])),
        ms: performance.now() - began,
      };
    },
    async terminate() {
      const began = performance.now();
      const gone = service && once(service, "exit");
      service?.kill("SIGTERM");
      await gone;
      return performance.now() - began;
    },
    async [Symbol.asyncDispose]() {
      if (service && service.exitCode === null && service.signalCode === null) {
        const gone = once(service, "exit");
        service.kill("SIGKILL");
        await gone;
      }
      await rm(work, { recursive: true, force: true });
    },
  };
}

function start(model: InstalledModel, env: Record<string, string>) {
  const [program = "", ...args] = model.manifest.runner.command;
  const PATH = [...model.path, process.env.PATH ?? ""].join(delimiter);
  return spawn(program, args, { cwd: model.dir, env: { ...env, PATH, WEIGHTS_DIR: model.weightsDir }, stdio: "pipe" });
}

async function listFiles(folder: string): Promise<ModelFile[]> {
  const names = await readdir(folder, { recursive: true });
  const files: ModelFile[] = [];
  for (const path of names.sort()) {
    const found = await stat(join(folder, path));
    if (!found.isFile() || path.startsWith("node_modules/")) continue;
    const bytes = await readFile(join(folder, path));
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    files.push({ path, size: bytes.length, sha256, mode: found.mode & 0o100 ? 0o755 : 0o644 });
  }
  return files;
}
