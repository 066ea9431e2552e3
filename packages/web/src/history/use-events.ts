/** What happened to a run, in order. */
import { type TaskEvent, TaskEventsResponse } from "@modelyard/contract";
import { type UseAnswer, useAnswer } from "../session/use-answer.ts";

/** Pages that are read at most: some thousands of reports. */
const PAGES = 60;

export interface RunEvents {
  events: readonly TaskEvent[];
  /** There is more than was read. */
  isCut: boolean;
}

export function useEvents(taskId: number): UseAnswer<RunEvents> {
  return useAnswer(`events ${taskId}`, async (client) => {
    const events: TaskEvent[] = [];
    for (let page = 0; page < PAGES; page++) {
      const after = events.at(-1)?.seq ?? 0;
      const found = await client.ask("Task/Events", { taskid: taskId, after }, TaskEventsResponse);
      if (found.events.length === 0) return { events, isCut: false };
      events.push(...found.events);
    }
    return { events, isCut: true };
  });
}
