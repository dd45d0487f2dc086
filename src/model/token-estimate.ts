import type { ModelRequest } from "./model";

/**
 * Fewer bytes a token than prose has (about four), so that code and JSON are not underrated. Source:
 * platform.claude.com/docs/en/about-claude/glossary#tokens, "approximately 3.5 English characters".
 */
const BYTES_PER_TOKEN = 3;

/** Tokens in a part of a request, by its length: rather too many than too few. Images count by their size in pixels. */
export function estimateTokens(part: Partial<Pick<ModelRequest, "system" | "tools" | "messages">>): number {
  let images = 0;
  const text = JSON.stringify(part, (_key, value: unknown) => {
    if (!isImage(value)) return value;
    images += value.tokens;
    return { type: value.type };
  });
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN) + images;
}

function isImage(value: unknown): value is { readonly type: "image"; readonly tokens: number } {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    value.type === "image" &&
    "tokens" in value &&
    typeof value.tokens === "number"
  );
}
