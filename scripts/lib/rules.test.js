import assert from "node:assert/strict";
import test from "node:test";
import { checkCopies, checkEnvironment, checkLock, checkRegistryHosts, checkSize, checkVersions } from "./rules.js";

const passes = (check, path, source) => assert.deepEqual(check({ path, source }), []);
const fails = (check, path, source) => {
  const messages = check({ path, source });
  assert.equal(messages.length, 1, `${path} should break the rule once`);
  assert.match(messages[0], /Fix: /);
};

test("a source file has at most 350 lines, a test 600, generated files any number", () => {
  passes(checkSize, "packages/server/src/a.ts", "x\n".repeat(350));
  fails(checkSize, "packages/server/src/a.ts", "x\n".repeat(351));
  passes(checkSize, "packages/server/src/a.test.ts", "x\n".repeat(600));
  fails(checkSize, "e2e/a.test.ts", "x\n".repeat(601));
  passes(checkSize, "packages/contract/generated/a.ts", "x\n".repeat(9_000));
  passes(checkSize, "docs/long.md", "x\n".repeat(9_000));
});

test("no file names a package registry", () => {
  const host = ["registry", "npmjs", "org"].join(".");
  fails(checkRegistryHosts, "package-lock.json", `"resolved": "https://${host}/x"`);
  passes(checkRegistryHosts, "docs/install.md", "npm install");
});

test("the environment is read in config files only", () => {
  const source = "const a = 1;\nexport const port = process.env.PORT;\n";
  fails(checkEnvironment, "packages/server/src/http/server.ts", source);
  fails(checkEnvironment, "packages/server/src/a.ts", 'import { env } from "node:process";');
  fails(checkEnvironment, "packages/server/src/reconfig.ts", source);
  passes(checkEnvironment, "packages/server/src/config.ts", source);
  passes(checkEnvironment, "packages/server/src/http/server.test.ts", source);
  passes(checkEnvironment, "packages/cli/src/settings.ts", source);
  passes(checkEnvironment, "models/acme/echo/run.ts", source);
  passes(checkEnvironment, "packages/server/src/a.ts", "// process.env is read in config.ts");
});

test("versions are exact", () => {
  passes(
    checkVersions,
    "package.json",
    '{ "dependencies": { "a": "1.2.3", "b": "1.0.0-rc.1" }, "peerDependencies": { "c": "^1" } }',
  );
  fails(checkVersions, "packages/x/package.json", '{ "dependencies": { "a": "^1.2.3" } }');
});

test("a lock file holds every optional package", () => {
  const lock = (names) =>
    JSON.stringify({
      packages: Object.fromEntries([
        ["node_modules/a", { optionalDependencies: { "@a/linux": "1.0.0", "@a/mac": "1.0.0" } }],
        ...names.map((name) => [`node_modules/${name}`, {}]),
      ]),
    });
  passes(checkLock, "package-lock.json", lock(["@a/linux", "@a/mac"]));
  fails(checkLock, "package-lock.json", lock(["@a/linux"]));
});

test("what several models have in their folders is the same in all of them", () => {
  const file = (model, source, name = "ffmpeg.ts") => ({ path: `models/modelyard/${model}/${name}`, source });
  assert.deepEqual(
    checkCopies([file("a", "x"), file("b", "x"), file("c", "y", "run.ts"), file("d", "z", "run.ts")]),
    [],
  );
  const [message, ...others] = checkCopies([file("a", "x"), file("b", "x"), file("c", "y")]);
  assert.match(message, /modelyard\/c\/ffmpeg\.ts differs from models\/modelyard\/a\/ffmpeg\.ts\. Fix: /);
  assert.deepEqual(others, []);
});
