export { type AgentOptions, startWorker, type Worker } from "./agent/agent.ts";
export type { WorkerConfig } from "./config.ts";
