/** The longest wait a server may ask for; a longer one is cut to this and asked again. */
export const MAX_RETRY_AFTER_MS = 5 * 60_000;

/**
 * How long the server asks to wait, in milliseconds, at most {@link MAX_RETRY_AFTER_MS}; undefined where it does not
 * say or says nonsense. `retry-after-ms`, `retry-after` (seconds or an HTTP date), then the reset time of a
 * rate limit that is used up (platform.claude.com/docs/en/api/rate-limits#response-headers).
 */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const wait =
    plainNumber(headers.get("retry-after-ms"), 1) ??
    plainNumber(headers.get("retry-after"), 1000) ??
    untilDate(headers.get("retry-after"), HTTP_DATE, nowMs) ??
    untilReset(headers, nowMs);
  return wait === undefined ? undefined : Math.min(Math.ceil(wait), MAX_RETRY_AFTER_MS);
}

// Date.parse takes almost anything ("soon 1" is a day in 2001), so the form is checked first.
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/u;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/u;

const LIMITED = ["requests", "tokens", "input-tokens", "output-tokens"] as const;

function plainNumber(value: string | null, unitMs: number): number | undefined {
  return value !== null && /^\d+(?:\.\d+)?$/u.test(value.trim()) ? Number(value) * unitMs : undefined;
}

function untilDate(value: string | null, form: RegExp, nowMs: number): number | undefined {
  if (value === null || !form.test(value.trim())) return undefined;
  const wait = Date.parse(value) - nowMs;
  return wait > 0 ? wait : undefined;
}

function untilReset(headers: Headers, nowMs: number): number | undefined {
  const waits = LIMITED.filter((kind) => headers.get(`anthropic-ratelimit-${kind}-remaining`) === "0").flatMap(
    (kind) => untilDate(headers.get(`anthropic-ratelimit-${kind}-reset`), RFC3339, nowMs) ?? [],
  );
  return waits.length === 0 ? undefined : Math.max(...waits);
}
