/** `modelyard models check`. */
import { basename } from "node:path";
import { checkModelFolder, type Finding, findingText } from "@modelyard/server/models";
import { searchPath } from "./settings.ts";
import { printJson, shortVersion } from "./table.ts";

const countText = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;

/** "2 errors, 1 warning" */
export function summaryOf(findings: readonly Finding[]): string {
  const of = (level: Finding["level"]) => findings.filter((one) => one.level === level).length;
  const parts = [
    of("error") > 0 && countText(of("error"), "error"),
    of("warning") > 0 && countText(of("warning"), "warning"),
  ];
  return parts.filter((part) => part !== false).join(", ");
}

/** Prints what is wrong with the folder; resolves to the exit code. */
export function checkModel(path: string, { json = false }: { json?: boolean }): number {
  const { folder, findings } = checkModelFolder(path, searchPath());
  if (json) {
    printJson({ ok: folder !== undefined, version: folder?.version ?? null, findings });
    return folder ? 0 : 1;
  }
  for (const finding of findings) process.stderr.write(`${findingText(finding)}\n`);
  const summary = summaryOf(findings);
  if (!folder) {
    process.stderr.write(`${basename(path)} cannot be used yet: ${summary}\n`);
    return 1;
  }
  const { owner, slug, version, files } = folder;
  const what = `${owner}/${slug} is fine: version ${shortVersion(version)}, ${countText(files.length, "file")}`;
  process.stdout.write(`${what}${summary === "" ? "" : `, ${summary}`}\n`);
  return 0;
}
