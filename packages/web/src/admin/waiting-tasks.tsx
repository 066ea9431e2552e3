/** The runs that wait, in the order in which workers get them; each can be moved to another priority. */
import { EmptyResponse, PRIORITIES, type Priority, type QueueTask, QueueTaskListResponse } from "@modelyard/contract";
import { timeWords } from "../history/snippet.ts";
import { Answered } from "../session/answered.tsx";
import { useAction } from "../session/use-action.ts";
import { useAnswer } from "../session/use-answer.ts";
import { useRepeated } from "../session/use-repeated.ts";
import { Panel } from "../ui/panel.tsx";
import { ProblemNote } from "../ui/problem-note.tsx";
import { type Column, LongText, Table } from "../ui/table.tsx";
import { toast } from "../ui/toast.tsx";

/** Runs that are shown; what waits behind them is counted above. */
const SHOWN = 50;
const LOOK_MS = 3_000;
const WORDS: Record<Priority, string> = { low: "Low", normal: "Normal", high: "High" };

export function WaitingTasks({ onChanged }: { onChanged: () => void }) {
  const found = useAnswer("waiting", (client) => client.ask("Queue/TaskList", { limit: SHOWN }, QueueTaskListResponse));
  const { isBusy, problem, act } = useAction();
  useRepeated(found.reload, LOOK_MS);
  const move = (taskid: string, priority: Priority) =>
    act(async (client) => {
      await client.ask("Queue/Priority", { taskid, priority }, EmptyResponse);
      toast(`Run ${taskid} has ${priority} priority.`);
      found.reload();
      onChanged();
    });
  const columns: Column<QueueTask>[] = [
    { title: "Run", cell: ({ taskid }) => taskid, isNumber: true },
    { title: "Model", cell: ({ slugowner, slugproject }) => `${slugowner}/${slugproject}` },
    { title: "Account", cell: ({ email }) => <LongText>{email}</LongText> },
    { title: "Since", cell: ({ createtime }) => <span className="whitespace-nowrap">{timeWords(createtime)}</span> },
    { title: "Waits for", cell: ({ state }) => (state === "ready" ? "a worker" : "its account's limit") },
    {
      title: "Priority",
      cell: ({ taskid, priority }) => (
        <select
          className="field w-auto py-1"
          aria-label={`Priority of run ${taskid}`}
          value={priority}
          disabled={isBusy}
          onChange={(event) => void move(taskid, event.target.value as Priority)}
        >
          {PRIORITIES.map((one) => (
            <option key={one} value={one}>
              {WORDS[one]}
            </option>
          ))}
        </select>
      ),
    },
  ];
  return (
    <Panel
      title="Runs that wait"
      lead={`The next one first, ${SHOWN} at most. Within a priority projects take turns; a run that is moved gets its project's next turn there.`}
    >
      <ProblemNote problem={problem} />
      <Answered of={found}>
        {({ tasks }) =>
          tasks.length === 0 ? (
            <p className="text-soft">No run waits.</p>
          ) : (
            <Table label="Waiting runs by turn" columns={columns} rows={tasks} keyOf={({ taskid }) => taskid} />
          )
        }
      </Answered>
    </Panel>
  );
}
