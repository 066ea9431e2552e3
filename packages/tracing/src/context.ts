/** Where a span belongs: W3C Trace Context, the `traceparent` header (https://www.w3.org/TR/trace-context/, version 00). */
import { randomBytes } from "node:crypto";

export interface TraceContext {
  /** 32 hex digits. */
  traceId: string;
  /** 16 hex digits. */
  spanId: string;
  /** Whether anybody records this trace: what a caller decided holds for everything that follows from it. */
  sampled: boolean;
}

/** Later versions may append fields, which are ignored; version ff and ids of zeros are invalid. */
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Undefined for what is no context: it counts as absent, as the recommendation asks. */
export function parseTraceparent(text: string | undefined): TraceContext | undefined {
  const [, version, traceId, spanId, flags, more] = FORM.exec(text ?? "") ?? [];
  if (version === undefined || traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

/** A new span's context within its parent's trace, or in a trace of its own. */
export function childOf(parent: TraceContext | undefined): TraceContext {
  const spanId = randomBytes(8).toString("hex");
  return parent ? { ...parent, spanId } : { traceId: randomBytes(16).toString("hex"), spanId, sampled: true };
}
