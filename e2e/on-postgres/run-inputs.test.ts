import { isThere } from "./store.ts";

if (isThere) await import("../run-inputs.test.ts");
