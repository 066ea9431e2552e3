/**
 * Which models there are, at which versions, and which version of each is the active one: in memory, changeable while the server runs.
 * A model has the version of a folder that the server was started with, or versions that were added, or both; an active added version
 * wins. What was removed stays known until the next start: running tasks still fetch its files, old ones are shown with its name.
 */
import { cleanSlug, type Manifest } from "@modelyard/contract";
import { type ManifestOf, manifestsOf, withApps } from "./apps.ts";
import type { ModelFolder } from "./folder.ts";

/** What is known of a model for good, also when it has been removed. */
export interface KnownModel {
  id: number;
  owner: string;
  slug: string;
  cleanOwner: string;
  cleanSlug: string;
  manifest: Manifest;
}

/** A model at one version, with its files. */
export interface CatalogueModel extends ModelFolder, KnownModel {
  /** Why it cannot be run on this server, in a sentence: an app lacks one of its models. */
  problem?: string | undefined;
  /** Models that an app is made of and that this server does not have. */
  missing?: readonly string[];
}

/** A version that an operator added. */
export interface AddedVersion {
  model: CatalogueModel;
  addedBy: string;
  /** Unix milliseconds. */
  addedAt: number;
}

interface Entry {
  known: KnownModel;
  folder: CatalogueModel | undefined;
  added: Map<string, AddedVersion>;
  /** Version of the active added one; undefined: the folder's. */
  active: string | undefined;
  /** Unix milliseconds; undefined while there is a version to run. */
  removedAt: number | undefined;
}

export class Catalogue {
  readonly #entries = new Map<number, Entry>();
  /** All versions since the start, removed ones too. */
  readonly #versions = new Map<string, CatalogueModel>();
  readonly #listeners = new Set<() => void>();
  #all: CatalogueModel[] = [];
  #byId = new Map<number, CatalogueModel>();
  #manifestOf: ManifestOf = () => undefined;
  #byName = new Map<string, CatalogueModel>();

  find(owner: string, slug: string): CatalogueModel | undefined {
    return this.#byName.get(`${cleanSlug(owner)}/${cleanSlug(slug)}`);
  }

  all(): CatalogueModel[] {
    return this.#all;
  }

  manifestOf(name: string): Manifest | undefined {
    return this.#manifestOf(name);
  }

  /** The active version; undefined where the model was removed or never was. */
  current(id: number): CatalogueModel | undefined {
    return this.#byId.get(id);
  }

  byId(id: number): KnownModel | undefined {
    return this.current(id) ?? this.#entries.get(id)?.known;
  }

  /** Any version whose files are there, the active one or not. */
  byVersion(version: string): CatalogueModel | undefined {
    return this.#versions.get(version);
  }

  added(id: number): readonly AddedVersion[] {
    return [...(this.#entries.get(id)?.added.values() ?? [])];
  }

  folder(id: number): CatalogueModel | undefined {
    return this.#entries.get(id)?.folder;
  }

  removed(): { id: number; at: number }[] {
    return [...this.#entries.values()].flatMap(({ known, removedAt }) =>
      removedAt === undefined ? [] : [{ id: known.id, at: removedAt }],
    );
  }

  /** Calls back after every change; returns the function that ends it. */
  changed(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  setFolder(model: CatalogueModel): void {
    const entry = this.#entry(model);
    entry.folder = model;
    this.#versions.set(model.version, model);
    this.#settle(entry);
  }

  setAdded(added: AddedVersion, options: { active: boolean }): void {
    const { model } = added;
    const entry = this.#entry(model);
    entry.added.set(model.version, added);
    if (options.active) entry.active = model.version;
    this.#versions.set(model.version, model);
    this.#settle(entry);
  }

  /** A model of which nothing is left but what its old tasks are shown with. */
  setRemoved(known: KnownModel, at: number): void {
    const entry = this.#entry(known);
    entry.removedAt = at;
    this.#settle(entry);
  }

  /** `version`: one of the added ones; undefined: the folder's. */
  activate(id: number, version: string | undefined): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.active = version;
    this.#settle(entry);
  }

  /** Takes all added versions out; the folder's one stays, where there is one. */
  remove(id: number, at: number): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    entry.added.clear();
    entry.active = undefined;
    entry.removedAt = at;
    this.#settle(entry);
  }

  #entry(known: KnownModel): Entry {
    let entry = this.#entries.get(known.id);
    if (!entry) {
      entry = { known, folder: undefined, added: new Map(), active: undefined, removedAt: undefined };
      this.#entries.set(known.id, entry);
    }
    return entry;
  }

  #settle(entry: Entry): void {
    const current = currentOf(entry);
    if (current) {
      entry.known = current;
      entry.removedAt = undefined;
    }
    // Apps cost what the models that they are made of cost now.
    this.#all = withApps([...this.#entries.values()].map(currentOf).filter((model) => model !== undefined));
    this.#byId = new Map(this.#all.map((model) => [model.id, model]));
    this.#manifestOf = manifestsOf(this.#all);
    this.#byName = new Map(this.#all.map((model) => [`${model.cleanOwner}/${model.cleanSlug}`, model]));
    for (const listener of this.#listeners) listener();
  }
}

function currentOf({ added, active, folder }: Entry): CatalogueModel | undefined {
  const chosen = active === undefined ? undefined : added.get(active)?.model;
  // The files of the chosen one may be gone: the newest of the others is better than none.
  return chosen ?? folder ?? [...added.values()].at(-1)?.model;
}
