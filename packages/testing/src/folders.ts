import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The fixture models (`test/echo`, `test/noop`, …). */
export const FIXTURE_MODELS = fileURLToPath(new URL("../models", import.meta.url));
export const SHIPPED_MODELS = fileURLToPath(new URL("../../../models", import.meta.url));
export const REPOSITORY = fileURLToPath(new URL("../../..", import.meta.url));

const temporaryFolders: string[] = [];

/** An empty folder that goes away with the test file's process. */
export function temporaryFolder(name: string): string {
  if (temporaryFolders.length === 0) process.once("exit", removeTemporaryFolders);
  const dir = mkdtempSync(join(tmpdir(), `modelyard-${name}-`));
  temporaryFolders.push(dir);
  return dir;
}

function removeTemporaryFolders(): void {
  for (const dir of temporaryFolders) rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
}
