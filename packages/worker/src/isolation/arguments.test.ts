/** The pure halves of the drivers: what they are told becomes this command line. docker and podman are tested here and nowhere else. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type BubblewrapTools, bubblewrapArguments } from "./bubblewrap-arguments.ts";
import { containerArguments } from "./container-arguments.ts";
import { runcConfig } from "./runc-bundle.ts";
import type { Sandbox } from "./sandbox.ts";

const program = {
  command: ["node", "run.ts", "--x=$(y)"],
  cwd: "/data/model",
  env: { PATH: "/usr/bin", HOME: "/data/run" },
};
const sandbox: Sandbox = {
  readOnly: ["/data/model"],
  writable: ["/data/run"],
  sealed: ["/data/run/in"],
  owned: ["/data/run"],
  gpus: [],
  network: false,
  limits: { memory: 1000, processes: 20, cpus: 1.5, file: 5000 },
};
const view = { paths: ["/usr", "/etc/ssl/certs"], links: [{ path: "/bin", target: "usr/bin" }] };
const owner = { uid: 1_900_000_007, gid: 1_900_000_007 };
const tools: BubblewrapTools = {
  bwrap: "/usr/bin/bwrap",
  prlimit: "/usr/bin/prlimit",
  setpriv: "/usr/bin/setpriv",
  canDisableUserns: true,
  limitData: false,
  limitProcesses: false,
  view,
  accountFolder: "/iso",
};
/** The value behind each occurrence of a flag. */
const after = (words: readonly string[], flag: string, count = 1): string[] =>
  words.flatMap((word, index) => (word === flag ? [words.slice(index + 1, index + 1 + count).join(" ")] : []));

describe("bubblewrap's arguments", () => {
  const build = (change: Partial<Parameters<typeof bubblewrapArguments>[0]> = {}) =>
    bubblewrapArguments({ tools, program, sandbox, owner, devices: [], ...change });

  it("as root: no user namespace, an account taken on by setpriv, two capabilities for that alone", () => {
    const words = build();
    assert.ok(!words.includes("--unshare-user"));
    assert.deepEqual(after(words, "--cap-drop"), ["ALL"]);
    assert.deepEqual(after(words, "--cap-add"), ["CAP_SETUID", "CAP_SETGID"]);
    const inside = words.slice(words.indexOf("--") + 1);
    assert.deepEqual(inside, [
      "/usr/bin/prlimit",
      "--core=0",
      "--nofile=8192",
      "--fsize=5000",
      "--nproc=40",
      "--",
      "/usr/bin/setpriv",
      "--reuid=1900000007",
      "--regid=1900000007",
      "--clear-groups",
      "--inh-caps=-all",
      "--no-new-privs",
      "--",
      ...program.command,
    ]);
  });

  it("as anybody else: a user namespace that allows no further one, no capability at all", () => {
    const words = build({ owner: undefined });
    for (const flag of ["--unshare-user", "--disable-userns"]) assert.ok(words.includes(flag), flag);
    assert.deepEqual(after(words, "--cap-add"), []);
    assert.ok(!words.includes("/usr/bin/setpriv"));
  });

  it("every namespace, no network; with network its settings and the host's", () => {
    const words = build();
    for (const name of ["pid", "net", "ipc", "uts"]) assert.ok(words.includes(`--unshare-${name}`), name);
    for (const flag of ["--die-with-parent", "--new-session", "--unshare-cgroup-try"]) assert.ok(words.includes(flag));
    assert.ok(!words.includes("/etc/resolv.conf"));
    const open = build({ sandbox: { ...sandbox, network: true } });
    assert.ok(!open.includes("--unshare-net") && open.includes("/etc/resolv.conf"));
  });

  it("mounts in an order in which nothing hides what comes later, read-only at the end", () => {
    const words = build();
    const order = ["/usr", "/proc", "/tmp", "/data/model", "/data/run", "/data/run/in"].map((path) =>
      words.indexOf(path),
    );
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
    assert.deepEqual(after(words, "--bind", 2), ["/data/run /data/run"]);
    assert.deepEqual(after(words, "--ro-bind-try", 2), ["/data/model /data/model", "/data/run/in /data/run/in"]);
    assert.deepEqual(after(words, "--dir"), ["/etc", "/etc/ssl", "/data"], "open to the model's account");
    assert.deepEqual(after(words, "--symlink", 2), ["usr/bin /bin"]);
    assert.deepEqual(after(words, "--remount-ro"), ["/dev", "/"]);
    assert.deepEqual(after(words, "--size"), ["1000", "1000"], "memory folders are no larger than the memory");
  });

  it("limits data where no cgroup limits memory; shows GPUs' devices; does without util-linux", () => {
    const limited = build({ tools: { ...tools, limitData: true, limitProcesses: true } });
    assert.ok(limited.includes(`--data=${1000 + 2 ** 31}`) && limited.includes("--nproc=20"));
    assert.deepEqual(after(build({ devices: ["/dev/nvidia0"] }), "--dev-bind", 2), ["/dev/nvidia0 /dev/nvidia0"]);
    const bare = build({ tools: { ...tools, prlimit: undefined, setpriv: undefined }, owner: undefined });
    assert.deepEqual(bare.slice(bare.indexOf("--") + 1), program.command);
  });
});

