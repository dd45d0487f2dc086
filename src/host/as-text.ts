import { describeFailure, type Failure } from "../core/failure";
import { visibleText, type Place } from "../core/visible";

/** Longest text of a stranger's that a notification, a pick or a row shows, and that a tooltip shows, in characters. */
const MAX_CHARS = 300;
const MAX_TOOLTIP_CHARS = 4_000;

/**
 * A model's words for a notification, an input box, a pick or a row: on one line and short, and nothing in them becomes a link
 * or an icon, which VS Code would otherwise make of `[text](command:…)` and `$(name)`. What would not be seen is named. `chars`:
 * how many are shown at most, where the place has room for more than a line.
 */
export function asText(text: string, place: Place = "prose", chars: number = MAX_CHARS): string {
  // A name has no blanks but its own: to draw them together would be another name.
  const line = visibleText(place === "code" ? text : text.replaceAll(/\s+/gu, " ").trim(), place);
  return cut(line, chars).replaceAll("](", "] (").replaceAll("$(", "$ (");
}

/**
 * The same for what VS Code shows as plain text over several lines: tooltips that are strings, and diagnostics. Nothing else is
 * changed in it, as commands are read there before they are allowed.
 */
export function asTooltip(text: string): string {
  return cut(visibleText(text, "prose"), MAX_TOOLTIP_CHARS);
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

function cut(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, chars - 1).toWellFormed()}…`;
}
