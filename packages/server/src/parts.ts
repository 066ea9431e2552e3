/** The server's parts one by one (`@modelyard/server/parts`), for tests that put them together without HTTP. */
export { createAccount } from "./accounts/service.ts";
export { audit } from "./audit/audit.ts";
export { diskBlobs } from "./blobs/disk.ts";
export type { Bus } from "./bus/bus.ts";
export { memoryBus } from "./bus/memory.ts";
export type { Database, Tx } from "./db/database.ts";
export { openDatabase } from "./db/open.ts";
export { createSwitches } from "./db/switches.ts";
export { topUp } from "./ledger/service.ts";
export { expireCredit } from "./ledger/service-expiry.ts";
export { noMeter } from "./metrics/meter.ts";
export { type LoadedModels, loadModels, type Models } from "./models/service.ts";
export { createModelStats, type ModelStats } from "./models/stats.ts";
export type { Projects } from "./projects/service.ts";
export * as queue from "./queue/service.ts";
export { expireFiles, removeOrphans } from "./tasks/file-sweep.ts";
export {
  beginAttempt,
  cancel,
  IllegalTransitionError,
  type LeaseRef,
  type LifecycleDeps,
  retryOrFail,
} from "./tasks/lifecycle.ts";
export { applyReport } from "./tasks/reports.ts";
export { createTasks, type Tasks } from "./tasks/service.ts";
