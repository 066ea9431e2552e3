import { isThere } from "./store.ts";

if (isThere) await import("../auth.test.ts");
