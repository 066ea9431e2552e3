/** `modelyard models pull`: its flags. */
import { Command } from "commander";
import { address } from "./setting-values.ts";
import { option } from "./settings.ts";

export interface PullFlags {
  data: string;
  workerData?: string;
  models?: string[];
  mirror?: string;
  from?: string;
  yes?: boolean;
}

const list = (text: string, before: string[] | undefined): string[] => [...(before ?? []), text];

/** A subcommand of `modelyard models`. */
export function pullCommand(action: (model: string, flags: PullFlags) => Promise<void>): Command {
  return new Command("pull")
    .summary("Fetch the weights of a model.")
    .description(
      "Fetch the weights of a model into the cache of this machine's worker. A download that was broken off goes on where it stopped. Ends with 1 when the weights are not all there.",
    )
    .argument("<owner/model>", "the model")
    .addOption(option("--data <dir>", "MODELYARD_DATA", "data folder of `modelyard serve`").default("data"))
    .addOption(option("--worker-data <dir>", "MODELYARD_WORKER_DATA", "data folder of a `modelyard worker` of its own"))
    .addOption(option("--models <dir>", "MODELYARD_MODELS", "further folder of models; repeatable").argParser(list))
    .addOption(
      option(
        "--mirror <address>",
        "MODELYARD_WEIGHTS_MIRROR",
        "stands in for scheme and host of the weights' addresses",
      ).argParser(address),
    )
    .addOption(
      option("--from <dir>", "MODELYARD_WEIGHTS_FROM", "take the files from this folder; nothing is downloaded"),
    )
    .option("--yes", "accept the licences without being asked")
    .action(action);
}
