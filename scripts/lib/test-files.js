import { readdir } from "node:fs/promises";
import { join, sep } from "node:path";

const SKIPPED = new Set(["node_modules", "generated", "fixtures", "data", "artifacts", ".runtime", ".git"]);

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
    for (const path of await walk(base, folder)) if (ending.test(path)) files.push(path);
  }
  return files
    .filter((path) => mode === "all" || path.startsWith("e2e/faults/"))
    .filter((path) => wanted.length === 0 || wanted.some((filter) => path.includes(filter)))
    .sort();
}

async function walk(base, folder) {
  const entries = await readdir(join(base, folder), { withFileTypes: true }).catch(() => []);
  const nested = await Promise.all(
    entries.map((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : walk(base, path);
      return entry.isFile() ? [path] : [];
    }),
  );
  return nested.flat();
}
