import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { InstallError } from "./install-error.ts";
import { isFolder } from "./model-folder.ts";
import type { ModelVersion } from "./model-version.ts";
import { findNpm } from "./npm.ts";
import { runTool } from "./run-tool.ts";
import { publishFolder, removeTree, scratchName } from "./scratch.ts";

const PACKAGE_FILES = ["package.json", "package-lock.json"] as const;

/** Name of the environment that holds this model's packages; undefined when it needs none. Equal files, same environment. */
export function environmentName(model: ModelVersion): string | undefined {
  const hashes = PACKAGE_FILES.map((name) => model.files.find((file) => file.path === name)?.sha256);
  if (hashes.includes(undefined)) return undefined;
  return createHash("sha256").update(hashes.join("\n")).digest("hex");
}

/** Step 2: `npm ci` in a folder of its own, scripts off. `dir`: the model's installed folder, `environment`: where it goes. */
export async function installPackages(options: {
  dir: string;
  environment: string;
  signal: AbortSignal;
}): Promise<void> {
  const { dir, environment, signal } = options;
  if (await isFolder(environment)) return;
  const npm = findNpm();
  if (!npm)
    throw new InstallError(
      "packages",
      "npm was not found on PATH; this model's packages cannot be installed without it",
    );
  const scratch = scratchName(dirname(environment));
  try {
    await mkdir(scratch);
    for (const name of PACKAGE_FILES) await copyFile(join(dir, name), join(scratch, name));
    const omit = (await omitted(join(scratch, "package.json"))).map((kind) => `--omit=${kind}`);
    const result = await runTool({
      command: npm.command,
      args: [...npm.args, "ci", "--ignore-scripts", ...omit, "--no-audit", "--no-fund", "--no-workspaces"],
      cwd: scratch,
      signal,
    });
    if (result.exitCode !== 0) {
      const names = Object.keys(JSON.parse(await readFile(join(dir, "package.json"), "utf8")).dependencies ?? {});
      throw new InstallError(
        "packages",
        `npm ci failed (exit ${result.exitCode}) for ${names.join(", ")}:\n${result.tail}`,
      );
    }
    await mkdir(join(scratch, "node_modules"), { recursive: true });
    await publishFolder(scratch, environment);
  } catch (error) {
    await removeTree(scratch).catch(() => {});
    throw error;
  }
}

/**
 * Kinds of dependencies that are left out: always those for development, and the optional ones where the model's package.json
 * says `"modelyard": {"omit": ["optional"]}`. node-llama-cpp's optional packages, for example, are a gigabyte of CUDA.
 */
async function omitted(path: string): Promise<string[]> {
  const { modelyard } = JSON.parse(await readFile(path, "utf8")) as { modelyard?: { omit?: unknown } };
  const asked = Array.isArray(modelyard?.omit) ? modelyard.omit : [];
  return asked.includes("optional") ? ["dev", "optional"] : ["dev"];
}
