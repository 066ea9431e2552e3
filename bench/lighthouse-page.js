// Lighthouse on one page, in a process of its own. One JSON argument: { url, chromium, report? }. Prints one JSON line: the scores from
// 0 to 100, the times in milliseconds, and what lost points. Its browser reaches this machine and nothing else.
import { writeFile } from "node:fs/promises";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const { url, chromium, report } = JSON.parse(process.argv[2]);
/** A trace of a busy machine may lack its beginning: Lighthouse says so and asks for another try. */
const TRIES = 3;

const chrome = await launch({
  chromePath: chromium,
  chromeFlags: [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    // As Lighthouse's own command line does; the rest is what Chromium has for pages that register tools.
    "--enable-features=DevToolsWebMCPSupport,WebMCP,WebMCPTesting",
  ],
});
try {
  const look = () => lighthouse(url, { port: chrome.port, output: "json", logLevel: "silent" });
  let result = await look();
  for (let tries = 1; tries < TRIES && result?.lhr.runtimeError; tries++) result = await look();
  if (!result) throw new Error(`Lighthouse said nothing about ${url}`);
  const { lhr } = result;
  if (lhr.runtimeError) throw new Error(`${url}: ${lhr.runtimeError.message}`);
  if (report) await writeFile(report, String(result.report));
  const score = (category) => Math.round((lhr.categories[category]?.score ?? Number.NaN) * 100);
  const value = (audit) => lhr.audits[audit]?.numericValue ?? Number.NaN;
  const lost = Object.values(lhr.categories).flatMap((category) =>
    category.auditRefs
      .filter(({ id, weight }) => weight > 0 && (lhr.audits[id]?.score ?? 1) < 1)
      .map(({ id }) => `${category.id}: ${id}`),
  );
  process.stdout.write(
    `${JSON.stringify({
      performance: score("performance"),
      accessibility: score("accessibility"),
      bestPractices: score("best-practices"),
      seo: score("seo"),
      agentic: score("agentic-browsing"),
      lcp: value("largest-contentful-paint"),
      cls: value("cumulative-layout-shift"),
      tbt: value("total-blocking-time"),
      lost: lost.join(", "),
    })}\n`,
  );
} finally {
  chrome.kill();
}
