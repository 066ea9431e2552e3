// Loaded into the server's process by scripts/start.js (--import). If the starter is killed outright, nobody would
// forward signals to the server any more and it would keep its port unseen; so it stops itself, cleanly.
import { isMainThread } from "node:worker_threads";

const POLL_MS = 500;

if (isMainThread && process.env.MODELYARD_STARTER_PID === String(process.ppid)) {
  const starter = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === starter) return;
    clearInterval(timer);
    process.stderr.write(`The process that started Modelyard (${starter}) is gone: stopping.\n`);
    process.kill(process.pid, "SIGTERM");
  }, POLL_MS);
  timer.unref();
}
