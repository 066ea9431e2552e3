/** What waits and runs, and on which machines; looked at again every few seconds. */
import { QueueDetailResponse, type QueueRow, WorkerListResponse, type WorkerRow } from "@modelyard/contract";
import { Figure } from "../dashboard/figure.tsx";
import { timeWords } from "../history/snippet.ts";
import { Answered } from "../session/answered.tsx";
import { useAnswer } from "../session/use-answer.ts";
import { useRepeated } from "../session/use-repeated.ts";
import { Badge } from "../ui/badge.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Panel } from "../ui/panel.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { AdminFrame } from "./admin-frame.tsx";
import { LoadBar } from "./load-bar.tsx";
import { SwitchButton } from "./switch-button.tsx";
import { WaitingTasks } from "./waiting-tasks.tsx";
import { WorkerTokens } from "./worker-tokens.tsx";

export function WorkersPage() {
  return (
    <AdminFrame
      title="Workers and queue"
      lead="What waits, what runs, and where. It is looked at again every few seconds."
    >
      <Workers />
    </AdminFrame>
  );
}

const LOOK_MS = 3_000;

function Workers() {
  const found = useAnswer("workers", async (client) => {
    const [{ workers }, queue] = await Promise.all([
      client.ask("Worker/List", {}, WorkerListResponse),
      client.ask("Queue/Detail", {}, QueueDetailResponse),
    ]);
    return { workers, queue };
  });
  useRepeated(found.reload, LOOK_MS);
  return (
    <Answered of={found}>
      {({ workers, queue }) => {
        const sum = (of: (row: QueueRow) => string) => queue.models.reduce((all, row) => all + Number(of(row)), 0);
        const slots = workers.reduce((all, { slots: one }) => all + Number(one), 0);
        return (
          <div className="grid gap-6">
            <dl className="grid grid-cols-2 gap-3 sm:gap-4 xl:grid-cols-4">
              <Figure term="Running" value={sum(({ leased }) => leased)} note={`on ${slots} slots`} />
              <Figure term="Ready to run" value={sum(({ ready }) => ready)} note="wait for a worker" />
              <Figure term="Beyond a limit" value={sum(({ waiting }) => waiting)} note="wait for their own account" />
              <Figure
                term="Workers"
                value={workers.length}
                note={workers.length === 0 ? "none is connected" : "connected"}
              />
            </dl>
            <Queue queue={queue} onChanged={found.reload} />
            <WaitingTasks onChanged={found.reload} />
            <section aria-labelledby="workers-title" className="grid gap-4">
              <h2 id="workers-title" className="text-lg">
                Workers
              </h2>
              {workers.length === 0 && (
                <EmptyState
                  sentence="No worker is connected: runs wait. The server brings one of its own unless it was started with --no-worker; others join with a token that you make below."
                  action={<code className="rounded bg-sunk px-2 py-1 font-mono text-sm">modelyard worker</code>}
                />
              )}
              {workers.map((worker) => (
                <WorkerCard key={worker.id} worker={worker} onChanged={found.reload} />
              ))}
            </section>
            <WorkerTokens />
          </div>
        );
      }}
    </Answered>
  );
}

const MODEL_PAUSE = {
  words: { on: "Pause", off: "Resume" },
  paths: { on: "Model/Pause", off: "Model/Resume" },
  explanation: "Its runs are still taken, and wait until you resume it. Runs that go on are not stopped.",
} as const;

