import { constants, openAsBlob } from "node:fs";
import { access, stat } from "node:fs/promises";
import { basename } from "node:path";
import { type Frame, LEFT_OUT, type Task } from "@modelyard/contract";
import type { Client } from "@modelyard/sdk";
import type { Pair, RunFlags } from "./client-settings.ts";
import { clientOf } from "./project.ts";
import { createPrinter, type Printer } from "./run-printer.ts";
import { plainCost } from "./tasks.ts";

/** The server may be away this long while a run is followed (a restart); then the run goes on without us. */
const PATIENCE_MS = 60_000;
const RECONNECT_MS = 500;
/** How often a run that waits is asked why. */
const WAIT_MS = 2_000;

async function fileOf({ key, value: path }: Pair): Promise<[string, File]> {
  const refuse = (why: string, cause?: unknown) => new Error(`${path} cannot be read: ${why}`, { cause });
  // openAsBlob takes a folder, and fails while it is sent; its own words name no file.
  const found = await stat(path).catch((error: unknown) => {
    throw (error as NodeJS.ErrnoException).code === "ENOENT"
      ? refuse("there is no such file", error)
      : refuse((error as Error).message, error);
  });
  if (!found.isFile()) throw refuse("it is no file");
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw refuse("this user may not", error);
  });
  return [key, new File([await openAsBlob(path)], basename(path))];
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

/** Says on stderr why the run waits, as long as it does; each reason once. */
function whyItWaits(client: Client, token: string) {
  let said: string | null = null;
  let waits = true;
  const ask = async () => {
    if (!waits) return;
    const task = await client.detail({ tasktoken: token }).catch(() => undefined);
    const reason = waits && task?.status === "task_queue" ? task.modelyard.waitreason : null;
    if (reason !== null && reason !== said) process.stderr.write(`waits: ${reason}\n`);
    said = reason ?? said;
  };
  const timer = setInterval(() => void ask(), WAIT_MS);
  return {
    frame({ type }: Frame) {
      waits = type === "task_queue";
    },
    stop: () => clearInterval(timer),
  };
}

/** Prints the run's frames up to its end; a connection that breaks is taken up where it was. */
async function follow(client: Client, token: string, printer: Printer): Promise<Task> {
  let after = 0;
  let heard = performance.now();
  const waiting = whyItWaits(client, token);
  try {
    for (;;) {
      for await (const frame of client.events(token, { after })) {
        after = frame.seq;
        heard = performance.now();
        waiting.frame(frame);
        printer.frame(frame);
        if (frame.terminal) return await client.detail({ tasktoken: token });
      }
      if (performance.now() - heard > PATIENCE_MS) throw new Error("the server has gone away; the run may go on there");
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
    }
  } finally {
    waiting.stop();
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
  const leftOut = task.debugerror.split("\n").findLast((line) => line.startsWith(LEFT_OUT));
  if (leftOut !== undefined) process.stderr.write(`${leftOut}\n`);
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
