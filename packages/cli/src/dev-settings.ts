/** Settings of `modelyard dev`. */
import { resolve } from "node:path";
import { Command } from "commander";
import { type Pair, pairs } from "./client-settings.ts";
import { folders, port } from "./setting-values.ts";
import { option, type WorkerFlags, workerOptions } from "./settings.ts";

export interface DevFlags extends Omit<WorkerFlags, "data"> {
  data?: string;
  port?: number;
  host: string;
  input?: Pair[];
  output: string;
  watch?: boolean;
  models?: string[];
}

export function devCommand(): Command {
  const command = new Command("dev")
    .summary("Try a model's folder, with its page or in the terminal, while it is being written.")
    .description(
      "Start a server with this model alone, and take it up again whenever a file of its folder is saved. A folder that has become wrong is explained, and the version before goes on. With --input it runs once, saves what it makes, and ends with 0 when the run succeeded.",
    )
    .argument("<path>", "the model's folder", (text) => resolve(text))
    .option("--input <key=value>", "run it with this input; key=@path is a file; repeatable", pairs)
    .option("--output <dir>", "where files that runs make are saved", (text) => resolve(text), resolve("outputs"))
    .option("--watch", "with --input: stay, and run again after every change")
    .addOption(
      option(
        "--models <dir>",
        "MODELYARD_DEV_MODELS",
        "folder of models that an app's steps need; repeatable",
      ).argParser(folders),
    )
    .addOption(
      option(
        "--data <dir>",
        "MODELYARD_DEV_DATA",
        "folder that keeps runs, packages and weights (default: one that goes at the end)",
      ),
    )
    .addOption(option("--port <n>", "MODELYARD_DEV_PORT", "TCP port (default: 8790, or a free one)").argParser(port))
    .addOption(option("--host <address>", "MODELYARD_DEV_HOST", "address to listen on").default("127.0.0.1"))
    .addHelpText(
      "after",
      "\nThe model gets the network if its model.yaml asks for it; --allow-network=none refuses.\n\nExamples:\n  modelyard dev my-models/me/shout\n  modelyard dev shout --input prompt=hello --input picture=@lake.jpg",
    );
  return workerOptions(command);
}
