/** The command line of bubblewrap (bwrap(1)). Pure, apart from what it is told about the machine. */
import { INNER_ACCOUNT } from "./accounts.ts";
import type { Command, Owner, Sandbox } from "./sandbox.ts";
import { NETWORK_SETTINGS, type SystemView } from "./system-view.ts";

/** Bytes of /tmp and of /dev/shm, each at most; they count as memory. HOME and TMPDIR lie on the disk. */
const MEMORY_FOLDER = 256 * 2 ** 20;
/** Bytes of data that a program may only reserve: V8 takes 0.5 GiB for the code of each thread, WebAssembly more, and they count [measured]. */
const RESERVED = 2 * 2 ** 30;
/** Descriptors that a process may have open. */
const OPEN_FILES = 8192;

/** What is there on this machine, found out once. */
export interface BubblewrapTools {
  bwrap: string;
  /** util-linux; undefined where it is missing: then there are no rlimits, and root gives no accounts of their own. */
  prlimit: string | undefined;
  setpriv: string | undefined;
  /** `--disable-userns` (0.8) is understood. The seccomp filter forbids new user namespaces in any case. */
  canDisableUserns: boolean;
  /** No cgroup limits memory: data segments of each process are limited instead. */
  limitData: boolean;
  /** No cgroup limits processes. Where one does it comes first, because it also counts how often it was reached. */
  limitProcesses: boolean;
  view: SystemView;
  /** Folder with passwd, group and nsswitch.conf of the sandbox. */
  accountFolder: string;
}

/**
 * Two ways to the same result. Without `owner` the program runs in a user namespace with the worker's own account behind it. With one
 * (the worker is root) bwrap makes the mounts as root, and setpriv then takes the account on and drops everything else: outside, too,
 * the process is nobody's. Descriptor 3 is the seccomp filter, 4 the report.
 */
export function bubblewrapArguments(options: {
  tools: BubblewrapTools;
  program: Command;
  sandbox: Sandbox;
  owner: Owner | undefined;
  /** Device files that are shown besides the harmless ones. */
  devices: readonly string[];
}): string[] {
  const { tools, program, sandbox, owner, devices } = options;
  const { view, accountFolder } = tools;
  const size = Math.min(MEMORY_FOLDER, sandbox.limits.memory);
  const memoryFolder = (path: string) => ["--size", String(size), "--perms", "1777", "--tmpfs", path];
  const each = (flag: string, paths: readonly string[]) => paths.flatMap((path) => [flag, path, path]);
  return [
    tools.bwrap,
    ...namespaces(tools, owner),
    ...(sandbox.network ? [] : ["--unshare-net"]),
    "--hostname",
    "model",
    "--die-with-parent",
    "--new-session",
    ...foldersAbove([...view.paths, "/etc/passwd"], []).flatMap((path) => ["--dir", path]),
    ...each("--ro-bind", view.paths),
    ...view.links.flatMap(({ path, target }) => ["--symlink", target, path]),
    ...(sandbox.network ? each("--ro-bind-try", NETWORK_SETTINGS) : []),
    ...["passwd", "group", "nsswitch.conf"].flatMap((name) => [
      "--ro-bind",
      `${accountFolder}/${name}`,
      `/etc/${name}`,
    ]),
    ...["--proc", "/proc", "--dev", "/dev"],
    ...each("--dev-bind", devices),
    ...memoryFolder("/dev/shm"),
    ...memoryFolder("/tmp"),
    ...foldersAbove([...sandbox.readOnly, ...sandbox.writable], view.paths).flatMap((path) => ["--dir", path]),
    ...each("--ro-bind-try", sandbox.readOnly),
    ...each("--bind", sandbox.writable),
    ...each("--ro-bind-try", sandbox.sealed),
    // Both are memory that no `--size` bounds.
    ...["--remount-ro", "/dev", "--remount-ro", "/"],
    ...["--chdir", program.cwd],
    ...["--seccomp", "3", "--json-status-fd", "4"],
    "--",
    ...rlimits(tools, sandbox),
    ...account(tools, owner),
    ...program.command,
  ];
}

/** bwrap makes the folders above a mount point for itself alone (0700); asked for by name they are open to the model's account. */
function foldersAbove(paths: readonly string[], shown: readonly string[]): string[] {
  const above = new Set<string>();
  for (const path of paths) {
    const parts = path.split("/").slice(1, -1);
    for (const index of parts.keys()) above.add(`/${parts.slice(0, index + 1).join("/")}`);
  }
  // Already there, and perhaps read-only: what is shown of the system.
  return [...above].filter((path) => !shown.some((there) => path === there || path.startsWith(`${there}/`))).sort();
}

function namespaces(tools: BubblewrapTools, owner: Owner | undefined): string[] {
  const shared = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--cap-drop", "ALL"];
  if (owner !== undefined) return [...shared, "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"];
  const id = String(INNER_ACCOUNT);
  const user = ["--unshare-user", "--uid", id, "--gid", id];
  return [...user, ...(tools.canDisableUserns ? ["--disable-userns"] : []), ...shared];
}

function rlimits({ prlimit, limitData, limitProcesses }: BubblewrapTools, { limits }: Sandbox): string[] {
  if (prlimit === undefined) return [];
  return [
    prlimit,
    "--core=0",
    `--nofile=${OPEN_FILES}`,
    `--fsize=${limits.file}`,
    // Counted per account and, since Linux 5.14, per user namespace: either way only this tree's processes.
    `--nproc=${limitProcesses ? limits.processes : limits.processes * 2}`,
    ...(limitData ? [`--data=${limits.memory + RESERVED}`] : []),
    "--",
  ];
}

function account({ setpriv }: BubblewrapTools, owner: Owner | undefined): string[] {
  if (owner === undefined || setpriv === undefined) return [];
  return [
    setpriv,
    `--reuid=${owner.uid}`,
    `--regid=${owner.gid}`,
    "--clear-groups",
    "--inh-caps=-all",
    "--no-new-privs",
    "--",
  ];
}
