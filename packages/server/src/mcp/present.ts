/** What agents are shown of models and runs: what they need to decide and to go on, and nothing that only fills their context. Pure. */
import { isTerminal, type OutputFile, type Task, type Tool, type ToolDetail, taskOutcome } from "@modelyard/contract";

/** The wire's twelve decimals, without those that say nothing. */
const dollars = (amount: string) => `$${amount.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "")}`;

export function briefModel(tool: Tool): object {
  return {
    model: `${tool.cleanslugowner}/${tool.cleanslugproject}`,
    title: tool.title,
    description: tool.description,
    categories: tool.categories,
    prices: JSON.parse(tool.dynamicprice),
    ...(tool.computingtime === "" ? {} : { usually_takes: tool.computingtime }),
    runs: tool.taskstat.runcount,
  };
}

export function fullModel(tool: ToolDetail): object {
  const { inputs, output, license, lifecycle, problem, pull, readiness, p50, p95, limits, samples } = tool.modelyard;
  return {
    ...briefModel(tool),
    output,
    inputs,
    longest_run_seconds: limits.timeout,
    median_seconds: p50,
    p95_seconds: p95,
    state: readiness,
    ...(problem === null ? {} : { cannot_run_because: problem }),
    ...(pull === null || pull.installed ? {} : { not_installed: `An operator has to run: ${pull.command}` }),
    lifecycle,
    license,
    samples: samples.map(({ url, inputs: from, text }) => ({
      made: url,
      ...(text === null ? {} : { text }),
      inputs: from,
    })),
  };
}

export function filesOf(task: Task): OutputFile[] {
  return task.outputs.filter((output): output is OutputFile => "url" in output);
}

/** Characters of printed text that are shown. */
const SHOWN = 20_000;

function shortened(text: string): string {
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}\n… (${text.length - SHOWN} more characters)` : text;
}

function stateOf(task: Task): string {
  const outcome = taskOutcome(task);
  if (outcome === "active") return task.modelyard.waitcode === null ? "running" : "waiting";
  return outcome === "cancelled" ? "stopped" : outcome;
}

export function briefRun(task: Task): Record<string, unknown> {
  return {
    taskid: task.id,
    model: `${task.modelslugowner}/${task.modelslugproject}`,
    state: stateOf(task),
    started: new Date(Number(task.createtime) * 1000).toISOString(),
    cost: isTerminal(task.status) ? dollars(task.totalcost) : undefined,
  };
}

export function fullRun(task: Task): Record<string, unknown> {
  const { waitreason, position, price } = task.modelyard;
  const state = stateOf(task);
  const answers = task.outputs.flatMap((output) => ("url" in output ? [] : output.content.answer));
  return {
    ...briefRun(task),
    ...(state === "waiting" ? { waits_because: waitreason, position } : {}),
    ...(isTerminal(task.status)
      ? { run_seconds: Number(task.elapsedseconds) }
      : { costs_at_most: dollars(price.hold) }),
    ...(answers.length > 0 ? { text: shortened(answers.join("\n")) } : {}),
    ...(answers.length === 0 && task.debugoutput !== "" ? { printed: shortened(task.debugoutput) } : {}),
    ...(state === "failed" || state === "stopped" ? { errors: shortened(task.debugerror) } : {}),
    files: filesOf(task).map(({ name, contenttype, size, url }) => ({ name, contenttype, bytes: Number(size), url })),
  };
}
