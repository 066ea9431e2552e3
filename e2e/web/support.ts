/** A started platform and a browser for the tests of the pages. What a page may not do (other origins, errors) fails the test that opened it. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Platform, REPOSITORY, startPlatform, temporaryFolder } from "@modelyard/testing";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

export const ARTIFACTS = join(REPOSITORY, "artifacts", "web");
const executablePath = process.env.MODELYARD_TEST_CHROMIUM;
const isCi = /^(1|true)$/i.test(process.env.CI ?? "");
/** Why these tests are left out; false = they are not. */
export const skip = executablePath || isCi ? false : "MODELYARD_TEST_CHROMIUM is not set";
const AXE = readFileSync(join(REPOSITORY, "node_modules/axe-core/axe.min.js"), "utf8");

export interface Visit {
  page: Page;
  context: BrowserContext;
  /** Errors of the page's scripts and policy, and requests to other origins. */
  troubles: string[];
  close(): Promise<void>;
}

export interface VisitOptions {
  width?: number;
  theme?: "light" | "dark";
  javaScript?: boolean;
  /** As the owner of the first start. */
  signedIn?: boolean;
}

export interface Site {
  platform: Platform;
  visit(path: string, options?: VisitOptions): Promise<Visit>;
  close(): Promise<void>;
}

/** `args`: of the server. `browserArgs`: of Chromium. */
export async function startSite(
  name: string,
  args: readonly string[] = [],
  browserArgs: readonly string[] = [],
): Promise<Site> {
  assert.ok(executablePath, "CI must test with a browser: set MODELYARD_TEST_CHROMIUM");
  mkdirSync(ARTIFACTS, { recursive: true });
  const platform = await startPlatform({ dataDir: temporaryFolder(name), args });
  const browser: Browser = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--use-fake-device-for-media-stream",
      ...browserArgs,
    ],
  });

  /** The owner's cookie, once somebody has signed in with it. */
  let cookies: Awaited<ReturnType<BrowserContext["cookies"]>> | undefined;

  return {
    platform,
    async visit(path, { width = 1280, theme = "light", javaScript = true, signedIn = false } = {}) {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme: theme,
        javaScriptEnabled: javaScript,
        acceptDownloads: true,
        reducedMotion: "reduce",
      });
      if (signedIn && cookies) await context.addCookies(cookies);
      else if (signedIn) {
        await signIn(context, platform);
        cookies = await context.cookies();
      }
      const page = await context.newPage();
      const troubles: string[] = [];
      page.on("pageerror", (error) => troubles.push(error.message));
      page.on("console", (message) => {
        // Chromium says so of every answer of 400 and more, the account's 404 among them.
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
          troubles.push(message.text());
      });
      page.on("request", (request) => {
        const { protocol, origin } = new URL(request.url());
        if (/^http/.test(protocol) && origin !== platform.url) troubles.push(`another origin: ${request.url()}`);
      });
      const answer = await page.goto(platform.url + path);
      // Plain forms and texts for programs are no pages of the app.
      const isApp = (answer?.headers()["content-type"] ?? "").startsWith("text/html") && !path.startsWith("/account/");
      if (javaScript && isApp) await ready(page);
      return { page, context, troubles, close: () => context.close() };
    },
    async close() {
      await browser.close();
      await platform.stop();
    },
  };
}

/** On the sign-in page, like anybody; its cookie is the context's from then on. */
async function signIn(context: BrowserContext, { url, firstRun }: Platform): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${url}/account/SignIn`);
  await page.getByLabel("E-mail address").fill(firstRun.owner.email);
  await page.getByLabel("Password").fill(firstRun.owner.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`${url}/`);
  await page.close();
}

/** Until the app has taken the page over: a click before is not heard. */
export async function ready(page: Page): Promise<void> {
  await page.locator("html[data-ready]").waitFor({ state: "attached" });
}

/** Until a page that the browser fills in is filled in: nothing of it is still asked for. */
export async function settled(page: Page): Promise<void> {
  await ready(page);
  await page.locator("html:not(:has([data-loading]))").waitFor({ state: "attached" });
}

interface AxeResult {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Everything that axe finds in WCAG 2.2 A and AA and its best practices; a test expects nothing. */
export async function axe(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate<
    AxeResult[]
  >(`axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })
    .then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html, failureSummary }) => ({ html, failureSummary })) })))`);
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}

export const picture = (page: Page, name: string, fullPage = true) =>
  page.screenshot({ path: join(ARTIFACTS, `${name}.png`), fullPage });

/** Nothing is wider than the window. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}

/** What is seen now, in both themes, on a phone and on a desk: axe finds nothing, nothing is too wide; pictures of all four are kept. */
export async function look(page: Page, name: string, { fullPage = false, at = "body" } = {}): Promise<void> {
  for (const theme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    for (const width of [390, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await page.locator(at).scrollIntoViewIfNeeded();
      await picture(page, `${name}-${theme}-${width}`, fullPage);
      assert.equal(await overflow(page), 0, `${name} ${theme} ${width}`);
      assert.deepEqual(await axe(page), [], `${name} ${theme} ${width}`);
    }
  }
}

/** Each of these pages, by name and address, as `look` does it. */
export async function lookAtAll(page: Page, url: string, pages: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, path] of Object.entries(pages)) {
    await page.goto(url + path);
    await settled(page);
    await look(page, name, { fullPage: true });
  }
}
