export { hashPassword, verifyPassword } from "./accounts/password.ts";
export { createAccount } from "./accounts/service.ts";
export { DEFAULT_CONFIG, type ServerConfig } from "./config.ts";
export { auditLedger } from "./ledger/service.ts";
export { type Server, startServer } from "./main.ts";
