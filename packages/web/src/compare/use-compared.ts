/** The runs that are compared, asked for again while one of them goes on; what is there stays while more are asked for. */
import { type Task, TaskDetailResponse, taskOutcome } from "@modelyard/contract";
import { useEffect, useRef } from "react";
import { type Answer, useAnswer } from "../session/use-answer.ts";
import { useRepeated } from "../session/use-repeated.ts";

const LOOK_MS = 2_000;

/** "gone": none of one's own has this id. */
export type Compared = ReadonlyMap<number, Task | "gone">;

export function useCompared(ids: readonly number[]): { answer: Answer<Compared>; reload: () => void } {
  const { answer, reload } = useAnswer("compared runs", async (client): Promise<Compared> => {
    const asked = ids.map(async (id): Promise<[number, Task | "gone"]> => {
      try {
        const { tasklist } = await client.ask("Task/Detail", { taskid: String(id) }, TaskDetailResponse);
        return [id, tasklist[0] as Task];
      } catch (error) {
        if (error instanceof Error && "code" in error && error.code === 1) return [id, "gone"];
        throw error;
      }
    });
    return new Map(await Promise.all(asked));
  });
  const key = ids.join(",");
  const asked = useRef(key);
  useEffect(() => {
    if (asked.current === key) return;
    asked.current = key;
    reload();
  }, [key, reload]);
  const last = useRef<Compared>(undefined);
  if (answer.state === "there") last.current = answer.data;
  const known = last.current;
  const goesOn = [...(known?.values() ?? [])].some((task) => task !== "gone" && taskOutcome(task) === "active");
  useRepeated(() => {
    if (goesOn) reload();
  }, LOOK_MS);
  // One question that failed takes nothing away: the next one follows.
  return { answer: known ? { state: "there", data: known } : answer, reload };
}
