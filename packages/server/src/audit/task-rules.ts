/** What must be true of one task, as a pure function of its rows. */
import { isTerminal, LEASE_MS, MAX_ATTEMPTS, nextStatus, type TaskEvent, type TaskStatus } from "@modelyard/contract";

export interface TaskFacts {
  id: number;
  status: TaskStatus;
  pexit: string;
  hold: bigint;
  cost: bigint | null;
  last_event: number;
  attempts: number;
  account_id: number;
  /** It is a run of an app. */
  isApp: boolean;
  /** The app's run that it is a step of; undefined where it is none. */
  parentStatus: TaskStatus | undefined;
  /** The database's clock when the rows were read. */
  now: number;
  entry: { state: string; worker: string | null; attempts: number; epoch: number; lease_until: number } | undefined;
  /** Rows of the log in order; `seq` is the number of the last of `events`. */
  log: { seq: number; events: readonly TaskEvent[] }[];
  transfers: { kind: string; debit: string; credit: string; amount: bigint }[];
}

/** One message for each thing that is wrong. */
export function checkTask(task: TaskFacts): string[] {
  return [...checkQueue(task), ...checkLog(task), ...checkMoney(task), ...checkStep(task)];
}

/** Terminal or in the queue, never both, never neither ("limbo", T9). */
function checkQueue({ status, attempts, entry, now, isApp }: TaskFacts): string[] {
  const faults: string[] = [];
  if (attempts > MAX_ATTEMPTS) faults.push(`it was attempted ${attempts} times`);
  if (!entry) {
    if (!isTerminal(status)) faults.push(`it is in limbo: ${status}, but not in the queue`);
    return faults;
  }
  if (isTerminal(status)) {
    faults.push(`it ended (${status}), but is still in the queue`);
    return faults;
  }
  const leased = status !== "task_queue";
  // A task beyond its account's limit waits before it is ready.
  if (!(leased ? [isApp ? "steps" : "leased"] : ["ready", "waiting"]).includes(entry.state))
    faults.push(`its status is ${status}, its queue entry ${entry.state}`);
  if ((entry.worker !== null) !== (entry.state === "leased"))
    faults.push(`its queue entry is ${entry.state} with worker ${entry.worker}`);
  if (entry.attempts > MAX_ATTEMPTS || entry.attempts > entry.epoch) {
    faults.push(`its queue entry has ${entry.attempts} attempts and epoch ${entry.epoch}`);
  }
  if (leased && entry.attempts !== attempts)
    faults.push(`it is attempt ${attempts}, its queue entry says ${entry.attempts}`);
  if (leased && entry.lease_until > now + LEASE_MS)
    faults.push(`its lease runs ${entry.lease_until - now} ms, at most ${LEASE_MS} are given`);
  return faults;
}

/** No step outlives its app, and none holds money: the app does. */
function checkStep({ status, parentStatus, hold }: TaskFacts): string[] {
  if (parentStatus === undefined) return [];
  const faults: string[] = [];
  if (hold !== 0n) faults.push(`it is a step of an app, but holds ${hold}`);
  if (isTerminal(parentStatus) && !isTerminal(status)) faults.push(`it runs (${status}), but its app has ended`);
  return faults;
}

/** Numbers 1 … n without gaps, and only legal steps, which end in the stored status (T2). */
function checkLog({ log, last_event, status }: TaskFacts): string[] {
  const faults: string[] = [];
  let replayed: TaskStatus | undefined;
  let seq = 0;
  for (const row of log) {
    for (const event of row.events) {
      if (event.seq !== seq + 1) faults.push(`event ${event.seq} follows event ${seq}`);
      seq = event.seq;
      const next: TaskStatus | undefined =
        replayed === undefined
          ? event.type === "task_queue"
            ? "task_queue"
            : undefined
          : nextStatus(replayed, event.type);
      if (next === undefined) {
        faults.push(`event ${event.seq} (${event.type}) is not possible in ${replayed ?? "a new task"}`);
        return faults;
      }
      replayed = next;
    }
    if (row.seq !== seq) faults.push(`a row of its log is numbered ${row.seq}, its last event ${seq}`);
  }
  if (seq !== last_event) faults.push(`its log ends with event ${seq}, its row says ${last_event}`);
  if (replayed !== status) faults.push(`its log leads to ${replayed ?? "nothing"}, its row says ${status}`);
  return faults;
}

/** Held once; captured at most once, exactly for a success, exactly the cost; resolved exactly when it ends (L3, L4). */
function checkMoney(task: TaskFacts): string[] {
  const faults: string[] = [];
  const { hold, cost, pexit, status, transfers, account_id } = task;
  const wallet = `wallet:${account_id}`;
  const held = `hold:${account_id}`;
  /** The one transfer of a kind; its amount is 0 where there is none. */
  const only = (kind: string, isRight: (transfer: TaskFacts["transfers"][number]) => boolean): bigint => {
    const found = transfers.filter((transfer) => transfer.kind === kind);
    // A price is divided between the owners of the models that ran and the platform, each one's part in a transfer of its own.
    const apart = kind === "capture" ? new Set(found.map(({ credit }) => credit)).size : 1;
    if (found.length > apart) faults.push(`it has ${found.length} transfers of kind ${kind}`);
    for (const none of found.filter(({ amount }) => amount <= 0n)) {
      faults.push(`its ${kind} of ${none.amount} goes to ${none.credit}`);
    }
    for (const wrong of found.filter((transfer) => !isRight(transfer))) {
      faults.push(`its ${kind} goes from ${wrong.debit} to ${wrong.credit}`);
    }
    return found.reduce((sum, transfer) => sum + transfer.amount, 0n);
  };
  const taken = only("hold", ({ debit, credit }) => debit === wallet && credit === held);
  const captured = only("capture", ({ debit, credit }) => debit === held && credit.startsWith("revenue:"));
  const released = only("release", ({ debit, credit }) => debit === held && credit === wallet);
  const strange = transfers.find(({ kind }) => !["hold", "capture", "release"].includes(kind));
  if (strange) faults.push(`it has a transfer of kind ${strange.kind}`);

  if (taken !== hold) faults.push(`its hold is ${hold}, the ledger holds ${taken}`);
  const succeeded = status === "task_postprocess_end" && pexit === "0";
  if (succeeded !== (cost !== null)) faults.push(`it ended with exit code "${pexit}" in ${status} and cost ${cost}`);
  if (captured !== (cost ?? 0n)) faults.push(`its cost is ${cost}, the ledger captured ${captured}`);
  if (isTerminal(status)) {
    if (captured + released !== taken) faults.push(`${taken} were held, ${captured} captured and ${released} released`);
    if (status === "task_postprocess_end" && pexit === "") faults.push("it ended without an exit code");
  } else {
    if (captured + released !== 0n) faults.push(`it runs, but its hold was resolved`);
    if (pexit !== "") faults.push(`it runs, but has the exit code ${pexit}`);
  }
  return faults;
}
