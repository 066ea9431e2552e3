/** The worker's settings; the command line fills them in (cli), nothing else reads the environment. */
import type { IsolationChoice } from "./isolation/choose.ts";

export interface WorkerConfig {
  /** Base address of the server, e.g. `http://10.0.0.5:8787`. */
  server: string;
  /** May be changed while it runs: the next connection and request take it. */
  token: string;
  /** Shown to operators. */
  name: string;
  /** Folder of installed models, weights and running tasks. */
  dataDir: string;
  /** Runs at a time. */
  slots: number;
  /** GPU indexes to offer; undefined = those that nvidia-smi lists. */
  gpus: readonly number[] | undefined;
  /** Folders that are searched for weight files before anything is downloaded. */
  weightsDirs: readonly string[];
  /** Never install Debian packages that a model's manifest names. */
  noSystemInstall: boolean;
  /** Models whose weights are at most this many bytes to download are installed right after the start; 0 = none are. */
  prepareBytes: number;
  /** Hosts (names or addresses, with port where it matters) that input addresses may point to although they are private. */
  allowHosts: readonly string[];
  /** What confines model processes. */
  isolation: IsolationChoice;
  /** Models (`owner/slug`) that get the network when their manifest asks for it. */
  allowNetwork: readonly string[];
  /** Base address of an OTLP/HTTP collector for traces; undefined = none are recorded. */
  otlpEndpoint: string | undefined;
  /** How long a drain waits for running tasks before it hands them back, in milliseconds. */
  drainMs: number;
}
