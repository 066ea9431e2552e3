/** Settings of the commands that speak to a server as any caller does, and of `doctor`. */
import { Command, InvalidArgumentError } from "commander";
import { address, port } from "./setting-values.ts";
import { option } from "./settings.ts";

export interface ClientFlags {
  url?: string;
  key?: string;
  secret?: string;
  data: string;
}

const dataOption = () => option("--data <dir>", "MODELYARD_DATA", "the server's data folder").default("data");

function clientOptions(command: Command): Command {
  return command
    .addOption(option("--url <url>", "MODELYARD_URL", "the server's address").argParser(address))
    .addOption(
      option("--key <key>", "MODELYARD_API_KEY", "API key of a project (default: first-run.json in the data folder)"),
    )
    .addOption(option("--secret <secret>", "MODELYARD_API_SECRET", "API secret, for a project with signed requests"))
    .addOption(dataOption());
}

export interface Pair {
  key: string;
  value: string;
}

function pair(text: string): Pair {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("must have the form key=value");
  return { key: text.slice(0, at), value: text.slice(at + 1) };
}

export const pairs = (text: string, before: Pair[] | undefined): Pair[] => [...(before ?? []), pair(text)];

function modelName(text: string): string {
  if (!/^[^/]+\/[^/]+$/.test(text)) throw new InvalidArgumentError("must have the form owner/model");
  return text.split("/").map(encodeURIComponent).join("/");
}

export interface RunFlags extends ClientFlags {
  file?: Pair[];
}

export function runCommand(): Command {
  const command = new Command("run")
    .summary("Run a model and print what it makes.")
    .description(
      "Run a model. Its answer, or the addresses of the files it made, go to stdout; progress and messages go to stderr. Ends with 0 when the run succeeded, else with 1.",
    )
    .argument("<owner/model>", "the model", modelName)
    .argument("[key=value...]", "inputs; a key given several times is a list", pairs)
    .option("--file <key=path>", "an input file; repeatable", pairs)
    .addHelpText("after", '\nExample:\n  modelyard run modelyard/story-writer prompt="Once upon a time"');
  return clientOptions(command);
}

export interface ShowFlags extends ClientFlags {
  json?: boolean;
}

export function tasksCommand(actions: {
  show: (id: string, flags: ShowFlags) => Promise<void>;
  kill: (id: string, flags: ClientFlags) => Promise<void>;
}): Command {
  const show = clientOptions(new Command("show"))
    .description("Show a task: where it is, what it cost, what it made.")
    .argument("<id>", "the task's number")
    .option("--json", "the task as the API answers it")
    .action(actions.show);
  const kill = clientOptions(new Command("kill"))
    .description("Stop a task, waiting or running. It costs nothing then.")
    .argument("<id>", "the task's number")
    .action(actions.kill);
  return new Command("tasks").description("Look at tasks and stop them.").addCommand(show).addCommand(kill);
}

export interface DoctorFlags {
  data: string;
  port: number;
  host: string;
}

export function doctorCommand(): Command {
  return new Command("doctor")
    .summary("Check whether this machine can run Modelyard.")
    .description("Check whether this machine can run Modelyard. Ends with 1 when something needed is missing.")
    .addOption(dataOption())
    .addOption(option("--port <n>", "MODELYARD_PORT", "TCP port of the server").argParser(port).default(8787))
    .addOption(option("--host <address>", "MODELYARD_HOST", "address the server listens on").default("127.0.0.1"));
}

export interface BackupFlags {
  data: string;
}

export function backupCommand(): Command {
  return new Command("backup")
    .summary("Copy the data folder while the server runs.")
    .description(
      "Copy a server's database, files, added models and pages into another folder, also while it runs. The same folder given again takes only what is new. Keys are not copied.",
    )
    .argument("<folder>", "where the copy is, or will be")
    .addOption(dataOption())
    .addHelpText("after", "\nExample:\n  modelyard backup /mnt/backup/modelyard --data data");
}
