/** The first page of a server without the web app (it is not built): what this address is and how to make the first run. */
import type { CatalogueModel } from "../models/service.ts";

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

export function landingPage(models: readonly CatalogueModel[], base: string): string {
  const rows = models
    .map(
      (model) =>
        `<li><code>${escapeHtml(`${model.owner}/${model.slug}`)}</code> ${escapeHtml(model.manifest.description)}</li>`,
    )
    .join("");
  const first = models[0];
  const list =
    rows === "" ? "<p>No models are installed. Start with <code>--models DIR</code>.</p>" : `<ul>${rows}</ul>`;
  const call = first
    ? `curl ${base}/v1/Run/${first.cleanOwner}/${first.cleanSlug} -H "x-api-key: $KEY" -F prompt="hello"`
    : "";
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Modelyard</title><link rel="icon" href="data:,">
<style>:root{color-scheme:light dark;font:16px/1.6 system-ui,sans-serif}body{max-width:44rem;margin:3rem auto;padding:0 1rem}code,pre{font-family:ui-monospace,monospace;font-size:.9em}pre{overflow-x:auto;padding:1rem;border:1px solid color-mix(in srgb,currentColor 25%,transparent);border-radius:.5rem}li{margin:.4rem 0}</style>
<h1>Modelyard is running</h1>
<p>The API is at <code>${escapeHtml(base)}/v1</code>, live events at the WebSocket <code>${escapeHtml(base.replace(/^http/, "ws"))}/v1</code>.
Keys are in <code>first-run.json</code> in the data folder.</p>
<h2>Models</h2>${list}
<h2>First run</h2><pre>${escapeHtml(call)}</pre></html>`;
}
