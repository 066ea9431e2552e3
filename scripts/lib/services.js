// Real services for tests and benchmarks: each in a fresh temporary folder, on a free loopback port, stopped by pid.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { chown, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "./fail.js";
import { run, tieToParent } from "./run.js";

const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;
const POLL_MS = 50;

/** The stops of all services that run now. */
const running = new Set();

/** Stops every service this process has started and not stopped yet. */
export async function stopServices() {
  await Promise.all([...running].map((stop) => stop()));
}

/** The path of a program, or undefined. Looks where Debian puts programs that are not on everybody's PATH, too. */
export function findProgram(name) {
  const folders = [
    ...(process.env.PATH ?? "").split(delimiter),
    "/usr/local/bin",
    "/usr/bin",
    "/usr/sbin",
    "/sbin",
    "/bin",
  ];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** The folder with initdb and postgres of the newest PostgreSQL there is (Debian keeps one folder per release), or undefined. */
export function findPostgres() {
  const base = "/usr/lib/postgresql";
  const releases = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  const folder = releases.map((release) => join(base, release, "bin")).find((path) => existsSync(join(path, "initdb")));
  if (folder) return folder;
  const initdb = findProgram("initdb");
  return initdb && join(initdb, "..");
}

/** Starts a PostgreSQL cluster with fsync on. */
export async function startPostgres({ settings = {} } = {}) {
  const bin = findPostgres();
  if (!bin) throw new UserError("PostgreSQL is missing.\nFix: apt-get install postgresql");
  const user = await unprivilegedUser();
  const folder = await mkdtemp(join(tmpdir(), "modelyard-pg-"));
  if (user) await chown(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const flags = ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"];
  const made = await run(join(bin, "initdb"), flags, { ...user, cwd: folder });
  if (made.code !== 0) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`initdb failed:\n${made.output}`);
  }
  return startOnFreePort(folder, (port) => {
    const all = {
      listen_addresses: "127.0.0.1",
      port,
      unix_socket_directories: folder,
      fsync: "on",
      max_connections: 200,
      ...settings,
    };
    return {
      command: join(bin, "postgres"),
      args: ["-D", data, ...Object.entries(all).flatMap(([key, value]) => ["-c", `${key}=${value}`])],
      url: `postgres://postgres@127.0.0.1:${port}/postgres`,
      user,
      // SIGINT is PostgreSQL's "fast" stop: it ends the sessions instead of waiting for them.
      stopSignal: "SIGINT",
      isReady: async () =>
        (await run(join(bin, "pg_isready"), ["-q", "-h", "127.0.0.1", "-p", String(port)])).code === 0,
    };
  });
}

/** Starts nats-server (core only, no JetStream). It picks its port itself and writes it to a file. */
export async function startNats() {
  const command = findProgram("nats-server");
  if (!command) throw new UserError("nats-server is missing.\nFix: apt-get install nats-server");
  const folder = await mkdtemp(join(tmpdir(), "modelyard-nats-"));
  let url = "";
  const isReady = async () => {
    const name = (await readdir(folder)).find((file) => file.endsWith(".ports"));
    const text = name ? await readFile(join(folder, name), "utf8") : "";
    url = text.includes("}") ? JSON.parse(text).nats[0] : "";
    return url !== "";
  };
  const args = ["--addr", "127.0.0.1", "--port", "-1", "--ports_file_dir", folder];
  const service = await startService(folder, { command, args, stopSignal: "SIGINT", isReady });
  return { ...service, url };
}

/**
 * Starts redis-server with its append-only file on.
 * @param {{ fsync?: "always" | "everysec" }} [options]
 */
export async function startRedis({ fsync = "always" } = {}) {
  const command = findProgram("redis-server");
  if (!command) throw new UserError("redis-server is missing.\nFix: apt-get install redis-server");
  const folder = await mkdtemp(join(tmpdir(), "modelyard-redis-"));
  return startOnFreePort(folder, (port) => ({
    command,
    args: [
      "--port",
      String(port),
      "--bind",
      "127.0.0.1",
      "--dir",
      folder,
      "--save",
      "",
      "--appendonly",
      "yes",
      "--appendfsync",
      fsync,
    ],
    url: `redis://127.0.0.1:${port}`,
    stopSignal: "SIGTERM",
    isReady: () => answersPing(port),
  }));
}

/**
 * Starts nginx with one worker process for each core, serving the files of a folder.
 * @param {{ files: string }} options
 */
export async function startNginx({ files }) {
  const command = findProgram("nginx");
  if (!command) throw new UserError("nginx is missing.\nFix: apt-get install nginx-light");
  const folder = await mkdtemp(join(tmpdir(), "modelyard-nginx-"));
  return startOnFreePort(folder, (port) => {
    const lines = [
      "daemon off; worker_processes auto; pid nginx.pid; error_log stderr warn;",
      process.getuid?.() === 0 ? "user root;" : "",
      "events { worker_connections 1024; }",
      "http { access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; default_type image/png;",
      `  server { listen 127.0.0.1:${port}; root ${files}; } }`,
    ];
    writeFileSync(join(folder, "nginx.conf"), lines.join("\n"));
    return {
      command,
      args: ["-p", folder, "-c", "nginx.conf", "-e", "stderr"],
      url: `http://127.0.0.1:${port}`,
      stopSignal: "SIGTERM",
      isReady: () => answersPing(port, "GET / HTTP/1.0\r\n\r\n", "HTTP/1.1"),
    };
  });
}

/** A port that was free a moment ago may be taken by now: then another one is tried. */
async function startOnFreePort(folder, describe) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startService(folder, describe(await freePort()), attempt < 3);
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

async function startService(folder, { command, args, url, user, stopSignal, isReady }, keepFolder = false) {
  const child = spawn(...tieToParent(command, args, stopSignal), {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    ...user,
  });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (log = (log + chunk).slice(-8192)));
  const exited = new Promise((resolve) => {
    child.on("error", (error) => resolve((log += error.message)));
    child.on("exit", resolve);
  });
  let isGone = false;
  void exited.then(() => (isGone = true));
  const end = async ({ keep = false } = {}) => {
    if (!isGone) child.kill(stopSignal);
    const gone = await Promise.race([exited.then(() => true), sleep(STOP_LIMIT_MS, false, { ref: false })]);
    if (!gone) {
      child.kill("SIGKILL");
      await exited;
    }
    if (!keep) await rm(folder, { recursive: true, force: true });
    running.delete(stop);
  };
  let ended;
  const stop = () => (ended ??= end());
  running.add(stop);
  const limit = Date.now() + START_LIMIT_MS;
  while (!(await isReady())) {
    if (isGone || Date.now() > limit) {
      await end({ keep: keepFolder });
      throw new Error(`${command} did not start:\n${log}`);
    }
    await sleep(POLL_MS);
  }
  return { url, folder, pid: child.pid, stop };
}

/** PostgreSQL refuses to run as root: its own account, made by the Debian package, or else nobody. */
async function unprivilegedUser() {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  const account = accounts.find(([name]) => name === "postgres") ?? accounts.find(([name]) => name === "nobody");
  if (!account)
    throw new UserError(
      "PostgreSQL does not run as root, and there is no account postgres or nobody.\nFix: adduser --system postgres",
    );
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function answersPing(port, ping = "PING\r\n", pong = "+PONG") {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(ping));
    const done = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => done(false));
    socket.on("error", () => done(false));
    socket.on("data", (data) => done(data.toString().startsWith(pong)));
  });
}
