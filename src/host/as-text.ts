import { describeFailure, type Failure } from "../core/failure";
import { visibleText } from "../core/visible";

/** Longest text of a stranger's that a notification or a pick shows, in characters. */
const MAX_CHARS = 300;

/**
 * A model's words for a notification, an input box or a pick: on one line and short, and nothing in them becomes a link
 * or an icon, which VS Code would otherwise make of `[text](command:…)` and `$(name)`. What would not be seen is named.
 */
export function asText(text: string): string {
  const line = visibleText(text.replaceAll(/\s+/gu, " ").trim(), "prose");
  const short = line.length <= MAX_CHARS ? line : `${line.slice(0, MAX_CHARS - 1).toWellFormed()}…`;
  return short.replaceAll("](", "] (").replaceAll("$(", "$ (");
}

/** What went wrong and the way out, for a notification or an input box. Git's, a model's and the repository's words are in it. */
export function failureText(failure: Failure): string {
  const { message, hint } = failure;
  return describeFailure({
    ...failure,
    message: asText(message),
    ...(hint === undefined ? {} : { hint: asText(hint) }),
  });
}
