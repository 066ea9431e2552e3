// Our side of the benchmarks. Fill in a member and the bench measures it beside the rivals; a missing one shows as "–".
//
// Each is called once per run (three runs, the median counts) and starts from an empty data folder. Start real processes,
// as an operator would run them, and stop all of them before the promise of `stop`, `drain` or `latency` settles. What is
// promised to a client counts: a task is accepted when the reply is out, and done when its final state is committed.

/** A server that is up, with what the load sends to it. */
export interface AcceptTarget {
  /** The whole URL of the run call, for POST with a JSON body. */
  url: string;
  /** One object of headers per request, used in turn: 256 of them with different nonces (signedHeaders in accept.ts). */
  headers: Record<string, string>[];
  /** The request's JSON. The rivals get { "prompt": "…" } of 64 characters. */
  body: string;
  /** Stops the server and says how many tasks its store holds: fewer than were accepted fails the bench. */
  stop(): Promise<{ stored: number }>;
}

export interface Ours {
  /** `accept`: a server whose workers take nothing, so that accepting alone is measured. */
  startAccepting?(): Promise<AcceptTarget>;
  /** `drain`: enqueue `tasks` no-op tasks from `concurrency` clients, a worker running; ends when the last one is done. */
  drain?(options: { tasks: number; concurrency: number }): Promise<{ perSecond: number }>;
  /** `latency`: one task at a time on an idle system, from the enqueue call to the handler's first line, in milliseconds. */
  latency?(options: { samples: number }): Promise<{ p50: number; p99: number }>;
}

export const ours: Ours = {};
