export { childOf, formatTraceparent, parseTraceparent, type TraceContext } from "./context.ts";
export { noTracing, type SpanRecord, spanClock, startTracing, type Tracing, type TracingOptions } from "./tracing.ts";
