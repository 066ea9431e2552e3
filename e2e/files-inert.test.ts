/**
 * Wire contract 8, reliability (c) 82 and S6: files with active content, opened from their address in a real browser, run no script, and
 * pictures, sound and film still show and play. The active ones come as inputs of a run, which are not checked by type.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type Caller, mainStore, REPOSITORY, startTestServer, type TestServer } from "@modelyard/testing";
import { type Browser, chromium, type Page } from "playwright-core";
import { gif, ownCaller, png, upload, uploaded, wav } from "./files-fixtures.ts";

const executablePath = process.env.MODELYARD_TEST_CHROMIUM;
const isCi = /^(1|true)$/i.test(process.env.CI ?? "");
const skip = executablePath || isCi ? false : "MODELYARD_TEST_CHROMIUM is not set";
if (skip) process.stderr.write(`SKIPPED: active files in a browser (${skip})\n`);

let t: TestServer;
let own: Caller;
let browser: Browser | undefined;
/** Another origin: it hears the scripts that run, serves the same bytes as a page, and a page that includes files of ours. */
let site: Server;
let origin = "";
let served = { type: "text/html", body: "" };
const heard: string[] = [];

before(async () => {
  if (skip) return;
  assert.ok(executablePath, "CI must test with a browser: set MODELYARD_TEST_CHROMIUM");
  t = await startTestServer(mainStore());
  own = await ownCaller(t);
  site = createServer((request, response) => {
    if (request.url?.startsWith("/ran")) heard.push(request.url);
    response.setHeader("content-type", served.type).end(request.url === "/page" ? served.body : "");
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  browser = await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--autoplay-policy=no-user-gesture-required",
    ],
  });
});
after(async () => {
  await browser?.close();
  site?.close();
  await t?.close();
});

/** Says it in ways of which no policy but one against the script itself stops all: the console, the title, a picture, a way elsewhere. */
const script = () =>
  `console.log("RAN");document.title="RAN";new Image().src="${origin}/ran?image";setTimeout(()=>{location="${origin}/ran?way"},50)`;

interface Active {
  name: string;
  type: string;
  body: () => Buffer | string;
}
const html = () => `<!doctype html><html><body onload='${script()}'><script>${script()}</script></body></html>`;
const svg = () =>
  `<svg xmlns="http://www.w3.org/2000/svg" onload='${script()}'><script>${script().replaceAll("&", "&amp;").replaceAll(">", "&gt;")}</script></svg>`;
const xhtml = () =>
  `<html xmlns="http://www.w3.org/1999/xhtml"><head><script>${script().replaceAll(">", "&gt;")}</script></head></html>`;
const pdf = () =>
  `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert\\("RAN"\\);app.launchURL\\("${origin}/ran?pdf"\\))>>>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF`;
/** A picture's header that is also the name of a variable, and a script behind it. */
const gifScript = () => Buffer.concat([gif(0x2a2f, 1, Buffer.alloc(0)), Buffer.from(`*/=1;${script()}`)]);

const ACTIVE: readonly Active[] = [
  { name: "a.svg", type: "image/svg+xml", body: svg },
  { name: "a.html", type: "text/html", body: html },
  { name: "a.htm", type: "text/html; charset=utf-7", body: html },
  { name: "a.xml", type: "text/xml", body: svg },
  { name: "a.xhtml", type: "application/xhtml+xml", body: xhtml },
  { name: "a.js", type: "text/javascript", body: script },
  { name: "a.mjs", type: "application/javascript", body: script },
  { name: "a.pdf", type: "application/pdf", body: pdf },
  { name: "untyped", type: "", body: html },
  { name: "claimed", type: "text/html", body: html },
  { name: "a.gif", type: "image/gif", body: gifScript },
  { name: "a.png", type: "text/html", body: html },
  { name: "a.txt", type: "text/html", body: html },
  { name: "a.json", type: "text/html", body: html },
  { name: "a.mp4", type: "video/mp4", body: html },
  { name: "a.wav", type: "audio/wav", body: svg },
  { name: "a.html.unknown", type: "multipart/x-mixed-replace", body: html },
  { name: "a.swf", type: "application/x-shockwave-flash", body: html },
];

