/** The config.json of a runc bundle (OCI runtime specification 1.0.2). Pure. */
import type { Command, Owner, Sandbox } from "./sandbox.ts";
import { DENIED, UNKNOWN } from "./seccomp-syscalls.ts";
import { NETWORK_SETTINGS, type SystemView } from "./system-view.ts";

const MEMORY_FOLDER = 256 * 2 ** 20;
const OPEN_FILES = 8192;
/** errno values of Linux. */
const EPERM = 1;
const ENOSYS = 38;
/** CLONE_NEW{TIME,NS,CGROUP,UTS,IPC,USER,PID,NET}; libseccomp compares one masked argument per rule, so each bit has its own. */
const NAMESPACE_BITS = [0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000];
/** TIOCSTI, TIOCLINUX. */
const TERMINAL_IOCTLS = [0x5412, 0x541c];
/** The first process of a PID namespace ignores signals that it has no handler for, TERM among them: the program is the second one. */
const INIT = '"$@"; exit $?';
/** AF_ALG, AF_KEY, AF_PACKET, AF_VSOCK, AF_XDP, AF_RDS, AF_TIPC. */
const DENIED_FAMILIES = [38, 15, 17, 40, 44, 21, 30];
const EAFNOSUPPORT = 97;
/** Shown as empty or not at all: what the kernel tells about itself and the host. */
const MASKED = ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/sched_debug", "/proc/scsi", "/proc/acpi"];
const UNCHANGEABLE = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

interface Mount {
  destination: string;
  type?: string;
  source: string;
  options: string[];
}

export interface BundleOptions {
  program: Command;
  sandbox: Sandbox;
  owner: Owner;
  view: SystemView;
  accountFolder: string;
  devices: readonly string[];
  /** Whether a path is there; what is not is left out. */
  exists(path: string): boolean;
  /** Where runc makes the container's cgroups, below each controller's mount. */
  cgroupsPath: string;
}

export function runcConfig(options: BundleOptions): object {
  const { program, sandbox, owner, cgroupsPath } = options;
  const { limits } = sandbox;
  const rlimit = (name: string, value: number) => ({ type: `RLIMIT_${name}`, hard: value, soft: value });
  return {
    ociVersion: "1.0.2",
    process: {
      terminal: false,
      user: { uid: owner.uid, gid: owner.gid },
      args: ["/bin/sh", "-c", INIT, "sh", ...program.command],
      env: Object.entries(program.env).map(([key, value]) => `${key}=${value}`),
      cwd: program.cwd,
      capabilities: { bounding: [], effective: [], inheritable: [], permitted: [], ambient: [] },
      rlimits: [
        rlimit("CORE", 0),
        rlimit("FSIZE", limits.file),
        rlimit("NOFILE", OPEN_FILES),
        rlimit("NPROC", limits.processes),
      ],
      noNewPrivileges: true,
      oomScoreAdj: 500,
    },
    root: { path: "rootfs", readonly: true },
    hostname: "model",
    mounts: mounts(options),
    linux: {
      cgroupsPath,
      namespaces: ["pid", "ipc", "uts", "mount", "cgroup", ...(sandbox.network ? [] : ["network"])].map((type) => ({
        type,
      })),
      resources: {
        devices: [
          { allow: false, access: "rwm" },
          ...(options.devices.length > 0 ? [{ allow: true, type: "c", access: "rw" }] : []),
        ],
        memory: { limit: limits.memory, swap: limits.memory },
        pids: { limit: limits.processes },
        cpu: { quota: Math.ceil(limits.cpus * 100_000), period: 100_000 },
      },
      maskedPaths: MASKED,
      readonlyPaths: UNCHANGEABLE,
      seccomp: seccompRules(),
    },
  };
}

function mounts({ sandbox, view, accountFolder, devices, exists }: BundleOptions): Mount[] {
  const bind = (path: string, how: "ro" | "rw", source = path): Mount => ({
    destination: path,
    type: "bind",
    source,
    options: ["rbind", how, "nosuid", ...(devices.includes(path) ? [] : ["nodev"])],
  });
  const memory = (path: string): Mount => ({
    destination: path,
    type: "tmpfs",
    source: "tmpfs",
    options: ["nosuid", "nodev", "mode=1777", `size=${Math.min(MEMORY_FOLDER, sandbox.limits.memory)}`],
  });
  const shown = (paths: readonly string[], how: "ro" | "rw") => paths.filter(exists).map((path) => bind(path, how));
  return [
    { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
    {
      destination: "/dev",
      type: "tmpfs",
      source: "tmpfs",
      options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
    },
    memory("/dev/shm"),
    memory("/tmp"),
    ...shown(view.paths, "ro"),
    // A link of the host (merged /usr) is mounted under its own name, too.
    ...view.links.map(({ path, target }) => bind(path, "ro", `/${target.replace(/^\/+/, "")}`)),
    ...(sandbox.network ? shown(NETWORK_SETTINGS, "ro") : []),
    ...["passwd", "group", "nsswitch.conf"].map((name) => bind(`/etc/${name}`, "ro", `${accountFolder}/${name}`)),
    ...devices.map((device) => bind(device, "rw")),
    ...shown(sandbox.readOnly, "ro"),
    ...shown(sandbox.writable, "rw"),
    ...shown(sandbox.sealed, "ro"),
  ];
}

/** The same list as the filter of seccomp-filter.ts; runc compiles it with libseccomp. */
function seccompRules(): object {
  const refuse = (names: string[], errno: number, args: object[] = []) => ({
    names,
    action: "SCMP_ACT_ERRNO",
    errnoRet: errno,
    ...(args.length > 0 ? { args } : {}),
  });
  return {
    defaultAction: "SCMP_ACT_ALLOW",
    architectures: [process.arch === "arm64" ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64"],
    syscalls: [
      refuse(Object.keys(DENIED), EPERM),
      refuse(Object.keys(UNKNOWN), ENOSYS),
      ...NAMESPACE_BITS.map((bit) =>
        refuse(["clone"], EPERM, [{ index: 0, value: bit, valueTwo: bit, op: "SCMP_CMP_MASKED_EQ" }]),
      ),
      ...DENIED_FAMILIES.map((family) =>
        refuse(["socket"], EAFNOSUPPORT, [{ index: 0, value: family, op: "SCMP_CMP_EQ" }]),
      ),
      ...TERMINAL_IOCTLS.map((request) => refuse(["ioctl"], EPERM, [{ index: 1, value: request, op: "SCMP_CMP_EQ" }])),
    ],
  };
}
