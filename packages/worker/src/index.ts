export { type AgentOptions, startWorker, type Worker } from "./agent/agent.ts";
export { detectGpus } from "./agent/gpus.ts";
export type { WorkerConfig } from "./config.ts";
export { createProcesses } from "./process/index.ts";
