import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { after } from "node:test";

/** The fixture models (`test/echo`, `test/noop`, …). */
export const FIXTURE_MODELS = fileURLToPath(new URL("../models", import.meta.url));
export const SHIPPED_MODELS = fileURLToPath(new URL("../../../models", import.meta.url));
export const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));

/** An empty folder that goes away after the test file. */
export function temporaryFolder(name: string): string {
  const dir = mkdtempSync(join(tmpdir(), `modelyard-${name}-`));
  after(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}
