/**
 * What every sandbox shows of the host: programs and libraries, and of /etc only what these need. Read from the disk once, because
 * distributions differ in what is a link.
 */
import fs from "node:fs";

/** Shown read-only, or, where they are links (merged /usr), as the same links. */
const PROGRAMS = ["/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32", "/opt", "/nix/store"];

/** Needed by the loader, by TLS libraries, by fonts, by GPU loaders. Never passwd, group or shadow: they are replaced. */
const SETTINGS = [
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/ld.so.conf.d",
  "/etc/alternatives",
  "/etc/fonts",
  "/var/cache/fontconfig",
  "/etc/ssl/certs",
  "/etc/ssl/openssl.cnf",
  "/etc/ca-certificates.conf",
  "/etc/pki/tls/certs",
  "/etc/pki/ca-trust/extracted",
  "/etc/crypto-policies",
  "/etc/localtime",
  "/etc/timezone",
  "/etc/mime.types",
  "/etc/magic",
  "/etc/OpenCL/vendors",
  "/etc/vulkan",
  "/etc/glvnd",
  "/etc/espeak-ng",
  "/etc/ImageMagick-6",
  "/etc/ImageMagick-7",
];

/** Needed only where there is a network. */
export const NETWORK_SETTINGS = ["/etc/resolv.conf", "/etc/hosts", "/etc/services", "/etc/protocols", "/etc/gai.conf"];

/** Numbers of processors: libraries count them here. Nothing secret, and nothing that could be written. */
const DEVICES_INFO = "/sys/devices/system/cpu";

export interface SystemView {
  /** Shown read-only under the same path. */
  paths: readonly string[];
  links: readonly { path: string; target: string }[];
}

export function readSystemView(): SystemView {
  const paths: string[] = [];
  const links: { path: string; target: string }[] = [];
  for (const path of PROGRAMS) {
    const stat = fs.lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink() === true) links.push({ path, target: fs.readlinkSync(path) });
    else if (stat?.isDirectory() === true) paths.push(path);
  }
  paths.push(...[...SETTINGS, DEVICES_INFO].filter((path) => fs.existsSync(path)));
  return { paths, links };
}

/** The device files of the given NVIDIA GPUs and what all of them share. */
export function gpuDevices(gpus: readonly number[]): string[] {
  if (gpus.length === 0) return [];
  const shared = [
    "/dev/nvidiactl",
    "/dev/nvidia-uvm",
    "/dev/nvidia-uvm-tools",
    "/dev/nvidia-modeset",
    "/dev/nvidia-caps",
  ];
  return [...gpus.map((gpu) => `/dev/nvidia${gpu}`), ...shared].filter((path) => fs.existsSync(path));
}
