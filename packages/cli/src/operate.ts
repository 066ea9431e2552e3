/** `modelyard queue`, `workers`, `mail` and `audit`. */
import {
  AdminMailResponse,
  AuditRunResponse,
  EmptyResponse,
  QueueDetailResponse,
  QueueTaskListResponse,
  WorkerListResponse,
  type WorkerRow,
  WorkerTokenCreateResponse,
  WorkerTokenListResponse,
} from "@modelyard/contract";
import { operatorOf } from "./operator-client.ts";
import type { OperatorFlags, ReasonFlags } from "./operator-settings.ts";
import { printJson, table, timeText } from "./table.ts";

const say = (text: string) => process.stdout.write(`${text}\n`);
const reasonText = (on: { reason: string }): string => (on.reason === "" ? "" : `: ${on.reason}`);

export async function showQueue(flags: OperatorFlags): Promise<void> {
  const answer = await operatorOf(flags).ask("Queue/Detail", {}, QueueDetailResponse);
  if (flags.json) return printJson(answer);
  const { paused, models } = answer;
  if (paused) say(`The queue is paused since ${timeText(paused.since)}${reasonText(paused)}\n`);
  if (models.length === 0) return void say("Nothing waits or runs.");
  const rows = models.map((row) => [
    `${row.slugowner}/${row.slugproject}`,
    row.ready,
    row.waiting,
    row.leased,
    timeText(row.oldest),
    row.paused ? `paused${reasonText(row.paused)}` : "",
  ]);
  process.stdout.write(table(["MODEL", "READY", "LIMITED", "RUNNING", "OLDEST SINCE", ""], rows));
}

export async function pauseQueue(flags: ReasonFlags): Promise<void> {
  const answer = await operatorOf(flags).ask("Queue/Pause", { reason: flags.reason }, EmptyResponse);
  if (flags.json) printJson(answer);
  else say("the queue is paused: all tasks wait");
}

export async function resumeQueue(flags: OperatorFlags): Promise<void> {
  const answer = await operatorOf(flags).ask("Queue/Resume", {}, EmptyResponse);
  if (flags.json) printJson(answer);
  else say("the queue goes on");
}

export async function showWaiting(flags: OperatorFlags): Promise<void> {
  const answer = await operatorOf(flags).ask("Queue/TaskList", { limit: 100 }, QueueTaskListResponse);
  if (flags.json) return printJson(answer);
  if (answer.tasks.length === 0) return void say("Nothing waits.");
  const rows = answer.tasks.map(({ taskid, slugowner, slugproject, email, priority, state, createtime }) => [
    taskid,
    `${slugowner}/${slugproject}`,
    email,
    priority,
    state === "waiting" ? "beyond its limit" : "ready",
    timeText(createtime),
  ]);
  process.stdout.write(table(["TASK", "MODEL", "ACCOUNT", "PRIORITY", "STATE", "SINCE"], rows));
}

export async function setPriority(task: string, priority: string, flags: OperatorFlags): Promise<void> {
  const answer = await operatorOf(flags).ask("Queue/Priority", { taskid: task, priority }, EmptyResponse);
  if (flags.json) printJson(answer);
  else say(`task ${task} has ${priority} priority`);
}

function workerState({ draining, cordoned, models }: WorkerRow): string {
  const broken = models.filter(({ state }) => state === "unavailable").map(({ slugproject }) => slugproject);
  return [
    cordoned ? `cordoned${reasonText(cordoned)}` : draining ? "draining" : "open",
    ...(broken.length > 0 ? [`cannot run ${broken.join(", ")}`] : []),
  ].join("; ");
}

export async function showWorkers(flags: OperatorFlags): Promise<void> {
  const { workers } = await operatorOf(flags).ask("Worker/List", {}, WorkerListResponse);
  if (flags.json) return printJson(workers);
  if (workers.length === 0) return void say("No worker is connected.");
  const rows = workers.map((worker) => [
    worker.name,
    worker.id.slice(0, 8),
    `${worker.slotsused}/${worker.slots}`,
    `${worker.memoryused}/${worker.memory} MiB`,
    String(worker.gpus.length),
    timeText(worker.connected),
    workerState(worker),
  ]);
  process.stdout.write(table(["WORKER", "ID", "SLOTS", "MEMORY", "GPUS", "SINCE", "STATE"], rows));
}

