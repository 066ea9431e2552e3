import { type Output, type Share, type SharedRun, type Task, taskOutcome } from "@modelyard/contract";
import type { ShareRow } from "./store.ts";

const seconds = (ms: number): string => String(Math.floor(ms / 1000));

export function presentShare(row: ShareRow, url: string): Share {
  return {
    id: String(row.id),
    taskid: String(row.task_id),
    url,
    hideinputs: row.hide_inputs === 1,
    createtime: seconds(row.created_at),
    expires: row.expires_at === null ? "0" : seconds(row.expires_at),
  };
}

/** A text output repeats the prompt that it answers. */
function withoutPrompt(output: Output): Output {
  return "content" in output ? { ...output, content: { ...output.content, prompt: "" } } : output;
}

/** What of a task anybody may see. */
export function presentSharedRun(task: Task, of: { title: string; hideInputs: boolean }): SharedRun {
  return {
    model: `${task.modelslugowner}/${task.modelslugproject}`,
    title: of.title,
    outcome: taskOutcome(task),
    createtime: task.createtime,
    elapsedseconds: task.elapsedseconds,
    parameters: of.hideInputs ? null : task.parameters,
    outputs: of.hideInputs ? task.outputs.map(withoutPrompt) : task.outputs,
  };
}
