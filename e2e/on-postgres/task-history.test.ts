import { isThere } from "./store.ts";

if (isThere) await import("../task-history.test.ts");
