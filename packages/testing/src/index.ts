export { event, type FakeWorker, fakeWorker, finish, WHOLE_RUN } from "./fake-worker.ts";
export { STORES, type TestStore } from "./databases.ts";
export { FIXTURE_MODELS, REPOSITORY, SHIPPED_MODELS, temporaryFolder } from "./folders.ts";
export { startTestServer, type TestServer } from "./in-process.ts";
export { type FirstRunFile, type Platform, startPlatform, startProgram, stopProgram } from "./platform.ts";
