import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { ProgramManifest } from "@modelyard/contract";
import { InstallError } from "./install-error.ts";
import { createInstaller, type Installer } from "./installer.ts";
import { type LoopbackSource, sha256, startLoopbackSource } from "./loopback-source.ts";
import type { FetchFile, InstallProgress, ModelVersion } from "./model-version.ts";

const never = new AbortController().signal;
const KIB = 1024;

let source: LoopbackSource;
let cacheDir: string;
let saved: Record<string, string | undefined>;

beforeEach(async () => {
  source = await startLoopbackSource();
  cacheDir = await mkdtemp(join(tmpdir(), "installer-"));
  const settings = {
    npm_config_registry: source.address,
    npm_config_cache: join(cacheDir, "npm-cache"),
    npm_config_fetch_retries: "0",
  };
  saved = Object.fromEntries(Object.keys(settings).map((key) => [key, process.env[key]]));
  Object.assign(process.env, settings);
});

afterEach(async () => {
  for (const [key, value] of Object.entries(saved)) {
    if (value === undefined) delete process.env[key];
    else process.env[key] = value;
  }
  await source[Symbol.asyncDispose]();
  await rm(cacheDir, { recursive: true, force: true });
});

function installer(options: Partial<Parameters<typeof createInstaller>[0]> = {}): Installer {
  return createInstaller({ cacheDir, noSystemInstall: true, retryDelays: [5, 5], ...options });
}

/** A model of the given files, and the function that delivers them. */
function model(
  files: Record<string, string>,
  manifest: Partial<ProgramManifest> = {},
): { version: ModelVersion; fetchFile: FetchFile & { calls: string[] } } {
  const fetchFile = Object.assign(
    async (path: string) => {
      fetchFile.calls.push(path);
      return Readable.from([Buffer.from(files[path] ?? "")]);
    },
    { calls: [] as string[] },
  );
  const parsed = ProgramManifest.parse({
    owner: "test",
    slug: "model",
    title: "Test",
    description: "A test",
    categories: ["tool"],
    inputs: [],
    output: "file",
    price: [{ method: "cpr", price: "0" }],
    runner: { type: "command", command: ["node", "run.js"] },
    license: { code: "MIT" },
    ...manifest,
  });
  const list = Object.entries(files).map(([path, text]) => ({
    path,
    size: Buffer.byteLength(text),
    sha256: sha256(text),
    mode: path.endsWith(".sh") ? (0o755 as const) : (0o644 as const),
  }));
  return {
    version: {
      owner: "test",
      slug: "model",
      version: sha256(JSON.stringify([list, parsed])),
      manifest: parsed,
      files: list,
    },
    fetchFile,
  };
}

function weight(
  file: string,
  bytes: Buffer,
  sources: ProgramManifest["weights"][number]["sources"],
): ProgramManifest["weights"][number] {
  return { file, sha256: sha256(bytes), size: bytes.length, license: "MIT", sources };
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => assert.fail("it should have failed"),
    (error) => error as Error,
  );
}

/** Names in a cache folder that stand for something unfinished. */
async function leftovers(): Promise<string[]> {
  const names = await readdir(cacheDir, { recursive: true });
  return names.filter((name) => /(^|\/)\.tmp\./.test(name));
}

