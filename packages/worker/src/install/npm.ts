/** The npm of this machine: which program it is, and which registry it is configured for. */
import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { searchPath } from "../environment.ts";
import { runTool } from "./run-tool.ts";

export interface Npm {
  command: string;
  /** Arguments before npm's own. */
  args: readonly string[];
}

/**
 * The npm beside the running Node, else the first on PATH; undefined when there is none.
 * (Node 24 from its npm package comes without npm.) It is run by our own Node where it is a script, because npm leaves out
 * optional packages, sharp's binaries for example, that refuse the Node npm itself runs on.
 */
export function findNpm(path = searchPath()): Npm | undefined {
  const beside = join(dirname(process.execPath), "..", "lib", "node_modules", "npm", "bin", "npm-cli.js");
  if (existsSync(beside)) return { command: process.execPath, args: [beside] };
  for (const folder of path.split(delimiter)) {
    const candidate = join(folder, "npm");
    if (folder === "" || !existsSync(candidate)) continue;
    const real = realpathSync(candidate);
    return real.endsWith(".js") ? { command: process.execPath, args: [real] } : { command: candidate, args: [] };
  }
  return undefined;
}

/** Base address, with a final slash, of the registry npm is configured to use for this package. */
export async function registryFor(packageName: string, options: { cwd: string; signal: AbortSignal }): Promise<string> {
  const npm = findNpm();
  if (!npm) throw new Error("npm was not found; its configuration says which registry to use");
  const read = async (key: string) => {
    const result = await runTool({ command: npm.command, args: [...npm.args, "config", "get", key], ...options });
    if (result.exitCode !== 0) throw new Error(`npm config get ${key} failed: ${result.tail}`);
    const value = result.stdout.trim();
    return value === "" || value === "undefined" ? undefined : value;
  };
  const scope = packageName.startsWith("@") ? packageName.slice(0, packageName.indexOf("/")) : undefined;
  const registry = (scope && (await read(`${scope}:registry`))) ?? (await read("registry"));
  if (!registry) throw new Error("npm has no registry configured");
  return registry.endsWith("/") ? registry : `${registry}/`;
}
