/** `modelyard doctor`: tries what a server and a worker will need on this machine, instead of asking what it is. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmdirSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { createProcesses, detectGpus } from "@modelyard/worker";
import { chooseIsolation, limitsText } from "@modelyard/worker/isolation";
import type { DoctorFlags } from "./client-settings.ts";

/** `fail`: Modelyard does not work here. `note`: something is missing that only some models or operators want. */
interface Finding {
  name: string;
  level: "ok" | "note" | "fail";
  text: string;
}

const NODE_MAJOR = 24;
/** The shipped models take 2.8 GB with their packages and weights when all have run (measured with du); the rest is for outputs. */
const FREE_BYTES = 4_000_000_000;

const found = (name: string, text: string): Finding => ({ name, level: "ok", text });

function checkNode(): Finding {
  const { node } = process.versions;
  if (Number(node.split(".")[0]) >= NODE_MAJOR) return found("Node", node);
  return { name: "Node", level: "fail", text: `${node}; ${NODE_MAJOR} is needed. npm start fetches it` };
}

async function where(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)("sh", ["-c", 'command -v "$1"', "sh", program]);
    return stdout.trim();
  } catch {
    return undefined;
  }
}

async function checkProgram(name: string, options: { level: "note" | "fail"; without: string }): Promise<Finding> {
  const path = await where(name);
  return path === undefined ? { name, level: options.level, text: `not found: ${options.without}` } : found(name, path);
}

/** The same choice as a worker's at its start, by the same probe. */
async function checkIsolation(controllers: readonly string[]): Promise<Finding> {
  const name = "isolation";
  try {
    const isolation = await chooseIsolation("auto", { controllers });
    isolation.close();
    if (isolation.kind === "none") return { name, level: "note", text: isolation.text };
    return found(name, `${isolation.text}; ${limitsText(controllers)}`);
  } catch (error) {
    return { name, level: "fail", text: (error as Error).message };
  }
}

async function checkGpus(): Promise<Finding> {
  const gpus = await detectGpus(undefined);
  if (gpus.length > 0) return found("GPUs", gpus.map(({ index, name }) => `${index}: ${name}`).join(", "));
  return { name: "GPUs", level: "note", text: "nvidia-smi lists none: models that need one will wait" };
}

/** How processes are held, and with that what confines them. */
async function checkProcesses(): Promise<Finding[]> {
  const processes = createProcesses();
  try {
    const { cgroups, controllers } = await processes.info();
    const isolation = await checkIsolation(controllers);
    if (cgroups !== "none")
      return [found("processes", `a model's processes are held in cgroups ${cgroups}`), isolation];
    const text =
      "no cgroup can be made here: a model's processes are found by their environment and their parents instead";
    return [{ name: "processes", level: "note", text }, isolation];
  } catch (error) {
    return [{ name: "processes", level: "fail", text: `the launcher does not start: ${(error as Error).message}` }];
  } finally {
    await processes.close();
  }
}

/** The folder itself, or the nearest one above it that exists. */
function existing(folder: string): string {
  return existsSync(folder) ? folder : existing(dirname(folder));
}

function checkData(data: string): Finding[] {
  const folder = resolve(data);
  const parent = existing(folder);
  const { bavail, bsize } = statfsSync(parent);
  const free = `${((bavail * bsize) / 1e9).toFixed(1)} GB free`;
  const space: Finding =
    bavail * bsize >= FREE_BYTES
      ? found("disk", free)
      : { name: "disk", level: "note", text: `${free}: little for models and outputs` };
  try {
    rmdirSync(mkdtempSync(join(parent, ".modelyard-doctor-")));
    return [found("data", `${folder} can be written`), space];
  } catch (error) {
    return [{ name: "data", level: "fail", text: `${folder} cannot be written: ${(error as Error).message}` }, space];
  }
}

async function isModelyard(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) });
    return ((await response.json()) as { status?: string }).status === "ok";
  } catch {
    return false;
  }
}

async function checkPort({ host, port }: DoctorFlags): Promise<Finding> {
  const name = "port";
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const server = createServer();
    server.once("error", resolve);
    server.listen({ host, port }, () => server.close(() => resolve(undefined)));
  });
  if (error === undefined) return found(name, `${host}:${port} can be opened`);
  if (error.code !== "EADDRINUSE") return { name, level: "fail", text: `${host}:${port}: ${error.message}` };
  if (await isModelyard(`http://${host.includes(":") ? `[${host}]` : host}:${port}`))
    return found(name, `${host}:${port} is Modelyard's own: it runs there`);
  return { name, level: "fail", text: `${host}:${port} is taken by another program; choose one with --port` };
}

/** Prints the findings; resolves to the exit code. */
export async function doctor(flags: DoctorFlags): Promise<number> {
  const findings = [
    checkNode(),
    ...checkData(flags.data),
    await checkPort(flags),
    await checkProgram("mkfifo", { level: "fail", without: "the worker cannot start models (coreutils has it)" }),
    ...(await checkProcesses()),
    await checkProgram("npm", { level: "note", without: "models with npm packages cannot be installed" }),
    await checkProgram("ffmpeg", { level: "note", without: "image-to-video fetches one of its own (linux-x64)" }),
    await checkProgram("flite", { level: "note", without: "speech uses its own, a little slower" }),
    await checkGpus(),
  ];
  for (const { name, level, text } of findings) {
    process.stdout.write(`${level === "fail" ? "FAIL" : level.padEnd(4)}  ${name.padEnd(10)}  ${text}\n`);
  }
  return findings.some(({ level }) => level === "fail") ? 1 : 0;
}
