// wire-contract.md 9: the catalogue endpoints, public, as the clients named there read them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Failure, ToolDetailResponse, ToolExploreResponse, ToolListResponse } from "@modelyard/contract";
import { type Platform, SHIPPED_MODELS, startPlatform, temporaryFolder } from "@modelyard/testing";

let platform: Platform;
before(async () => {
  platform = await startPlatform({ dataDir: temporaryFolder("tools"), args: ["--models", SHIPPED_MODELS] });
});
after(() => platform.stop());

async function post(path: string, body: string | FormData, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(`${platform.url}/v1/${path}`, { method: "POST", body, headers });
  assert.equal(response.status, 200);
  return response.json();
}

const list = async (query: object) => ToolListResponse.parse(await post("Tool/List", JSON.stringify(query)));
const detail = async (slugowner: string, slugproject: string, more = {}) => {
  const answer = await post("Tool/Detail", JSON.stringify({ slugowner, slugproject, ...more }));
  return ToolDetailResponse.parse(answer).tool[0];
};
const slugs = async (query: object) => (await list(query)).tool.map((tool) => tool.cleanslugproject);

test("Tool/List needs no key, takes one, and takes form fields", async () => {
  const open = await list({});
  assert.ok(open.total >= 5);
  assert.equal(typeof open.total, "number");
  const form = new FormData();
  form.append("search", "parallax");
  form.append("summary", "true");
  const keyed = ToolListResponse.parse(await post("Tool/List", form, { "x-api-key": "whatever" }));
  assert.deepEqual(
    keyed.tool.map((tool) => tool.slugproject),
    ["image-to-video"],
  );
});

test("search matches slug, title, description, categories and tags, the best first; every word must fit", async () => {
  assert.equal((await slugs({ search: "story" }))[0], "story-writer");
  assert.ok((await slugs({ search: "text-to-audio" })).includes("speech"));
  assert.deepEqual(await slugs({ search: "story nosuchword" }), []);
  assert.equal((await list({ search: "nosuchword" })).total, 0);
});

test("paging, order and filters", async () => {
  const all = await slugs({ sort: "id", order: "ASC", limit: "100" });
  assert.deepEqual(await slugs({ sort: "id", order: "ASC", start: "1", limit: "2" }), all.slice(1, 3));
  assert.deepEqual(await slugs({ sort: "id", order: "DESC", limit: 100 }), all.toReversed());
  assert.ok((await list({ slugowner: "Modelyard" })).tool.every((tool) => tool.slugowner === "modelyard"));
  assert.ok(
    (await list({ categories: ["image-to-text"] })).tool.every((tool) => tool.categories.includes("image-to-text")),
  );
  assert.equal((await list({ start: "x", limit: "-1" })).tool.length, all.length < 20 ? all.length : 20);
});

test("Tool/Detail in raw and clean spelling, with both spellings of every item key", async () => {
  const story = await detail("ModelYard", " story writer ");
  assert.equal(story.slugproject, "story-writer");
  assert.ok("readme" in story && story.readme.includes("<h") && !story.readme.includes("<script"));
  const items = "parameters" in story ? (story.parameters ?? []).flatMap((group) => group.items) : [];
  const prompt = items.find((item) => item.id === "prompt");
  assert.ok(prompt?.required);
  const range = items.find((item) => item.type === "range");
  assert.ok(range?.min !== undefined && range.minvalue === String(range.min) && range.maxvalue === String(range.max));
  assert.ok(JSON.parse(story.dynamicprice)[0].priceMethod);
  assert.ok(!("readme" in (await detail("modelyard", "story-writer", { summary: "true" }))));
  for (const sample of story.samples) assert.equal((await fetch(sample)).status, 200);
});

test("samples that are text come with what they begin with, others without", async () => {
  const samplesOf = async (slug: string) => {
    const tool = await detail("modelyard", slug);
    return "modelyard" in tool ? tool.modelyard.samples : [];
  };
  const [invoice] = await samplesOf("ocr");
  assert.ok(invoice?.text?.startsWith("Modelyard Bakery"), invoice?.text ?? "none");
  const subtitles = (await samplesOf("speech-to-text")).find(({ name }) => name.endsWith(".srt"));
  assert.match(subtitles?.text ?? "", /^1\n00:00:00,000 --> /);
  const [story] = await samplesOf("story-writer");
  assert.ok(story?.text?.endsWith(" …") && story.text.length <= 602, story?.text ?? "none");
  assert.ok((await samplesOf("speech")).every(({ text }) => text === null));
});

