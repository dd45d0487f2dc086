/** A span as OTLP JSON has it, with its attributes by name. */
export interface WireSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly events?: readonly { readonly name: string }[];
  readonly status: { readonly code?: number };
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** The spans of documents of OTLP JSON. */
export function wireSpans(documents: readonly unknown[]): readonly WireSpan[] {
  return (documents as readonly TracesData[]).flatMap(({ resourceSpans }) =>
    resourceSpans
      .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
      .map((span) => ({
        ...span,
        attributes: Object.fromEntries(span.attributes.map(({ key, value }) => [key, plain(value)])),
      })),
  );
}

/** One document a line. */
export function parseLines(text: string): readonly unknown[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line): unknown => JSON.parse(line));
}

interface TracesData {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<WireSpan, "attributes"> & {
        readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
      })[];
    }[];
  }[];
}

function plain(value: Readonly<Record<string, unknown>>): unknown {
  const { arrayValue, intValue } = value;
  if (intValue !== undefined) return Number(intValue);
  if (arrayValue === undefined) return Object.values(value)[0];
  return (arrayValue as { readonly values: readonly Readonly<Record<string, unknown>>[] }).values.map(plain);
}
