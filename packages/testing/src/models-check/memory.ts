/** Memory of the processes that a program has started, looked at in /proc (Linux). */
import { readdirSync, readFileSync } from "node:fs";

interface Found {
  parent: number;
  /** MiB of resident memory. */
  resident: number;
}

function processes(): Map<number, Found> {
  const found = new Map<number, Found>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      const number = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
      found.set(Number(name), { parent: number("PPid"), resident: number("VmRSS") / 1024 });
    } catch {
      // It ended between the two looks.
    }
  }
  return found;
}

function descendants(of: number): Map<number, Found> {
  const all = processes();
  const found = new Map<number, Found>();
  const waiting = [of];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    for (const [child, facts] of all) {
      if (facts.parent !== pid || found.has(child)) continue;
      found.set(child, facts);
      waiting.push(child);
    }
  }
  return found;
}

/** Watches what is started below `pid` from now on. `stop` gives the most MiB that those processes had together at a time. */
export function watchMemory(pid: number, everyMs = 40): { stop(): number } {
  // The worker's own helpers, and models that stayed warm.
  const before = new Set(descendants(pid).keys());
  let most = 0;
  const look = () => {
    let sum = 0;
    for (const [child, { resident }] of descendants(pid)) if (!before.has(child)) sum += resident;
    most = Math.max(most, sum);
  };
  const timer = setInterval(look, everyMs);
  return {
    stop() {
      look();
      clearInterval(timer);
      return Math.round(most);
    },
  };
}
