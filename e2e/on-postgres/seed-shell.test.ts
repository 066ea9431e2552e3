import { isThere } from "./store.ts";

if (isThere) await import("../seed-shell.test.ts");
