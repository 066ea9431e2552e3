/** Step 4: programs of the operating system that a model calls. */

import { createHash } from "node:crypto";
import { accessSync, constants, statSync } from "node:fs";
import { chmod, mkdir, readdir, stat, symlink } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { type Log, MEDIA_METHODS, type ProgramManifest } from "@modelyard/contract";
import { searchPath, toolEnvironment } from "../environment.ts";
import { describe, InstallError } from "./install-error.ts";
import type { KeyedLock } from "./keyed-lock.ts";
import { extractFromPackage } from "./npm-source.ts";
import { runTool } from "./run-tool.ts";
import { publishFolder, removeTree, scratchName } from "./scratch.ts";
import type { OnBytes } from "./weights.ts";

type Program = ProgramManifest["programs"][number];

/** What measures pictures, sound and video for a price (agent/measure.ts). Without it nothing of those is billed. */
const FFPROBE: Program = { name: "ffprobe", optional: true, debian: "ffmpeg" };

/** The manifest's programs, and what its price needs. */
export function neededPrograms({ programs, price }: ProgramManifest): readonly Program[] {
  const measured = price.some(({ method }) => MEDIA_METHODS.has(method));
  return measured && !programs.some(({ name }) => name === FFPROBE.name) ? [...programs, FFPROBE] : programs;
}

/** Debian's package lists are fetched again when they are older than this. */
const APT_LISTS_MAX_AGE_MS = 24 * 3600 * 1000;

export interface ProgramCache {
  /** `<cacheDir>/programs` */
  folder: string;
  /** The operator forbids installing Debian packages. */
  noSystemInstall: boolean;
  retryDelays: readonly number[];
  locks: KeyedLock;
  log: Log;
}

/**
 * Makes the programs available and returns the folders to put in front of PATH: Node's, then those of programs from npm packages.
 * Order of search: PATH, the manifest's npm package, Debian's package. A missing program that is `optional` is logged only.
 */
export async function installPrograms(options: {
  cache: ProgramCache;
  programs: readonly Program[];
  signal: AbortSignal;
  onBytes: OnBytes;
}): Promise<string[]> {
  const { cache, programs, signal } = options;
  const path = [await nodeFolder(cache.folder)];
  for (const program of programs) {
    if (onPath(program.name)) continue;
    try {
      const folder = await cache.locks.run(`program ${program.name}`, signal, () => obtain(program, options));
      if (folder) path.push(folder);
    } catch (error) {
      signal.throwIfAborted();
      if (!program.optional) throw error;
      cache.log(`${describe(error)}; the model can do without it`, { level: "warn" });
    }
  }
  return path;
}

/** Installs one program. Returns its folder, or undefined when it is on PATH now. */
async function obtain(program: Program, options: Parameters<typeof installPrograms>[0]): Promise<string | undefined> {
  const { cache, signal } = options;
  const reasons: string[] = [];
  if (program.npm && program.npm.platform === `${process.platform}-${process.arch}`) {
    try {
      return await fromPackage({ ...options, name: program.name, npm: program.npm });
    } catch (error) {
      signal.throwIfAborted();
      reasons.push(describe(error));
    }
  }
  if (program.debian && canInstallDebianPackages(cache)) {
    const reason = await cache.locks.run("apt-get", signal, () => aptInstall(program.debian as string, options));
    if (!reason && onPath(program.name)) return undefined;
    reasons.push(reason ?? `the Debian package ${program.debian} carries no ${program.name}`);
  }
  const advice = program.debian
    ? `on Debian or Ubuntu: apt-get install ${program.debian}`
    : "install it with your system's package manager";
  const tried = reasons.map((reason) => `\n  - ${reason}`).join("");
  throw new InstallError("programs", `the program ${program.name} is missing; ${advice}${tried}`);
}

async function fromPackage(options: {
  cache: ProgramCache;
  name: string;
  npm: NonNullable<Program["npm"]>;
  signal: AbortSignal;
  onBytes: OnBytes;
}): Promise<string> {
  const { cache, name, npm, signal, onBytes } = options;
  const folder = join(
    cache.folder,
    createHash("sha256").update(`${npm.integrity}\n${npm.path}\n${name}`).digest("hex"),
  );
  if (isExecutable(join(folder, name))) return folder;
  const scratch = scratchName(cache.folder);
  try {
    await mkdir(scratch);
    const wanted = { path: npm.path, to: join(scratch, name) };
    const problems = await extractFromPackage({
      spec: npm.package,
      integrity: npm.integrity,
      wanted: [wanted],
      cwd: cache.folder,
      signal,
      retryDelays: cache.retryDelays,
      onBytes: (done, total) => onBytes(name, done, total ?? done),
    });
    const problem = problems.get(wanted);
    if (problem) throw problem;
    await chmod(wanted.to, 0o555);
    await publishFolder(scratch, folder);
    return folder;
  } catch (error) {
    await removeTree(scratch).catch(() => {});
    throw error;
  }
}

/** Returns why it did not work, or nothing. */
async function aptInstall(
  debianPackage: string,
  options: { cache: ProgramCache; signal: AbortSignal },
): Promise<string | undefined> {
  const { cache, signal } = options;
  const apt = (...args: string[]) =>
    runTool({
      command: "apt-get",
      args: ["-o", "DPkg::Lock::Timeout=300", ...args],
      cwd: "/",
      env: { ...toolEnvironment(), DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C" },
      signal,
    });
  if (await aptListsAreOld()) {
    cache.log("apt-get update");
    await apt("update");
  }
  cache.log(`apt-get install ${debianPackage}`);
  const result = await apt("install", "-y", "--no-install-recommends", debianPackage);
  return result.exitCode === 0 ? undefined : `apt-get install ${debianPackage} failed: ${result.tail.slice(-500)}`;
}

async function aptListsAreOld(): Promise<boolean> {
  const folder = "/var/lib/apt/lists";
  const lists = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith("Release"));
  const ages = await Promise.all(lists.map(async (name) => Date.now() - (await stat(join(folder, name))).ctimeMs));
  return ages.length === 0 || Math.min(...ages) > APT_LISTS_MAX_AGE_MS;
}

function canInstallDebianPackages(cache: ProgramCache): boolean {
  return !cache.noSystemInstall && process.getuid?.() === 0 && onPath("apt-get");
}

/** A folder in which `node` is the Node this worker runs on. */
async function nodeFolder(folder: string): Promise<string> {
  const own = join(folder, `node-${createHash("sha256").update(process.execPath).digest("hex").slice(0, 16)}`);
  if (isExecutable(join(own, "node"))) return own;
  const scratch = scratchName(folder);
  await mkdir(scratch);
  await symlink(process.execPath, join(scratch, "node"));
  // Whatever stands there is dead: the link's target is named by the folder's own name.
  await removeTree(own);
  await publishFolder(scratch, own);
  return own;
}

function onPath(name: string): boolean {
  return searchPath()
    .split(delimiter)
    .some((folder) => folder !== "" && isExecutable(join(folder, name)));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
