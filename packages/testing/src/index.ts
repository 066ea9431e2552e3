export {
  type Answer,
  type Body,
  type Caller,
  caller,
  credentials,
  PATIENCE,
  post,
  rawExchange,
  refused,
  runOf,
  taskOf,
  until,
} from "./calls.ts";
export { mainStore, STORES, type TestStore } from "./databases.ts";
export { type FakeStripe, fakeStripe } from "./fake-stripe.ts";
export { type Assigned, event, type FakeWorker, fakeWorker, finish, WHOLE_RUN } from "./fake-worker.ts";
export { FIXTURE_MODELS, REPOSITORY, SHIPPED_MODELS, temporaryFolder } from "./folders.ts";
export { PASSWORD, startTestServer, type TestServer } from "./in-process.ts";
export { type ArchivedFile, shellModel, tarGz } from "./model-archive.ts";
export { type FirstRunFile, type Platform, startPlatform, startProgram, stopProgram } from "./platform.ts";
export { type ReceivedSpan, type SpanReceiver, spanReceiver } from "./span-receiver.ts";
export { isLast, type Subscription, subscribe } from "./subscription.ts";
export { apiCall, type TestVisitor, tokenIn, type VisitorAnswer, visitor } from "./visitor.ts";
