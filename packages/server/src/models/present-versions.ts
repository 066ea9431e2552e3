/** Models and their versions as operators see them. */
import type { ModelRow, VersionRow } from "@modelyard/contract";
import type { Switched } from "../db/switches.ts";
import { presentSwitched } from "../workers/present-operate.ts";
import type { AddedVersion, CatalogueModel } from "./catalogue.ts";

export interface VersionsOf {
  current: CatalogueModel;
  folder: CatalogueModel | undefined;
  added: readonly AddedVersion[];
}

const isAdded = ({ current, added }: VersionsOf): boolean =>
  added.some(({ model }) => model.version === current.version);

/** Every version once: one that was added and lies in a folder too counts as added. */
function distinct({ folder, added }: VersionsOf): {
  folder: CatalogueModel | undefined;
  added: readonly AddedVersion[];
} {
  const isTwice = added.some(({ model }) => model.version === folder?.version);
  return { added, folder: isTwice ? undefined : folder };
}

export function presentModel(of: VersionsOf, paused: Switched | undefined): ModelRow {
  const { current } = of;
  const { folder, added } = distinct(of);
  return {
    slugowner: current.cleanOwner,
    slugproject: current.cleanSlug,
    title: current.manifest.title,
    lifecycle: current.manifest.lifecycle,
    version: current.version,
    source: isAdded(of) ? "added" : "folder",
    versions: String(added.length + (folder ? 1 : 0)),
    paused: presentSwitched(paused),
  };
}

export function presentVersions(of: VersionsOf): VersionRow[] {
  const { current } = of;
  const { folder, added } = distinct(of);
  const active = (version: string) => version === current.version;
  return [
    ...added
      .toSorted((a, b) => b.addedAt - a.addedAt)
      .map(({ model: { version }, addedBy, addedAt }): VersionRow => {
        const createtime = String(Math.floor(addedAt / 1000));
        return { version, active: active(version), source: "added", addedby: addedBy, createtime };
      }),
    ...(folder
      ? [
          {
            version: folder.version,
            active: active(folder.version),
            source: "folder",
            addedby: "",
            createtime: "0",
          } as const,
        ]
      : []),
  ];
}
