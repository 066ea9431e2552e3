/** Reading a model's folder: `model.yaml`, the list of its files, and their hash as the version. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Manifest, ModelVersion } from "@modelyard/contract";
import { findingText, type ManifestText, readManifestText } from "./policy-manifest.ts";

export interface ModelFolder extends Omit<ModelVersion, "id" | "manifest"> {
  manifest: Manifest;
  /** Absolute path. */
  dir: string;
}

/** What is wrong with a model's folder, in words for its author. */
export class ModelFolderError extends Error {
  override name = "ModelFolderError";
}

/** Never part of a model: they are made, not written. Tests are for people, not for workers. */
const LEFT_OUT = new Set(["node_modules", ".git", "__pycache__", ".DS_Store"]);
/** Bytes of one file of a model. */
export const MODEL_FILE_LIMIT = 64 * 1024 * 1024;

/** Whether a file of this path below the folder is part of the model. */
export function belongsToModel(path: string): boolean {
  return !path.split("/").some((part) => LEFT_OUT.has(part)) && !/\.test\.[jt]s$/.test(path);
}

function listFiles(dir: string, below = ""): string[] {
  return readdirSync(join(dir, below), { withFileTypes: true })
    .filter((entry) => belongsToModel(entry.name))
    .flatMap((entry) => {
      const path = below ? `${below}/${entry.name}` : entry.name;
      if (entry.isDirectory()) return listFiles(dir, path);
      return entry.isFile() ? [path] : [];
    })
    .sort();
}

/** A text that is another one when any file of the model has changed, without reading them. */
export function folderStamp(dir: string): string {
  try {
    return listFiles(dir)
      .map((path) => {
        const { size, mtimeMs, mode } = statSync(join(dir, path));
        return `${path}\0${size}\0${mtimeMs}\0${mode}`;
      })
      .join("\n");
  } catch (error) {
    // A file that goes while it is looked at: the next look tells.
    return String(error);
  }
}

/** The manifest of a folder, with the places of what it says. Throws ModelFolderError. */
export function readFolderManifest(dir: string): ManifestText {
  let text: string;
  try {
    text = readFileSync(join(dir, "model.yaml"), "utf8");
  } catch (error) {
    throw new ModelFolderError(`${dir}/model.yaml: ${(error as Error).message}`, { cause: error });
  }
  const result = readManifestText(text);
  if (!result.ok) throw new ModelFolderError(result.findings.map((one) => `${dir}/${findingText(one)}`).join("\n"));
  return result.read;
}

export function readModelFolder(dir: string): ModelFolder {
  const { manifest } = readFolderManifest(dir);
  const files = listFiles(dir).map((path) => {
    const { size, mode } = statSync(join(dir, path));
    if (size > MODEL_FILE_LIMIT)
      throw new ModelFolderError(`${dir}/${path}: larger than 64 MiB; list it under weights instead`);
    const sha256 = createHash("sha256")
      .update(readFileSync(join(dir, path)))
      .digest("hex");
    return { path, size, sha256, mode: mode & 0o100 ? (0o755 as const) : (0o644 as const) };
  });
  const version = createHash("sha256");
  for (const file of files) version.update(`${file.path}\0${file.sha256}\0${file.mode}\n`);
  return { owner: manifest.owner, slug: manifest.slug, version: version.digest("hex"), manifest, files, dir };
}

/** All `<root>/<owner>/<slug>/model.yaml` and, for a root that is itself one model, `<root>/model.yaml`. */
export function findModelFolders(root: string): string[] {
  const has = (dir: string) => {
    try {
      return statSync(join(dir, "model.yaml")).isFile();
    } catch {
      return false;
    }
  };
  const folders = (dir: string) =>
    readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !LEFT_OUT.has(entry.name))
      .map((entry) => join(dir, entry.name));
  if (!existsSync(root)) throw new Error(`there is no folder of models at ${root}`);
  if (has(root)) return [root];
  return folders(root).flatMap((dir) => (has(dir) ? [dir] : folders(dir).filter(has)));
}
