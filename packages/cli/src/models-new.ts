/** `modelyard models new`: a folder with a model that runs at once. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { modelFiles } from "./model-template.ts";
import type { ModelName, NewFlags } from "./operator-settings.ts";

export function createModel(name: ModelName, { language, dir }: NewFlags): void {
  const folder = dir ?? resolve(name.slug);
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new Error(`${folder} is not empty; --dir names another folder`);
  mkdirSync(folder, { recursive: true });
  for (const { path, text } of modelFiles(name, language)) writeFileSync(join(folder, path), text);
  const shown = relative(process.cwd(), folder) || ".";
  process.stdout.write(
    `${shown} holds ${name.owner}/${name.slug}. Try it:\n  modelyard dev ${shown}\n  modelyard dev ${shown} --input prompt=hello\n`,
  );
}