describe("folder", () => {
  test("is copied, checked, made read-only, and fetched once for callers at the same time", async () => {
    const { version, fetchFile } = model({ "run.sh": "#!/bin/sh\n", "lib/deep/part.js": "1\n" });
    const install = installer();
    assert.deepEqual(install.status(version.version), { state: "missing" });
    const [first, second] = await Promise.all([
      install.ensure(version, fetchFile, never),
      install.ensure(version, fetchFile, never),
    ]);
    assert.equal(first, second);
    assert.deepEqual(fetchFile.calls, ["run.sh", "lib/deep/part.js"]);
    assert.equal(await readFile(join(first.dir, "lib/deep/part.js"), "utf8"), "1\n");
    const mode = async (name: string) => (await stat(join(first.dir, name))).mode & 0o777;
    assert.deepEqual(
      [await mode("run.sh"), await mode("lib/deep/part.js"), await mode("lib/deep"), await mode("")],
      [0o555, 0o444, 0o555, 0o555],
    );
    assert.equal(await readlink(join(first.path[0] ?? "", "node")), process.execPath);
    assert.deepEqual(await readdir(first.weightsDir), []);
    // Another process, later: known as ready, nothing fetched again.
    const later = installer();
    assert.deepEqual(later.status(version.version), { state: "ready" });
    await later.ensure(version, () => assert.fail("nothing should be fetched"), never);
  });

  for (const path of ["../escape", "/etc/passwd", "a/../../b", "a//b", "./a", "a\\b", "node_modules/x/index.js", ""]) {
    test(`refuses the path ${JSON.stringify(path)}`, async () => {
      const { version, fetchFile } = model({ [path]: "x" });
      const error = await failure(installer().ensure(version, fetchFile, never));
      assert.ok(error instanceof InstallError && error.step === "folder");
      assert.match(error.message, /refused the file path/);
      assert.deepEqual(fetchFile.calls, []);
    });
  }

  test("refuses a version that is no hash", async () => {
    const { version, fetchFile } = model({ a: "x" });
    assert.match(
      (await failure(installer().ensure({ ...version, version: "../../x" }, fetchFile, never))).message,
      /not a version/,
    );
  });

  test("names the file whose content is wrong, and works once it is right", async () => {
    const { version, fetchFile } = model({ "a.js": "right", "b.js": "right" });
    const install = installer();
    for (const [content, words] of [
      ["wrong", /b\.js: sha256 is [0-9a-f]{64}, expected/],
      ["longer than right", /b\.js: more than the expected 5 bytes/],
      ["r", /b\.js: 1 bytes, expected 5/],
    ] as const) {
      const error = await failure(
        install.ensure(
          version,
          async (path) => Readable.from([Buffer.from(path === "b.js" ? content : "right")]),
          never,
        ),
      );
      assert.match(error.message, words);
      const status = install.status(version.version);
      assert.ok(status.state === "failed" && words.test(status.reason));
    }
    assert.deepEqual(await leftovers(), []);
    await install.ensure(version, fetchFile, never);
    assert.deepEqual(install.status(version.version), { state: "ready" });
  });
});

describe("packages", () => {
  test("are importable, shared by models with equal package files, and survive in one environment", async () => {
    const { integrity } = await source.publish({
      name: "@scope/answer",
      version: "1.2.3",
      files: { "index.js": "module.exports = 42;\n" },
    });
    const description = JSON.stringify({ name: "m", version: "1.0.0", dependencies: { "@scope/answer": "1.2.3" } });
    const lock = JSON.stringify({
      name: "m",
      version: "1.0.0",
      lockfileVersion: 3,
      requires: true,
      packages: {
        "": { name: "m", version: "1.0.0", dependencies: { "@scope/answer": "1.2.3" } },
        "node_modules/@scope/answer": { version: "1.2.3", integrity },
      },
    });
    const files = { "package.json": description, "package-lock.json": lock };
    const one = model({ ...files, "run.mjs": "export { default } from '@scope/answer';\n" });
    const two = model({ ...files, "run.mjs": "export { default as answer } from '@scope/answer';\n" });
    const install = installer();
    const [first, second] = await Promise.all(
      [one, two].map(({ version, fetchFile }) => install.ensure(version, fetchFile, never)),
    );
    assert.ok(first && second);
    assert.equal((await import(pathToFileURL(join(first.dir, "run.mjs")).href)).default, 42);
    assert.equal((await import(pathToFileURL(join(second.dir, "run.mjs")).href)).answer, 42);
    assert.equal((await readdir(join(cacheDir, "env"))).length, 1);
    assert.equal(await realpath(join(first.dir, "node_modules")), await realpath(join(second.dir, "node_modules")));
  });

  test("say what npm said when they cannot be had", async () => {
    const { version, fetchFile } = model({
      "package.json": JSON.stringify({ name: "m", version: "1.0.0", dependencies: { nowhere: "1.0.0" } }),
      "package-lock.json": JSON.stringify({
        name: "m",
        version: "1.0.0",
        lockfileVersion: 3,
        requires: true,
        packages: {
          "": { name: "m", version: "1.0.0", dependencies: { nowhere: "1.0.0" } },
          "node_modules/nowhere": { version: "1.0.0" },
        },
      }),
    });
    const error = await failure(installer().ensure(version, fetchFile, never));
    assert.ok(error instanceof InstallError && error.step === "packages");
    assert.match(error.message, /npm ci failed \(exit 1\) for nowhere:[\s\S]*404/);
    assert.deepEqual(await leftovers(), []);
  });
});

