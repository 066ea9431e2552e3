/** Settings of the commands with which an operator looks at a server and changes it while it runs. */

import { resolve } from "node:path";
import { PRIORITIES } from "@modelyard/contract";
import { Argument, Command, InvalidArgumentError } from "commander";
import { type PullFlags, pullCommand } from "./pull-command.ts";
import { address } from "./setting-values.ts";
import { option } from "./settings.ts";

export interface OperatorFlags {
  url?: string;
  token?: string;
  data: string;
  masterKey?: string;
  json?: boolean;
}

export interface ReasonFlags extends OperatorFlags {
  reason: string;
}

const masterKeyOption = () =>
  option(
    "--master-key <hex>",
    "MODELYARD_MASTER_KEY",
    "the server's master key (default: master.key in the data folder)",
  );
const dataFolder = () =>
  option(
    "--data <dir>",
    "MODELYARD_DATA",
    "the server's data folder; who can read its master.key may do all of this",
  ).default("data");

/** A command that acts as the operator. */
function operator(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(
      option("--url <url>", "MODELYARD_URL", "the server's address (default: as the data folder says)").argParser(
        address,
      ),
    )
    .addOption(
      option(
        "--token <token>",
        "MODELYARD_OPERATOR_TOKEN",
        "operator token of a server elsewhere, with --url (default: derived from the data folder)",
      ),
    )
    .addOption(dataFolder())
    .addOption(masterKeyOption())
    .option("--json", "what the API answers, as JSON");
}

export interface ModelName {
  owner: string;
  slug: string;
}

export function modelName(text: string): ModelName {
  const [owner, slug, more] = text.split("/");
  if (!owner || !slug || more !== undefined) throw new InvalidArgumentError("must have the form owner/model");
  return { owner, slug };
}

const model = () => new Argument("<owner/model>", "the model").argParser(modelName);
const reason = (command: Command) => command.option("--reason <text>", "shown to those whose tasks wait", "");

export interface NewFlags {
  language: Language;
  dir?: string;
}
export const LANGUAGES = ["python", "shell", "typescript"] as const;
export type Language = (typeof LANGUAGES)[number];

export interface ModelsActions {
  pull: (name: string, flags: PullFlags) => Promise<void>;
  list(flags: OperatorFlags): Promise<void>;
  show(name: ModelName, flags: OperatorFlags): Promise<void>;
  check(path: string, flags: { json?: boolean }): Promise<void>;
  add(source: string, flags: OperatorFlags): Promise<void>;
  versions(name: ModelName, flags: OperatorFlags): Promise<void>;
  activate(name: ModelName, version: string, flags: OperatorFlags): Promise<void>;
  remove(name: ModelName, flags: OperatorFlags): Promise<void>;
  pause(name: ModelName, flags: ReasonFlags): Promise<void>;
  resume(name: ModelName, flags: OperatorFlags): Promise<void>;
  create(name: ModelName, flags: NewFlags): Promise<void>;
}

export function modelsCommand(actions: ModelsActions): Command {
  const check = new Command("check")
    .summary("Check a model's folder.")
    .description(
      "Check a model's folder: model.yaml by line and column, the files it names, samples, its program. Ends with 1 when something has to be changed.",
    )
    .argument("<path>", "the folder", (text) => resolve(text))
    .option("--json", "findings as JSON")
    .action(actions.check);
  const create = new Command("new")
    .summary("Make a model that runs at once, to be changed.")
    .description("Make a folder with a model that runs at once, in a folder of its name or where --dir says.")
    .addArgument(model())
    .addOption(
      option("--language <name>", "MODELYARD_NEW_LANGUAGE", "language of its program")
        .choices([...LANGUAGES])
        .default("python"),
    )
    .option("--dir <path>", "folder to make (default: the model's name)", (text) => resolve(text))
    .addHelpText("after", "\nExample:\n  modelyard models new me/shout --language shell\n  modelyard dev shout")
    .action(actions.create);
  return new Command("models")
    .description("Make, check, add and change models; a server's models change while it runs.")
    .addCommand(operator("list", "List all models of the server.").action(actions.list))
    .addCommand(
      operator("show", "Show a model: what it is, how it does, its versions.")
        .addArgument(model())
        .action(actions.show),
    )
    .addCommand(check)
    .addCommand(create)
    .addCommand(pullCommand(actions.pull))
    .addCommand(
      operator("add", "Add a model, or a new version of one. Runs that start from now on get it.")
        .argument("<path|git-url>", "its folder, or the https, ssh or file address of a git repository")
        .addHelpText(
          "after",
          "\nA repository is cloned with its last commit alone; #branch or #tag at its end names another.\n\nExamples:\n  modelyard models add my-models/me/shout\n  modelyard models add https://git.example/me/shout.git#v2",
        )
        .action(actions.add),
    )
    .addCommand(
      operator("versions", "List a model's versions, the newest first.").addArgument(model()).action(actions.versions),
    )
    .addCommand(
      operator("activate", "Make another version the active one, to roll back or forward. Running tasks keep theirs.")
        .addArgument(model())
        .argument("<version>", "its first digits")
        .action(actions.activate),
    )
    .addCommand(
      operator("remove", "Take out all versions that were added. Running tasks end; waiting ones are cancelled.")
        .addArgument(model())
        .action(actions.remove),
    )
    .addCommand(
      reason(operator("pause", "Keep a model's tasks waiting; running ones go on.").addArgument(model())).action(
        actions.pause,
      ),
    )
    .addCommand(operator("resume", "Lift a model's pause.").addArgument(model()).action(actions.resume));
}

