/** Delivery to an OTLP/HTTP collector (JSON) in batches: OpenTelemetry's own exporter and batching, our records. */
import { type HrTime, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter } from "@opentelemetry/sdk-trace";
import type { TraceContext } from "./context.ts";
import type { SpanRecord, Tracing, TracingOptions } from "./tracing.ts";

/** Spans that wait at most; further ones are dropped, and no memory grows because a collector is away. */
const QUEUE = 4_096;
const BATCH = 512;
/** A span waits this long for others. Milliseconds. */
const DELAY_MS = 1_000;
const TIMEOUT_MS = 5_000;
const COMPLAIN_MS = 60_000;

const KINDS = { internal: SpanKind.INTERNAL, server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;

const hrTime = (ms: number): HrTime => {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
};

const contextOf = ({ traceId, spanId, sampled }: TraceContext) => ({ traceId, spanId, traceFlags: sampled ? 1 : 0 });

/** Failures of the exporter become a line of our log now and then: a collector that is away is no reason to stop. */
function complaining(exporter: SpanExporter, onFailure: TracingOptions["onFailure"]): SpanExporter {
  let silentUntil = 0;
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.error !== undefined && performance.now() >= silentUntil) {
          silentUntil = performance.now() + COMPLAIN_MS;
          onFailure(`spans could not be delivered: ${result.error.message.slice(0, 200)}`);
        }
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  };
}

export function otlpTracing(options: TracingOptions & { endpoint: string }): Tracing {
  const resource = resourceFromAttributes({
    "service.name": options.service,
    "service.version": options.release,
    ...(options.instance === undefined ? {} : { "service.instance.id": options.instance }),
  });
  const exporter = new OTLPTraceExporter({
    url: `${options.endpoint.replace(/\/+$/, "")}/v1/traces`,
    timeoutMillis: TIMEOUT_MS,
  });
  const processor = new BatchSpanProcessor({
    exporter: complaining(exporter, options.onFailure),
    maxQueueSize: QUEUE,
    maxExportBatchSize: BATCH,
    scheduledDelayMillis: DELAY_MS,
    exportTimeoutMillis: TIMEOUT_MS,
  });

  const readable = (record: SpanRecord): ReadableSpan => ({
    name: record.name,
    kind: KINDS[record.kind],
    spanContext: () => contextOf(record.context),
    ...(record.parent ? { parentSpanContext: contextOf(record.parent) } : {}),
    startTime: hrTime(record.start),
    endTime: hrTime(record.end),
    duration: hrTime(Math.max(0, record.end - record.start)),
    status:
      record.error === undefined
        ? { code: SpanStatusCode.UNSET }
        : { code: SpanStatusCode.ERROR, message: record.error },
    attributes: record.attributes,
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: "modelyard" },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  });

  return {
    isOn: true,
    span(record) {
      if (record.context.sampled) processor.onEnd(readable(record));
    },
    async close() {
      const late = new Promise((resolve) => setTimeout(resolve, TIMEOUT_MS).unref());
      await Promise.race([processor.shutdown().catch(() => {}), late]);
    },
  };
}