/** A worker's name, where its id was given. */
async function nameOf(text: string, flags: OperatorFlags): Promise<string> {
  if (!/^[0-9a-f-]{8,36}$/.test(text)) return text;
  const { workers } = await operatorOf(flags).ask("Worker/List", {}, WorkerListResponse);
  return workers.find(({ id, name }) => name !== text && id.startsWith(text))?.name ?? text;
}

export async function cordonWorker(text: string, flags: ReasonFlags): Promise<void> {
  const name = await nameOf(text, flags);
  const answer = await operatorOf(flags).ask("Worker/Cordon", { name, reason: flags.reason }, EmptyResponse);
  if (flags.json) printJson(answer);
  else say(`${name} gets nothing more; what it runs ends`);
}

export async function uncordonWorker(text: string, flags: OperatorFlags): Promise<void> {
  const name = await nameOf(text, flags);
  const answer = await operatorOf(flags).ask("Worker/Uncordon", { name }, EmptyResponse);
  if (flags.json) printJson(answer);
  else say(`${name} gets tasks again`);
}

export async function showWorkerTokens(flags: OperatorFlags): Promise<void> {
  const { tokens } = await operatorOf(flags).ask("Worker/TokenList", {}, WorkerTokenListResponse);
  if (flags.json) return printJson(tokens);
  const rows = tokens.map(({ id, name, createtime, revoketime, workers }) => [
    id,
    name,
    timeText(createtime),
    workers,
    revoketime === "0" ? "lets workers in" : `revoked ${timeText(revoketime)}`,
  ]);
  process.stdout.write(table(["ID", "NAME", "MADE", "WORKERS", "STATE"], rows));
}

export async function createWorkerToken(name: string, flags: OperatorFlags): Promise<void> {
  const answer = await operatorOf(flags).ask("Worker/TokenCreate", { name }, WorkerTokenCreateResponse);
  if (flags.json) return printJson(answer);
  say(answer.token);
  process.stderr.write(`token ${answer.id} of ${name}: it is shown this once, and is as good as a password\n`);
}

export async function revokeWorkerToken(id: string, flags: OperatorFlags): Promise<void> {
  const answer = await operatorOf(flags).ask("Worker/TokenRevoke", { id }, EmptyResponse);
  if (flags.json) printJson(answer);
  else say(`token ${id} lets no worker in any more`);
}

const MAIL_STATES = { due: "tried again", failed: "given up", waiting: "waits" } as const;

export async function showMail(flags: OperatorFlags): Promise<void> {
  const answer = await operatorOf(flags).ask("Admin/MailList", { limit: 50 }, AdminMailResponse);
  if (flags.json) return printJson(answer);
  if (answer.mail.length === 0) return void say("No mail waits.");
  for (const { createtime, to, subject, status, error, text } of answer.mail) {
    say(`${timeText(createtime)}  ${to}  ${subject} (${MAIL_STATES[status]}${reasonText({ reason: error })})`);
    say(`${text.trim().replace(/^(?=.)/gm, "  ")}\n`);
  }
}

/** Resolves to the exit code: 1 when something does not hold. */
export async function runAudit(flags: OperatorFlags): Promise<number> {
  const { faults, seconds } = await operatorOf(flags).ask("Audit/Run", {}, AuditRunResponse);
  if (flags.json) printJson({ faults, seconds });
  else if (faults.length === 0) say(`Nothing is wrong (${seconds} s).`);
  else for (const { subject, message } of faults) say(`${subject}: ${message}`);
  if (faults.length > 0 && !flags.json)
    process.stderr.write(
      `${faults.length} faults (${seconds} s). On a busy server a task in motion may be named once: run it again.\n`,
    );
  return faults.length > 0 ? 1 : 0;
}
