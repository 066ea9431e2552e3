import { isThere } from "./store.ts";

if (isThere) await import("../tools.test.ts");
