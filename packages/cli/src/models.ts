/** `modelyard models …` on a server that runs. */
import { mkdtempSync, openAsBlob, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  EmptyResponse,
  ModelChangeResponse,
  ModelListResponse,
  type ModelRow,
  ModelVersionsResponse,
  type VersionRow,
} from "@modelyard/contract";
import { checkModelFolder, findingText, findModelFolders, type ModelFolder } from "@modelyard/server/models";
import { cloneModel, gitSource } from "./git-source.ts";
import { packModel } from "./model-archive.ts";
import { operatorOf } from "./operator-client.ts";
import type { ModelName, OperatorFlags, ReasonFlags } from "./operator-settings.ts";
import { searchPath } from "./settings.ts";
import { printJson, shortVersion, table, timeText } from "./table.ts";

const refOf = ({ owner, slug }: ModelName) => ({ slugowner: owner, slugproject: slug });
const say = (text: string) => process.stdout.write(`${text}\n`);

function stateOf({ paused, lifecycle }: ModelRow): string {
  return paused ? `paused${paused.reason && `: ${paused.reason}`}` : lifecycle;
}

export async function listModels(flags: OperatorFlags): Promise<void> {
  const { models } = await operatorOf(flags).ask("Model/List", {}, ModelListResponse);
  if (flags.json) return printJson(models);
  if (models.length === 0) return void say("There are no models. modelyard models add brings one in.");
  const rows = models.map((row) => [
    `${row.slugowner}/${row.slugproject}`,
    shortVersion(row.version),
    row.source,
    row.versions,
    stateOf(row),
  ]);
  process.stdout.write(table(["MODEL", "VERSION", "FROM", "VERSIONS", "STATE"], rows));
}

function versionTable(versions: readonly VersionRow[]): string {
  const rows = versions.map(({ version, active, source, addedby, createtime }) => [
    shortVersion(version),
    active ? "active" : "",
    source,
    addedby,
    timeText(createtime),
  ]);
  return table(["VERSION", "", "FROM", "BY", "ADDED"], rows);
}

export async function showModel(name: ModelName, flags: OperatorFlags): Promise<void> {
  const client = operatorOf(flags);
  const { versions } = await client.ask("Model/Versions", refOf(name), ModelVersionsResponse);
  const tool = await client.models.detail(name.owner, name.slug);
  if (flags.json) return printJson({ tool, versions });
  const { modelyard: facts, taskstat } = tool;
  const lines: [string, string][] = [
    ["model", `${tool.cleanslugowner}/${tool.cleanslugproject}`],
    ["title", tool.title],
    ["is", tool.description],
    ["state", facts.lifecycle],
    ["price", facts.price.map(({ method, price }) => `${method} $${price}`).join(", ")],
    ["runs", `${taskstat.runcount}, ${taskstat.successcount} succeeded, ${taskstat.errorcount} failed`],
    [
      "run time",
      facts.p50 === null ? "" : `${facts.p50.toFixed(2)} s (half of them), ${facts.p95?.toFixed(2)} s (95 %)`,
    ],
    ["inputs", facts.inputs.flatMap(({ items }) => items.map(({ id, type }) => `${id} (${type})`)).join(", ")],
  ];
  for (const [label, text] of lines) if (text !== "") say(`${label.padEnd(10)}${text}`);
  process.stdout.write(`\n${versionTable(versions)}`);
}

export async function listVersions(name: ModelName, flags: OperatorFlags): Promise<void> {
  const { versions } = await operatorOf(flags).ask("Model/Versions", refOf(name), ModelVersionsResponse);
  if (flags.json) printJson(versions);
  else process.stdout.write(versionTable(versions));
}

/** The folder to add, checked here, where the answer is nearest to who can mend it. */
function checked(dir: string): ModelFolder {
  const [found = dir, second] = findModelFolders(dir);
  if (second !== undefined) throw new Error(`there are several models in ${dir}; name one of their folders`);
  const { folder, findings } = checkModelFolder(found, searchPath());
  for (const finding of findings) process.stderr.write(`${findingText(finding)}\n`);
  if (!folder) throw new Error(`the model was not added: model.yaml has to be mended first`);
  return folder;
}

export async function addModel(source: string, flags: OperatorFlags): Promise<void> {
  const client = operatorOf(flags);
  const work = mkdtempSync(join(tmpdir(), "modelyard-add-"));
  try {
    const git = gitSource(source);
    const clone = join(work, "clone");
    if (git) await cloneModel(git, clone);
    const archive = join(work, "model.tar.gz");
    await packModel(checked(git ? clone : resolve(source)), archive);
    const file = new File([await openAsBlob(archive)], "model.tar.gz");
    const change = await client.ask("Model/Add", { archive: file }, ModelChangeResponse);
    if (flags.json) return printJson(change);
    const what = `${change.slugowner}/${change.slugproject} ${shortVersion(change.version)}`;
    say(change.changed ? `${what} is active` : `${what} was active already`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

export async function activateModel(name: ModelName, version: string, flags: OperatorFlags): Promise<void> {
  const fields = { ...refOf(name), version };
  const change = await operatorOf(flags).ask("Model/Activate", fields, ModelChangeResponse);
  if (flags.json) return printJson(change);
  const what = `${change.slugowner}/${change.slugproject} ${shortVersion(change.version)}`;
  say(change.changed ? `${what} is active` : `${what} was active already`);
}

export async function removeModel(name: ModelName, flags: OperatorFlags): Promise<void> {
  const change = await operatorOf(flags).ask("Model/Remove", refOf(name), ModelChangeResponse);
  if (flags.json) return printJson(change);
  const what = `${change.slugowner}/${change.slugproject}`;
  say(change.version === "" ? `${what} is removed` : `${what} is the folder's again: ${shortVersion(change.version)}`);
}

export async function pauseModel(name: ModelName, flags: ReasonFlags): Promise<void> {
  const answer = await operatorOf(flags).ask("Model/Pause", { ...refOf(name), reason: flags.reason }, EmptyResponse);
  if (flags.json) printJson(answer);
  else say(`${name.owner}/${name.slug} is paused: its tasks wait`);
}

export async function resumeModel(name: ModelName, flags: OperatorFlags): Promise<void> {
  const answer = await operatorOf(flags).ask("Model/Resume", refOf(name), EmptyResponse);
  if (flags.json) printJson(answer);
  else say(`${name.owner}/${name.slug} goes on`);
}