async function address({ name, type, body }: Active): Promise<string> {
  const form = new FormData();
  form.append("title", "t");
  form.append("picture", new Blob([Buffer.from(body() as string)], { type }), name);
  const { taskid } = await own.run("test/kinds-2-0", form);
  return (await own.detail(taskid)).parameters.picture as string;
}

/** Opens the address and says in which ways a script showed itself. */
async function signs(url: string): Promise<string[]> {
  heard.length = 0;
  const tab = await (browser as Browser).newPage();
  const seen: string[] = [];
  tab.on("console", (message) => {
    if (message.text().includes("RAN")) seen.push("console");
  });
  tab.on("dialog", (dialog) => {
    seen.push("dialog");
    void dialog.dismiss();
  });
  tab.on("pageerror", () => seen.push("a script failed"));
  // What is served as an attachment ends as a download and shows no page.
  await tab.goto(url).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 300));
  if ((await tab.title().catch(() => "")) === "RAN") seen.push("title");
  await tab.close();
  return [...seen, ...heard];
}

test("S6 the test itself would hear a script", { skip }, async () => {
  for (const [type, body] of [
    ["text/html", html()],
    ["image/svg+xml", svg()],
    ["application/xhtml+xml", xhtml()],
  ] as const) {
    served = { type, body };
    const found = await signs(`${origin}/page`);
    for (const sign of ["console", "/ran?image", "/ran?way"]) assert.ok(found.includes(sign), `${type}: ${sign}`);
  }
});

for (const file of ACTIVE) {
  test(`S6 ${file.name} sent as ${file.type || "nothing"} runs no script when opened`, { skip }, async () => {
    const url = await address(file);
    assert.deepEqual(await signs(url), []);
    const { headers } = await fetch(url);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.match(headers.get("content-security-policy") ?? "", /default-src 'none'/);
    assert.ok(!/html|xml;|javascript|mixed/.test(headers.get("content-type") ?? ""), `${headers.get("content-type")}`);
  });
}

test("S6 an upload that is a picture and a script is a picture only", { skip }, async () => {
  const [file] = await uploaded(upload(own, gifScript(), "a.gif"));
  assert.deepEqual(await signs(file?.url ?? ""), []);
});

test("S6 nor does another page get one of them to run, as a script, a frame or an object", { skip }, async () => {
  const urls = await Promise.all(ACTIVE.map(address));
  const use = (url: string) =>
    `<script src="${url}"></script><iframe src="${url}"></iframe><object data="${url}"></object><embed src="${url}">`;
  served = { type: "text/html", body: `<!doctype html><title>x</title>${urls.map(use).join("\n")}` };
  assert.deepEqual(await signs(`${origin}/page`), []);
});

async function opened(bytes: Buffer, name: string): Promise<Page> {
  const [file] = await uploaded(upload(own, bytes, name));
  const tab = await (browser as Browser).newPage();
  await tab.goto(file?.url ?? "");
  return tab;
}

test("8 a picture shows when it is opened, and in another page", { skip }, async () => {
  const tab = await opened(png(320, 200), "a.png");
  assert.equal(await tab.evaluate("document.images[0].naturalWidth"), 320);
  served = { type: "text/html", body: `<!doctype html><img src="${tab.url()}">` };
  await tab.goto(`${origin}/page`);
  await tab.waitForFunction("document.images[0].naturalWidth === 320");
  await tab.close();
});

for (const name of ["a.wav", "a.mp4"]) {
  test(`8 ${name} plays when it is opened, and in another page`, { skip }, async () => {
    const film = join(REPOSITORY, "models/modelyard/image-to-video/samples/lake-push-in.mp4");
    const tab = await opened(name === "a.wav" ? wav() : readFileSync(film), name);
    const plays = `(async () => {
      const media = document.querySelector("video, audio");
      media.muted = true;
      await media.play();
      await new Promise((resolve, reject) => {
        if (media.currentTime > 0 || media.ended) resolve();
        media.ontimeupdate = media.onended = resolve;
        media.onerror = () => reject(media.error);
      });
      return media.duration > 0;
    })()`;
    assert.equal(await tab.evaluate(plays), true);
    served = { type: "text/html", body: `<!doctype html><video src="${tab.url()}"></video>` };
    await tab.goto(`${origin}/page`);
    assert.equal(await tab.evaluate(plays), true);
    await tab.close();
  });
}