describe("weights from a package", () => {
  const [a, b, c] = [randomBytes(300 * KIB), randomBytes(70 * KIB), randomBytes(10 * KIB)];

  test("several files and byte ranges of one tarball come in one download", async () => {
    const { integrity, bytes } = await source.publish({
      name: "@w/models",
      version: "2.0.0",
      files: { "deep/a.bin": a, "bc.bin": Buffer.concat([b, c]), unused: "x" },
    });
    const npm = { npm: "@w/models@2.0.0", integrity, download: bytes.length };
    const { version, fetchFile } = model(
      {},
      {
        weights: [
          weight("a.bin", a, [{ ...npm, path: "deep/a.bin" }]),
          weight("sub/b.bin", b, [{ ...npm, path: "bc.bin", range: { offset: 0, length: b.length } }]),
          weight("sub/c.bin", c, [{ ...npm, path: "bc.bin", range: { offset: b.length, length: c.length } }]),
        ],
      },
    );
    const reports: InstallProgress[] = [];
    const install = installer({ onProgress: (progress) => reports.push(progress) });
    assert.equal(install.downloadSize(version), bytes.length);
    const { weightsDir } = await install.ensure(version, fetchFile, never);
    assert.ok((await readFile(join(weightsDir, "a.bin"))).equals(a));
    assert.ok((await readFile(join(weightsDir, "sub/b.bin"))).equals(b));
    assert.ok((await readFile(join(weightsDir, "sub/c.bin"))).equals(c));
    assert.equal(source.requests.filter((path) => path.endsWith(".tgz")).length, 1);
    assert.equal(install.downloadSize(version), 0);
    assert.deepEqual(reports.at(-1), {
      model: "test/model",
      version: version.version,
      file: "a.bin, sub/b.bin, sub/c.bin",
      done: bytes.length,
      total: bytes.length,
    });
    assert.deepEqual(await leftovers(), []);
    // The link folder is made again when something in it is lost.
    await rm(join(weightsDir, "a.bin"));
    await installer().ensure(version, fetchFile, never);
    assert.ok(existsSync(join(weightsDir, "a.bin")));
  });

  test("pieces of several tarballs are put together and checked as one", async () => {
    const one = await source.publish({ name: "w-one", version: "1.0.0", files: { "0.part": a, "1.part": b } });
    const two = await source.publish({ name: "w-two", version: "1.0.0", files: { "2.part": c } });
    const first = { npm: "w-one@1.0.0", integrity: one.integrity, download: one.bytes.length };
    const second = { npm: "w-two@1.0.0", integrity: two.integrity, download: two.bytes.length };
    const parts = [
      { ...first, path: "0.part" },
      { ...first, path: "1.part" },
      { ...second, path: "2.part" },
    ];
    const whole = Buffer.concat([a, b, c]);
    const right = model({}, { weights: [weight("whole.bin", whole, [{ parts }])] });
    const install = installer();
    assert.equal(install.downloadSize(right.version), one.bytes.length + two.bytes.length);
    const { weightsDir } = await install.ensure(right.version, right.fetchFile, never);
    assert.ok((await readFile(join(weightsDir, "whole.bin"))).equals(whole));
    assert.equal(source.requests.filter((path) => path.endsWith(".tgz")).length, 2, "each tarball once");
    // In the wrong order they are another file, and a missing piece is named.
    const turned = model({}, { weights: [weight("turned.bin", Buffer.concat([b, a, c]), [{ parts }])] });
    const error = await failure(install.ensure(turned.version, turned.fetchFile, never));
    assert.match(error.message, /turned\.bin: sha256 is .*, expected /);
    const gone = model({}, { weights: [weight("x", c, [{ parts: [parts[0]!, { ...second, path: "3.part" }] }])] });
    assert.match(
      (await failure(install.ensure(gone.version, gone.fetchFile, never))).message,
      /3\.part is not in w-two/,
    );
    assert.deepEqual(await leftovers(), []);
  });

  test("a tarball with another integrity is refused, and the next source is tried", async () => {
    await source.publish({ name: "models", version: "1.0.0", files: { "a.bin": a } });
    const pinned = `sha512-${Buffer.alloc(64).toString("base64")}`;
    source.put("a.bin", a);
    const wrong = { npm: "models@1.0.0", path: "a.bin", integrity: pinned };
    const { version, fetchFile } = model({}, { weights: [weight("a.bin", a, [wrong])] });
    const error = await failure(installer().ensure(version, fetchFile, never));
    assert.match(
      error.message,
      /a\.bin .*could not be had.*\n.*tarball of models@1\.0\.0 is sha512-.*, expected sha512-AAAA/,
    );
    assert.deepEqual(await leftovers(), []);
    const second = model({}, { weights: [weight("a.bin", a, [wrong, { url: `${source.address}a.bin` }])] });
    await installer().ensure(second.version, second.fetchFile, never);
  });

  test("one wrong or absent file does not cost the others", async () => {
    const { integrity } = await source.publish({
      name: "models",
      version: "1.0.0",
      files: { "a.bin": a, "b.bin": Buffer.alloc(b.length) },
    });
    source.put("b.bin", b);
    source.put("c.bin", c);
    const npm = (path: string) => ({ npm: "models@1.0.0", path, integrity });
    const { version, fetchFile } = model(
      {},
      {
        weights: [
          weight("a.bin", a, [npm("a.bin")]),
          weight("b.bin", b, [npm("b.bin"), { url: `${source.address}b.bin` }]),
          weight("c.bin", c, [npm("c.bin"), { url: `${source.address}c.bin` }]),
        ],
      },
    );
    const { weightsDir } = await installer().ensure(version, fetchFile, never);
    assert.ok((await readFile(join(weightsDir, "b.bin"))).equals(b));
    assert.equal(source.requests.filter((path) => path.endsWith(".tgz")).length, 1);
  });

  test("a connection that breaks in the middle is tried again", async () => {
    const { integrity } = await source.publish({ name: "models", version: "1.0.0", files: { "a.bin": a } });
    let broken = 0;
    source.intercept = (request, response, bytes) => {
      if (!request.url?.endsWith(".tgz") || !bytes || broken++ > 0) return false;
      response.writeHead(200, { "content-length": bytes.length });
      response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
      return true;
    };
    const { version, fetchFile } = model(
      {},
      { weights: [weight("a.bin", a, [{ npm: "models@1.0.0", path: "a.bin", integrity }])] },
    );
    await installer().ensure(version, fetchFile, never);
    assert.equal(broken, 2);
  });

  test("models that want files of the same tarball at the same time share the download", async () => {
    const { integrity } = await source.publish({ name: "models", version: "1.0.0", files: { "a.bin": a } });
    const weights = [weight("a.bin", a, [{ npm: "models@1.0.0", path: "a.bin", integrity }])];
    const install = installer();
    await Promise.all(
      [model({ x: "1" }, { weights }), model({ x: "2" }, { weights })].map(({ version, fetchFile }) =>
        install.ensure(version, fetchFile, never),
      ),
    );
    assert.equal(source.requests.filter((path) => path.endsWith(".tgz")).length, 1);
  });
});

