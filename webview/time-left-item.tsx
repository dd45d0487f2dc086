import * as l10n from "@vscode/l10n";
import { timeLeftText, type TimeLeft } from "../src/core/time-left-text";
import { useNow } from "./use-now";

/** How long the run will probably take, counted down; nothing where nobody can know. */
export function TimeLeftItem({ left }: { readonly left: TimeLeft }) {
  const text = timeLeftText(left, useNow(COUNT_DOWN_MS));
  return text === null ? null : (
    <li title={l10n.t("From the plan's estimates, and what the subtasks that are done took.")}>{text}</li>
  );
}

const COUNT_DOWN_MS = 15_000;
