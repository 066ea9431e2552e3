import assert from "node:assert/strict";
import { test } from "node:test";
import { builtInWorkerEnvironment } from "./settings.ts";

test("a built-in worker is given its token and none of the server's secrets", () => {
  const own = {
    PATH: "/bin",
    HTTPS_PROXY: "http://proxy.example",
    MODELYARD_DATABASE: "postgres://user:password@db.example/x",
    MODELYARD_MASTER_KEY: "0".repeat(64),
    MODELYARD_WORKER_TOKEN: "another",
  };
  assert.deepEqual(builtInWorkerEnvironment("token", own), {
    PATH: "/bin",
    HTTPS_PROXY: "http://proxy.example",
    MODELYARD_WORKER_TOKEN: "token",
  });
});
