/**
 * The fault matrix: what may go wrong, what is promised then, and which test does it. `npm run test:faults -- --list` prints it;
 * matrix.test.ts holds it to the tests that exist. A row without a test says why in words for an operator.
 */

export interface TestOfRow {
  /** Path from the repository's root. Those in e2e/faults run with their long numbers in `npm run test:faults`, the others in `npm test`. */
  file: string;
  /** A piece of the test's title, as its source has it. */
  title: string;
}

export interface Row {
  id: string;
  fault: string;
  expected: string;
  tests: readonly TestOfRow[];
  /** How often, in `npm test` / in `npm run test:faults`; "" where once is enough. */
  numbers: string;
  /** What of it is not tried here, and what that means for an operator. */
  not?: string;
}

/** Tests in a file of e2e/faults. */
const here = (name: string, ...titles: string[]): TestOfRow[] =>
  titles.map((title) => ({ file: `e2e/faults/${name}.test.ts`, title }));
const at = (file: string, ...titles: string[]): TestOfRow[] => titles.map((title) => ({ file, title }));

/** The faults that are named, in the order of the list they came from. Their ids are kept for good. */
export const MATRIX: readonly Row[] = [
  {
    id: "worker-kill",
    fault: "worker kill -9 at a random phase",
    expected: "claimed again within 20 s, at most 3 attempts, one charge, no process left (T1, T4 to T6)",
    tests: here("worker-kill", "kills of worker programs while tasks run", "kills of the built-in worker"),
    numbers: "5 and 2 / 1,000 and 6",
  },
  {
    id: "server-kill",
    fault: "server kill -9, also between commit and reply",
    expected: "no acknowledged task is lost; a lost reply finds its task again by its key (T1, L5)",
    tests: [
      ...here("server-kill", "server kills: every acknowledged task exists and ends"),
      ...at("e2e/idempotency.test.ts", "a reply that was lost with its server"),
    ],
    numbers: "4 / 1,000",
  },
  {
    id: "database-kill",
    fault: "PostgreSQL kill -9 with all its processes",
    expected:
      "recovery, also of the recovery; no task in limbo; after a commit whose answer is lost nothing of its request is gone (T1, T9)",
    tests: [
      ...here("postgres-kill", "kills of PostgreSQL"),
      ...at("e2e/commit-answer.test.ts", "a run: the same request", "an upload: the file is listed"),
    ],
    numbers: "2 / 50",
  },
  {
    id: "power-cut",
    fault: "power cut",
    expected: "every acknowledged task is on the disk, the ledger is sound (T1)",
    tests: here("power-cut", "power cuts: every acknowledged task is on the disk"),
    numbers: "2 / 50",
  },
  {
    id: "worker-stop",
    fault: "worker SIGSTOP for longer than its leases, then SIGCONT",
    expected: "the stale attempt writes nothing, its processes die, one charge (T3)",
    tests: here("stopped", "stands still longer than its leases", "does not know that it lost its leases"),
    numbers: "30 / 300",
  },
  {
    id: "server-stop",
    fault: "server SIGSTOP, then SIGCONT",
    expected: "workers let go by the lease rule and come back; no task fails (T9)",
    tests: here("stopped", "a server that stands still for 20 s"),
    numbers: "",
  },
  {
    id: "clock-jump",
    fault: "clock +1 h and -1 h, on server and worker, and between two starts",
    expected: "no lease is lost, nothing is attempted twice",
    tests: here("clock", "the clock of server and worker jumps an hour"),
    numbers: "8 jumps / 160",
  },
  {
    id: "disk-full",
    fault: "disk full",
    expected: "runs are refused, reads go on, nothing accepted fails; it recovers (T9)",
    tests: here("disk-full", "the disk gets full"),
    numbers: "1 / 50",
    not: "Running out of inodes alone is not tried; to a program it is the same error, ENOSPC.",
  },
  {
    id: "disk-error",
    fault: "EIO at fsync",
    expected: "no acknowledgement; the server ends with code 70 and a restart has everything that was acknowledged",
    tests: here("io-error", "the server ends with code 70 instead of pretending"),
    numbers: "2 / 50",
  },
  {
    id: "descriptors",
    fault: "file descriptors run out",
    expected: "connections are refused, no crash, it recovers",
    tests: here("starved", "the server runs out of file descriptors"),
    numbers: "1 / 20",
  },
  {
    id: "memory",
    fault: "a model uses up its memory",
    expected: "that run fails and says so; the worker and other runs go on",
    tests: [
      ...here("vicious-models", "vicious tasks among"),
      ...at("packages/worker/src/isolation/isolation.test.ts", "ends a memory bomb"),
    ],
    numbers: "20 / 200",
    not: "Memory pressure of the whole machine (the kernel choosing a victim) is not tried: it would end other programs of the machine that tests. Give server and worker a limit of their own.",
  },
  {
    id: "processor",
    fault: "the worker hardly gets a processor",
    expected: "leases are renewed in time",
    tests: here("starved", "a tenth of a processor renews its leases"),
    numbers: "25 s / 5 min",
  },
  {
    id: "network",
    fault: "network between worker and server: reset, silent for longer than a lease, slow, unplugged",
    expected: "back-off and reconnection; the lease rule decides; nothing is lost or charged twice (T3, T4)",
    tests: [
      ...here("network", "resets at random moments", "the line goes silent for longer than a lease"),
      ...at("e2e/workers.test.ts", "a worker on another network"),
    ],
    numbers: "15 and 1 / 500 and 20",
    not: "Loss of single packets is left out: TCP hides it, and the kernel module for it (netem) is not everywhere.",
  },
  {
    id: "database-lock",
    fault: "database locked or restarted",
    expected: "a second program is refused the SQLite file; PostgreSQL's restarts strand no task",
    tests: [
      ...at("packages/server/src/db/sqlite-lock.test.ts", "a second process is refused while the first lives"),
      ...here("postgres-kill", "kills of PostgreSQL"),
    ],
    numbers: "2 / 50",
    not: "A PostgreSQL that answers slowly for minutes is not tried; callers would wait for as long as their connection does.",
  },
  {
    id: "hostile-model",
    fault: "fork, memory, disk and stdout bombs; ignores TERM; daemonises; crashes; hangs",
    expected: "its limit is named, nothing is left, honest runs succeed (T5, T6, T11)",
    tests: [
      ...here("vicious-models", "vicious tasks among"),
      ...here("poison", "that crash and ones that hang take at most twice as long"),
      ...at("packages/worker/src/runners/command.test.ts", "1 GiB of stdout"),
    ],
    numbers: "20 / 200",
  },
  {
    id: "slow-clients",
    fault: "connections that never finish their headers, sockets that say nothing",
    expected: "let go after 10 s with 408 and 1008; others are served meanwhile",
    tests: [
      ...here("slow-clients", "connections that never finish their headers"),
      ...at("e2e/socket-limits.test.ts", "readers that do not read are let go with 1013"),
    ],
    numbers: "1,000 + 1,000 / 4,000 + 4,000",
  },
  {
    id: "input-address",
    fault: "input address: slow, endless, a bomb, a redirect loop, reset in its body, a hostile name",
    expected: "the run fails free with the reason; nothing inside is reached (S1)",
    tests: [
      ...at("packages/guarded-fetch/src/guarded-fetch.test.ts", '["/bomb"', "no redirect leads inside"),
      ...at("packages/guarded-fetch/src/hostile-input.test.ts", "ends the task failed, free"),
    ],
    numbers: "",
  },
  {
    id: "callback-receiver",
    fault: "callback receiver: hangs, 500, redirect, 410, bad certificate, huge answer",
    expected: "tried again or given up aloud; the others are not delayed (W1 to W3)",
    tests: [
      ...at("e2e/callbacks.test.ts", "redirects fail aloud, 410 stops", "receivers that hang delay nobody else"),
      ...here("callbacks", "every task that ended has called back at least once"),
      ...at("packages/guarded-fetch/src/certificates.test.ts", "a certificate that proves nothing"),
    ],
    numbers: "4 kills / 1,000",
  },
  {
    id: "claim-race",
    fault: "workers claim, callers kill and cancel at once",
    expected: "one wins; never both billed and cancelled (T7)",
    tests: here("races", "races of kill or cancel against claim and finish"),
    numbers: "40 / 1,000",
    not: "Two servers on one database are not supported yet.",
  },
  {
    id: "bit-flip",
    fault: "a flipped bit in a file or a database page",
    expected: "models and weights: found by their checksum and fetched again",
    tests: at("packages/worker/src/install/installer.test.ts", "names the file whose content is wrong"),
    numbers: "",
    not: "SQLite has no checksums of its pages, and stored files are not compared with theirs when they are sent: keep the data folder on a file system that has (ZFS, btrfs), or use PostgreSQL with data checksums.",
  },
  {
    id: "signals",
    fault: "SIGTERM, twice, SIGHUP",
    expected: "drain, then exit 0; the second one at once (T8)",
    tests: [
      ...here("signals", "SIGHUP (the terminal is gone)", "a second SIGTERM stops at once"),
      ...here("rolling", "rolling restarts of server and worker"),
    ],
    numbers: "2 restarts / 50",
  },
  {
    id: "migration-crash",
    fault: "crash in the middle of a migration",
    expected: "the next start finishes it; the auditor finds nothing",
    tests: [
      ...here("migration-crash", "kills at a random byte of the migrations"),
      ...at("packages/server/src/db/database.test.ts", "one that broke off leaves nothing and runs again"),
    ],
    numbers: "6 stores / 200",
  },
  {
    id: "old-worker",
    fault: "a worker of the protocol before, of an older and of a later one",
    expected: "taken in and served; the others are refused with a plain reason",
    tests: [
      ...here("old-worker", "a worker of the oldest protocol", "workers of earlier and later protocols"),
      ...at("e2e/tracing.test.ts", "never told what it would not understand"),
    ],
    numbers: "",
  },
  {
    id: "money",
    fault: "random histories of tasks and money; many callers on one wallet and under one key",
    expected: "every account is sound after each history; exactly what is paid for is taken (L1 to L5)",
    tests: [...here("histories", "histories of up to"), ...here("money", "L2:", "L5:")],
    numbers: "200 × 40 and 1 / 10,000 × 200 (1,000 on PostgreSQL) and 20",
  },
];

/** As a table of text. */
export function matrixText(rows: readonly Row[] = MATRIX): string {
  const paragraph = ({ id, fault, expected, tests, numbers, not }: Row): string => {
    const times = numbers === "" ? "" : `\n    times     ${numbers}`;
    const lines = tests.map(({ file, title }) => `\n    test      ${file}: ${title}`);
    const missing = not === undefined ? "" : `\n    not here  ${not}`;
    return `${id}: ${fault}\n    expected  ${expected}${times}${lines.join("")}${missing}`;
  };
  const head =
    "Times: in npm test / in npm run test:faults. A failed run names its seed; MODELYARD_SEED=<seed> plays it again.";
  return `${[head, ...rows.map(paragraph)].join("\n\n")}\n`;
}
