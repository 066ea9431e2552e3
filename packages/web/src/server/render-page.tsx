/** One page as HTML. Its own inline scripts are marked while it is rendered, so that their hashes are those of nothing else. */
import { createHash, randomBytes } from "node:crypto";
import type { SiteAnswer, SiteRequest } from "@modelyard/contract";
import { createRequestHandler, RouterServer, renderRouterToString } from "@tanstack/react-router/ssr/server";
import { THEME_SCRIPT } from "../layout/theme.ts";
import { createRouter, type PageContext } from "../router.tsx";

const hash = (script: string) => `sha256-${createHash("sha256").update(script).digest("base64")}`;
const THEME_HASH = hash(THEME_SCRIPT);

export async function renderPage(request: SiteRequest, context: PageContext): Promise<SiteAnswer> {
  const handler = createRequestHandler({
    request: new Request(new URL(request.url, context.base)),
    createRouter: () => {
      const router = createRouter(context);
      router.update({ ...router.options, ssr: { nonce: randomBytes(16).toString("base64") } });
      return router;
    },
  });
  let nonce = "";
  const response = await handler(({ router, responseHeaders }) => {
    nonce = router.options.ssr?.nonce ?? "";
    return renderRouterToString({ router, responseHeaders, children: <RouterServer router={router} /> });
  });
  const location = response.headers.get("location");
  if (location) return { status: response.status, contentType: "text/plain", body: "", scripts: [], location };
  const { html, scripts } = withoutNonce(await response.text(), nonce);
  return {
    status: response.status,
    contentType: "text/html; charset=utf-8",
    body: html,
    scripts: [THEME_HASH, ...scripts],
  };
}

/**
 * Takes the nonce out of the page, whose HTML is kept and sent to many, and names its scripts by their hashes instead. A script that
 * somehow came in with data does not know the nonce of this one rendering, gets no hash, and does not run.
 */
function withoutNonce(marked: string, nonce: string): { html: string; scripts: string[] } {
  const attribute = ` nonce="${nonce}"`;
  const own = new RegExp(`<script(?=[^>]*${attribute.replace(/[+/=]/g, "\\$&")})[^>]*>([\\s\\S]*?)</script>`, "g");
  const scripts = [...marked.matchAll(own)].map((match) => match[1] ?? "").filter((script) => script !== "");
  const html = marked.replaceAll(attribute, "").replace(`<meta property="csp-nonce" content="${nonce}"/>`, "");
  return { html, scripts: [...new Set(scripts.map(hash))] };
}