describe("docker's and podman's arguments (not testable here: neither runs on these machines)", () => {
  const exists = (path: string) => path !== "/data/run/in";
  const build = (change: Partial<Sandbox> = {}, devices: string[] = []) =>
    containerArguments({
      tools: { engine: "/usr/bin/docker", view, accountFolder: "/iso", devices, exists },
      name: "modelyard-1",
      program,
      sandbox: { ...sandbox, ...change },
      owner,
    });

  it("confines, limits, and ends with the image and the program as it is", () => {
    const words = build();
    for (const flag of [
      "--rm",
      "--read-only",
      "--network=none",
      "--cap-drop=ALL",
      "--security-opt=no-new-privileges",
      "--user=1900000007:1900000007",
      "--memory=1000",
      "--memory-swap=1000",
      "--pids-limit=20",
      "--cpus=1.5",
      "--ulimit=core=0",
      "--ulimit=fsize=5000",
      "--pull=never",
    ])
      assert.ok(words.includes(flag), flag);
    assert.deepEqual(words.slice(words.indexOf("modelyard-empty")), ["modelyard-empty", ...program.command]);
  });

  it("mounts what exists, the writable before what is sealed in it", () => {
    assert.deepEqual(after(build(), "--mount"), [
      "type=bind,source=/usr,target=/usr,readonly",
      "type=bind,source=/etc/ssl/certs,target=/etc/ssl/certs,readonly",
      "type=bind,source=/usr/bin,target=/bin,readonly",
      "type=bind,source=/iso/passwd,target=/etc/passwd,readonly",
      "type=bind,source=/iso/group,target=/etc/group,readonly",
      "type=bind,source=/iso/nsswitch.conf,target=/etc/nsswitch.conf,readonly",
      "type=bind,source=/data/model,target=/data/model,readonly",
      "type=bind,source=/data/run,target=/data/run",
    ]);
  });

  it("network and GPUs only where they are given", () => {
    assert.ok(build({ network: true }).includes("--network=host"));
    assert.ok(build({}, ["/dev/nvidia1"]).includes("--device=/dev/nvidia1"));
  });
});

describe("runc's bundle", () => {
  type Config = {
    process: { args: string[]; user: object; capabilities: Record<string, string[]>; noNewPrivileges: boolean };
    linux: { namespaces: { type: string }[]; resources: { memory: object; pids: object; cpu: object } };
    mounts: { destination: string; options: string[] }[];
  };
  const build = (change: Partial<Sandbox> = {}) =>
    runcConfig({
      program,
      sandbox: { ...sandbox, ...change },
      owner,
      view,
      accountFolder: "/iso",
      devices: [],
      exists: () => true,
      cgroupsPath: "/modelyard-1",
    }) as Config;

  it("confines and limits", () => {
    const { process, linux } = build();
    assert.deepEqual(process.args.slice(4), program.command);
    assert.deepEqual(process.user, owner);
    assert.ok(process.noNewPrivileges && Object.values(process.capabilities).every((list) => list.length === 0));
    assert.deepEqual(
      linux.namespaces.map(({ type }) => type),
      ["pid", "ipc", "uts", "mount", "cgroup", "network"],
    );
    assert.deepEqual(linux.resources.memory, { limit: 1000, swap: 1000 });
    assert.deepEqual(linux.resources.pids, { limit: 20 });
    assert.deepEqual(linux.resources.cpu, { quota: 150_000, period: 100_000 });
  });

  it("writable is the run's folder alone", () => {
    const binds = build().mounts.filter(({ options }) => options.includes("rbind"));
    assert.deepEqual(
      binds.filter(({ options }) => !options.includes("ro")).map(({ destination }) => destination),
      ["/data/run"],
    );
  });
});
