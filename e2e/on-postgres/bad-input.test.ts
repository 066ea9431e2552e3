import { isThere } from "./store.ts";

if (isThere) await import("../bad-input.test.ts");
