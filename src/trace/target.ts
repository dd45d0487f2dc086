import { BraidError, failure } from "../core/failure";

/** Where a trace is sent, and as what; from the variables OpenTelemetry has for it. */
export interface TraceTarget {
  readonly url: string;
  /** May hold the user's secrets: sent, never logged. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly gzip: boolean;
}

/** What the environment wants of traces. */
export interface TraceSettings {
  /** Null where nothing is to be sent. */
  readonly target: TraceTarget | null;
  readonly resource: Readonly<Record<string, string>>;
  /** Whether prompts, answers, and arguments and results of tools go with it. */
  readonly content: boolean;
  /** Why something that was asked for is not done, one sentence each. */
  readonly problems: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `OTEL_EXPORTER_OTLP_[TRACES_]{ENDPOINT,HEADERS,TIMEOUT,COMPRESSION,PROTOCOL}`, `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`,
 * `OTEL_TRACES_EXPORTER`, `OTEL_SDK_DISABLED` and `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`, as
 * opentelemetry.io/docs/specs/otel/protocol/exporter has them. Without an endpoint nothing is sent. Never throws.
 */
export function traceSettings(env: Environment): TraceSettings {
  const problems: string[] = [];
  const resource = resourceOf(env);
  const capture = (env["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] ?? "").trim().toLowerCase();
  const content = ["true", "1", "span_only", "span_and_event"].includes(capture);
  const off = env["OTEL_SDK_DISABLED"]?.trim().toLowerCase() === "true";
  // An empty variable is as one that is not set (opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables).
  const given = (name: string) => env[name]?.trim() || undefined;
  const exporters = (given("OTEL_TRACES_EXPORTER") ?? "otlp").split(",").map((name) => name.trim());
  const own = given("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ?? "";
  const common = given("OTEL_EXPORTER_OTLP_ENDPOINT") ?? "";
  const none = { target: null, resource, content, problems };
  if (off || !exporters.includes("otlp") || (own === "" && common === "")) return none;
  const of = (name: string) => given(`OTEL_EXPORTER_OTLP_TRACES_${name}`) ?? given(`OTEL_EXPORTER_OTLP_${name}`) ?? "";
  if (of("PROTOCOL") === "grpc") {
    problems.push("OTEL_EXPORTER_OTLP_PROTOCOL is grpc, and Braid sends traces over http/json only; nothing is sent.");
    return none;
  }
  const url = own === "" ? tracesUrl(common) : httpUrl(own);
  if (url === undefined) {
    problems.push("The endpoint in OTEL_EXPORTER_OTLP_ENDPOINT is no http address; no traces are sent.");
    return none;
  }
  const timeout = Number(of("TIMEOUT"));
  const target: TraceTarget = {
    url,
    headers: Object.fromEntries(pairs(of("HEADERS"))),
    // A timer takes whole milliseconds only.
    timeoutMs: timeout > 0 ? Math.ceil(Math.min(timeout, MAX_TIMEOUT_MS)) : DEFAULT_TIMEOUT_MS,
    gzip: of("COMPRESSION") === "gzip",
  };
  return { ...none, target };
}

/** Where to send to, for an address somebody typed: a collector's own, or the whole path. Throws `setting.invalid`. */
export function targetAt(address: string, settings: TraceSettings): TraceTarget {
  const url = /\/v1\/traces\/?$/u.test(address.trim()) ? httpUrl(address) : tracesUrl(address);
  if (url === undefined)
    throw new BraidError(
      failure("setting.invalid", `"${address.slice(0, 200)}" is no http address.`, {
        hint: "Name a collector, for example http://localhost:4318.",
      }),
    );
  // Headers of the environment may be a key for another place.
  return settings.target?.url === url
    ? settings.target
    : { url, headers: {}, timeoutMs: DEFAULT_TIMEOUT_MS, gzip: false };
}

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_TIMEOUT_MS = 60_000;

function tracesUrl(base: string): string | undefined {
  return httpUrl(`${base.trim().replace(/\/+$/u, "")}/v1/traces`);
}

function httpUrl(text: string): string | undefined {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  // fetch refuses an address with a password in it.
  if (url === undefined || url.username !== "" || url.password !== "") return undefined;
  return url.protocol === "http:" || url.protocol === "https:" ? url.href : undefined;
}

function resourceOf(env: Environment): Readonly<Record<string, string>> {
  const given = Object.fromEntries(pairs(env["OTEL_RESOURCE_ATTRIBUTES"] ?? ""));
  const name = env["OTEL_SERVICE_NAME"]?.trim() || given["service.name"] || "braid";
  return { ...given, "service.name": name };
}

/** `key=value,key=value`, percent-encoded; what is not of this form is left out. */
function pairs(text: string): readonly (readonly [string, string])[] {
  return text.split(",").flatMap((pair) => {
    const at = pair.indexOf("=");
    const key = decoded(pair.slice(0, Math.max(0, at)).trim());
    return at < 1 || key === "" ? [] : [[key, decoded(pair.slice(at + 1).trim())] as const];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
