/** A PostgreSQL cluster of the test's own, which may be killed. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { freePort, until } from "./programs.ts";

function binaries(): string | undefined {
  const base = "/usr/lib/postgresql";
  const releases = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  return releases.map((release) => join(base, release, "bin")).find((path) => existsSync(join(path, "initdb")));
}

/** PostgreSQL does not run as root. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((text) => /^(postgres|nobody):/.test(text));
  const [, , uid, gid] = (line ?? "").split(":");
  return { uid: Number(uid), gid: Number(gid) };
}

export const hasPostgres = binaries() !== undefined;

export class Cluster {
  readonly url: string;
  readonly #folder: string;
  readonly #port: number;
  #child: ChildProcess | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  }

  static async start(t: TestContext): Promise<Cluster> {
    const folder = mkdtempSync(join(tmpdir(), "modelyard-cluster-"));
    const user = owner();
    if (user) chownSync(folder, user.uid, user.gid);
    const cluster = new Cluster(folder, await freePort());
    t.after(async () => {
      await cluster.kill();
      rmSync(folder, { recursive: true, force: true });
    });
    execFileSync(
      join(binaries() as string, "initdb"),
      ["-D", join(folder, "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8"],
      { ...user, cwd: folder, stdio: "ignore" },
    );
    await cluster.up();
    return cluster;
  }

  async up(): Promise<void> {
    const settings = {
      listen_addresses: "127.0.0.1",
      port: this.#port,
      unix_socket_directories: this.#folder,
      fsync: "on",
      restart_after_crash: "off",
    };
    const args = [
      "-D",
      join(this.#folder, "data"),
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ];
    await until("PostgreSQL is up", 60_000, async () => {
      if (!this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null) {
        this.#child = spawn(join(binaries() as string, "postgres"), args, {
          ...owner(),
          cwd: this.#folder,
          stdio: "ignore",
        });
      }
      try {
        execFileSync(join(binaries() as string, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", String(this.#port)]);
        return true;
      } catch {
        return false;
      }
    });
  }

  /** KILL to the postmaster and everything it has started, at once. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8")
      .trim()
      .split(" ")
      .filter(Boolean)
      .map(Number);
    const exited = once(child, "exit");
    for (const pid of [child.pid, ...children]) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // a session that ended meanwhile
      }
    }
    await exited;
    await until("its sessions are dead", 10_000, () => children.every((pid) => !existsSync(`/proc/${pid}`)));
  }
}
