/** The apps of the catalogue on its real models: what comes out is looked at. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import type { Task } from "@modelyard/contract";
import { type Caller, caller, REPOSITORY, STORES, startTestServer, type TestServer } from "@modelyard/testing";

const MODELS = join(REPOSITORY, "models");
let t: TestServer;
let own: Caller;
before(async () => {
  const [store] = STORES;
  assert.ok(store);
  t = await startTestServer(store, { modelDirs: [MODELS] });
  await t.worker({ slots: 2 });
  const project = t.server.credentials?.projects.find(({ auth }) => auth === "apikey");
  assert.ok(project);
  own = caller(t.server.url, { apiKey: project.apiKey });
});
after(async () => {
  await t?.close();
});

function form(fields: Record<string, string>, files: [name: string, path: string][]): FormData {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  for (const [name, path] of files)
    body.append(name, new File([readFileSync(join(MODELS, path))], path.split("/").at(-1) ?? "file"));
  return body;
}

async function run(model: string, body: FormData): Promise<Task> {
  const { taskid } = await own.run(model, body);
  const task = await own.ended(taskid);
  assert.equal(task.pexit, "0", task.modelyard.endreason ?? "");
  assert.ok(Number(task.totalcost) > 0 && Number(task.totalcost) <= Number(task.modelyard.price.hold));
  return task;
}

const files = (task: Task) => task.outputs.flatMap((output) => ("url" in output ? [output] : []));

/** The server that these programs ask for a file is in this process, which must therefore go on while they run. */
async function print(program: string, args: readonly string[]): Promise<Buffer> {
  return (await promisify(execFile)(program, args, { encoding: "buffer" })).stdout;
}

/** What ffprobe says of a file, `key=value` by line. */
async function probe(url: string, entries: string): Promise<Record<string, string>> {
  const text = await print("ffprobe", ["-v", "error", "-show_entries", entries, "-of", "default=nw=1", url]);
  const lines = text.toString().trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split("=") as [string, string]));
}

test("read-aloud: two pages are read in their order, and spoken", async () => {
  const page: [string, string] = ["pages", "modelyard/read-aloud/samples/invoice.png"];
  const task = await run("modelyard/read-aloud", form({}, [page, page]));
  const [text, sound] = task.outputs;
  assert.ok(text && "content" in text && sound && "url" in sound);
  const wanted = readFileSync(join(MODELS, "modelyard/read-aloud/samples/invoice.txt"), "utf8").trim();
  assert.equal(text.content.message.replaceAll(/\n+/g, "\n"), `${wanted}\n${wanted}`.replaceAll(/\n+/g, "\n"));
  assert.ok(
    Number((await probe(sound.url, "format=duration")).duration) > 15,
    "two pages take their time to be spoken",
  );
  assert.equal(task.totalcost, "0.002500000000", "two readings, one speech");
});

test("product-film: the picture has the product on the backdrop, the film shows it for four seconds", async () => {
  const task = await run(
    "modelyard/product-film",
    form({ size: "wide", backdrop: "night" }, [["inputImage", "modelyard/product-film/samples/mug.jpg"]]),
  );
  const [film, picture] = files(task);
  assert.ok(film && picture);
  const { codec_name, height, duration } = await probe(film.url, "stream=codec_name,height:format=duration");
  assert.deepEqual([codec_name, height], ["h264", "480"]);
  assert.ok(Math.abs(Number(duration) - 4) < 0.2, duration);
  const pixel = async (x: number, y: number) => [
    ...(await print("ffmpeg", [
      "-v",
      "error",
      "-i",
      picture.url,
      "-vf",
      `format=rgb24,crop=1:1:${x}:${y}`,
      "-f",
      "rawvideo",
      "-pix_fmt",
      "rgb24",
      "-",
    ])),
  ];
  const [red = 0, green = 0] = await pixel(560, 420);
  assert.ok(red > 120 && red > 2 * green, `the mug is red: ${red}, ${green}`);
  assert.ok(Math.max(...(await pixel(10, 10))) < 90, "the night is dark");
});

test("catalogue-pictures: one large and one small picture for each photo, at a price known before", async () => {
  const photos: [string, string][] = ["mug", "portrait"].map((name) => [
    "inputImages",
    `modelyard/catalogue-pictures/samples/${name}.jpg`,
  ]);
  const task = await run("modelyard/catalogue-pictures", form({ thumbnailWidth: "200" }, photos));
  assert.deepEqual(
    files(task).map(({ name }) => name),
    ["placed.jpg", "placed-2.jpg", "image.webp", "image-2.webp"],
  );
  for (const [index, output] of files(task).entries()) {
    const { width } = await probe(output.url, "stream=width");
    assert.equal(width, index < 2 ? "1200" : "200");
  }
  assert.equal(task.totalcost, task.modelyard.price.hold);
});

test("clean-recording: the loudness is the one asked for, and what is said is written down", async () => {
  const recording: [string, string] = ["inputAudio", "modelyard/clean-recording/samples/market-noisy.mp3"];
  const task = await run("modelyard/clean-recording", form({ loudness: "-20" }, [recording]));
  const text = task.outputs.find((output) => "content" in output);
  assert.ok(text && "content" in text);
  assert.match(text.content.message.toLowerCase(), /good morning.*farmers? ?market.*cheese.*(4|four) o.?clock/s);
  const sound = files(task).find(({ name }) => name.endsWith(".mp3"));
  assert.ok(sound);
  const heard = await print("sh", ["-c", 'ffmpeg -nostats -i "$0" -af ebur128 -f null - 2>&1', sound.url]);
  const said = heard.toString();
  const [, measured] = /I:\s+(-?[\d.]+) LUFS\s+Threshold/.exec(said.slice(said.lastIndexOf("Integrated"))) ?? [];
  assert.ok(Math.abs(Number(measured) + 20) < 1, `${measured} LUFS`);
});
