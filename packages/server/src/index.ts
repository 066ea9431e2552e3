export { hashPassword, verifyPassword } from "./accounts/password.ts";
export { createAccount, type FirstRun } from "./accounts/service.ts";
export { audit } from "./audit/audit.ts";
export type { Fault } from "./audit/fault.ts";
export { DEFAULT_CONFIG, type ServerConfig } from "./config.ts";
export { backUp } from "./db/backup.ts";
export { type Server, startServer } from "./main.ts";
