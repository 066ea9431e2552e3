/**
 * Command lines for docker and podman. Pure, and tested as such: neither runs on the machines that test this project, so that what is
 * written here follows their documentation and was never run. runc, which does run there, has a bundle instead (runc-bundle.ts).
 *
 * The image is empty (`IMAGE`): programs come from the host, read-only, as with bubblewrap, so that a model runs alike in all drivers.
 */
import type { Command, Owner, Sandbox } from "./sandbox.ts";
import { NETWORK_SETTINGS, type SystemView } from "./system-view.ts";

/** Made once by the operator: `tar c --files-from /dev/null | docker import - modelyard-empty`. */
export const IMAGE = "modelyard-empty";
const MEMORY_FOLDER = 256 * 2 ** 20;

export interface ContainerTools {
  /** Whole path of docker or podman. */
  engine: string;
  view: SystemView;
  accountFolder: string;
  devices: readonly string[];
  /** Whether a path is there; mounting what is not would make it. */
  exists(path: string): boolean;
}

export function containerArguments(options: {
  tools: ContainerTools;
  /** Unique on the machine; the container is removed by this name. */
  name: string;
  program: Command;
  sandbox: Sandbox;
  owner: Owner;
}): string[] {
  const { tools, name, program, sandbox, owner } = options;
  const { limits } = sandbox;
  const mount = (source: string, target: string, readOnly: boolean): string[] => [
    "--mount",
    `type=bind,source=${source},target=${target}${readOnly ? ",readonly" : ""}`,
  ];
  const shown = (paths: readonly string[], readOnly: boolean): string[] =>
    paths.filter((path) => tools.exists(path)).flatMap((path) => mount(path, path, readOnly));
  const size = Math.min(MEMORY_FOLDER, limits.memory);
  return [
    tools.engine,
    "run",
    "--rm",
    "--init",
    "--interactive",
    `--name=${name}`,
    "--hostname=model",
    "--pull=never",
    "--read-only",
    "--log-driver=none",
    sandbox.network ? "--network=host" : "--network=none",
    `--user=${owner.uid}:${owner.gid}`,
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges",
    `--memory=${limits.memory}`,
    `--memory-swap=${limits.memory}`,
    `--pids-limit=${limits.processes}`,
    `--cpus=${limits.cpus}`,
    "--ulimit=core=0",
    `--ulimit=fsize=${limits.file}`,
    "--ulimit=nofile=8192",
    `--shm-size=${size}`,
    `--tmpfs=/tmp:rw,mode=1777,size=${size}`,
    ...shown(tools.view.paths, true),
    // A container has no links of its own: what is a link on the host is mounted under both names.
    ...tools.view.links.flatMap(({ path, target }) => mount(`/${target.replace(/^\/+/, "")}`, path, true)),
    ...(sandbox.network ? shown(NETWORK_SETTINGS, true) : []),
    ...["passwd", "group", "nsswitch.conf"].flatMap((file) =>
      mount(`${tools.accountFolder}/${file}`, `/etc/${file}`, true),
    ),
    ...tools.devices.map((device) => `--device=${device}`),
    ...shown(sandbox.readOnly, true),
    ...shown(sandbox.writable, false),
    ...shown(sandbox.sealed, true),
    `--workdir=${program.cwd}`,
    ...Object.entries(program.env).map(([key, value]) => `--env=${key}=${value}`),
    IMAGE,
    ...program.command,
  ];
}
