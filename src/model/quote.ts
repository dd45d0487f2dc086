const MAX_QUOTE_CHARS = 500;

/** Somebody else's words, fit for one line of ours: no control characters, at most 500 characters. */
export function quote(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.length > MAX_QUOTE_CHARS ? `${line.slice(0, MAX_QUOTE_CHARS).toWellFormed()}…` : line;
}

/** Takes a secret, and anything shaped like a key of this API, out of every text in a value. */
export function redact<T>(value: T, secret: string): T {
  return inTexts(value, (text) => without(text, secret).replaceAll(/sk-ant-[\w-]+/gu, HIDDEN));
}

/** Takes a secret, and nothing else, out of every text in a value; the very same value where it is nowhere in it. */
export function withoutSecret<T>(value: T, secret: string): T {
  const written = JSON.stringify(secret).slice(1, -1);
  if (secret.length < MIN_SECRET_CHARS || !JSON.stringify(value).includes(written)) return value;
  return inTexts(value, (text) => without(text, secret));
}

const HIDDEN = "[key]";
// A shorter one is no key but somebody's placeholder, and would take ordinary words out of a message.
const MIN_SECRET_CHARS = 8;

function without(text: string, secret: string): string {
  return secret.length < MIN_SECRET_CHARS ? text : text.replaceAll(secret, HIDDEN);
}

function inTexts<T>(value: T, change: (text: string) => string): T {
  if (typeof value === "string") return change(value) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => inTexts(each, change)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [change(key), inTexts<unknown>(each, change)]),
  ) as T;
}
