import { UserError } from "./fail.js";
import { run } from "./run.js";
import { findPostgres, findProgram } from "./services.js";

/** Programs the tests use, the Debian packages that bring them, and what is not tested without them. */
export const testParts = [
  { name: "postgresql", packages: ["postgresql"], find: findPostgres, tests: "everything on PostgreSQL" },
  { name: "nats-server", packages: ["nats-server"], find: () => findProgram("nats-server"), tests: "the NATS bus" },
  {
    name: "chromium",
    packages: ["chromium", "fonts-liberation"],
    find: () => findProgram("chromium"),
    tests: "the pages in a browser",
  },
  { name: "ffmpeg", packages: ["ffmpeg"], find: () => findProgram("ffmpeg"), tests: "models that use ffmpeg" },
  { name: "flite", packages: ["flite"], find: () => findProgram("flite"), tests: "models that use flite" },
  {
    name: "espeak-ng",
    packages: ["espeak-ng"],
    find: () => findProgram("espeak-ng"),
    tests: "models that use espeak-ng",
  },
  {
    name: "php",
    packages: ["php-cli", "php-curl"],
    find: () => findProgram("php"),
    tests: "code samples in PHP",
  },
  { name: "go", packages: ["golang-go"], find: () => findProgram("go"), tests: "code samples in Go" },
  {
    name: "mono",
    packages: ["mono-mcs", "mono-runtime", "libmono-system-net-http4.0-cil"],
    find: () => findProgram("mcs") && findProgram("mono"),
    tests: "code samples in C#",
  },
  {
    name: "kotlin",
    packages: ["kotlin", "default-jre-headless"],
    find: () => findProgram("kotlinc") && findProgram("java"),
    tests: "code samples in Kotlin",
  },
  { name: "bubblewrap", packages: ["bubblewrap"], find: () => findProgram("bwrap"), tests: "the bubblewrap isolation" },
  { name: "strace", packages: ["strace"], find: () => findProgram("strace"), tests: "a disk that fails" },
  { name: "faketime", packages: ["faketime"], find: () => findProgram("faketime"), tests: "jumps of the clock" },
  { name: "runc", packages: ["runc"], find: () => findProgram("runc"), tests: "the container isolation" },
];

/** @typedef {typeof testParts[number]} Part */

/** The parts that are not there. */
export const missingParts = (parts) => parts.filter((part) => !part.find());

/**
 * Installs missing parts with apt-get; throws where one is still missing afterwards. Needs root.
 * @param {Part[]} parts
 */
export async function installParts(parts) {
  const names = missingParts(parts).flatMap((part) => part.packages);
  if (names.length === 0) return;
  const byHand = `apt-get update && apt-get install --no-install-recommends ${names.join(" ")}`;
  if (process.getuid?.() !== 0 || !findProgram("apt-get")) {
    throw new UserError(
      `The tests need ${names.join(", ")}; installing them takes Debian and root.\nFix, as root: ${byHand}`,
    );
  }
  process.stderr.write(`Installing ${names.join(", ")} (once, one to four minutes) …\n`);
  // RUNLEVEL=1 keeps Debian from starting the services it installs; the tests start their own.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const options = ["-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"];
  const updated = await run("apt-get", [...options, "update"], { env });
  const installed = await run("apt-get", [...options, "install", "-y", "--no-install-recommends", ...names], { env });
  const missing = missingParts(parts);
  if (missing.length === 0) return;
  throw new UserError(
    `${missing.map((part) => part.name).join(", ")} could not be installed:\n\n${updated.code === 0 ? "" : updated.output}${installed.output}\n` +
      `Fix: see what apt-get says above; by hand: ${byHand}`,
  );
}
