import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { run } from "./run.js";

/** Folders without tests of ours. */
const SKIPPED = ["generated", "fixtures"];
/** What .gitignore names, and git itself. */
const IGNORED = ["node_modules", "data", "artifacts", ".runtime", ".git"];

/** Where tests live, and what their names end with. */
const PLACES = [
  { folder: "packages", ending: /^packages\/[^/]+\/src\/.*\.test\.tsx?$/ },
  { folder: "models", ending: /\.test\.ts$/ },
  { folder: "scripts", ending: /\.test\.js$/ },
  { folder: "e2e", ending: /\.test\.ts$/ },
];

/**
 * The test files, as paths relative to the repository, in a stable order.
 * @param {{ base: string, filters?: string[], mode?: "all" | "faults" }} options filters: parts of a path; a file is
 *   taken when one of them occurs in it. mode faults: only e2e/faults
 */
export async function findTestFiles({ base, filters = [], mode = "all" }) {
  const wanted = filters.map((filter) => filter.replace(/^\.\//, "").replaceAll(sep, "/"));
  const files = [];
  for (const { folder, ending } of PLACES) {
    for (const path of await walk(base, folder, [...SKIPPED, ...IGNORED])) if (ending.test(path)) files.push(path);
  }
  return files
    .filter((path) => mode === "all" || path.startsWith("e2e/faults/"))
    .filter((path) => wanted.length === 0 || wanted.some((filter) => path.includes(filter)))
    .sort();
}

/**
 * The same files in an order in which each kind is spread evenly over the run: what sleeps (faults) beside what computes (models).
 * @param {string[]} files
 */
export function spread(files) {
  const kindOf = (path) =>
    path
      .split("/")
      .slice(0, /^e2e\/.+\//.test(path) ? 2 : 1)
      .join("/");
  const sizes = {};
  const places = files.map((path) => {
    const kind = kindOf(path);
    sizes[kind] = (sizes[kind] ?? 0) + 1;
    return { path, kind, index: sizes[kind] - 0.5 };
  });
  return places
    .map(({ path, kind, index }) => ({ path, at: index / sizes[kind] }))
    .sort((a, b) => a.at - b.at)
    .map(({ path }) => path);
}

/**
 * All files of the repository, as git sees them; where there is no git, what lies in folders that are not ignored.
 * @param {string} base
 * @returns {Promise<string[]>} paths relative to the base
 */
export async function listFiles(base) {
  const flags = ["-z", "--cached", "--others", "--exclude-standard"];
  const { code, output } = await run("git", ["ls-files", ...flags], { cwd: base });
  if (code !== 0) return walk(base, "", IGNORED);
  return [...new Set(output.split("\0"))].filter((path) => path !== "");
}

async function walk(base, folder, skipped) {
  const entries = await readdir(join(base, folder), { withFileTypes: true }).catch(() => []);
  const nested = await Promise.all(
    entries.map((entry) => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return skipped.includes(entry.name) ? [] : walk(base, path, skipped);
      return entry.isFile() ? [path] : [];
    }),
  );
  return nested.flat();
}