describe("weights from an address", () => {
  const bytes = randomBytes(500 * KIB);
  const small = () => model({}, { weights: [weight("w.bin", bytes, [{ url: `${source.address}w.bin` }])] });

  /** Sends this many bytes of each answer, then breaks the connection, for the first `times` answers. */
  function breakAfter(count: number, times: number): void {
    let left = times;
    source.intercept = (request, response, all) => {
      if (!request.url?.endsWith("w.bin") || !all || left-- <= 0) return false;
      const offset = Number(/\d+/.exec(request.headers.range ?? "")?.[0] ?? 0);
      response.writeHead(offset ? 206 : 200, {
        "content-length": all.length - offset,
        ...(offset && { "content-range": `bytes ${offset}-${all.length - 1}/${all.length}` }),
      });
      response.write(all.subarray(offset, offset + count), () => setTimeout(() => response.destroy(), 50));
      return true;
    };
  }

  test("resume where a broken connection left them", async () => {
    source.put("w.bin", bytes);
    breakAfter(100 * KIB, 2);
    const { version, fetchFile } = small();
    const { weightsDir } = await installer().ensure(version, fetchFile, never);
    assert.ok((await readFile(join(weightsDir, "w.bin"))).equals(bytes));
    assert.deepEqual(source.requests, ["w.bin", `w.bin bytes=${100 * KIB}-`, `w.bin bytes=${200 * KIB}-`]);
  });

  test("resume after a failed installation, and after a server that knows no ranges", async () => {
    source.put("w.bin", bytes);
    breakAfter(50 * KIB, 3);
    const { version, fetchFile } = small();
    const install = installer();
    assert.match((await failure(install.ensure(version, fetchFile, never))).message, /w\.bin .*could not be had/);
    assert.deepEqual(
      (await readdir(join(cacheDir, "weights"))).map((name) => name.slice(-5)),
      [".part"],
    );
    source.intercept = (_, response, all) => {
      response.writeHead(200).end(all);
      return true;
    };
    await install.ensure(version, fetchFile, never);
    assert.equal(source.requests.at(-1), `w.bin bytes=${150 * KIB}-`);
    assert.deepEqual(await readdir(join(cacheDir, "weights")), [sha256(bytes)]);
  });

  test("start over when what was resumed turns out wrong", async () => {
    source.put("w.bin", bytes);
    await mkdir(join(cacheDir, "weights"), { recursive: true });
    await writeFile(join(cacheDir, "weights", `${sha256(bytes)}.part`), Buffer.alloc(100));
    const { version, fetchFile } = small();
    await installer().ensure(version, fetchFile, never);
    assert.deepEqual(source.requests, ["w.bin bytes=100-", "w.bin"]);
  });

  test("wrong bytes are refused by name, and the next source is tried", async () => {
    source.put("wrong", Buffer.alloc(bytes.length));
    source.put("w.bin", bytes);
    const bad = [{ url: `${source.address}absent` }, { url: `${source.address}wrong` }];
    const failing = model({}, { weights: [weight("w.bin", bytes, bad)] });
    const error = await failure(installer().ensure(failing.version, failing.fetchFile, never));
    assert.match(error.message, /\/absent answered 404/);
    assert.match(
      error.message,
      new RegExp(`w\\.bin: sha256 is ${sha256(Buffer.alloc(bytes.length))}, expected ${sha256(bytes)} \\(from `),
    );
    assert.deepEqual(await readdir(join(cacheDir, "weights")), []);
    const { version, fetchFile } = model(
      {},
      { weights: [weight("w.bin", bytes, [...bad, { url: `${source.address}w.bin` }])] },
    );
    await installer().ensure(version, fetchFile, never);
  });

  test("a file larger than the free disk is refused before anything is fetched", async () => {
    const huge = { ...weight("w.bin", bytes, [{ url: `${source.address}w.bin` }]), size: 2 ** 52 };
    const { version, fetchFile } = model({}, { weights: [huge] });
    assert.match(
      (await failure(installer().ensure(version, fetchFile, never))).message,
      /w\.bin needs 4503599627370496 bytes, .* has \d+ free/,
    );
    assert.deepEqual(source.requests, []);
  });

  test("a killed worker leaves a download the next one resumes", async () => {
    source.put("w.bin", bytes);
    let held = () => {};
    const halfway = new Promise<void>((resolve) => (held = resolve));
    source.intercept = (_, response, all) => {
      response.writeHead(200, { "content-length": bytes.length });
      response.write(all?.subarray(0, 200 * KIB), held);
      return true;
    };
    const { version, fetchFile } = small();
    const program = `
      import { createInstaller } from ${JSON.stringify(new URL("./installer.ts", import.meta.url).href)};
      await createInstaller({ cacheDir: ${JSON.stringify(cacheDir)} }).ensure(${JSON.stringify(version)}, async () => { throw new Error() }, new AbortController().signal);`;
    const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    const exited = new Promise((resolve) => child.once("exit", resolve));
    await halfway;
    // The bytes are on the wire; wait until the child has written them.
    const weights = join(cacheDir, "weights");
    const written = async () =>
      (await Promise.all((await readdir(weights)).map(async (name) => (await stat(join(weights, name))).size)))[0] ?? 0;
    for (const until = Date.now() + 5000; (await written()) < 200 * KIB && Date.now() < until; )
      await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGKILL");
    await exited;
    await mkdir(join(cacheDir, "models", ".tmp.999999999.00000000.1"), { recursive: true });
    await chmod(join(cacheDir, "models", ".tmp.999999999.00000000.1"), 0o555);
    source.intercept = undefined;
    await installer().ensure(version, fetchFile, never);
    assert.equal(source.requests.at(-1), `w.bin bytes=${200 * KIB}-`);
    assert.deepEqual(await leftovers(), []);
  });

  test("stop when nobody wants them any more, not before", async () => {
    source.put("w.bin", bytes);
    let asked = () => {};
    const arrived = new Promise<void>((resolve) => (asked = resolve));
    let closed = () => {};
    const cut = new Promise<void>((resolve) => (closed = resolve));
    source.intercept = (request, response) => {
      response.writeHead(200, { "content-length": bytes.length });
      response.write(bytes.subarray(0, 1000), asked);
      request.socket.once("close", closed);
      return true;
    };
    const { version, fetchFile } = small();
    const install = installer();
    const [one, two] = [new AbortController(), new AbortController()];
    const first = failure(install.ensure(version, fetchFile, one.signal));
    const second = failure(install.ensure(version, fetchFile, two.signal));
    await arrived;
    one.abort(new Error("first left"));
    assert.equal((await first).message, "first left");
    assert.equal(install.status(version.version).state, "installing");
    two.abort(new Error("second left"));
    assert.equal((await second).message, "second left");
    await cut;
    source.intercept = undefined;
    await install.ensure(version, fetchFile, never);
    assert.equal(install.status(version.version).state, "ready");
  });
});

