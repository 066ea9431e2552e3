/** Two builds, made by scripts/lib/web.js: what browsers load (`dist/client`), and the thread that renders pages (`dist/server`, with everything it needs inside). */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [react(), tailwindcss(), ...(isSsrBuild ? [] : [pdfFiles()])],
  ssr: { noExternal: true },
  publicDir: isSsrBuild ? false : "public",
  // The stand-in for a hook that React has had since 18.
  resolve: { alias: { "use-sync-external-store/shim/with-selector": "use-sync-external-store/with-selector" } },
  build: isSsrBuild
    ? {
        target: "node24",
        minify: false,
        rolldownOptions: { input: "src/server/thread.tsx", output: { entryFileNames: "thread.js" } },
      }
    : {
        assetsDir: "assets/web",
        manifest: true,
        // Small files stay files: the content security policy allows no data: fonts or scripts.
        assetsInlineLimit: 0,
        rolldownOptions: {
          input: "src/entry-client.tsx",
          // What every page loads is one file, not two dozen: each of them is one more request, and packs worse alone.
          output: {
            codeSplitting: {
              groups: [{ name: startsWith, priority: 1 }, ...TOGETHER.map((group) => ({ ...group, ...ALONE }))],
            },
          },
        },
      },
}));

/** Fonts, character maps and decoders that PDF.js asks for by name (src/run/open-pdf.ts), one folder for each version. */
function pdfFiles(): Plugin {
  return {
    name: "pdf-files",
    generateBundle() {
      const root = dirname(fileURLToPath(import.meta.resolve("pdfjs-dist/package.json")));
      const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
      for (const folder of ["standard_fonts", "cmaps", "wasm"])
        for (const name of readdirSync(join(root, folder)))
          if (!name.startsWith("quickjs"))
            this.emitFile({
              type: "asset",
              fileName: `assets/web/pdf-${version}/${folder}/${name}`,
              source: readFileSync(join(root, folder, name)),
            });
    },
  };
}

const ENTRY = fileURLToPath(new URL("src/entry-client.tsx", import.meta.url));
/** What only some pages need of these is left out of the start by tree shaking, which knows more than this file. */
const SHAKEN = /\/packages\/(contract|sdk)\//;

/** Small parts of most pages: each alone would be a request more. */
const SHARED = /\/web\/src\/(ui\/(server-html|use-near|copy-button)|catalogue\/model-card)\.tsx?$/;

/** What pages take one of and others both: two files would be one request more, and pack worse. */
const TOGETHER = [
  {
    name: "form-values",
    test: /\/(web\/src\/model\/((use-)?form-values|typed-before)|contract\/src\/((errors-)?inputs|errors-entry|when|manifest-items))\.ts$/,
  },
  { name: "run", test: /\/web\/src\/run\/(use-)?run\.ts$/ },
];
/** Without what they import: that is placed by itself. */
const ALONE = { includeDependenciesRecursively: false };

interface Graph {
  getModuleInfo(id: string): { importedIds: readonly string[] } | null;
}
let start: Set<string> | undefined;

/** The chunk of a module that every page starts with; null for what is loaded later. */
function startsWith(id: string, graph: Graph): string | null {
  start ??= reachable(ENTRY, graph);
  return start.has(id) || SHARED.test(id) ? "start" : null;
}

/** All modules that are loaded with this one. */
function reachable(id: string, graph: Graph, found = new Set<string>()): Set<string> {
  if (found.has(id) || SHAKEN.test(id)) return found;
  found.add(id);
  for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) reachable(imported, graph, found);
  return found;
}
