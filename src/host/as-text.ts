/** Longest text of a stranger's that a notification or a pick shows, in characters. */
const MAX_CHARS = 300;

/**
 * A model's words for a notification, an input box or a pick: on one line and short, and nothing in them becomes a link
 * or an icon, which VS Code would otherwise make of `[text](command:…)` and `$(name)`.
 */
export function asText(text: string): string {
  const line = text.replaceAll(/\s+/gu, " ").trim();
  const short = line.length <= MAX_CHARS ? line : `${line.slice(0, MAX_CHARS - 1).toWellFormed()}…`;
  return short.replaceAll("](", "] (").replaceAll("$(", "$ (");
}