describe("weights from local folders", () => {
  const bytes = randomBytes(20 * KIB);

  test("are found by hash or by name, checked, and copied; nothing is downloaded", async () => {
    for (const name of [sha256(bytes), "sub/w.bin"]) {
      const shelf = await mkdtemp(join(cacheDir, "shelf-"));
      await mkdir(join(shelf, "sub"), { recursive: true });
      await writeFile(join(shelf, name), bytes);
      const { version, fetchFile } = model(
        { name },
        { weights: [weight("sub/w.bin", bytes, [{ url: `${source.address}absent` }])] },
      );
      const install = installer({ cacheDir: join(cacheDir, `cache-${sha256(name)}`), weightsDirs: [shelf] });
      assert.equal(install.downloadSize(version), 0);
      const { weightsDir } = await install.ensure(version, fetchFile, never);
      assert.ok((await readFile(join(weightsDir, "sub/w.bin"))).equals(bytes));
    }
    assert.deepEqual(source.requests, []);
  });

  test("a wrong local file is reported and the other sources are used", async () => {
    await writeFile(join(cacheDir, "w.bin"), Buffer.alloc(bytes.length));
    const weights = [weight("w.bin", bytes, [{ url: `${source.address}w.bin` }])];
    const { version, fetchFile } = model({}, { weights });
    const install = installer({ weightsDirs: [cacheDir] });
    assert.match(
      (await failure(install.ensure(version, fetchFile, never))).message,
      /w\.bin: sha256 is [\s\S]*answered 404/,
    );
    source.put("w.bin", bytes);
    await install.ensure(version, fetchFile, never);
  });
});

