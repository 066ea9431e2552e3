/**
 * What the worker takes from its own environment, in one place: where programs are, and what the tools that it runs for itself
 * (npm, apt-get) need, such as proxies and npm's configuration. Models get nothing of it (runners/model-environment.ts).
 */

/** Folders that programs are searched in, separated as PATH is. */
export function searchPath(): string {
  return process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin";
}

/** The environment of npm and apt-get: the worker's own without its token. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  const { MODELYARD_WORKER_TOKEN: _, ...rest } = process.env;
  return rest;
}
