import type { Attribute } from "../core/api-call";
import type { Span } from "./span";

/** What all spans of an export have in common. */
export interface Source {
  /** Attributes of the resource: `service.name` and what the user's environment adds. */
  readonly resource: Readonly<Record<string, string>>;
}

/**
 * Spans as OTLP has them in JSON: `TracesData` of opentelemetry-proto, ids in hex, times in nanoseconds as decimal strings, enums as
 * numbers. Written here and not by the official exporter: that is 255 kB in each bundle, for spans made while things happen.
 */
export function toOtlp(spans: readonly Span[], { resource }: Source): object {
  return {
    resourceSpans: [
      {
        resource: { attributes: keyValues(resource) },
        scopeSpans: [{ scope: { name: "braid" }, spans: spans.map(toOtlpSpan) }],
      },
    ],
  };
}

function toOtlpSpan(span: Span): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parent === null ? {} : { parentSpanId: span.parent }),
    name: span.name,
    kind: KINDS[span.kind],
    startTimeUnixNano: nanos(span.from),
    endTimeUnixNano: nanos(Math.max(span.from, span.to)),
    attributes: keyValues(span.attributes),
    ...(span.events.length === 0
      ? {}
      : {
          events: span.events.map((event) => ({
            timeUnixNano: nanos(event.at),
            name: event.name,
            attributes: keyValues(event.attributes),
          })),
        }),
    status: span.error === null ? {} : { code: STATUS_ERROR },
  };
}

// opentelemetry.proto.trace.v1: Span.SpanKind and Status.StatusCode.
const KINDS = { internal: 1, client: 3 } as const;
const STATUS_ERROR = 2;

function keyValues(attributes: Readonly<Record<string, Attribute>>): readonly object[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value, DOUBLES.has(key)) }));
}

function anyValue(value: Attribute, isDouble: boolean): object {
  if (typeof value === "string") return { stringValue: wellFormed(value) };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number")
    // An amount that happens to be whole is no other kind of attribute than one that is not.
    return isDouble || !Number.isSafeInteger(value) ? { doubleValue: value } : { intValue: String(value) };
  return { arrayValue: { values: value.map((each) => anyValue(each, isDouble)) } };
}

/** The numbers that are no counts: ours, and those the conventions for generative AI call doubles. All others are integers. */
const DOUBLES: ReadonlySet<string> = new Set([
  "braid.cost.usd",
  "gen_ai.response.time_to_first_chunk",
  "gen_ai.request.temperature",
  "gen_ai.request.top_p",
  "gen_ai.request.top_k",
  "gen_ai.request.frequency_penalty",
  "gen_ai.request.presence_penalty",
]);

/** Half a character, where a text was cut, is no UTF-8. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** Milliseconds, with fractions or without, as whole nanoseconds. */
function nanos(ms: number): string {
  return String(BigInt(Math.round(Math.max(0, ms) * 1000)) * 1000n);
}
