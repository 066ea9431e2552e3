// The API describes itself: /openapi.json is generated from the contract's list of routes, and every one of them has its handler.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { API_ROUTES, Failure } from "@modelyard/contract";
import { type Platform, REPOSITORY, startPlatform, temporaryFolder } from "@modelyard/testing";

let platform: Platform;
before(async () => {
  platform = await startPlatform({ dataDir: temporaryFolder("openapi") });
});
after(() => platform.stop());

test("the served document is the generated one", async () => {
  const served = await (await fetch(`${platform.url}/openapi.json`)).json();
  const generated = JSON.parse(readFileSync(join(REPOSITORY, "packages/contract/generated/openapi.json"), "utf8"));
  assert.deepEqual(served, generated);
  assert.equal(served.openapi, "3.1.0");
  assert.deepEqual(
    Object.keys(served.paths),
    API_ROUTES.map((route) => route.path),
  );
});

test("without credentials every route answers as its `open` says", async () => {
  for (const { path, open } of API_ROUTES) {
    const url = platform.url + path.replace(/\{\w+\}/g, "x");
    const response = await fetch(url, { method: "POST", body: "{}" });
    // A shared run is looked up by a secret; without one there is nothing.
    const wanted = path === "/v1/Share/Detail" ? 404 : 200;
    assert.equal(response.status, open ? wanted : 401, path);
    if (!open) assert.equal(Failure.parse(await response.json()).errors[0]?.code, 99, path);
  }
});

test("an address that is not in the contract answers 404 in the API's own shape", async () => {
  const response = await fetch(`${platform.url}/v1/Task/Nothing`, { method: "POST", body: "{}" });
  assert.equal(response.status, 404);
  assert.equal(Failure.parse(await response.json()).errors[0]?.message, "Error parsing url.");
});
