import { isThere } from "./store.ts";

if (isThere) await import("../socket.test.ts");