function Queue({ queue, onChanged }: { queue: QueueDetailResponse; onChanged: () => void }) {
  const columns: Column<QueueRow>[] = [
    {
      title: "Model",
      cell: ({ slugowner, slugproject, paused }) => (
        <span className="flex flex-wrap items-center gap-2">
          <span className="font-semibold">
            {slugowner}/{slugproject}
          </span>
          {paused && <Badge tone="wait">Paused</Badge>}
          {paused?.reason && <span className="text-soft">{paused.reason}</span>}
        </span>
      ),
    },
    { title: "Running", cell: ({ leased }) => leased, isNumber: true },
    { title: "Ready", cell: ({ ready }) => ready, isNumber: true },
    { title: "Beyond a limit", cell: ({ waiting }) => waiting, isNumber: true },
    { title: "First waits since", cell: ({ oldest }) => timeWords(oldest) },
    {
      title: "Actions",
      cell: ({ slugowner, slugproject, paused }) => (
        <SwitchButton
          {...MODEL_PAUSE}
          isOn={paused !== null}
          what={`${slugowner}/${slugproject}`}
          fields={{ slugowner, slugproject }}
          onChanged={onChanged}
        />
      ),
    },
  ];
  return (
    <Panel
      title="Queue"
      lead={
        queue.paused
          ? `Paused since ${timeWords(queue.paused.since)}${queue.paused.reason ? `: ${queue.paused.reason}` : ""}`
          : "Runs are given to workers as they have room."
      }
      aside={
        <SwitchButton
          isOn={queue.paused !== null}
          what="the whole queue"
          words={{ on: "Pause", off: "Resume" }}
          paths={{ on: "Queue/Pause", off: "Queue/Resume" }}
          fields={{}}
          explanation="Runs are still taken, and wait until you resume the queue. Runs that go on are not stopped."
          onChanged={onChanged}
        />
      }
    >
      {queue.models.length === 0 ? (
        <p className="text-soft">Nothing waits and nothing runs.</p>
      ) : (
        <Table
          label="Queue by model"
          columns={columns}
          rows={queue.models}
          keyOf={({ slugowner, slugproject }) => `${slugowner}/${slugproject}`}
        />
      )}
    </Panel>
  );
}

const STATE_TONES = { ready: "good", installing: "wait", missing: "plain", unavailable: "bad" } as const;

function WorkerCard({ worker, onChanged }: { worker: WorkerRow; onChanged: () => void }) {
  const { name, release, connected, slots, slotsused, memory, memoryused, gpus, draining, cordoned, models } = worker;
  return (
    <section aria-label={`Worker ${name}`} className="grid gap-4 rounded-lg border border-line bg-card p-5">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 grow">
          <h3 className="flex flex-wrap items-center gap-2.5 font-semibold">
            {name}
            {draining && <Badge tone="wait">Leaving</Badge>}
            {cordoned && <Badge tone="wait">Gets nothing more</Badge>}
          </h3>
          <p className="text-sm text-soft">
            release {release}, connected since {timeWords(connected)}
            {cordoned?.reason ? `; ${cordoned.reason}` : ""}
          </p>
        </div>
        <SwitchButton
          isOn={cordoned !== null}
          what={`worker ${name}`}
          words={{ on: "Cordon", off: "Uncordon" }}
          paths={{ on: "Worker/Cordon", off: "Worker/Uncordon" }}
          fields={{ name }}
          explanation="It is given nothing more; what it runs goes on. All workers of this name are meant, also after a restart."
          onChanged={onChanged}
        />
      </div>
      <div className="grid gap-4 sm:grid-cols-2">
        <LoadBar label="Slots" used={Number(slotsused)} of={Number(slots)} />
        <LoadBar label="Memory, MiB" used={Number(memoryused)} of={Number(memory)} />
      </div>
      {gpus.length > 0 && (
        <p className="text-sm text-soft">
          GPUs: {gpus.map(({ name: gpu, vram }) => `${gpu} (${Math.round(Number(vram) / 1024)} GiB)`).join(", ")}
        </p>
      )}
      <details>
        <summary className="text-sm text-soft">Models that it knows: {models.length}</summary>
        <ul className="mt-2 grid gap-1.5 text-sm">
          {models.map(({ slugowner, slugproject, version, state, reason, running }) => (
            <li key={`${slugowner}/${slugproject} ${version}`} className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <span>
                {slugowner}/{slugproject}
              </span>
              <code className="font-mono text-xs text-soft">{version.slice(0, 8)}</code>
              <Badge tone={STATE_TONES[state]}>{state}</Badge>
              {running !== "0" && <span>{running} running</span>}
              {reason !== "" && <span className="text-soft wrap-anywhere">{reason}</span>}
            </li>
          ))}
        </ul>
      </details>
    </section>
  );
}
