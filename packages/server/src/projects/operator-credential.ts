/** What the command line needs to speak as the operator (`@modelyard/server/operator-token`). */
export { operatorToken } from "./operator-token.ts";
export { readMasterKey } from "./seal.ts";
