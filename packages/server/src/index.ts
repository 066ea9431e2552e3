export { hashPassword, verifyPassword } from "./accounts/password.ts";
export { createAccount } from "./accounts/service.ts";
export { audit, type Fault } from "./audit/audit.ts";
export { DEFAULT_CONFIG, type ServerConfig } from "./config.ts";
export { type Server, startServer } from "./main.ts";
