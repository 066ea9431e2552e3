/** A service that was started for a test or a benchmark. `stop` ends it and removes its folder; calling it twice is harmless. */
export interface Service {
  url: string;
  /** Where its data is. */
  folder: string;
  pid: number;
  stop(): Promise<void>;
}

export function startPostgres(options?: { settings?: Record<string, string | number> }): Promise<Service>;
export function startNats(): Promise<Service>;
export function startRedis(options?: { fsync?: "always" | "everysec" }): Promise<Service>;
export function startNginx(options: { files: string }): Promise<Service>;
/** Stops every service this process has started and not stopped yet. */
export function stopServices(): Promise<void>;
export function findProgram(name: string): string | undefined;
export function findPostgres(): string | undefined;
/** A TCP port on 127.0.0.1 that was free a moment ago. */
export function freePort(): Promise<number>;
