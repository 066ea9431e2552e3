/** Addresses of the built files, from the manifest that the build leaves. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PageContext } from "../router.tsx";

interface Chunk {
  file: string;
  css?: string[];
  assets?: string[];
}

export function readAssets(dist: string): PageContext["assets"] {
  const manifest = JSON.parse(readFileSync(join(dist, "client/.vite/manifest.json"), "utf8")) as Record<string, Chunk>;
  const entry = manifest["src/entry-client.tsx"];
  if (!entry) throw new Error("the web app's manifest has no entry: build it again (npm start does)");
  const font = [...(entry.assets ?? []), ...Object.values(manifest).map(({ file }) => file)].find((file) =>
    file.endsWith(".woff2"),
  );
  return { script: `/${entry.file}`, style: `/${entry.css?.[0] ?? ""}`, font: font ? `/${font}` : "" };
}
