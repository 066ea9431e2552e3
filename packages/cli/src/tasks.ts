import type { Task } from "@modelyard/contract";
import type { ClientFlags, ShowFlags } from "./client-settings.ts";
import { clientOf } from "./project.ts";

const amount = (text: string): string => `$${text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text}`;

export function plainCost(task: Task): string {
  const { captured } = task.modelyard.price;
  return captured === null ? "nothing charged" : amount(captured);
}

const time = (seconds: string): string => (seconds === "0" ? "" : new Date(Number(seconds) * 1000).toISOString());

function lines(task: Task): [string, string][] {
  const { price, attempts, waitreason, position, endreason } = task.modelyard;
  return [
    ["task", task.id],
    ["model", `${task.modelslugowner}/${task.modelslugproject}`],
    ["status", `${task.status}${task.pexit === "" ? "" : `, exit code ${task.pexit}`}`],
    ["waits", waitreason === null ? "" : `${waitreason}${position === null ? "" : ` (place ${position})`}`],
    ["reason", endreason ?? ""],
    ["created", time(task.createtime)],
    ["started", time(task.starttime)],
    ["ended", time(task.endtime) || time(task.canceltime)],
    ["ran for", task.starttime === "0" ? "" : `${task.elapsedseconds} s`],
    ["attempts", String(attempts)],
    ["cost", `${plainCost(task)} (at most ${amount(price.hold)})`],
    ...task.outputs.map((output): [string, string] =>
      "content" in output ? ["answer", output.content.raw.trim()] : ["file", output.url],
    ),
  ];
}

export async function showTask(id: string, flags: ShowFlags): Promise<void> {
  const task = await clientOf(flags).detail({ taskid: id });
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(task, null, 2)}\n`);
    return;
  }
  for (const [name, value] of lines(task)) {
    if (value !== "") process.stdout.write(`${name.padEnd(10)}${value.replaceAll("\n", `\n${" ".repeat(10)}`)}\n`);
  }
}

export async function killTask(id: string, flags: ClientFlags): Promise<void> {
  const task = await clientOf(flags).kill({ taskid: id });
  process.stdout.write(`task ${task.id} is stopped; ${plainCost(task)}\n`);
}
