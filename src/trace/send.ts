import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { failure, type Failure } from "../core/failure";
import { sleep } from "../util/abort";
import { toOtlp, type Source } from "./otlp";
import type { Span } from "./span";
import type { TraceTarget } from "./target";

/** Spans of one request; collectors refuse requests of many megabytes. */
const SPANS_A_REQUEST = 200;
const MAX_TRIES = 3;
const MAX_WAIT_MS = 5_000;

/** Sends spans over OTLP/HTTP as JSON. A failure says how far it came; rejects only when the signal aborts. */
export async function sendSpans(
  spans: readonly Span[],
  target: TraceTarget,
  source: Source,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  for (let at = 0; at < spans.length; at += SPANS_A_REQUEST) {
    const body = JSON.stringify(toOtlp(spans.slice(at, at + SPANS_A_REQUEST), source));
    const problem = await send(body, target, signal);
    if (problem !== undefined)
      return failure("trace.refused", `${hostOf(target.url)} did not take the trace: ${problem}.`, {
        hint: `${at} of ${spans.length} spans were sent. Check the endpoint, then export the trace again.`,
      });
  }
  return undefined;
}

/** One request, again where the protocol says so; what went wrong, in words. */
async function send(body: string, target: TraceTarget, signal: AbortSignal): Promise<string | undefined> {
  const bytes = target.gzip ? await promisify(gzip)(body) : Buffer.from(body);
  for (let tries = 1; ; tries += 1) {
    const outcome = await post(bytes, target, signal);
    if (!outcome.again || tries >= MAX_TRIES) return outcome.problem;
    await sleep(Math.min(MAX_WAIT_MS, outcome.waitMs ?? 500 * 2 ** (tries - 1)), signal);
  }
}

async function post(
  body: Buffer,
  { url, headers, timeoutMs, gzip: isZipped }: TraceTarget,
  signal: AbortSignal,
): Promise<{ readonly problem?: string; readonly again: boolean; readonly waitMs?: number }> {
  try {
    const response = await globalThis.fetch(url, {
      method: "POST",
      headers: {
        ...headers,
        "content-type": "application/json",
        ...(isZipped ? { "content-encoding": "gzip" } : {}),
      },
      body: new Uint8Array(body),
      // Headers may hold a key, which is for this host alone.
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    // Nothing in an answer is worth reading; one without end is not read.
    await response.body?.cancel().catch(() => undefined);
    if (response.ok) return { again: false };
    const seconds = Number(response.headers.get("retry-after"));
    return {
      problem: `it answered ${response.status}`,
      again: RETRYABLE.includes(response.status),
      ...(seconds > 0 ? { waitMs: seconds * 1000 } : {}),
    };
  } catch (error) {
    signal.throwIfAborted();
    const isLate = error instanceof Error && error.name === "TimeoutError";
    return { problem: isLate ? `no answer within ${timeoutMs / 1000} s` : "it cannot be reached", again: !isLate };
  }
}

// opentelemetry.io/docs/specs/otlp, "Retryable Response Codes".
const RETRYABLE: readonly number[] = [429, 502, 503, 504];

function hostOf(url: string): string {
  return new URL(url).host;
}
