import type { Anthropic } from "@anthropic-ai/sdk";
import type { ApiCall, Attribute } from "../core/api-call";

type Options = Exclude<NonNullable<ConstructorParameters<typeof Anthropic>[0]>["openTelemetry"], false | undefined>;
type Provider = NonNullable<Options["tracerProvider"]>;
type Span = ReturnType<ReturnType<Provider["getTracer"]>["startSpan"]>;

/** What hears the span the SDK makes of one API call. */
export interface CallSpan {
  /** The client's `openTelemetry` option: metadata only, and nothing of it is sent to the API. */
  readonly option: Options;
  /** What is known of the call so far; undefined where the SDK made none. */
  call(): ApiCall | undefined;
}

/** Listens to one call of a client of its own. `now` is in milliseconds since the epoch. */
export function listenToCall(now: () => number): CallSpan {
  const attributes: Record<string, Attribute> = {};
  let startedAt: number | undefined;
  let endedAt: number | undefined;
  const set = (key: string, value: unknown): void => {
    const kept = KEPT.test(key) ? attributeOf(value) : undefined;
    if (kept !== undefined && Object.keys(attributes).length < MAX_ATTRIBUTES) attributes[key] = kept;
  };
  const setAll = (all: object | undefined): void => {
    for (const [key, value] of Object.entries(all ?? {})) set(key, value);
  };
  const span: Span = {
    spanContext: () => ({ traceId: "0".repeat(32), spanId: "0".repeat(16), traceFlags: 1 }),
    setAttribute(key, value) {
      set(key, value);
      return span;
    },
    setAttributes(all) {
      setAll(all);
      return span;
    },
    addEvent: () => span,
    addLink: () => span,
    addLinks: () => span,
    setStatus: () => span,
    updateName: () => span,
    end() {
      endedAt ??= now();
    },
    isRecording: () => endedAt === undefined,
    recordException: () => undefined,
  };
  const start = (all: object | undefined): Span => {
    startedAt ??= now();
    setAll(all);
    return span;
  };
  const provider: Provider = {
    getTracer: () => ({
      startSpan: (_name, options) => start(options?.attributes),
      startActiveSpan: (...given: readonly unknown[]) => {
        const act = given.at(-1);
        return typeof act === "function" ? act(start(undefined)) : undefined;
      },
    }),
  };
  return {
    option: { tracerProvider: provider, propagation: false, traces: { contentMode: "metadata_only" } },
    call: () =>
      startedAt === undefined
        ? undefined
        : { at: startedAt, durationMs: Math.max(0, (endedAt ?? now()) - startedAt), attributes: { ...attributes } },
  };
}

// Addresses stay out: somebody may have put a password into one.
const KEPT = /^(?:gen_ai|anthropic|error)\.|^http\.(?:request|response)\.[a-z_]+$/u;
const MAX_ATTRIBUTES = 40;
const MAX_CHARS = 200;

function attributeOf(value: unknown): Attribute | undefined {
  if (typeof value === "string") return value.slice(0, MAX_CHARS);
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (!Array.isArray(value)) return undefined;
  return value
    .filter((each) => typeof each === "string")
    .map((each) => each.slice(0, MAX_CHARS))
    .slice(0, 20);
}
