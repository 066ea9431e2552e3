/**
 * Driver `container`: runc, podman or docker, the first of them that works. Slower than bubblewrap (runc about 100 ms a process) and
 * for operators whose rules ask for a container runtime. Root only: accounts of their own and bind mounts of private folders need it.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Accounts, writeAccountFiles } from "./accounts.ts";
import { containerArguments, IMAGE } from "./container-arguments.ts";
import { findProgram } from "./find-program.ts";
import { runcConfig } from "./runc-bundle.ts";
import type { Command, Confined, Isolation, Owner, Sandbox, Verdict } from "./sandbox.ts";
import { signalName } from "./signal-name.ts";
import { gpuDevices, readSystemView } from "./system-view.ts";

const STOP_MS = 10_000;
/** What docker and podman exit with when the container could not be started. */
const ENGINE_FAILED = 125;

export type ContainerEngine = "runc" | "podman" | "docker";

/** Throws with a sentence for the operator; whether it works is for `probe` to find out. */
export function createContainer(options: { tmpDir?: string | undefined; engine?: ContainerEngine }): Isolation {
  const names: ContainerEngine[] = options.engine ? [options.engine] : ["runc", "podman", "docker"];
  const engines = names.map((name) => ({ name, path: findProgram(name) }));
  const engine = engines.find((candidate) => candidate.path !== undefined);
  if (engine?.path === undefined) throw new Error(`none of ${names.join(", ")} is installed`);
  if (process.getuid?.() !== 0)
    throw new Error("the container drivers need a worker that is root; bubblewrap does not");
  const folder = fs.mkdtempSync(path.join(options.tmpDir ?? os.tmpdir(), "modelyard-isolation-"));
  fs.chmodSync(folder, 0o755);
  writeAccountFiles(folder);
  const driver = new ContainerDriver({ folder, engine: engine.name, program: engine.path });
  return {
    kind: "container",
    text: `models run in containers of ${engine.path}, each under an account of its own${engine.name === "runc" ? "" : ` (image ${IMAGE}; this driver is not tested)`}`,
    hidesNetwork: true,
    confine: (command, sandbox) => driver.confine(command, sandbox),
    close: () => fs.rmSync(folder, { recursive: true, force: true }),
  };
}

class ContainerDriver {
  readonly #folder: string;
  readonly #engine: ContainerEngine;
  readonly #program: string;
  readonly #accounts = new Accounts();
  readonly #view = readSystemView();

  constructor(options: { folder: string; engine: ContainerEngine; program: string }) {
    this.#folder = options.folder;
    this.#engine = options.engine;
    this.#program = options.program;
  }

  confine(program: Command, sandbox: Sandbox): Confined {
    const owner = this.#accounts.take();
    const name = `modelyard-${process.pid}-${randomBytes(6).toString("hex")}`;
    const { command, bundle } =
      this.#engine === "runc"
        ? this.#runc({ name, program, sandbox, owner })
        : this.#run({ name, program, sandbox, owner });
    return {
      command,
      cwd: "/",
      env: this.#engine === "runc" ? { PATH: program.env.PATH ?? "", ...mark(program) } : program.env,
      files: [],
      report: false,
      // runc's own TERM handling passes the signal on to the first process, which gets it from us already.
      wrappers: [this.#engine, "conmon"],
      owner,
      judge: (exit) => this.#judge(exit),
      release: () => {
        this.#remove(name, bundle);
        this.#accounts.give(owner);
      },
    };
  }

  #run(options: { name: string; program: Command; sandbox: Sandbox; owner: Owner }): {
    command: string[];
    bundle: undefined;
  } {
    const devices = gpuDevices(options.sandbox.gpus);
    const tools = {
      engine: this.#program,
      view: this.#view,
      accountFolder: this.#folder,
      devices,
      exists: fs.existsSync,
    };
    return { command: containerArguments({ ...options, tools }), bundle: undefined };
  }

  #runc(options: { name: string; program: Command; sandbox: Sandbox; owner: Owner }): {
    command: string[];
    bundle: string;
  } {
    const { name, program, sandbox, owner } = options;
    const bundle = path.join(this.#folder, name);
    fs.mkdirSync(path.join(bundle, "rootfs"), { recursive: true });
    const config = runcConfig({
      program,
      sandbox,
      owner,
      view: this.#view,
      accountFolder: this.#folder,
      devices: gpuDevices(sandbox.gpus),
      exists: fs.existsSync,
      cgroupsPath: `/${name}`,
    });
    fs.writeFileSync(path.join(bundle, "config.json"), JSON.stringify(config), { mode: 0o600 });
    return { command: [this.#program, ...this.#root, "run", "--bundle", bundle, name], bundle };
  }

  get #root(): string[] {
    return ["--root", path.join(this.#folder, "state")];
  }

  #judge({ code, signal }: { code: number | null; signal: string | null }): Verdict {
    if (code === ENGINE_FAILED && this.#engine !== "runc")
      return { kind: "fault", reason: "the container could not be started" };
    const name = code !== null && code > 128 ? signalName(code - 128) : undefined;
    return name === undefined ? { kind: "ended", code, signal } : { kind: "ended", code: null, signal: name };
  }

  /** The container of a runtime that was killed is still known to it. */
  #remove(name: string, bundle: string | undefined): void {
    const args = this.#engine === "runc" ? [...this.#root, "delete", "--force", name] : ["rm", "--force", name];
    // It fails where the container removed itself, as it does when nobody kills its runtime.
    execFile(this.#program, args, { timeout: STOP_MS }, () => {
      if (bundle !== undefined) fs.rmSync(bundle, { recursive: true, force: true });
    });
  }
}

/** The mark by which the tree is found must be on the runtime's own process as well; the launcher puts it on what it starts. */
function mark({ env }: Command): Record<string, string> {
  return env.MODELYARD_TREE === undefined ? {} : { MODELYARD_TREE: env.MODELYARD_TREE };
}
