// House rules that no linter has. Each takes files ({ path, source }) and returns one message per breach, with its fix.

const SOURCE = /\.(ts|tsx|js|mjs|css|sql|py|sh)$/;
const isGenerated = (path) => /(^|\/)(generated|fixtures)\//.test(path);
const isTest = (path) =>
  /\.test\.[jt]sx?$/.test(path) || path.startsWith("e2e/") || path.startsWith("packages/testing/");

const LINES = 350;
const TEST_LINES = 600;

/** @param {{ path: string, source: string }} file */
export function checkSize({ path, source }) {
  if (!SOURCE.test(path) || isGenerated(path)) return [];
  const limit = isTest(path) ? TEST_LINES : LINES;
  const lines = source.split("\n").length - (source.endsWith("\n") ? 1 : 0);
  if (lines <= limit) return [];
  return [`${path} has ${lines} lines, the limit is ${limit}. Fix: split it where its second subject begins.`];
}

/** Built from words, so that this file does not name one either. */
const REGISTRY_HOSTS = [
  ["registry", "npmjs", "org"],
  ["registry", "yarnpkg", "com"],
  ["registry", "npmmirror", "com"],
  ["npm", "pkg", "github", "com"],
  ["npm", "jsr", "io"],
  ["pypi", "org"],
  ["pythonhosted", "org"],
  ["deb", "debian", "org"],
  ["static", "crates", "io"],
].map((words) => words.join("."));

export function checkRegistryHosts({ path, source }) {
  const found = REGISTRY_HOSTS.find((host) => source.includes(host));
  if (!found) return [];
  const line = source.slice(0, source.indexOf(found)).split("\n").length;
  return [
    `${path}:${line} names the package registry ${found}. Fix: leave the host to npm's own configuration` +
      `${path.endsWith("package-lock.json") ? " (run npm install with omit-lockfile-registry-resolved=true)" : ""}.`,
  ];
}

/**
 * Who may read the environment: one typed config file per package, programs around the code, and what tests it. The command
 * line's is settings.ts; the worker's environment.ts knows what the tools it runs need (PATH, npm's configuration, proxies).
 */
const ENVIRONMENT_READERS = [
  /^packages\/[^/]+\/src\/(.*[/-])?config(\.test)?\.ts$/,
  /^packages\/cli\/src\/settings\.ts$/,
  /^packages\/worker\/src\/environment\.ts$/,
  /^(scripts|e2e|bench|models)\//,
];

export function checkEnvironment({ path, source }) {
  if (!/\.[jt]sx?$/.test(path) || isTest(path) || ENVIRONMENT_READERS.some((reader) => reader.test(path))) return [];
  return source.split("\n").flatMap((text, index) => {
    if (!/\bprocess\.env\b|\bimport\s*\{[^}]*\benv\b[^}]*\}\s*from\s*["'](node:)?process["']/.test(text)) return [];
    if (/^\s*(\/\/|\*)/.test(text)) return [];
    return [
      `${path}:${index + 1} reads process.env. Fix: read it in the package's src/config.ts and pass the value in.`,
    ];
  });
}

export function checkVersions({ path, source }) {
  if (!/(^|\/)package\.json$/.test(path) || isGenerated(path)) return [];
  const manifest = JSON.parse(source);
  return ["dependencies", "devDependencies", "optionalDependencies"].flatMap((field) =>
    Object.entries(manifest[field] ?? {})
      .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
      .map(
        ([name, version]) =>
          `${path}: ${name} is "${version}". Fix: write the exact version, as npm install --save-exact does.`,
      ),
  );
}

/** `npm ci` refuses a lock file that leaves out an optional package, which npm does when its registry has no such file. */
export function checkLock({ path, source }) {
  if (!/(^|\/)package-lock\.json$/.test(path)) return [];
  const { packages } = JSON.parse(source);
  const names = new Set(Object.keys(packages).map((key) => key.split("node_modules/").at(-1)));
  return Object.entries(packages).flatMap(([key, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !names.has(name))
      .map(
        (name) =>
          `${path}: ${key || "the root"} wants ${name}, which the lock lacks, so that npm ci fails on every fresh clone. ` +
          `Fix: choose a version of ${key.split("node_modules/").at(-1)} all of whose optional packages the registry has, and run npm install.`,
      ),
  );
}

/**
 * A model is a folder that stands alone, so what several need is in each of their folders. These files are copies: a change in one of them
 * is one in all of them.
 */
const COPIES = [
  "assistant.ts",
  "clip-tokens.ts",
  "conversations.ts",
  "diffusion.ts",
  "drawing-service.ts",
  "euler.ts",
  "ffmpeg.ts",
  "inputs.ts",
  "noise.ts",
  "one-encoder.ts",
  "onnx-network.ts",
  "pictures.ts",
];

/** @param {{ path: string, source: string }[]} files */
export function checkCopies(files) {
  return COPIES.flatMap((name) => {
    const copies = files.filter(({ path }) => /^models\/[^/]+\/[^/]+\/[^/]+$/.test(path) && path.endsWith(`/${name}`));
    const [first, ...others] = copies;
    return others
      .filter(({ source }) => source !== first?.source)
      .map(({ path }) => `${path} differs from ${first?.path}. Fix: copy the one that is right over the others.`);
  });
}
