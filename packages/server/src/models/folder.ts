/** Reading a model's folder: `model.yaml`, the list of its files, and their hash as the version. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Manifest, type ModelVersion, readManifest } from "@modelyard/contract";
import { parse } from "yaml";

export interface ModelFolder extends Omit<ModelVersion, "id" | "manifest"> {
  manifest: Manifest;
  /** Absolute path. */
  dir: string;
}

/** What is wrong with a model's folder, in words for its author. */
export class ModelFolderError extends Error {
  override name = "ModelFolderError";
}

/** Never part of a model: they are made, not written. Tests and samples are for people, not for workers. */
const LEFT_OUT = new Set(["node_modules", ".git", "__pycache__", ".DS_Store"]);
const FILE_LIMIT = 64 * 1024 * 1024;

function listFiles(dir: string, below = ""): string[] {
  return readdirSync(join(dir, below), { withFileTypes: true })
    .filter((entry) => !LEFT_OUT.has(entry.name) && !/\.test\.[jt]s$/.test(entry.name))
    .flatMap((entry) => {
      const path = below ? `${below}/${entry.name}` : entry.name;
      if (entry.isDirectory()) return listFiles(dir, path);
      return entry.isFile() ? [path] : [];
    })
    .sort();
}

export function readModelFolder(dir: string): ModelFolder {
  let raw: unknown;
  try {
    raw = parse(readFileSync(join(dir, "model.yaml"), "utf8"));
  } catch (error) {
    throw new ModelFolderError(`${dir}/model.yaml: ${(error as Error).message}`, { cause: error });
  }
  const read = readManifest(raw);
  if (!read.ok) throw new ModelFolderError(`${dir}/model.yaml:\n${read.problem}`);
  const files = listFiles(dir).map((path) => {
    const { size, mode } = statSync(join(dir, path));
    if (size > FILE_LIMIT)
      throw new ModelFolderError(`${dir}/${path}: larger than 64 MiB; list it under weights instead`);
    const sha256 = createHash("sha256")
      .update(readFileSync(join(dir, path)))
      .digest("hex");
    return { path, size, sha256, mode: mode & 0o100 ? (0o755 as const) : (0o644 as const) };
  });
  const version = createHash("sha256");
  for (const file of files) version.update(`${file.path}\0${file.sha256}\0${file.mode}\n`);
  const { manifest } = read;
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
  if (has(root)) return [root];
  return folders(root).flatMap((dir) => (has(dir) ? [dir] : folders(dir).filter(has)));
}
