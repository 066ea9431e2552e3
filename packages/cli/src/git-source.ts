/** A model in a git repository: cloned for the moment, with nothing of it run. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { gitEnvironment } from "./settings.ts";

/** A clone that takes longer is given up. */
const CLONE_MS = 300_000;
const SCHEMES = ["https:", "ssh:", "file:"];

export interface GitSource {
  url: string;
  /** Branch or tag; undefined = what the repository shows. */
  ref: string | undefined;
}

/** Undefined for what is no git address, but a path. Throws for addresses that are not taken. */
export function gitSource(text: string): GitSource | undefined {
  // git's short form for ssh: user@host:path
  const isShort = /^[\w.-]+@[\w.-]+:(?!\/\/)/.test(text);
  if (!isShort && !/^[a-z][a-z0-9+.-]*:/i.test(text)) return undefined;
  const at = text.indexOf("#");
  const url = at < 0 ? text : text.slice(0, at);
  const ref = at < 0 ? undefined : text.slice(at + 1);
  if (!isShort && !SCHEMES.includes(URL.parse(url)?.protocol ?? ""))
    throw new Error(`${url}: only https://, ssh:// and file:// addresses of repositories are cloned`);
  if (ref !== undefined && !/^[\w][\w./-]*$/.test(ref)) throw new Error(`${ref} is no name of a branch or tag`);
  return { url, ref };
}

/**
 * Clones the last commit into `dir`, which does not exist yet. No hooks (a template could bring some), no submodules, no filters
 * beyond git's own; what git says is in the error.
 */
export async function cloneModel({ url, ref }: GitSource, dir: string): Promise<void> {
  const quiet = ["-c", "core.hooksPath=/dev/null", "-c", "core.symlinks=false", "-c", "advice.detachedHead=false"];
  const branch = ref === undefined ? [] : ["--branch", ref];
  const options = ["--depth", "1", "--no-recurse-submodules", "--template=", "--quiet", "--no-tags", "--single-branch"];
  try {
    await promisify(execFile)("git", [...quiet, "clone", ...options, ...branch, "--", url, dir], {
      env: gitEnvironment(),
      timeout: CLONE_MS,
      killSignal: "SIGKILL",
    });
  } catch (error) {
    const { code, stderr = "" } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === "ENOENT") throw new Error("git is not installed", { cause: error });
    const said = stderr.trim().split("\n").at(-1) || (error as Error).message;
    throw new Error(`${url} cannot be cloned: ${said}`, { cause: error });
  }
}
