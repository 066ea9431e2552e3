/** Addresses of the built files, from the manifest that the build leaves. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PageContext } from "../router.tsx";

interface Chunk {
  file: string;
  css?: string[];
  assets?: string[];
  imports?: string[];
}
type Manifest = Record<string, Chunk>;

const ENTRY = "src/entry-client.tsx";
/** What a page of an account asks the API with. */
const CLIENT = "src/run/client.ts";

/** Modules that a page imports once the entry runs; the first pattern that fits counts. */
const LATER: readonly [RegExp, readonly string[]][] = [
  [/^\/$/, ["src/catalogue/home-page.tsx"]],
  [/^\/models\/./, ["src/model/model-page.tsx"]],
  [/^\/(models|apps)\/?$/, ["src/catalogue/listing-page.tsx"]],
  [/^\/runs\/?$/, ["src/history/history-page.tsx", CLIENT]],
  [/^\/runs\/./, ["src/history/run-page.tsx", CLIENT]],
  [/^\/shared\//, ["src/share/shared-page.tsx"]],
  [/^\/compare\/?$/, ["src/compare/compare-page.tsx", CLIENT]],
  [/^\/dashboard\/organizations(\/|$)/, ["src/organizations/pages.ts", CLIENT]],
  [/^\/dashboard(\/|$)/, ["src/dashboard/pages.ts", CLIENT]],
  [/^\/admin(\/|$)/, ["src/admin/pages.ts", CLIENT]],
  [/^\//, ["src/site/pages.ts"]],
];

/** The files that the page at a path loads. Throws where the build lacks one that is named here. */
export function readAssets(dist: string): (path: string) => PageContext["assets"] {
  const manifest = JSON.parse(readFileSync(join(dist, "client/.vite/manifest.json"), "utf8")) as Manifest;
  const entry = manifest[ENTRY];
  if (!entry) throw new Error("the web app's manifest has no entry: build it again (npm start does)");
  const font = [...(entry.assets ?? []), ...Object.values(manifest).map(({ file }) => file)].find((file) =>
    file.endsWith(".woff2"),
  );
  const always = { script: `/${entry.file}`, style: `/${entry.css?.[0] ?? ""}`, font: font ? `/${font}` : "" };
  const start = filesOf(manifest, [ENTRY]);
  const later = LATER.map(([pattern, modules]) => {
    const files = [...filesOf(manifest, modules)].filter((file) => !start.has(file));
    return { pattern, later: files.map((file) => `/${file}`), isRead: !modules.includes(CLIENT) };
  });
  return (path) => {
    const found = later.find(({ pattern }) => pattern.test(path));
    return { ...always, later: found?.later ?? [], isRead: found?.isRead ?? true };
  };
}

/** Modules' own files, and those that they import. */
function filesOf(manifest: Manifest, modules: readonly string[]): Set<string> {
  const files = new Set<string>();
  const visit = (name: string) => {
    const chunk = manifest[name];
    if (!chunk)
      throw new Error(`the web app's manifest has no ${name}: name it in server/assets.ts as it is called now`);
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const imported of chunk.imports ?? []) visit(imported);
  };
  for (const module of modules) visit(module);
  return files;
}
