const MAX_QUOTE_CHARS = 500;

/** Somebody else's words, fit for one line of ours: no control characters, at most 500 characters. */
export function quote(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim();
  return line.length > MAX_QUOTE_CHARS ? `${line.slice(0, MAX_QUOTE_CHARS).toWellFormed()}…` : line;
}

/** Takes a secret, and anything shaped like a key of this API, out of every text in a value. */
export function redact<T>(value: T, secret: string): T {
  if (typeof value === "string") return redactText(value, secret) as T;
  if (Array.isArray(value)) return value.map((each: unknown) => redact(each, secret)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, redact<unknown>(each, secret)])) as T;
}

// A shorter one is no key but somebody's placeholder, and would take ordinary words out of a message.
const MIN_SECRET_CHARS = 8;

function redactText(text: string, secret: string): string {
  const without = secret.length < MIN_SECRET_CHARS ? text : text.replaceAll(secret, "[key]");
  return without.replaceAll(/sk-ant-[\w-]+/gu, "[key]");
}
