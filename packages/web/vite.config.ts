/** Two builds, made by scripts/lib/web.js: what browsers load (`dist/client`), and the thread that renders pages (`dist/server`, with everything it needs inside). */
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [react(), tailwindcss()],
  ssr: { noExternal: true },
  publicDir: isSsrBuild ? false : "public",
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
          // What every first page loads is one file: compressed together it is 3 kB smaller than as twenty.
          output: { codeSplitting: { groups: [{ name: "app", tags: ["$initial"] }] } },
        },
      },
}));
