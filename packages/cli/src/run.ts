import { openAsBlob } from "node:fs";
import { basename } from "node:path";
import type { Task } from "@modelyard/contract";
import type { Client } from "@modelyard/sdk";
import type { Pair, RunFlags } from "./client-settings.ts";
import { clientOf } from "./project.ts";
import { createPrinter, type Printer } from "./run-printer.ts";
import { plainCost } from "./tasks.ts";

/** The server may be away this long while a run is followed (a restart); then the run goes on without us. */
const PATIENCE_MS = 60_000;
const RECONNECT_MS = 500;

async function fileOf({ key, value: path }: Pair): Promise<[string, File]> {
  const blob = await openAsBlob(path).catch((error: unknown) => {
    throw new Error(`${path} cannot be read: ${(error as Error).message}`, { cause: error });
  });
  return [key, new File([blob], basename(path))];
}

export async function inputsOf(pairs: readonly Pair[], files: readonly Pair[]): Promise<Record<string, unknown>> {
  const inputs: Record<string, unknown[]> = {};
  const given: [string, unknown][] = [
    ...pairs.map(({ key, value }): [string, unknown] => [key, value]),
    ...(await Promise.all(files.map(fileOf))),
  ];
  for (const [key, value] of given) (inputs[key] ??= []).push(value);
  return Object.fromEntries(
    Object.entries(inputs).map(([key, values]) => [key, values.length > 1 ? values : values[0]]),
  );
}

/** Prints the run's frames up to its end; a connection that breaks is taken up where it was. */
async function follow(client: Client, token: string, printer: Printer): Promise<Task> {
  let after = 0;
  let heard = performance.now();
  for (;;) {
    for await (const frame of client.events(token, { after })) {
      after = frame.seq;
      heard = performance.now();
      printer.frame(frame);
      if (frame.terminal) return client.detail({ tasktoken: token });
    }
    if (performance.now() - heard > PATIENCE_MS) throw new Error("the server has gone away; the run may go on there");
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
}

/** Starts a run and prints what comes of it while it goes on, up to its end. */
export async function runToEnd(
  client: Client,
  model: string,
  inputs: Record<string, unknown>,
): Promise<{ task: Task; succeeded: boolean; printer: Printer }> {
  const { taskid, socketaccesstoken } = await client.run(model, inputs);
  process.stderr.write(`task ${taskid}\n`);
  const printer = createPrinter(process);
  const task = await follow(client, socketaccesstoken, printer);
  return { task, printer, succeeded: task.status === "task_postprocess_end" && task.pexit === "0" };
}

/** How a run ended, in one line. */
export function printEnd(task: Task, succeeded: boolean): void {
  const how = succeeded ? "done" : `failed: ${task.modelyard.endreason ?? "no reason was given"}`;
  process.stderr.write(`${how} (${task.elapsedseconds} s, ${plainCost(task)})\n`);
}

/** Runs a model and prints what it makes; resolves to the exit code. */
export async function run(model: string, pairs: readonly Pair[], flags: RunFlags): Promise<number> {
  const inputs = await inputsOf(pairs, flags.file ?? []);
  const { task, printer, succeeded } = await runToEnd(clientOf(flags), model, inputs);
  printer.result(task.outputs);
  printEnd(task, succeeded);
  return succeeded ? 0 : 1;
}