export interface QueueActions {
  show(flags: OperatorFlags): Promise<void>;
  pause(flags: ReasonFlags): Promise<void>;
  resume(flags: OperatorFlags): Promise<void>;
  tasks(flags: OperatorFlags): Promise<void>;
  priority(task: string, priority: string, flags: OperatorFlags): Promise<void>;
}

export function queueCommand(actions: QueueActions): Command {
  return new Command("queue")
    .description("Look at the queue, and keep all tasks waiting.")
    .addCommand(operator("show", "What waits and runs, by model.").action(actions.show), { isDefault: true })
    .addCommand(reason(operator("pause", "Keep all tasks waiting; running ones go on.")).action(actions.pause))
    .addCommand(operator("resume", "Lift the pause of the whole queue.").action(actions.resume))
    .addCommand(operator("tasks", "The first 100 tasks that wait, the next one first.").action(actions.tasks))
    .addCommand(
      operator("priority", "Give a waiting task another priority.")
        .addArgument(new Argument("<task>", "its number"))
        .addArgument(new Argument("<priority>").choices(PRIORITIES))
        .action(actions.priority),
    );
}

export interface WorkersActions {
  show(flags: OperatorFlags): Promise<void>;
  cordon(name: string, flags: ReasonFlags): Promise<void>;
  uncordon(name: string, flags: OperatorFlags): Promise<void>;
  tokens(flags: OperatorFlags): Promise<void>;
  token(name: string, flags: OperatorFlags): Promise<void>;
  revoke(id: string, flags: OperatorFlags): Promise<void>;
}

export function workersCommand(actions: WorkersActions): Command {
  const name = () => new Argument("<worker>", "its name or id");
  return new Command("workers")
    .description(
      "Look at the connected workers, give some of them nothing more, and manage the tokens that let them in.",
    )
    .addCommand(operator("show", "The connected workers.").action(actions.show), { isDefault: true })
    .addCommand(
      reason(operator("cordon", "Give a worker nothing more; what it runs ends.").addArgument(name())).action(
        actions.cordon,
      ),
    )
    .addCommand(operator("uncordon", "Give a worker tasks again.").addArgument(name()).action(actions.uncordon))
    .addCommand(operator("tokens", "The tokens that let workers in, and how many use each.").action(actions.tokens))
    .addCommand(
      operator("token", "Make a token for a worker on another machine, and print it.")
        .addArgument(new Argument("<name>", "such as the machine's"))
        .action(actions.token),
    )
    .addCommand(
      operator(
        "revoke",
        "Let workers with a token in no more, and end their connections. The built-in one's gets a successor.",
      )
        .addArgument(new Argument("<id>", "of the token, as tokens lists it"))
        .action(actions.revoke),
    );
}

export function auditCommand(): Command {
  return operator(
    "audit",
    "Derive again from the stored rows what must hold of tasks and money. Ends with 1 when something does not.",
  ).summary("Check tasks and money against the stored rows.");
}

export function mailCommand(): Command {
  return operator(
    "mail",
    "Show the newest 50 mails that were not delivered, or that wait because there is no mail server, with their links: to confirm an address, to choose a new password, of invitations. Each link is as good as a password.",
  ).summary("Show mail that waits, with its links to pass on.");
}

export function operatorTokenCommand(): Command {
  return new Command("operator-token")
    .summary("Print the token with which a command line elsewhere acts as the operator.")
    .description(
      "Print the operator token of the server whose data folder this is: for --token or MODELYARD_OPERATOR_TOKEN on another machine. Keep it like the master key: it is derived from it, and goes when that is changed.",
    )
    .addOption(dataFolder())
    .addOption(masterKeyOption());
}
