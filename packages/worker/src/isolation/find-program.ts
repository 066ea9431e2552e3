/** Programs that confine others are taken from the system's own folders only, and named by their whole path. */
import fs from "node:fs";
import path from "node:path";

const FOLDERS = ["/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/local/bin", "/run/current-system/sw/bin"];

export function findProgram(name: string): string | undefined {
  return FOLDERS.map((folder) => path.join(folder, name)).find((file) => {
    try {
      fs.accessSync(file, fs.constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
