/** Imported before a suite: it runs on PostgreSQL then, or skips itself loudly where there is none. */
import { STORES } from "@modelyard/testing";

export const isThere = STORES.some(({ kind }) => kind === "postgres");
if (isThere) process.env.MODELYARD_TEST_STORE = "postgres";
else if (/^(1|true)$/i.test(process.env.CI ?? "")) throw new Error("CI must test on PostgreSQL");