test("an unknown model is refused with code 1, not with 404", async () => {
  for (const body of ['{"slugowner":"no","slugproject":"no"}', "{}", '{"slugowner":{}}']) {
    assert.equal(Failure.parse(await post("Tool/Detail", body)).errors[0]?.code, 1);
  }
});

test("Tool/DetailOpenAPI is a list with a description for each kind of project", async () => {
  const body = JSON.stringify({ slugowner: "modelyard", slugproject: "story-writer" });
  const answer = (await post("Tool/DetailOpenAPI", body)) as {
    type: string;
    spec: {
      openapi: string;
      paths: Record<string, unknown>;
      components: { schemas: { RunToolSchema: { properties: Record<string, unknown>; required: string[] } } };
    };
  }[];
  assert.deepEqual(
    answer.map((one) => one.type),
    ["apikey", "signature"],
  );
  for (const { spec } of answer) {
    assert.equal(spec.openapi, "3.0.3");
    assert.deepEqual(Object.keys(spec.paths), ["/Run/modelyard/story-writer"]);
    assert.ok(spec.components.schemas.RunToolSchema.properties.prompt);
    assert.deepEqual(spec.components.schemas.RunToolSchema.required, ["prompt"]);
  }
});

test("Tool/Explore groups by category", async () => {
  const { explore } = ToolExploreResponse.parse(await post("Tool/Explore", "{}"));
  const row = explore.find((one) => one.id === "image-to-video");
  assert.ok(row && row.tools.length > 0 && row.tools.length <= row.total);
});

test("what cannot run yet comes last, as long as nothing was run", async () => {
  const { explore } = ToolExploreResponse.parse(await post("Tool/Explore", "{}"));
  const row = explore.find((one) => one.id === "llm")?.tools ?? [];
  const listed = (await list({ categories: ["llm"], sort: "runs" })).tool;
  for (const tools of [row, listed]) {
    const names = tools.filter(({ slugowner }) => slugowner === "modelyard").map(({ slugproject }) => slugproject);
    assert.ok(names[0] === "chat" && names.includes("llama-3.1-8b"), `${names}`);
  }
});

test("Tool/List: only what can run, and what shares an input with a model", async () => {
  const chats = await slugs({ categories: ["llm"], runnable: "only" });
  assert.ok(chats.includes("chat") && !chats.includes("llama-3.1-8b"), `${chats}`);
  const like = await slugs({ like: "Modelyard/Speech", runnable: "only", limit: 100 });
  assert.ok(like.includes("speech") && like.includes("text-to-speech") && !like.includes("upscale"), `${like}`);
  assert.deepEqual(await slugs({ like: "no/no" }), []);
});

test("an app that runs a step for each file says the most that a run can cost, not the price of no files", async () => {
  const priceOf = async (slug: string) => JSON.parse((await detail("modelyard", slug)).dynamicprice);
  const [{ price, priceMethod }] = await priceOf("catalogue-pictures");
  const parts = ["remove-background", "place-on-background", "resize-image"];
  const sums = await Promise.all(parts.map(async (slug) => (await priceOf(slug))[0].price as number));
  assert.equal(priceMethod, "cp-readoutput");
  // Twenty photos, each with at least its three steps.
  assert.ok(price >= 20 * sums.reduce((sum, one) => sum + one, 0), `${price}`);
});

test("run counts follow the runs, over a restart too", async () => {
  const counts = async () => {
    const { tool } = await list({ search: "test/noop" });
    return tool[0]?.taskstat;
  };
  const client = platform.client("apikey");
  for (let n = 0; n < 2; n++) await client.wait(await client.run("test/noop", {}), { intervalMs: 20 });
  const before = await counts();
  assert.deepEqual([before?.runcount, before?.successcount, before?.errorcount], [2, "2", "0"]);
  const { dataDir } = platform;
  assert.equal(await platform.stop(), 0);
  platform = await startPlatform({ dataDir, args: ["--models", SHIPPED_MODELS] });
  assert.deepEqual(await counts(), before);
});

test("only pictures and samples of a model are served, nothing else of its folder", async () => {
  const { tool } = await list({ search: "story-writer" });
  const sample = tool[0]?.samples[0];
  assert.ok(sample);
  for (const path of ["run.ts", "model.yaml", "../story-writer/run.ts", "samples/none.txt"]) {
    const other: string = sample.replace(/samples\/.*$/, path);
    assert.equal((await fetch(other)).status, 404, path);
  }
});