describe("programs", () => {
  const name = "modelyard-test-program";

  test("come from the manifest's npm package where the system has none", async () => {
    const { integrity } = await source.publish({
      name: "@bin/tool",
      version: "1.0.0",
      files: { "bin/tool": "#!/bin/sh\necho tool\n" },
    });
    const npm = {
      package: "@bin/tool@1.0.0",
      path: "bin/tool",
      integrity,
      platform: `${process.platform}-${process.arch}`,
    };
    const { version, fetchFile } = model({}, { programs: [{ name, npm, optional: false }] });
    const { path } = await installer().ensure(version, fetchFile, never);
    assert.equal(path.length, 2);
    assert.equal((await stat(join(path[1] ?? "", name))).mode & 0o777, 0o555);
  });

  test("are named when missing, with the way to get them; optional ones are only logged", async () => {
    const required = model({}, { programs: [{ name, debian: "test-package", optional: false }] });
    const error = await failure(installer().ensure(required.version, required.fetchFile, never));
    assert.match(
      error.message,
      new RegExp(`the program ${name} is missing; on Debian or Ubuntu: apt-get install test-package`),
    );
    const optional = model({}, { programs: [{ name, debian: "test-package", optional: true }] });
    const logged: string[] = [];
    await installer({ log: (message) => logged.push(message) }).ensure(optional.version, optional.fetchFile, never);
    assert.match(logged.join(), /is missing.*the model can do without it/);
  });

  test("of the system need nothing", async () => {
    const { version, fetchFile } = model({}, { programs: [{ name: "sh", optional: false }] });
    assert.equal((await installer().ensure(version, fetchFile, never)).path.length, 1);
  });
});
