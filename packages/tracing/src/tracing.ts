/**
 * Spans, handed over when they are over: who measures one knows its context from the beginning (context.ts) and its times at the end. No
 * ambient context, no patched modules. The OpenTelemetry packages are loaded by startTracing with an endpoint, and only then.
 */
import type { TraceContext } from "./context.ts";

export interface SpanRecord {
  name: string;
  /** `server`: the answer to somebody's request; `client`: a request to somebody else. */
  kind: "internal" | "server" | "client";
  context: TraceContext;
  parent: TraceContext | undefined;
  /** Both by spanClock. */
  start: number;
  end: number;
  /** Ids, names and counts: nothing that a caller or a model wrote. */
  attributes: Record<string, string | number | boolean>;
  /** Set where it failed: a code or a word of ours, no message with other people's values in it. */
  error?: string | undefined;
}

export interface Tracing {
  /** False: nothing is recorded anywhere, and nobody needs to measure. */
  readonly isOn: boolean;
  /** Never throws; a span of a trace that is not sampled is dropped. */
  span(record: SpanRecord): void;
  /** Sends what is left, at most for a few seconds. */
  close(): Promise<void>;
}

export interface TracingOptions {
  /** Base address of an OTLP/HTTP collector, such as `http://127.0.0.1:4318`; `/v1/traces` is appended. Undefined: no traces. */
  endpoint: string | undefined;
  /** `service.name` of the process. */
  service: string;
  /** `service.version`. */
  release: string;
  /** `service.instance.id`, where several processes have the same name. */
  instance?: string;
  /** Told, at most once a minute, that spans could not be delivered. */
  onFailure(message: string): void;
}

export const noTracing: Tracing = { isOn: false, span() {}, async close() {} };

/** Unix milliseconds with fractions, of a clock that does not jump while the process lives. */
export const spanClock = (): number => performance.timeOrigin + performance.now();

export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { endpoint } = options;
  if (endpoint === undefined) return noTracing;
  const { otlpTracing } = await import("./otlp.ts");
  return otlpTracing({ ...options, endpoint });
}
