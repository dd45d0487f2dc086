import type { ModelRequest } from "./model";

/**
 * Fewer bytes a token than prose has (about four), so that code and JSON are not underrated. Source:
 * platform.claude.com/docs/en/about-claude/glossary#tokens, "approximately 3.5 English characters".
 */
const BYTES_PER_TOKEN = 3;

/** Tokens in a part of a request, by its length: rather too many than too few. */
export function estimateTokens(part: Partial<Pick<ModelRequest, "system" | "tools" | "messages">>): number {
  return Math.ceil(Buffer.byteLength(JSON.stringify(part)) / BYTES_PER_TOKEN);
}
