// Who may import whom. DESIGN: the house. Text in, messages out; no files are read here.
import { posix } from "node:path";

/** Each package and the packages of ours it may import, straight or through another one's arrow. */
const PACKAGES = {
  contract: [],
  "guarded-fetch": [],
  tracing: [],
  sdk: ["contract"],
  providers: ["contract"],
  worker: ["contract", "guarded-fetch", "tracing", "providers"],
  server: ["contract", "guarded-fetch", "tracing"],
  web: ["contract", "sdk"],
  cli: ["contract", "sdk", "providers", "worker", "server"],
  testing: ["contract", "sdk", "providers", "worker", "server"],
};

/** The server's rooms: one folder per thing it knows. */
const ROOMS = new Set(
  "accounts organizations projects models apps tasks queue ledger files webhooks workers realtime gateway pages mail audit-log status comments shares".split(
    " ",
  ),
);

/** What a kind of file in a room must not import, of any room, and of db/ (the folder under all stores). */
const FORBIDDEN = {
  routes: { kinds: ["store", "db"], fix: "call the room's service, which calls the store" },
  service: { kinds: ["routes"], fix: "move what both need into the service or into policy" },
  store: { kinds: ["routes", "service"], fix: "let the service pass in what the store needs" },
  policy: { kinds: ["routes", "service", "store", "db"], fix: "pass the facts in as arguments: policy is pure" },
  present: { kinds: ["routes", "service", "store", "db"], fix: "pass the rows in as arguments: present is pure" },
};
/** Pure files may name the shape of a row: a type is gone at run time. */
const MAY_IMPORT_TYPES = new Set(["policy", "present"]);

const isTest = (path) => /\.test\.[jt]sx?$/.test(path) || /\/(fixtures|test-support)\//.test(path);

/**
 * The imports of one file, found by their form; comments are left out.
 * @param {string} source
 * @returns {{ specifier: string, line: number, isType: boolean }[]} line counts from 1
 */
export function findImports(source) {
  // Comments become blanks of the same length, so that line numbers stay; strings with // in them (URLs) are left alone.
  const code = source.replace(/\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(),])\/\/[^\n]*/g, (text) => text.replace(/[^\n]/g, " "));
  const forms = [
    /^[ \t]*(?:import|export)\s+(type\s)?[^'"`;()=]*?\bfrom\s*["']([^"']+)["']/gm,
    /^[ \t]*import\s*()["']([^"']+)["']/gm,
    /\b(?:import|require)\s*()\(\s*["']([^"']+)["']/g,
  ];
  return forms
    .flatMap((form) => [...code.matchAll(form)])
    .map((match) => ({
      specifier: match[2],
      line: code.slice(0, match.index + match[0].length).split("\n").length,
      isType: Boolean(match[1]),
    }))
    .sort((a, b) => a.line - b.line);
}

/**
 * The arrows one file breaks.
 * @param {{ path: string, source: string }} file path: relative to the repository, with forward slashes
 * @returns {string[]} one message for each, naming file, line and fix
 */
export function checkArrows({ path, source }) {
  return findImports(source).flatMap(({ specifier, line, isType }) => {
    const problem = judge({ path, specifier, isType });
    return problem ? [`${path}:${line} imports "${specifier}": ${problem}`] : [];
  });
}

/** @returns {string | undefined} what is wrong with the import, and the fix */
function judge({ path, specifier, isType }) {
  const from = path.match(/^packages\/([^/]+)\//)?.[1];
  const target = specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : undefined;
  if (target) return judgeRelative({ path, from, target, isType });
  const ours = specifier.match(/^@modelyard\/([^/]+)/)?.[1];
  if (!from || isTest(path)) return undefined;
  if (ours) return judgePackage(from, ours);
  if (from === "contract") return judgeContract(path, specifier);
  return undefined;
}

function judgePackage(from, to) {
  if (from === to) return "a package does not import itself by name. Fix: use a relative import.";
  if (!(from in PACKAGES))
    return `package ${from} has no arrows yet. Fix: add it to PACKAGES in scripts/lib/arrows.js.`;
  if (PACKAGES[from].includes(to)) return undefined;
  if (to === "testing") return "testing is for tests. Fix: import it from a *.test.ts file or from e2e/ only.";
  const allowed = PACKAGES[from].join(", ") || "no other package";
  return `${from} may import ${allowed}. Fix: move what both need into contract, or pass it in as an argument.`;
}

/** The generator is a program for developers; the rest of contract runs in a browser. */
function judgeContract(path, specifier) {
  const isGenerator = /^packages\/contract\/src\/gen(\.ts$|\/|-)/.test(path);
  if (specifier === "zod" || specifier.startsWith("zod/") || isGenerator) return undefined;
  return "contract runs in a browser and imports zod alone. Fix: move this file to the package that needs it.";
}

function judgeRelative({ path, from, target, isType }) {
  const to = target.match(/^packages\/([^/]+)\//)?.[1];
  if (from && !target.startsWith(`packages/${from}/`)) {
    return `a relative import stays in its package. Fix: import ${to ? `"@modelyard/${to}"` : "a package by its name"}.`;
  }
  if (!from && to) return `outside packages/ a package is imported by its name. Fix: import "@modelyard/${to}".`;
  if (from === "server" && !isTest(path)) return judgeRooms({ path, target, isType });
  return undefined;
}

/** A file's place in the server: its room (or other folder), and its kind by the first word of its name. */
function placeInServer(path) {
  const [folder, ...rest] = path.replace("packages/server/src/", "").split("/");
  if (rest.length === 0) return { folder: "", kind: folder.split(/[.-]/)[0] };
  return { folder, kind: folder === "db" ? "db" : rest[0].split(/[.-]/)[0] };
}

function judgeRooms({ path, target, isType }) {
  const from = placeInServer(path);
  const to = placeInServer(target);
  if (!ROOMS.has(from.folder)) {
    const isUnderneath = ["db", "bus", "blobs"].includes(from.folder);
    if (isUnderneath && (ROOMS.has(to.folder) || to.folder === "http")) {
      return `${from.folder}/ lies under the rooms and knows none of them. Fix: let the room pass in what is needed.`;
    }
    return undefined;
  }
  if (isType && MAY_IMPORT_TYPES.has(from.kind)) return undefined;
  const rule = FORBIDDEN[from.kind];
  if (rule?.kinds.includes(to.kind) && (ROOMS.has(to.folder) || to.kind === "db")) {
    return `${from.kind} does not import ${to.kind}. Fix: ${rule.fix}.`;
  }
  if (ROOMS.has(to.folder) && to.folder !== from.folder && (to.kind === "store" || to.kind === "routes")) {
    return `a room does not touch another room's ${to.kind}. Fix: call ${to.folder}/service.ts.`;
  }
  return undefined;
}
