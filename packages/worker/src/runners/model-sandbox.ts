/** What a model's process sees: its folder, packages, weights and programs, and the folders of its runs. */
import fs from "node:fs";
import path from "node:path";
import type { InstalledModel } from "../install/installed-model.ts";
import { processLimits } from "../isolation/limits.ts";
import type { Sandbox } from "../isolation/sandbox.ts";

/** Whether the operator lets a model that asks for the network have it. */
export type AllowsNetwork = (model: Pick<InstalledModel, "owner" | "slug">) => boolean;

/** By the model's folder; what an installed version consists of does not change. */
const known = new WeakMap<InstalledModel, readonly string[]>();

export function modelSandbox(options: {
  model: InstalledModel;
  gpus: readonly number[];
  writable: readonly string[];
  sealed?: readonly string[];
  /** Of `writable` and what lies in it: given to the process's account. */
  owned: readonly string[];
  /** The operator allows the model what its manifest asks for. */
  networkAllowed: boolean;
}): Sandbox {
  const { model, gpus, writable, sealed = [], owned, networkAllowed } = options;
  let readOnly = known.get(model);
  if (readOnly === undefined) known.set(model, (readOnly = installedPaths(model)));
  const network = model.manifest.network && networkAllowed;
  return { readOnly, writable, sealed, owned, gpus, network, limits: processLimits(model.manifest) };
}

function installedPaths({ dir, weightsDir, path: programs, manifest }: InstalledModel): string[] {
  const links = [path.join(dir, "node_modules"), ...manifest.weights.map(({ file }) => path.join(weightsDir, file))];
  const targets = links.flatMap((link) => {
    const isLink = fs.lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true;
    return isLink ? [path.resolve(path.dirname(link), fs.readlinkSync(link))] : [];
  });
  return [...new Set([dir, weightsDir, ...targets, ...programs, process.execPath])];
}
